"""The sections of a probe: how it was submitted, how it came back, what changed on the way."""

from __future__ import annotations

from rich.text import Text

from mailproof.model import Change, DeliveryFacts, RetrievalFacts, Submission, TlsFacts
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean, days, seconds

_RESULT_STYLE = {"found": "mp.pass", "skipped": "mp.skipped"}


def write_delivery(page: Page, facts: DeliveryFacts, *, verbose: int = 0) -> None:
    """Submission, retrieval, comparison."""
    if facts.submission is not None:
        _submission(page, facts, facts.submission, verbose)
    if facts.retrieval is not None:
        _retrieval(page, facts.retrieval)
    comparison = facts.comparison
    if comparison is not None:
        real = [change for change in comparison.changes if not change.harmless]
        page.heading(
            "Sent against arrived",
            Text("body intact", "mp.pass") if comparison.body_intact else Text("body changed", "mp.fail"),
        )
        harmless = len(comparison.changes) - len(real)
        if not real:
            page.line("Nothing that matters was changed on the way.", indent=2)
        for change in real[:40]:
            _change(page, change)
        if harmless:
            page.line((f"{harmless} trace headers added on the way, as they should be", "mp.dim"), indent=2)


def _change(page: Page, change: Change) -> None:
    where = f", by {clean(change.hop)} as it seems" if change.hop else ""
    page.line((f"{change.part} {clean(change.name)} ", "mp.name"), f"{change.kind}{where}", indent=2)
    for sign, text, style in (("-", change.before, "mp.fail"), ("+", change.after, "mp.pass")):
        for line in text[:1200].splitlines()[:12]:
            if line.strip():
                page.line((f"{sign} {clean(line, 300)}", style), indent=4)


def _submission(page: Page, facts: DeliveryFacts, submission: Submission, verbose: int) -> None:
    state = Text("accepted", "mp.pass") if submission.accepted else Text("refused", "mp.fail")
    if not submission.accepted and not any(
        stage.kind in ("rejected", "deferred") for stage in submission.stages
    ):
        state = Text("not sent", "mp.fail")
    page.heading("Submission", state)
    security = {"starttls": "STARTTLS", "tls": "implicit TLS", "plain": "no TLS"}[submission.security]
    _field(page, "Server", f"{submission.host}:{submission.port} ({security})")
    _field(page, "Envelope", f"<{facts.mail_from}> {page.signs.arrow} <{facts.recipient}>")
    _field(page, "Greeting", submission.greeting)
    if submission.tls is not None:
        _tls(page, submission.tls)
    _field(page, "Log-in", submission.auth_mechanism)
    _field(page, "Queue id", submission.queue_id)
    for stage in submission.stages:
        if not stage.ok:
            code = " ".join(part for part in (str(stage.code or ""), stage.enhanced) if part)
            page.line(
                (f"{page.signs.fail} {stage.stage} ", "mp.fail"),
                f"{code} {clean(stage.text or stage.reason)}".strip(),
                indent=2,
            )
    if verbose:
        for line in submission.dialogue[:200]:
            page.line((clean(line), "mp.dim"), indent=4)


def _tls(page: Page, tls: TlsFacts) -> None:
    checked = (
        "not verified (switched off)"
        if tls.verification_off
        else {True: "verified", False: "NOT valid", None: "not verified"}[tls.verified]
    )
    _field(page, "TLS", " ".join(part for part in (tls.version, tls.cipher) if part))
    if tls.chain:
        leaf = tls.chain[0]
        _field(page, "Certificate", f"{leaf.subject}, {days(leaf.days_left)}, {checked}")
    if tls.problem:
        _field(page, "", tls.problem, style="mp.fail")


def _retrieval(page: Page, retrieval: RetrievalFacts) -> None:
    style = _RESULT_STYLE.get(retrieval.result, "mp.fail")
    word = "found in Junk" if retrieval.junk and retrieval.result == "found" else retrieval.result
    page.heading("Retrieval", Text(word, "mp.warn" if retrieval.junk else style))
    _field(page, "Mailbox", f"{retrieval.method} {retrieval.server}")
    _field(page, "Folder", retrieval.folder, style="mp.warn" if retrieval.junk else "")
    _field(page, "Labels", ", ".join(retrieval.labels))
    if retrieval.result in ("found", "bounced"):
        _field(page, "After", seconds(retrieval.waited_s))
    elif retrieval.deadline_s:
        _field(page, "Waited", f"{seconds(retrieval.waited_s)} of {seconds(retrieval.deadline_s)}")
    _field(page, "Reason", retrieval.reason)
    if retrieval.bounce is not None:
        bounce = retrieval.bounce
        _field(page, "Bounce", f"{bounce.status} {bounce.diagnostic}", style="mp.fail")
        _field(page, "Said by", bounce.remote_mta or bounce.reporting_mta)


def _field(page: Page, label: str, value: str, *, style: str = "") -> None:
    if value:
        page.line((f"{label:<12}", "mp.dim"), (clean(value, 600), style), indent=2, hang=12)
