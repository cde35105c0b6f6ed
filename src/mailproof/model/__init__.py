"""The types of mailproof: rules, findings, facts and the report. Pure data, no input or output.

Each type is imported on first use: creating a hundred classes takes a tenth of a second, and no command
needs them all. A new type must be listed in ``_NAMES``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # everything public in these modules is public here
    from mailproof.model.bimi import *
    from mailproof.model.blocklists import *
    from mailproof.model.bounce import *
    from mailproof.model.causes import *
    from mailproof.model.content import *
    from mailproof.model.dane import *
    from mailproof.model.deciding import *
    from mailproof.model.delivery import *
    from mailproof.model.dkim import *
    from mailproof.model.dmarc import *
    from mailproof.model.domain import *
    from mailproof.model.expectations import *
    from mailproof.model.fetch import *
    from mailproof.model.filters import *
    from mailproof.model.findings import *
    from mailproof.model.fixes import *
    from mailproof.model.health import *
    from mailproof.model.inbound import *
    from mailproof.model.lookup import *
    from mailproof.model.message import *
    from mailproof.model.misplaced import *
    from mailproof.model.mta_sts import *
    from mailproof.model.mx import *
    from mailproof.model.placement import *
    from mailproof.model.receivers import *
    from mailproof.model.report import *
    from mailproof.model.spf import *
    from mailproof.model.tls import *
    from mailproof.model.transport import *

#: Module -> the names it defines.
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
    "dkim": (
        "DkimDiscovery DkimKeyRecord DkimKeyStatus DkimProvider DkimSelectorFacts Tag TagProblem TagRecord"
    ),
    "dmarc": (
        "Alignment DmarcFacts DmarcRecord DmarcStep DmarcUri DmarcVerdict DmarcWalk Policy "
        "PolicySource ReportDestination"
    ),
    "domain": "DomainFacts DomainProfile SecondOpinion",
    "expectations": "DkimExpected DkimKeyExpected DmarcExpected Expectations SpfExpected",
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
    "lookup": (
        "CollectorFailure Lookup Question Reply STATUS_SHORT STATUS_WORDS Secure Status UNASKED Unanswered"
    ),
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


def __getattr__(name: str) -> object:
    """Import the type of that name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(f"mailproof.model.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
