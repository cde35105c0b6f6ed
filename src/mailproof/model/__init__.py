"""The types of mailproof: rules, findings, facts and the report. Pure data, no input or output.

Those of messages, deliveries and reports are imported when first asked for: an audit needs no mail, and
start-up counts.
"""

from typing import TYPE_CHECKING

from mailproof.model.bimi import (
    BimiEvidence,
    BimiFacts,
    BimiLogo,
    BimiRecord,
    BimiSelectorFacts,
    SvgProblem,
)
from mailproof.model.dane import (
    DaneFacts,
    DaneHostFacts,
    DaneState,
    TlsaMatch,
    TlsaProblem,
    TlsaProblemCode,
    TlsaRecord,
)
from mailproof.model.dkim import (
    DkimDiscovery,
    DkimKeyRecord,
    DkimKeyStatus,
    DkimSelectorFacts,
    Tag,
    TagProblem,
)
from mailproof.model.dmarc import (
    Alignment,
    DmarcFacts,
    DmarcRecord,
    DmarcStep,
    DmarcUri,
    DmarcVerdict,
    DmarcWalk,
    Policy,
    PolicySource,
    ReportDestination,
)
from mailproof.model.domain import CollectorFailure, DomainFacts, SecondOpinion
from mailproof.model.fetch import FetchFacts, FetchKind
from mailproof.model.findings import (
    Finding,
    Fix,
    FixRecord,
    Location,
    Outcome,
    OutcomeStatus,
    Rule,
    Severity,
)
from mailproof.model.lookup import STATUS_WORDS, UNASKED, Lookup, Secure, Status
from mailproof.model.mta_sts import (
    MtaStsFacts,
    StsMode,
    StsPattern,
    StsPolicy,
    StsRecord,
    TlsRptDestination,
    TlsRptFacts,
    TlsRptRecord,
)
from mailproof.model.mx import AddressFacts, MxHostFacts, SendingHostFacts
from mailproof.model.spf import (
    MAX_LOOKUPS,
    MAX_MX_NAMES,
    MAX_VOID_LOOKUPS,
    AuthResult,
    Qualifier,
    SpfFacts,
    SpfNode,
    SpfNodeStatus,
    SpfProblem,
    SpfRecord,
    SpfTerm,
    SpfTermCost,
    SpfTraceStep,
    SpfVerdict,
)
from mailproof.model.tls import CertificateFacts, TlsFacts
from mailproof.model.transport import (
    ConnectState,
    MxConnectionFacts,
    RelayResult,
    TlsVersionFacts,
    TransportFacts,
)

if TYPE_CHECKING:
    from mailproof.model.delivery import (
        BounceFacts,
        ComparisonFacts,
        DeliveryFacts,
        RetrievalFacts,
        SmtpStage,
        SmtpStageName,
        SubmissionFacts,
    )
    from mailproof.model.message import (
        ArcSet,
        ArcVerdict,
        AuthenticationResults,
        AuthMethod,
        AuthProperty,
        Change,
        DkimVerdict,
        Envelope,
        MessageFacts,
        MessageShape,
        ReceivedHop,
    )
    from mailproof.model.report import SCHEMA_VERSION, Deduction, Facts, Report, Score, Tool

__all__ = [
    "MAX_LOOKUPS",
    "MAX_MX_NAMES",
    "MAX_VOID_LOOKUPS",
    "SCHEMA_VERSION",
    "STATUS_WORDS",
    "UNASKED",
    "AddressFacts",
    "Alignment",
    "ArcSet",
    "ArcVerdict",
    "AuthMethod",
    "AuthProperty",
    "AuthResult",
    "AuthenticationResults",
    "BimiEvidence",
    "BimiFacts",
    "BimiLogo",
    "BimiRecord",
    "BimiSelectorFacts",
    "BounceFacts",
    "CertificateFacts",
    "Change",
    "CollectorFailure",
    "ComparisonFacts",
    "ConnectState",
    "DaneFacts",
    "DaneHostFacts",
    "DaneState",
    "Deduction",
    "DeliveryFacts",
    "DkimDiscovery",
    "DkimKeyRecord",
    "DkimKeyStatus",
    "DkimSelectorFacts",
    "DkimVerdict",
    "DmarcFacts",
    "DmarcRecord",
    "DmarcStep",
    "DmarcUri",
    "DmarcVerdict",
    "DmarcWalk",
    "DomainFacts",
    "Envelope",
    "Facts",
    "FetchFacts",
    "FetchKind",
    "Finding",
    "Fix",
    "FixRecord",
    "Location",
    "Lookup",
    "MessageFacts",
    "MessageShape",
    "MtaStsFacts",
    "MxConnectionFacts",
    "MxHostFacts",
    "Outcome",
    "OutcomeStatus",
    "Policy",
    "PolicySource",
    "Qualifier",
    "ReceivedHop",
    "RelayResult",
    "Report",
    "ReportDestination",
    "RetrievalFacts",
    "Rule",
    "Score",
    "SecondOpinion",
    "Secure",
    "SendingHostFacts",
    "Severity",
    "SmtpStage",
    "SmtpStageName",
    "SpfFacts",
    "SpfNode",
    "SpfNodeStatus",
    "SpfProblem",
    "SpfRecord",
    "SpfTerm",
    "SpfTermCost",
    "SpfTraceStep",
    "SpfVerdict",
    "Status",
    "StsMode",
    "StsPattern",
    "StsPolicy",
    "StsRecord",
    "SubmissionFacts",
    "SvgProblem",
    "Tag",
    "TagProblem",
    "TlsFacts",
    "TlsRptDestination",
    "TlsRptFacts",
    "TlsRptRecord",
    "TlsVersionFacts",
    "TlsaMatch",
    "TlsaProblem",
    "TlsaProblemCode",
    "TlsaRecord",
    "Tool",
    "TransportFacts",
]

_HOMES = {
    "BounceFacts": "delivery",
    "ComparisonFacts": "delivery",
    "DeliveryFacts": "delivery",
    "RetrievalFacts": "delivery",
    "SmtpStage": "delivery",
    "SmtpStageName": "delivery",
    "SubmissionFacts": "delivery",
    "ArcSet": "message",
    "ArcVerdict": "message",
    "AuthenticationResults": "message",
    "AuthMethod": "message",
    "AuthProperty": "message",
    "Change": "message",
    "DkimVerdict": "message",
    "Envelope": "message",
    "MessageFacts": "message",
    "MessageShape": "message",
    "ReceivedHop": "message",
    "SCHEMA_VERSION": "report",
    "Deduction": "report",
    "Facts": "report",
    "Report": "report",
    "Score": "report",
    "Tool": "report",
}


def __getattr__(name: str) -> object:
    """The type of that name, from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(f"mailproof.model.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
