"""Shared by the rules on delivery: guards, and texts for stages, certificates and bounces."""

from __future__ import annotations

from typing import get_args

from msgspec import Struct

from mailproof.checks.base import Enough, NotApplicable, Reporter, Undetermined, parametrized, required
from mailproof.model import (
    ApiCause,
    BounceCause,
    BounceFacts,
    CertificateFacts,
    Change,
    ComparisonFacts,
    DeliveryFacts,
    HttpSubmission,
    Location,
    ProgramSubmission,
    RetrievalFacts,
    SmtpSubmission,
    StageName,
    SubmissionFacts,
    SubmissionStage,
    TlsFacts,
)

#: SASL mechanisms that expose the password or token to eavesdroppers.
PLAINTEXT = ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")

#: Findings about the recipient's domain that explain why no mail gets there, the most certain first.
CLOSED_THERE = "DOM001 RECV012 DANE006 DANE008 DANE002 STS010 STS011 MX001"
#: The same, and those that explain why a message is lost or delayed there.
LOST_THERE = f"{CLOSED_THERE} MX005 MX007 MX008 TLS001 TLS002 TLS003 DNS001 DNS002 RECV013"

_ORDER: tuple[StageName, ...] = get_args(StageName)


def submission(facts: DeliveryFacts) -> SubmissionFacts:
    """The submission, by any method. Raises NotApplicable or Undetermined if there is none."""
    if facts.submission is None:
        if facts.retrieval is not None and facts.retrieval.result == "interrupted":
            raise Undetermined("interrupted before the submission ended")
        raise NotApplicable("nothing was submitted")
    return facts.submission


def accepted(facts: DeliveryFacts) -> SubmissionFacts:
    """The submission, if the message was accepted. Raises NotApplicable, or Undetermined if in doubt."""
    sent = submission(facts)
    if sent.in_doubt:
        raise Undetermined(f"{_in_doubt(sent)}: it may or may not have been accepted")
    if not sent.accepted:
        raise NotApplicable("the server did not accept the message")
    return sent


def smtp(facts: DeliveryFacts) -> SmtpSubmission:
    """The submission by SMTP. Raises like ``submission``, and NotApplicable for other methods."""
    sent = submission(facts)
    if not isinstance(sent, SmtpSubmission):
        raise NotApplicable("the message was not sent by SMTP")
    return sent


def http(facts: DeliveryFacts) -> HttpSubmission:
    """The submission through an API. Raises like ``submission``, and NotApplicable for other methods."""
    sent = submission(facts)
    if not isinstance(sent, HttpSubmission):
        raise NotApplicable("the message was not sent through a provider's API")
    return sent


class Refusal(Struct, frozen=True):
    """A message that the provider's API rejected, and the stage that says so."""

    sent: HttpSubmission
    stage: SubmissionStage

    def reported(self, report: Reporter, does: str, advice: str, after: str = "") -> None:
        """Report what the provider does, in its own words, with its advice or else ours."""
        report(
            f"{self.sent.provider} {does}: {said(self.stage)}.{after}",
            evidence=evidence(self.stage),
            fix=self.sent.advice or advice,
        )


@parametrized
def refused_for(facts: DeliveryFacts, *causes: ApiCause) -> Refusal:
    """The refusal, if the API rejected the message for one of these causes.

    Raises Enough if not, and like ``http`` and ``ended_at``.
    """
    sent = http(facts)
    stage = ended_at(facts, "auth", "request")
    if stage is None or stage.kind not in ("rejected", "deferred") or sent.cause not in causes:
        raise Enough
    return Refusal(sent, stage)


@parametrized
def ended(
    facts: DeliveryFacts, *stages: StageName, by: tuple[str, ...] = ("rejected",), smtp_only: bool = True
) -> SubmissionStage:
    """The stage that ended the submission, if it is one of these (none: any), by such a kind of failure.

    Raises Enough if not, and like ``ended_at``; with ``smtp_only`` NotApplicable for other methods.
    """
    if smtp_only:
        smtp(facts)
    stage = ended_at(facts, *stages) if stages else ended_at_any(facts)
    if stage is None or stage.kind not in by:
        raise Enough
    return stage


def ended_at_any(facts: DeliveryFacts) -> SubmissionStage | None:
    """The stage that ended the submission; None if it was accepted.

    Raises Undetermined if the submission was interrupted.
    """
    sent = submission(facts)
    if sent.accepted:
        return None
    if sent.failure is None:
        raise Undetermined(
            f"interrupted: {_in_doubt(sent)}" if sent.in_doubt else "the submission was interrupted"
        )
    return sent.failure


def ended_at(facts: DeliveryFacts, *stages: StageName) -> SubmissionStage | None:
    """The stage that ended the submission, if it is one of ``stages``; None if these succeeded.

    Raises NotApplicable if the session ended earlier, or the message was passed to a program.
    """
    if isinstance(submission(facts), ProgramSubmission):
        raise NotApplicable("the message was handed to a program")
    stage = ended_at_any(facts)
    if stage is None or stage.stage in stages:
        return stage
    if _ORDER.index(stage.stage) < min(_ORDER.index(s) for s in stages):
        raise NotApplicable(f"the session ended earlier, at {stage.stage}")
    return None


def tls_of(facts: DeliveryFacts) -> TlsFacts:
    """The TLS facts of the submission. Raises NotApplicable without TLS."""
    sent = submission(facts)
    tls = sent.tls
    return required(tls, "the SMTP session had no TLS" if sent.kind == "smtp" else "there was no TLS")


def leaf(tls: TlsFacts) -> CertificateFacts | None:
    """The server's own certificate."""
    return tls.chain[0] if tls.chain else None


def destination(sent: SubmissionFacts) -> str:
    """What the message was submitted to, in words: the server, the provider or the program."""
    if isinstance(sent, HttpSubmission):
        return sent.provider
    return sent.program if isinstance(sent, ProgramSubmission) else sent.host


def _in_doubt(sent: SubmissionFacts) -> str:
    if sent.kind == "smtp":  # RFC 5321 section 4.2.5
        return "the message was sent up to its final dot, but there was no answer"
    return "the message was handed over, without a usable answer"


def place(facts: DeliveryFacts) -> str:
    """The server in words."""
    sent = submission(facts)
    return f"{sent.host} port {sent.port}"


def said(stage: SubmissionStage) -> str:
    """The server's reply text, or else our reason; without a final full stop."""
    return stage.words.rstrip(". ")


def evidence(stage: SubmissionStage) -> tuple[str, ...]:
    """The reply, the meaning of its code, and our reason."""
    lines = []
    if stage.code:
        lines.append(f"{stage.stage}: {stage.reply}")
    if stage.meaning:
        lines.append(f"meaning: {stage.meaning}")
    if stage.code and stage.reason:
        lines.append(stage.reason)
    return tuple(lines)


def known_cause(
    facts: DeliveryFacts, reply: str, command: str = "", *, permanent: bool = True
) -> BounceCause | None:
    """The cause of a server's reply, if its text leaves no doubt."""
    from mailproof.explain import explain_reply

    domain, recipient = facts.mail_from.rpartition("@")[2], facts.recipient
    found = explain_reply(reply, sender=domain, recipient=recipient, command=command, permanent=permanent)
    return found.causes[0] if found.causes and found.causes[0].certain else None


def known_fix(facts: DeliveryFacts, reply: str, command: str = "", *, permanent: bool = True) -> str:
    """What to do about it; "" if the cause is in doubt."""
    cause = known_cause(facts, reply, command, permanent=permanent)
    return cause.fix if cause is not None else ""


def advice_for(
    facts: DeliveryFacts, reply: str, enhanced: str, command: str = "", *, relaying: str = ""
) -> str:
    """What to do about a rejection, by the reply's text or else the subject of its enhanced code.

    ``relaying`` is the advice if the server does not relay, where it should.
    """
    cause = known_cause(facts, reply, command)
    if cause is not None:
        return relaying if relaying and cause.kind == "relay" else cause.fix
    subjects = {
        "5.1": "Check the address: the server says that it does not exist or has a syntax error",
        "5.2": "Ask the recipient: the mailbox is full or disabled, and only its owner can change that",
        "5.3": "Make the message smaller, or ask the receiving system's administrator",
        "5.7": "Follow the server's words: a policy or block rejects the sender",
    }
    return subjects.get(enhanced[:3], "Follow the server's own words, and ask its administrator")


def certificate_evidence(tls: TlsFacts) -> tuple[str, ...]:
    """The problem, and the chain with a line per certificate."""
    lines = [tls.problem] if tls.problem else []
    for number, certificate in enumerate(tls.chain):
        names = f" for {', '.join(certificate.names[:5])}" if certificate.names else ""
        lines.append(
            f"{number}: {certificate.subject}{names}, issued by {certificate.issuer}, "
            f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
        )
    return tuple(lines)


def retrieval(facts: DeliveryFacts) -> RetrievalFacts:
    """The retrieval. Raises NotApplicable if there was none."""
    if facts.retrieval is None:
        raise NotApplicable("no mailbox is configured")
    if facts.retrieval.result == "skipped":
        raise NotApplicable(facts.retrieval.reason or "there was nothing to wait for")
    return facts.retrieval


def at_recipient(facts: DeliveryFacts) -> Location:
    """The location of findings about lost messages: the recipient's domain."""
    return Location(facts.recipient.rpartition("@")[2].strip("<> ").lower())


def fate_of(facts: DeliveryFacts) -> RetrievalFacts:
    """The retrieval, if it shows the fate of the message. Raises Undetermined or NotApplicable."""
    came = retrieval(facts)
    if came.result == "error":
        raise Undetermined(f"mailbox {came.server}: {came.reason}")
    if came.result == "interrupted":
        raise Undetermined("the wait was interrupted")
    return came


def found(facts: DeliveryFacts) -> RetrievalFacts:
    """The retrieval, if it found the message. Raises Undetermined or NotApplicable."""
    came = fate_of(facts)
    if came.result != "found":
        raise NotApplicable("the message did not come back")
    return came


def comparison(facts: DeliveryFacts) -> ComparisonFacts:
    """What changed in transit. Raises if the message was not found."""
    if facts.comparison is None:
        found(facts)
        raise NotApplicable("there is nothing to compare")
    return facts.comparison


def notice_evidence(came: RetrievalFacts) -> tuple[str, ...]:
    """What servers in transit reported doing with the message."""
    return tuple(
        f"{notice.reporting_mta or 'a server'} reports: {notice.action}"
        + (f" to {notice.remote_mta}" if notice.remote_mta else "")
        + (f": {notice.diagnostic}" if notice.diagnostic else "")
        for notice in came.notices
    )


def bounce_evidence(bounce: BounceFacts) -> tuple[str, ...]:
    """The non-empty fields of the bounce."""
    lines = (
        ("Final-Recipient", bounce.recipient),
        ("Action", bounce.action),
        ("Status", bounce.status),
        ("Remote-MTA", bounce.remote_mta),
        ("Reporting-MTA", bounce.reporting_mta),
        ("Diagnostic-Code", bounce.diagnostic),
        ("meaning", bounce.meaning),
    )
    return tuple(f"{name}: {value}" for name, value in lines if value)


def shown_change(change: Change) -> str:
    """A change on one line."""
    before = f" from {_short(change.before)}" if change.before else ""
    after = f"{' to' if change.before else ':'} {_short(change.after)}" if change.after else ""
    at = f" (at {change.hop})" if change.hop else ""
    return f"{change.name} {change.kind}{before}{after}{at}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 100 else line[:99] + "…")
