"""The sections of a probe: submission, retrieval, and changes in transit."""

from __future__ import annotations

from rich.text import Text

from mailproof.model import (
    ArrivalClock,
    Change,
    DeliveryFacts,
    HttpSubmission,
    ProgramSubmission,
    RetrievalFacts,
    SmtpSubmission,
    Submission,
    TlsFacts,
)
from mailproof.render.shown import clean, counted, seconds
from mailproof.render.text.page import Page
from mailproof.render.text.style import days

_CLOCK: dict[ArrivalClock, str] = {
    "": "our own clock",
    "INTERNALDATE": "the mailbox server's clock (INTERNALDATE)",
    "Received": "the topmost Received header",
    "file": "the time of its file",
    "listener": "our own clock",
    "receivedDateTime": "Exchange's clock (receivedDateTime)",
    "internalDate": "Gmail's clock (internalDate)",
}
_RESULT_STYLE = {"found": "mp.pass", "skipped": "mp.skipped"}
_RESULT_WORDS = {"deadline": "not arrived", "skipped": "not searched", "error": "not readable"}


def write_delivery(page: Page, facts: DeliveryFacts, *, about: str = "") -> None:
    """Submission, retrieval, comparison; ``about`` is the recipient, if there are several."""
    if facts.submission is not None:
        _submission(page, facts, facts.submission, about)
    if facts.retrieval is not None:
        _retrieval(page, facts.retrieval, about)
    comparison = facts.comparison
    if comparison is None:
        return
    real = [change for change in comparison.changes if not change.harmless]
    designed = [change for change in comparison.changes if change.expected]
    harmless = len(comparison.changes) - len(real) - len(designed)
    added = f"{counted(harmless, 'trace header')} added, as usual" if harmless else ""
    if designed and isinstance(facts.submission, HttpSubmission):
        names = ", ".join(dict.fromkeys(clean(change.name, 60) for change in designed))
        always = f"{facts.submission.provider} always writes its own: {names}"
        added = "; ".join(filter(None, (added, always)))
    intact = comparison.body_intact and not real
    note = Text("body intact", "mp.pass") if comparison.body_intact else Text("body changed", "mp.fail")
    short = "; ".join(filter(None, ("body and headers unchanged", added)))
    if not page.topic("Sent and received", "pass" if intact else "warn", note, short, about=about):
        return
    if not real:
        page.line("Nothing that matters was changed in transit.", indent=2)
    for change in real[:40]:
        _change(page, change)
    if added:
        page.line((added, "mp.dim"), indent=2)


def _change(page: Page, change: Change) -> None:
    where = f", apparently by {clean(change.hop)}" if change.hop else ""
    page.line((f"{change.part} {clean(change.name)} ", "mp.name"), f"{change.kind}{where}", indent=2)
    for sign, text, style in (("-", change.before, "mp.fail"), ("+", change.after, "mp.pass")):
        for line in text[:1200].splitlines()[:12]:
            if line.strip():
                page.line((f"{sign} {clean(line, 300)}", style), indent=4)


def _submission(page: Page, facts: DeliveryFacts, submission: Submission, about: str) -> None:
    state = Text("accepted", "mp.pass") if submission.accepted else Text("refused", "mp.fail")
    if not submission.accepted and not any(
        stage.kind in ("rejected", "deferred") for stage in submission.stages
    ):
        state = Text("in doubt" if submission.in_doubt else "not sent", "mp.fail")
    dry = submission.dry_run and (submission.simulated if isinstance(submission, HttpSubmission) else True)
    if dry and submission.accepted:
        state = Text("dry run: nothing was sent", "mp.pass")
    security = _security(submission)
    tls = submission.tls.version if submission.tls is not None else ""
    id_name = "id" if isinstance(submission, HttpSubmission) else "queue id"
    where = _destination(submission)
    done = f"checked by {where} and not sent" if dry else f"accepted by {where}"
    queued = f"{id_name} {clean(submission.queue_id, 60)}" if submission.queue_id else ""
    short = ", ".join(filter(None, (done, clean(tls) or security, queued)))
    fine = submission.accepted and all(stage.ok for stage in submission.stages)
    fine = fine and (submission.tls is None or not submission.tls.problem)
    if not page.topic("Submission", "pass" if fine else "fail", state, short, about=about):
        return
    if isinstance(submission, HttpSubmission):
        _field(page, "Provider", f"{submission.provider} ({submission.endpoint})")
    elif isinstance(submission, SmtpSubmission):
        _field(page, "Server", f"{submission.host}:{submission.port} ({security})")
    else:
        _field(page, "Program", submission.program)
    theirs = isinstance(submission, HttpSubmission) and submission.envelope == "theirs"
    mail_from = "(the provider's own)" if theirs else f"<{facts.mail_from}>"
    _field(page, "Envelope", f"{mail_from} {page.signs.arrow} <{facts.recipient}>")
    if isinstance(submission, SmtpSubmission):
        _field(page, "Greeting", submission.greeting)
    if submission.tls is not None:
        _tls(page, submission.tls)
    if isinstance(submission, SmtpSubmission):
        _field(page, "Sign-in", submission.auth_mechanism)
        for each in submission.addresses:
            failed = each.failure
            words = f"{failed.stage}: {failed.text or failed.reason}" if failed is not None else "works"
            _field(page, "Address", f"{each.address} {words}", style="mp.fail" if failed else "")
    seen = f", found in {facts.provider_id_in} of what arrived" if facts.provider_id_in else ""
    _field(page, id_name.capitalize(), submission.queue_id + seen if submission.queue_id else "")
    for stage in submission.stages:
        if not stage.ok:
            code = " ".join(filter(None, (str(stage.code or ""), stage.enhanced)))
            page.line(
                (f"{page.signs.fail} {stage.stage} ", "mp.fail"),
                f"{code} {clean(stage.text or stage.reason)}".strip(),
                indent=2,
            )
    if page.verbose:
        for line in submission.dialogue[:200]:
            page.line((clean(line), "mp.dim"), indent=4)


def _security(submission: Submission) -> str:
    """The kind of encryption in words; "" if not applicable."""
    words = {"starttls": "STARTTLS", "tls": "implicit TLS", "plain": "no TLS"}
    if isinstance(submission, SmtpSubmission):
        return words[submission.security]
    return "no TLS" if isinstance(submission, HttpSubmission) and submission.host else ""


def _destination(submission: Submission) -> str:
    """The server, provider or program that the message was submitted to."""
    if isinstance(submission, HttpSubmission):
        return submission.provider
    if isinstance(submission, ProgramSubmission):
        return clean(submission.program, 200)
    return f"{submission.host}:{submission.port}"


def _tls(page: Page, tls: TlsFacts) -> None:
    checked = (
        "not verified (switched off)"
        if tls.verification_off
        else {True: "verified", False: "not valid", None: "not verified"}[tls.verified]
    )
    _field(page, "TLS", " ".join(filter(None, (tls.version, tls.cipher))))
    if tls.chain:
        leaf = tls.chain[0]
        _field(page, "Certificate", f"{leaf.subject}, {days(leaf.days_left)}, {checked}")
    if tls.problem:
        _field(page, "", tls.problem, style="mp.fail")


def _retrieval(page: Page, retrieval: RetrievalFacts, about: str) -> None:
    style = _RESULT_STYLE.get(retrieval.result, "mp.fail")
    word = _RESULT_WORDS.get(retrieval.result, retrieval.result)
    word = "found in Junk" if retrieval.junk and retrieval.result == "found" else word
    fine = retrieval.result == "found" and not retrieval.junk
    place = f"{clean(retrieval.folder, 100) or 'mailbox'} of {clean(retrieval.server, 200)}"
    short = f"found in {place} after {_took(retrieval)}"
    note = Text(word, "mp.fail" if retrieval.junk else style)
    if not page.topic("Mailbox", "pass" if fine else "fail", note, short, about=about):
        return
    _field(page, "Mailbox", f"{retrieval.method} {retrieval.server}")
    _field(page, "Folder", retrieval.folder, style="mp.fail" if retrieval.junk else "")
    _field(page, "Labels", ", ".join(retrieval.labels))
    if retrieval.result == "found":
        by = f", by {_CLOCK[retrieval.arrived_by]}" if retrieval.arrived_s is not None else ""
        _field(page, "Arrived", f"after {_took(retrieval)}{by}")
        if retrieval.arrived_at is not None and retrieval.arrived_s is None:
            at = f"{retrieval.arrived_at:%Y-%m-%d %H:%M:%S %z}"
            _field(page, "", f"{_CLOCK[retrieval.arrived_by]} says {at}: its clock differs from ours")
        if _took(retrieval) != seconds(retrieval.waited_s):
            _field(page, "Noticed", f"after {seconds(retrieval.waited_s)}")
    elif retrieval.result == "bounced":
        _field(page, "After", seconds(retrieval.waited_s))
    elif retrieval.deadline_s and retrieval.result != "skipped":
        _field(page, "Waited", f"{seconds(retrieval.waited_s)} of {seconds(retrieval.deadline_s)}")
    _field(page, "Reason", retrieval.reason)
    for notice in retrieval.notices:
        to = f" to {notice.remote_mta}" if notice.remote_mta else ""
        _field(page, "Notice", f"{notice.reporting_mta or 'a server'}: {notice.action}{to}")
    if retrieval.bounce is not None:
        bounce = retrieval.bounce
        status = "" if bounce.status in bounce.diagnostic else f"{bounce.status} "
        _field(page, "Bounce", f"{status}{bounce.diagnostic}", style="mp.fail")
        _field(page, "Reported by", bounce.remote_mta or bounce.reporting_mta)


def _took(retrieval: RetrievalFacts) -> str:
    """How long delivery took. Most servers' clocks have a resolution of a second."""
    if retrieval.took_s <= 1 <= retrieval.waited_s and retrieval.whole_seconds:
        return "less than 1 s"
    return seconds(retrieval.took_s)


def _field(page: Page, label: str, value: str, *, style: str = "") -> None:
    if value:
        page.field(label, clean(value, 600), style=style)
