"""The identifiers of a message and their alignment (RFC 9989 section 4.4), and its ARC chain."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from mailproof.model import ArcSet, DmarcVerdict, MessageFacts
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean, result_text

MOST_SIGNATURES = 10
#: The most characters of a sealer's results.
MOST_RESULTS = 200
_MODES = {"r": "relaxed", "s": "strict"}
_Row = tuple[str | Text, ...]


def write_alignment(page: Page, facts: MessageFacts) -> None:
    """A row for From, the SPF identity and each signature; nothing if From names no domain.

    Shows whether the domains are aligned, whatever the results of SPF and DKIM.
    """
    dmarc = facts.dmarc
    if dmarc is None or not dmarc.domain:
        return
    page.heading("Alignment with From", f"SPF {_MODES[dmarc.aspf]}, DKIM {_MODES[dmarc.adkim]}")
    page.table(("identifier", "aligned", "organization", "domain"), [*_identifiers(facts, dmarc)])


def _identifiers(facts: MessageFacts, dmarc: DmarcVerdict) -> Iterator[_Row]:
    yield "From", "", _known(dmarc.organizational_domain), dmarc.domain
    if facts.spf is not None:
        scope = "HELO" if facts.spf.scope == "helo" else "return path"
        yield (
            f"SPF, {scope}",
            aligned_text(dmarc.spf_domain_aligned),
            _known(dmarc.spf_organizational_domain),
            facts.spf.domain,
        )
    for verdict in facts.dkim[:MOST_SIGNATURES]:
        yield (
            f"DKIM, {verdict.selector}",
            aligned_text(verdict.aligned),
            _known(verdict.organizational_domain),
            verdict.domain,
        )


def _known(organizational: str) -> str:
    return organizational or "unknown"


def aligned_text(value: bool | None) -> Text:
    """Yes, no, or empty if unknown."""
    return {True: Text("yes", "mp.pass"), False: Text("no", "mp.fail"), None: Text("")}[value]


def write_seals(page: Page, facts: MessageFacts) -> None:
    """The seals of the ARC chain, oldest first; nothing if there is no chain."""
    arc = facts.arc
    if arc is None or not arc.sets:
        return
    page.heading("ARC chain", result_text(arc.result))
    columns = ("i", "sealer", "cv", "seal", "message", "what it reported")
    page.table(columns, [_seal(each) for each in sorted(arc.sets, key=lambda each: each.instance)])
    if arc.broken_by:
        page.line(f"{page.signs.dot} the oldest broken seal is that of {clean(arc.broken_by)}", indent=2)


def _seal(one: ArcSet) -> _Row:
    saw = " ".join(one.results.split())
    saw = f"{saw[:MOST_RESULTS]}…" if len(saw) > MOST_RESULTS else saw
    return (
        str(one.instance),
        f"{one.domain} ({one.selector})",
        one.chain_validation,
        _holds(one.seal_valid),
        _holds(one.signature_valid),
        "; ".join(filter(None, (one.reason, saw))),
    )


def _holds(valid: bool | None) -> Text:
    return {
        True: Text("valid", "mp.pass"),
        False: Text("broken", "mp.fail"),
        None: Text("not checked", "mp.dim"),
    }[valid]
