"""The trace of one SPF evaluation."""

from __future__ import annotations

from itertools import groupby

from mailproof.model import MAX_LOOKUPS, MAX_VOID_LOOKUPS, SecondOpinion, SpfTraceStep, SpfVerdict
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.page import Page
from mailproof.render.text.spf import LONG_RUN
from mailproof.render.text.style import clean, counted, result_text

_STYLES = {"match": "mp.name", "error": "mp.fail"}
#: The most lines of a trace that are shown: evaluation ends after 10 lookups, but records may be long.
MOST_LINES = 200


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
    """Write a line per term, indented by depth: the term, its outcome, the reason.

    Long runs of address ranges that don't match are a line each.
    """
    lines: list[tuple[int, str, str, str]] = []
    for (passed, depth), steps in groupby(verdict.trace, key=lambda step: (_is_passed(step), step.depth)):
        run = [*steps]
        if passed and len(run) >= LONG_RUN and not page.verbose:
            first, last = (step.term.partition(":")[2] for step in (run[0], run[-1]))
            lines.append((depth, f"{len(run)} ranges, {first} to {last}", "no match", ""))
        else:
            lines += ((depth, step.term, step.outcome, step.detail) for step in run)
    for depth, term, outcome, detail in lines[:MOST_LINES]:
        page.line(
            "  " * depth,
            (clean(term), "mp.record"),
            "  ",
            (outcome, _STYLES.get(outcome, "mp.dim")),
            (f"  {clean(detail)}" if detail else "", "mp.dim"),
            indent=2,
            hang=4,
        )
    if len(lines) > MOST_LINES:
        page.line((f"… {counted(len(lines) - MOST_LINES, 'more line')}", "mp.dim"), indent=2)


def _is_passed(step: SpfTraceStep) -> bool:
    return step.outcome == "no match" and step.term.lstrip("+-~?")[:4] in ("ip4:", "ip6:")
