"""All that is known of one probe on its way: submission, retrieval, comparison."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Instant
from mailproof.model.message import Change
from mailproof.model.tls import TlsFacts

#: Of SMTP, and of the others: ``auth`` fetches an OAuth token, ``request`` is the provider's API, ``run`` a
#: program.
#: Why a server was not reached. ``unresolved``: the lookup failed; ``no-address``: the host has none.
#: ``wrong-mode``: what came in a handshake is not TLS.
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
#: The ways to hand a message over.
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
#: What a provider's refusal comes from; ``""``: not known.
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
    """One step of a submission. ``code`` is the server's reply, 0 where it said nothing.

    ``kind`` distinguishes a refusal by the server (``rejected``, ``deferred``) from trouble on the way to it
    (``unresolved``: the host could not be looked up; ``no-address``: it has none; ``wrong-mode``: one side
    speaks TLS and the other does not);
    ``reason`` is ours, ``text`` the server's own words, ``meaning`` what its code means.
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
        """What the server said: its codes and words; empty where it said nothing."""
        return " ".join(filter(None, (str(self.code), self.enhanced, self.text))) if self.code else ""

    @property
    def words(self) -> str:
        """What the server said, or our reason where it said nothing."""
        return self.reply or self.reason or self.text or self.kind


class SubmissionFacts(Struct, frozen=True):
    """What is known of every submission: by SMTP, through a provider's API, or by a program.

    ``dry_run``: everything but the sending was asked for; accepted then means that all went well.
    ``host`` and ``port`` are empty where no server was spoken to (a program took the message).
    ``in_doubt``: the whole message was sent (by SMTP: up to its final dot) and the server did not answer, so
    that it may or may not have accepted it (RFC 5321 section 4.2.5).
    ``stages`` are those of the last attempt, ``deferrals`` the temporary refusals that ended the attempts
    before it; ``waited_s`` is the time spent waiting between attempts. ``queue_id`` is the name that the
    other side gave to the message; ``dialogue`` leaves out what we said of credentials.
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
        """The stage that ended it. None where it went well, or was interrupted."""
        if self.accepted:
            return None
        return next(
            (stage for stage in reversed(self.stages) if not stage.ok and stage.stage != "quit"), None
        )


class AddressTried(Struct, frozen=True):
    """An address of the submission server: whether signing in there works, else the stage that failed."""

    address: str
    works: bool
    failure: SubmissionStage | None = None


class SmtpSubmission(SubmissionFacts, frozen=True, tag_field="by", tag="smtp"):
    """A hand-over by SMTP. ``auth_offered`` are the SASL mechanisms that the server named.

    ``require_tls``: REQUIRETLS was demanded of it. ``addresses`` are all of the server's, where each was
    tried; nothing is sent to more than one.
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
    """A hand-over through a provider's HTTP API. ``queue_id`` is the id in its reply.

    ``status`` is HTTP's, 0 where no reply came. ``code`` is the provider's own name of the error, ``cause``
    what that comes from, ``advice`` what to do about it. ``simulated``: the provider says that it did not
    send (a test mode). ``envelope``: whose envelope sender is used: ours, only the domain of ours, or the
    provider's own. ``rewrites`` is what the provider always changes; ``gives_id`` whether it names messages.
    ``retry_after_s`` is how long it asked to wait, at last.
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
    """A hand-over to a program of this machine. ``exit_code`` is None where it did not end by itself."""

    program: str = ""
    exit_code: int | None = None


#: One class a kind of sender.
Submission = SmtpSubmission | HttpSubmission | ProgramSubmission


class BounceFacts(Struct, frozen=True):
    """A delivery status notification for our probe (RFC 3464).

    ``forwarded_to`` is the address that it was passed on to, where that is in another domain.
    """

    action: str = ""
    status: str = ""
    diagnostic: str = ""
    remote_mta: str = ""
    reporting_mta: str = ""
    recipient: str = ""
    meaning: str = ""
    forwarded_to: str = ""


#: Who says when a message was put into the mailbox: the server's own mark, the topmost Received, the file.
ArrivalClock = Literal["", "INTERNALDATE", "Received", "file", "listener", "receivedDateTime", "internalDate"]


class RetrievalFacts(Struct, frozen=True):
    """How the fetching back went. ``folder`` is where it was found. Times are in seconds.

    ``arrived_at`` is when the receiving side put it into the mailbox, as ``arrived_by`` says, and
    ``arrived_s`` how long after it was accepted that was (None where that is not known, or the clocks differ
    too much); ``waited_s`` is when it was noticed. ``tab`` is the tab of the inbox that shows
    it (Gmail's categories). ``kind`` says what sort of trouble an ``error`` was; ``remove_problem`` why a
    probe that should have been removed was not; ``sign_in`` what this provider wants, where it refused us.
    ``notices`` are those of servers that delivered it, or relayed it to one that gives none.
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
        """How long it took: by the server's clock where that is known, else until it was noticed.

        A clock that shows whole seconds knows no less than one.
        """
        if self.arrived_s is None:
            return self.waited_s
        return max(self.arrived_s, min(1.0, self.waited_s)) if self.whole_seconds else self.arrived_s

    @property
    def whole_seconds(self) -> bool:
        """Whether the clock of the arrival shows no fractions."""
        return self.arrived_by in ("INTERNALDATE", "Received", "receivedDateTime")


class ComparisonFacts(Struct, frozen=True):
    """What was sent against what arrived. ``new_link_hosts``: where links lead to that no link sent does."""

    changes: tuple[Change, ...] = ()
    body_intact: bool = True
    new_link_hosts: tuple[str, ...] = ()


class RecipientSideFacts(Struct, frozen=True):
    """What the recipient's domain looks like, where the message did not arrive.

    ``null_mx``: it takes no mail at all (RFC 7505). ``put_off`` are temporary refusals on the way, each with
    the server that gave it: signs of greylisting, or of limits.
    """

    domain: str
    null_mx: bool = False
    put_off: tuple[str, ...] = ()


class DeliveryFacts(Struct, frozen=True):
    """The facts that the checks of a delivery read.

    ``provider_id`` is what a provider's API calls the message, ``provider_id_in`` the header field of the
    message that arrived in which it was found again.
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
