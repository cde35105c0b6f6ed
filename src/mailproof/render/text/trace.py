"""The trace of one SPF evaluation."""

from __future__ import annotations

from mailproof.model import MAX_LOOKUPS, MAX_VOID_LOOKUPS, SecondOpinion, SpfVerdict
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean, result_text

_STYLES = {"match": "mp.pass", "error": "mp.fail"}


def render_trace(verdict: SpfVerdict, opinion: SecondOpinion | None = None, look: Look = SCREEN) -> str:
    """Render the result in a line, each evaluated term in order, and another tool's opinion."""
    page = Page(look)
    page.line("SPF ", result_text(verdict.result), f" for {clean(verdict.ip)} as {clean(verdict.domain)}")
    if verdict.reason:
        page.line(clean(verdict.reason), indent=2)
    if verdict.explanation:
        page.line("The domain's own words: ", clean(verdict.explanation), indent=2)
    page.blank()
    if verdict.trace:
        write_trace(page, verdict)
        page.blank()
    page.line(
        f"lookups {verdict.lookups} of {MAX_LOOKUPS} {page.signs.dot} "
        f"void lookups {verdict.void_lookups} of {MAX_VOID_LOOKUPS}",
        (f" ({', '.join(clean(void) for void in verdict.voids)})" if verdict.voids else "", "mp.dim"),
        indent=2,
    )
    if opinion is not None:
        word = ("agrees", "mp.pass") if opinion.agrees else ("differs", "mp.warn")
        words = f": {clean(opinion.verdict)} {clean(opinion.note)}".rstrip()
        page.line(f"{opinion.tool} ", word, words, indent=2)
    return page.value


def write_trace(page: Page, verdict: SpfVerdict) -> None:
    """Write a line per term, indented by depth: the term, its outcome, the reason."""
    for step in verdict.trace[:200]:
        page.line(
            "  " * step.depth,
            (clean(step.term), "mp.record"),
            "  ",
            (step.outcome, _STYLES.get(step.outcome, "mp.dim")),
            (f"  {clean(step.detail)}" if step.detail else "", "mp.dim"),
            indent=2,
            hang=4,
        )
