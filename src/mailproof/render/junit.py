"""JUnit XML: a suite per domain, a case per check, including those that passed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from mailproof.model import Outcome, Report
from mailproof.render.gaps import gaps
from mailproof.render.look import Look
from mailproof.render.places import place_of, relative
from mailproof.render.shown import clean
from mailproof.render.words import fix_lines, sentence
from mailproof.runners import IN_XML, disarmed

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render_junit(reports: Sequence[Report], look: Look) -> str:
    """Errors are failures; so are warnings if they make the exit code 1.

    Checks that could not be made are ``error``; other warnings and notes are in the case's output.
    """
    root = Element("testsuites", name="mailproof")
    for report in reports:
        _suite(root, report, look)
    _count(root)
    root.set("time", f"{sum(report.elapsed_s for report in reports):.3f}")
    ElementTree.indent(root)
    return disarmed(_HEAD + ElementTree.tostring(root, encoding="unicode") + "\n", IN_XML)


def _suite(root: Element, report: Report, look: Look) -> None:
    suite = SubElement(root, "testsuite", name=clean(report.subject))
    for outcome in report.outcomes:
        _case(suite, outcome, look)
    for gap in gaps(report):
        if not gap.checks:
            case = SubElement(
                suite, "testcase", classname=clean(gap.subject), name="all that decides is known"
            )
            _child(case, "error", "unknown", gap.sentence)
    _count(suite)
    suite.set("time", f"{report.elapsed_s:.3f}")
    suite.set("timestamp", report.started.isoformat(timespec="seconds"))


def _case(suite: Element, outcome: Outcome, look: Look) -> None:
    name = f"{outcome.check} {clean(look.page(outcome.check).partition(chr(10))[0])}".strip()
    case = SubElement(suite, "testcase", classname=clean(outcome.subject), name=name)
    place = place_of(outcome.findings[0], look.anchor) if outcome.findings else None
    if place is not None:
        case.set("file", clean(relative(place.file, look.root)))
        case.set("line", str(place.line))
    text = "\n".join(
        "\n".join((f"{finding.severity.value}: {sentence(finding)}", *fix_lines(finding)))
        for finding in outcome.findings
    )
    failing = [
        finding
        for finding in outcome.findings
        if finding.severity == "error" or (finding.severity == "warning" and look.warnings_fail)
    ]
    if outcome.unchecked:
        _child(
            case, "error", outcome.status, f"could not check: {clean(outcome.reason) or 'no reason given'}"
        )
    elif outcome.status == "skipped":
        _child(case, "skipped", "skipped", clean(outcome.reason) or "nothing to check")
    if failing:
        _child(case, "failure", failing[0].severity.value, sentence(failing[0]), text)
    elif text:
        SubElement(case, "system-out").text = text


def _child(case: Element, tag: str, kind: str, message: str, text: str = "") -> None:
    child = SubElement(case, tag, type=kind, message=message)
    child.text = text or None


def _count(element: Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))
