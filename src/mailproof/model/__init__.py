"""The types of mailproof: rules, findings, facts and the report. Pure data, no input or output.

Each type is imported when it is first asked for: making a hundred classes takes a tenth of a second, and no
command needs them all. A new type is named three times here; a test finds what was forgotten.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof.model.bimi import (
        BimiEvidence,
        BimiFacts,
        BimiLogo,
        BimiRecord,
        BimiSelectorFacts,
        SvgProblem,
    )
    from mailproof.model.blocklists import (
        BlocklistCode,
        BlocklistFacts,
        ListedRole,
        Listing,
        ListingStatus,
    )
    from mailproof.model.bounce import (
        BounceCause,
        BounceReply,
        Explanation,
        ReturnedMessage,
    )
    from mailproof.model.causes import Cause
    from mailproof.model.content import (
        ContentLink,
        ContentPart,
        KeptContent,
        MessageContent,
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
    from mailproof.model.deciding import Deciding
    from mailproof.model.delivery import (
        AddressTried,
        ApiCause,
        ArrivalClock,
        BounceFacts,
        ComparisonFacts,
        DeliveryFacts,
        HttpSubmission,
        ProgramSubmission,
        RecipientSideFacts,
        RetrievalFacts,
        SenderKind,
        SmtpSubmission,
        StageName,
        Submission,
        SubmissionFacts,
        SubmissionStage,
    )
    from mailproof.model.dkim import (
        DkimDiscovery,
        DkimKeyRecord,
        DkimKeyStatus,
        DkimProvider,
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
    from mailproof.model.domain import (
        DomainFacts,
        DomainProfile,
        SecondOpinion,
    )
    from mailproof.model.expectations import (
        DkimExpected,
        DkimKeyExpected,
        DmarcExpected,
        Expectations,
        SpfExpected,
    )
    from mailproof.model.failure import (
        CollectorFailure,
    )
    from mailproof.model.fetch import (
        FetchFacts,
        FetchKind,
    )
    from mailproof.model.filters import (
        AskedFilter,
        AskedProblem,
        AskedVerdict,
        FilterDetail,
        FilterJudgement,
        FilterSymbol,
        FilterVerdict,
    )
    from mailproof.model.findings import (
        CONSEQUENCES,
        Consequence,
        Finding,
        Fix,
        FixKind,
        FixRecord,
        Impossible,
        Location,
        Outcome,
        OutcomeStatus,
        Rule,
        Severity,
    )
    from mailproof.model.fixes import (
        FixProposal,
        ProposedRecords,
    )
    from mailproof.model.health import (
        AliasFacts,
        AuthorityFacts,
        CaaFacts,
        DelegationFacts,
        DelegationKey,
        HealthFacts,
        NameServer,
        ServerAddress,
        ServerAnswer,
        ZoneKey,
        ZoneSecurity,
        ZoneState,
    )
    from mailproof.model.inbound import InboundCase, InboundFacts, InboundName, InboundPlace
    from mailproof.model.lookup import (
        STATUS_SHORT,
        STATUS_WORDS,
        UNASKED,
        Lookup,
        Secure,
        Status,
        Unanswered,
    )
    from mailproof.model.message import (
        ArcSet,
        ArcVerdict,
        AuthenticationResults,
        AuthMethod,
        AuthProperty,
        Change,
        DkimVerdict,
        Enclosed,
        Envelope,
        MessageFacts,
        MessageShape,
        ReceivedHop,
        ReturnPath,
    )
    from mailproof.model.misplaced import (
        MisplacedFacts,
        MisplacedRecord,
        RecordKind,
    )
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
    from mailproof.model.mx import (
        AddressFacts,
        MxHostFacts,
        SendingHostFacts,
    )
    from mailproof.model.placement import Placement, PlacementResult, RecipientFacts, SeenResult
    from mailproof.model.receivers import (
        ReceiverFacts,
        RequirementFacts,
        RequirementState,
    )
    from mailproof.model.report import (
        SCHEMA_VERSION,
        Accepted,
        Deduction,
        Facts,
        NotPossibleHere,
        Report,
        Score,
        Suppressed,
        Tool,
    )
    from mailproof.model.spf import (
        MAX_LOOKUPS,
        MAX_MX_NAMES,
        MAX_VOID_LOOKUPS,
        AuthResult,
        Qualifier,
        SpfAllowed,
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
    from mailproof.model.tls import (
        CertificateFacts,
        StrictFault,
        StrictFaultCode,
        TlsFacts,
    )
    from mailproof.model.transport import (
        ConnectState,
        MxConnectionFacts,
        RelayResult,
        TlsVersionFacts,
        TransportFacts,
    )

#: Module -> the names that live in it.
_NAMES = {
    "bimi": "BimiEvidence BimiFacts BimiLogo BimiRecord BimiSelectorFacts SvgProblem",
    "blocklists": "BlocklistCode BlocklistFacts ListedRole Listing ListingStatus",
    "bounce": "BounceCause BounceReply Explanation ReturnedMessage",
    "causes": "Cause",
    "content": "ContentLink ContentPart KeptContent MessageContent",
    "dane": "DaneFacts DaneHostFacts DaneState TlsaMatch TlsaProblem TlsaProblemCode TlsaRecord",
    "deciding": "Deciding",
    "delivery": (
        "AddressTried "
        "ArrivalClock BounceFacts ComparisonFacts DeliveryFacts RecipientSideFacts RetrievalFacts "
        "SubmissionStage StageName SmtpSubmission Submission SubmissionFacts HttpSubmission "
        "ProgramSubmission SenderKind ApiCause"
    ),
    "dkim": ("DkimDiscovery DkimKeyRecord DkimKeyStatus DkimProvider DkimSelectorFacts Tag TagProblem"),
    "dmarc": (
        "Alignment DmarcFacts DmarcRecord DmarcStep DmarcUri DmarcVerdict DmarcWalk Policy "
        "PolicySource ReportDestination"
    ),
    "domain": "DomainFacts DomainProfile SecondOpinion",
    "expectations": "DkimExpected DkimKeyExpected DmarcExpected Expectations SpfExpected",
    "failure": "CollectorFailure",
    "fetch": "FetchFacts FetchKind",
    "filters": (
        "AskedFilter AskedProblem AskedVerdict FilterDetail FilterJudgement FilterSymbol FilterVerdict"
    ),
    "findings": (
        "CONSEQUENCES Consequence Finding Fix FixKind FixRecord Impossible Location Outcome OutcomeStatus "
        "Rule Severity"
    ),
    "fixes": "FixProposal ProposedRecords",
    "health": (
        "AliasFacts AuthorityFacts CaaFacts DelegationFacts DelegationKey HealthFacts NameServer "
        "ServerAddress ServerAnswer ZoneKey ZoneSecurity ZoneState"
    ),
    "inbound": "InboundCase InboundFacts InboundName InboundPlace",
    "lookup": "Lookup STATUS_SHORT STATUS_WORDS Secure Status UNASKED Unanswered",
    "message": (
        "ArcSet ArcVerdict AuthMethod AuthProperty AuthenticationResults Change DkimVerdict "
        "Enclosed Envelope MessageFacts MessageShape ReceivedHop ReturnPath"
    ),
    "misplaced": "MisplacedFacts MisplacedRecord RecordKind",
    "mta_sts": (
        "MtaStsFacts StsMode StsPattern StsPolicy StsRecord TlsRptDestination TlsRptFacts TlsRptRecord"
    ),
    "mx": "AddressFacts MxHostFacts SendingHostFacts",
    "placement": "Placement PlacementResult RecipientFacts SeenResult",
    "receivers": "ReceiverFacts RequirementFacts RequirementState",
    "report": "Accepted Deduction Facts NotPossibleHere Report SCHEMA_VERSION Score Suppressed Tool",
    "spf": (
        "AuthResult MAX_LOOKUPS MAX_MX_NAMES MAX_VOID_LOOKUPS Qualifier SpfAllowed SpfFacts "
        "SpfNode SpfNodeStatus SpfProblem SpfRecord SpfTerm SpfTermCost SpfTraceStep "
        "SpfVerdict"
    ),
    "tls": "CertificateFacts StrictFault StrictFaultCode TlsFacts",
    "transport": "ConnectState MxConnectionFacts RelayResult TlsVersionFacts TransportFacts",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

# fmt: off
__all__ = [  # noqa: RUF022 - one name a line would be two hundred lines
    "Accepted", "CONSEQUENCES", "Cause", "Consequence", "Deciding", "STATUS_SHORT", "Suppressed",
    "Unanswered",
    "AddressFacts", "AliasFacts", "Alignment", "ArcSet", "ArcVerdict", "ArrivalClock",
    "AskedFilter", "AskedProblem", "AskedVerdict",
    "AuthMethod", "AuthProperty", "AuthResult", "AuthenticationResults", "AuthorityFacts",
    "BimiEvidence", "BimiFacts", "BimiLogo", "BimiRecord", "BimiSelectorFacts", "BlocklistCode",
    "BlocklistFacts", "BounceCause", "BounceFacts", "BounceReply", "CaaFacts", "CertificateFacts", "Change",
    "CollectorFailure", "ComparisonFacts", "ConnectState", "ContentLink", "ContentPart", "DaneFacts",
    "DaneHostFacts", "DaneState", "Deduction", "DelegationFacts", "DelegationKey", "DeliveryFacts",
    "DkimDiscovery",
    "DkimKeyRecord", "DkimKeyStatus", "DkimProvider", "DkimSelectorFacts", "DkimVerdict", "DmarcFacts",
    "DmarcRecord", "DmarcStep", "DmarcUri", "DmarcVerdict", "DmarcWalk", "DomainFacts", "DomainProfile",
    "DkimExpected", "DkimKeyExpected", "DmarcExpected", "Expectations", "SpfExpected",
    "Enclosed", "Envelope", "Explanation", "Facts", "FetchFacts", "FetchKind", "FilterDetail",
    "FilterJudgement", "FilterSymbol", "FilterVerdict", "Finding", "Fix", "FixKind", "FixProposal",
    "FixRecord", "HealthFacts", "Impossible",
    "AddressTried", "InboundCase", "InboundFacts", "InboundName", "InboundPlace",
    "KeptContent", "ListedRole", "Listing", "ListingStatus", "Location", "Lookup", "MAX_LOOKUPS",
    "MAX_MX_NAMES", "MAX_VOID_LOOKUPS", "MessageContent", "MessageFacts", "MessageShape",
    "MisplacedFacts", "MisplacedRecord", "MtaStsFacts", "NotPossibleHere",
    "MxConnectionFacts", "MxHostFacts", "NameServer", "Outcome", "OutcomeStatus",
    "Placement", "PlacementResult", "Policy", "PolicySource", "RecipientFacts", "RecipientSideFacts",
    "SeenResult",
    "ProposedRecords", "Qualifier", "ReceivedHop", "ReceiverFacts", "RecordKind", "RelayResult", "Report",
    "ReportDestination", "RequirementFacts", "RequirementState", "RetrievalFacts", "ReturnPath",
    "ReturnedMessage", "Rule", "SCHEMA_VERSION", "STATUS_WORDS", "Score", "SecondOpinion", "Secure",
    "SendingHostFacts", "ServerAddress", "ServerAnswer", "Severity", "SubmissionStage", "StageName",
    "ApiCause", "HttpSubmission", "ProgramSubmission", "SenderKind", "SmtpSubmission", "Submission",
    "SpfAllowed", "SpfFacts", "SpfNode", "SpfNodeStatus", "SpfProblem", "SpfRecord", "SpfTerm",
    "SpfTermCost", "SpfTraceStep", "SpfVerdict", "Status", "StrictFault", "StrictFaultCode", "StsMode",
    "StsPattern", "StsPolicy", "StsRecord", "SubmissionFacts", "SvgProblem", "Tag", "TagProblem", "TlsFacts",
    "TlsRptDestination", "TlsRptFacts", "TlsRptRecord", "TlsVersionFacts", "TlsaMatch", "TlsaProblem",
    "TlsaProblemCode", "TlsaRecord", "Tool", "TransportFacts", "UNASKED", "ZoneKey", "ZoneSecurity",
    "ZoneState",
]
# fmt: on


def __getattr__(name: str) -> object:
    """The type of that name, from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(f"mailproof.model.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
