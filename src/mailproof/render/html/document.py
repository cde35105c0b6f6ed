"""The whole page: head, index, an article for each report, and a content security policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from mailproof.model import Report
from mailproof.render.html.findings import Findings, ignored, unknown
from mailproof.render.html.markup import Html, element, joined, text
from mailproof.render.html.page import HtmlPage
from mailproof.render.html.pictures import Pictures
from mailproof.render.look import Look
from mailproof.render.scorecard import Mark, MarkStatus, scorecard
from mailproof.render.shown import clean, counted
from mailproof.render.text import write_sections
from mailproof.render.text.style import UNICODE
from mailproof.render.verdict import Verdict, verdict

_SIGNS: dict[MarkStatus, tuple[str, str]] = {
    "pass": (UNICODE.ok, "passed"),
    "warn": (UNICODE.warn, "weak"),
    "fail": (UNICODE.fail, "failed"),
    "unknown": (UNICODE.unknown, "not fully checked"),
    "none": (UNICODE.none, "not used"),
}


def render_html(reports: Sequence[Report], look: Look, *, unfolded: bool = False) -> str:
    """One file for all reports; ``unfolded`` opens all details, for printing."""
    style, script = (
        Html(files(__package__).joinpath(name).read_text("utf-8")) for name in ("report.css", "report.js")
    )
    policy = (
        f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    title = look.brand.title or _title(tuple(dict.fromkeys(report.subject for report in reports)))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content=f"{reports[0].tool.name} {reports[0].tool.version}"),
        element("title", title),
        element("style", style),
    )
    pictures, findings = Pictures(), Findings(look.page, unfolded=unfolded)
    parts = [
        _article(number, report, findings, pictures, look, unfolded=unfolded, several=len(reports) > 1)
        for number, report in enumerate(reports, 1)
    ]
    body = element(
        "body",
        _masthead(reports, title, look),
        element("main", _index(reports) if len(reports) > 1 else None, *parts),
        _end(reports, look),
        element("p", role="status", class_="hidden", id="said"),
        element("script", script),
    )
    page = element("html", head, body, lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def render_printed(reports: Sequence[Report], look: Look) -> str:
    """The file for printing."""
    return render_html(reports, look, unfolded=True)


def _title(subjects: Sequence[str]) -> str:
    named = clean(", ".join(subjects[:3]), 200)
    return f"Mail report: {named}{f' and {len(subjects) - 3} more' if len(subjects) > 3 else ''}"


def digest(content: str) -> str:
    """The policy source that allows exactly this content."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _masthead(reports: Sequence[Report], title: str, look: Look) -> Html:
    brand = look.brand
    started = min(report.started for report in reports)
    facts = [f"{started:%Y-%m-%d %H:%M} UTC", f"{reports[0].tool.name} {reports[0].tool.version}".strip()]
    if brand.title:
        facts.insert(0, counted(len(reports), "report") if len(reports) > 1 else reports[0].subject)
    return element(
        "header",
        # The alternative text is empty because the title already says it.
        element("img", src=brand.logo, alt="", class_="logo") if brand.logo else None,
        element(
            "div",
            element("h1", title),
            element("p", f" {UNICODE.dot} ".join(facts), class_="dim"),
            element("p", brand.contact) if brand.contact else None,
        ),
        id="top",
    )


def _index(reports: Sequence[Report]) -> Html:
    """The overview: a line for each report, with a link to it."""
    items = []
    for number, report in enumerate(reports, 1):
        found = verdict(report)
        shown = joined(
            element("a", report.subject, href=f"#report-{number}"),
            element("span", _badge(found)),
            element(
                "span",
                element("span", "grade ", class_="dim"),
                element("strong", report.score.grade or UNICODE.none, class_=found.status),
            ),
            element("span", found.sentence),
            element("span", found.counts, class_="dim"),
        )
        items.append(element("li", shown))
    return element(
        "nav", element("h2", "Overview"), element("ol", *items, class_="index"), aria_label="Overview"
    )


def _badge(found: Verdict) -> Html:
    sign, word = _SIGNS[found.status]
    return element("span", f"{sign} {word}", class_=f"badge {found.status}")


def _article(
    number: int,
    report: Report,
    findings: Findings,
    pictures: Pictures,
    look: Look,
    *,
    unfolded: bool,
    several: bool,
) -> Html:
    found = verdict(report)
    name = f"report-{number}"
    placement = sections = Html()
    if report.facts.recipients and not look.quiet:
        from mailproof.render.text.placement import write_placement

        top = HtmlPage(pictures, unfolded=True)
        write_placement(top, report.facts.placements)
        placement = element("section", element("h3", "Where it arrived"), top.value)
    if not look.quiet:
        page = HtmlPage(pictures, unfolded=unfolded, alone=not several)
        write_sections(page, report)
        sections = element("section", element("h3", "Details"), page.value)
    return element(
        "article",
        element(
            "div",
            element(
                "div",
                element("h2", found.sentence, id=name),
                element("p", _badge(found), text(f" {found.counts}" if found.counts else "")),
            ),
            _grade(report, found),
            class_=f"verdict {found.status}",
        ),
        _marks(scorecard(report)),
        placement,
        findings.of(report),
        unknown(report),
        sections,
        ignored(report),
        element("p", element("a", "Back to the overview", href="#top"), class_="back") if several else None,
        aria_labelledby=name,
    )


def _grade(report: Report, found: Verdict) -> Html:
    score = report.score
    if score.grade is None:
        why = "; ".join(map(clean, score.withheld))
        return element(
            "p", element("strong", "no grade"), element("span", f" {why}") if why else None, class_="grade"
        )
    some = " of what could be checked" if score.not_possible else ""
    return element(
        "p",
        element("span", "grade ", class_="hidden"),
        element("strong", score.grade, class_=f"letter {found.status}"),
        element("span", f" {score.points} of 100{some}"),
        class_="grade",
    )


def _marks(marks: Sequence[Mark]) -> Html | None:
    if not marks:
        return None
    items = []
    for mark in marks:
        sign, word = _SIGNS[mark.status]
        shown = joined(
            element("span", sign, class_=mark.status, aria_hidden="true"),
            element("span", mark.topic, class_="name"),
            element("span", word, class_="dim"),
        )
        items.append(element("li", shown))
    return element("ul", *items, class_="marks", aria_label="Scorecard")


def _end(reports: Sequence[Report], look: Look) -> Html:
    """The footer: the tool, and on paper a place to sign."""
    tool = reports[0].tool
    signed = element(
        "div",
        element("p", "Date"),
        element("p", f"Signature{f' ({look.brand.contact})' if look.brand.contact else ''}"),
        class_="sign",
    )
    said = f"Made by {tool.name} {tool.version}. What a finding means: {tool.name} explain RULE."
    return element("footer", signed, element("p", said, class_="dim"))
