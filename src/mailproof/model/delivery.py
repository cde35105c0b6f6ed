"""The facts of a probe's delivery: submission, retrieval, comparison."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Instant
from mailproof.model.message import Change
from mailproof.model.tls import TlsFacts

#: Why a server was not reached. ``unresolved``: the lookup failed; ``no-address``: the host has none.
#: ``wrong-mode``: the peer answered the TLS handshake with something else.
TroubleKind = Literal[
    "timeout",
    "refused",
    "unreachable",
    "unresolved",
    "no-address",
    "protocol",
    "certificate",
    "tls",
    "wrong-mode",
]
#: The stages of SMTP, and of other senders: ``auth`` fetches an OAuth token, ``request`` calls the provider's
#: API, ``run`` runs a program.
StageName = Literal[
    "connect",
    "greeting",
    "ehlo",
    "starttls",
    "tls",
    "auth",
    "mail",
    "rcpt",
    "data",
    "quit",
    "request",
    "run",
]
#: The ways to submit a message.
SenderKind = Literal[
    "smtp",
    "ses",
    "mailgun",
    "sendgrid",
    "postmark",
    "resend",
    "brevo",
    "mailjet",
    "sparkpost",
    "cloudflare",
    "graph",
    "gmail",
    "postal",
    "sendmail",
    "command",
]
#: The cause of a provider's refusal; ``""``: unknown.
ApiCause = Literal[
    "",
    "key",
    "region",
    "sender",
    "sandbox",
    "quota",
    "suppressed",
    "recipient",
    "content",
    "account",
    "server",
    "reply",
]


class SubmissionStage(Struct, frozen=True):
    """One step of a submission. ``code`` is the server's reply code, 0 without a reply.

    ``kind`` distinguishes a refusal by the server (``rejected``, ``deferred``) from trouble reaching it
    (``unresolved``: the host could not be looked up; ``no-address``: it has none; ``wrong-mode``: one side
    speaks TLS and the other does not). ``reason`` is our explanation, ``text`` the server's own words,
    ``meaning`` what its code means.
    """

    stage: StageName
    ok: bool
    code: int = 0
    enhanced: str = ""
    text: str = ""
    kind: Literal["ok", "rejected", "deferred", TroubleKind, "unsupported", "local"] = "ok"
    reason: str = ""
    elapsed_ms: float = 0.0
    meaning: str = ""

    @property
    def reply(self) -> str:
        """The server's reply: its codes and words; empty if it sent none."""
        return " ".join(filter(None, (str(self.code), self.enhanced, self.text))) if self.code else ""

    @property
    def words(self) -> str:
        """The server's reply, or our reason if it sent none."""
        return self.reply or self.reason or self.text or self.kind


class SubmissionFacts(Struct, frozen=True):
    """The facts common to all submissions: by SMTP, through a provider's API, or by a program.

    ``dry_run``: every step but the actual sending was requested; ``accepted`` then means that all went well.
    ``host`` and ``port`` are empty if there was no server (a program took the message).
    ``in_doubt``: the whole message was sent (by SMTP: up to its final dot) and the server did not answer, so
    it may or may not have accepted it (RFC 5321 section 4.2.5).
    ``stages`` are those of the last attempt, ``deferrals`` the temporary refusals that ended the attempts
    before it; ``waited_s`` is the time spent waiting between attempts. ``queue_id`` is the server's id for
    the message; ``dialogue`` omits our credentials.
    """

    host: str = ""
    port: int = 0
    address: str = ""
    accepted: bool = False
    stages: tuple[SubmissionStage, ...] = ()
    tls: TlsFacts | None = None
    queue_id: str = ""
    dialogue: tuple[str, ...] = ()
    attempts: int = 1
    deferrals: tuple[SubmissionStage, ...] = ()
    waited_s: float = 0.0
    in_doubt: bool = False
    kind: SenderKind = "smtp"
    dry_run: bool = False

    @property
    def failure(self) -> SubmissionStage | None:
        """The stage that failed. None if the message was accepted, or the submission interrupted."""
        if self.accepted:
            return None
        return next(
            (stage for stage in reversed(self.stages) if not stage.ok and stage.stage != "quit"), None
        )


class AddressTried(Struct, frozen=True):
    """An address of the submission server: whether signing in works there, else the stage that failed."""

    address: str
    works: bool
    failure: SubmissionStage | None = None


class SmtpSubmission(SubmissionFacts, frozen=True, tag_field="by", tag="smtp"):
    """A submission by SMTP. ``auth_offered`` are the SASL mechanisms that the server offered.

    ``require_tls``: we asked for REQUIRETLS. ``addresses`` are all the server's addresses, if each was
    tried; the message is sent to one only.
    """

    security: Literal["starttls", "tls", "plain"] = "starttls"
    greeting: str = ""
    ehlo_name: str = ""
    extensions: tuple[str, ...] = ()
    auth_mechanism: str = ""
    auth_offered: tuple[str, ...] = ()
    authenticated: bool = False
    require_tls: bool = False
    addresses: tuple[AddressTried, ...] = ()


class HttpSubmission(SubmissionFacts, frozen=True, tag_field="by", tag="http"):
    """A submission through a provider's HTTP API. ``queue_id`` is the id in its reply.

    ``status`` is the HTTP status, 0 without a reply. ``code`` is the provider's own name for the error,
    ``cause`` its cause, ``advice`` what to do about it. ``simulated``: the provider says that it did not
    send (a test mode). ``envelope``: whose envelope sender is used: ours, only the domain of ours, or the
    provider's own. ``rewrites`` is what the provider always changes; ``gives_id`` whether it assigns ids to
    messages. ``retry_after_s`` is the wait it asked for in its last reply.
    """

    provider: str = ""
    endpoint: str = ""
    status: int = 0
    code: str = ""
    cause: ApiCause = ""
    advice: str = ""
    retry_after_s: float | None = None
    simulated: bool = False
    tracking: bool = False
    envelope: Literal["ours", "domain", "theirs"] = "ours"
    rewrites: tuple[str, ...] = ()
    gives_id: bool = True


class ProgramSubmission(SubmissionFacts, frozen=True, tag_field="by", tag="program"):
    """A submission to a local program. ``exit_code`` is None if it did not exit on its own."""

    program: str = ""
    exit_code: int | None = None


#: One class per kind of sender.
Submission = SmtpSubmission | HttpSubmission | ProgramSubmission


class BounceFacts(Struct, frozen=True):
    """A delivery status notification for our probe (RFC 3464).

    ``forwarded_to`` is the address that the probe was forwarded to, if that is in another domain.
    """

    action: str = ""
    status: str = ""
    diagnostic: str = ""
    remote_mta: str = ""
    reporting_mta: str = ""
    recipient: str = ""
    meaning: str = ""
    forwarded_to: str = ""


#: The source of the arrival time: the server's own timestamp, the topmost Received, or the file.
ArrivalClock = Literal["", "INTERNALDATE", "Received", "file", "listener", "receivedDateTime", "internalDate"]


class RetrievalFacts(Struct, frozen=True):
    """The result of the retrieval. ``folder`` is where the probe was found. Times are in seconds.

    ``arrived_at`` is when the receiving side put it into the mailbox, according to ``arrived_by``, and
    ``arrived_s`` the time from acceptance to then (None if unknown, or if the clocks differ too much);
    ``waited_s`` is when we noticed it. ``tab`` is the inbox tab that shows it (Gmail's categories). ``kind``
    classifies an ``error``; ``remove_problem`` says why a probe that should have been removed was not;
    ``sign_in`` what this provider requires, if it refused our sign-in. ``notices`` are success notifications
    of servers that delivered it, or relayed it to a server that sends none.
    """

    method: Literal["imap", "pop3", "maildir", "mbox", "listener", "graph", "gmail"]
    server: str
    result: Literal["found", "deadline", "bounced", "error", "skipped", "interrupted"]
    folder: str = ""
    junk: bool = False
    labels: tuple[str, ...] = ()
    folders_seen: tuple[str, ...] = ()
    waited_s: float = 0.0
    deadline_s: float = 0.0
    removed: bool = False
    bounce: BounceFacts | None = None
    reason: str = ""
    tls: TlsFacts | None = None
    kind: Literal["", "login", "connect", "tls", "protocol", "storage"] = ""
    remove_requested: bool = False
    remove_problem: str = ""
    arrived_at: Instant | None = None
    arrived_by: ArrivalClock = ""
    arrived_s: float | None = None
    tab: str = ""
    sign_in: str = ""
    notices: tuple[BounceFacts, ...] = ()

    @property
    def took_s(self) -> float:
        """The delivery time: by the server's clock if known, else until we noticed it.

        A clock with whole seconds cannot measure less than one.
        """
        if self.arrived_s is None:
            return self.waited_s
        return max(self.arrived_s, min(1.0, self.waited_s)) if self.whole_seconds else self.arrived_s

    @property
    def whole_seconds(self) -> bool:
        """Whether the source of the arrival time has a resolution of one second."""
        return self.arrived_by in ("INTERNALDATE", "Received", "receivedDateTime")


class ComparisonFacts(Struct, frozen=True):
    """What was sent against what arrived. ``new_link_hosts``: hosts that only the arrived copy links to."""

    changes: tuple[Change, ...] = ()
    body_intact: bool = True
    new_link_hosts: tuple[str, ...] = ()


class RecipientSideFacts(Struct, frozen=True):
    """The state of the recipient's domain, if the message did not arrive.

    ``null_mx``: it accepts no mail at all (RFC 7505). ``put_off`` are temporary refusals in transit, each
    with the server that sent it: signs of greylisting, or of rate limits.
    """

    domain: str
    null_mx: bool = False
    put_off: tuple[str, ...] = ()


class DeliveryFacts(Struct, frozen=True):
    """The facts that the checks of a delivery read.

    ``provider_id`` is the provider's id for the message, ``provider_id_in`` the header field of the arrived
    message that contains it.
    """

    profile: str
    mail_from: str
    recipient: str
    from_address: str
    token: str
    message_id: str
    sent_at: Instant | None = None
    submission: Submission | None = None
    retrieval: RetrievalFacts | None = None
    comparison: ComparisonFacts | None = None
    list_unsubscribe: bool = False
    provider_id: str = ""
    provider_id_in: str = ""
    recipient_side: RecipientSideFacts | None = None
