"""The HTML page in a real Chromium: axe reports nothing, the policy is enforced, hostile texts are inert."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailproof.checks import registry
from mailproof.model import Report
from mailproof.model.many_messages import MessagesSummary, SenderCount
from mailproof.render.bulk_html import render_sums_html
from mailproof.render.html import render_html
from mailproof.render.look import Brand, Look
from mailproof.render.sums import sums_of_messages
from tests.support import npm, pages
from tests.support.browser import Browser, browser, chromium

HERE = Path(__file__).parent
NAMES = ("healthy", "with_errors", "hostile", "twenty")
#: A logo that would run a script and load something if it were treated as more than a picture.
LOGO = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='alert(1)'>"
    "<script>alert(1)</script><image href='https://evil.test/x.png'/></svg>"
)
LOOK = Look(
    page=lambda rule: registry.check(rule).doc if rule in registry.ids() else "", brand=Brand("", "Jo", LOGO)
)
AXE = """axe.run(document, {resultTypes: ["violations"], ONLY}).then(found => found.violations.map(each =>
    each.id + ": " + each.nodes.slice(0, 3).map(node => node.html + " " + node.failureSummary).join("; ")))"""
COLOURS = AXE.replace("ONLY", 'runOnly: ["color-contrast"]')
OPENED = 'for (const each of document.querySelectorAll("details")) each.open = true'


def missing(what: str) -> None:
    warnings.warn(f"the page was not checked in a browser: {what}", stacklevel=2)
    pytest.skip(what)


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        missing("needs Chromium (apt-get install chromium)")
    assert program is not None
    with browser(program) as found:
        yield found


@pytest.fixture(scope="module")
def axe() -> str:
    folder = npm.installed(HERE, "axe")
    if folder is None:
        missing("needs axe-core, which npm could not install")
    assert folder is not None
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


async def opened(page: Browser, name: str, folder: Path) -> None:
    found = await getattr(pages, name)()
    reports = (found,) if isinstance(found, Report) else found
    file = folder / f"{name}.html"
    file.write_text(render_html(reports, LOOK))
    page.look("light")
    page.open(file)


def said(page: Browser, method: str) -> list[dict[str, Any]]:
    return [each["params"] for each in page.events if each["method"] == method]


@pytest.mark.parametrize("name", NAMES)
async def test_axe_finds_nothing(name: str, page: Browser, axe: str, tmp_path: Path) -> None:
    await opened(page, name, tmp_path)
    page.run(axe)
    if name == "twenty":  # its colours are those of the others, and checking them takes a minute
        assert page.run(AXE.replace("ONLY", 'rules: {"color-contrast": {enabled: false}}')) == []
        return
    page.run(OPENED)
    assert page.run(AXE.replace("ONLY", "")) == []
    page.look("dark")
    assert page.run(COLOURS) == []


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_runs_and_nothing_is_loaded(name: str, page: Browser, tmp_path: Path) -> None:
    await opened(page, name, tmp_path)
    assert page.run('[...document.querySelectorAll("button")].every(each => !each.hidden)'), "the script runs"
    assert page.run("getComputedStyle(document.querySelector('.verdict')).display") == "flex", (
        "the style counts"
    )
    assert said(page, "Page.javascriptDialogOpening") == []
    assert said(page, "Log.entryAdded") == [], "among them what the policy refused"
    loaded = {each["request"]["url"].partition(":")[0] for each in said(page, "Network.requestWillBeSent")}
    assert loaded <= {"file", "data"}
    assert page.run("document.scripts.length") == 1


async def test_the_policy_refuses_what_is_put_in(page: Browser, tmp_path: Path) -> None:
    """Shows that the policy tests can fail."""
    await opened(page, "healthy", tmp_path)
    page.run(
        """document.body.insertAdjacentHTML("beforeend",
               "<img src=https://evil.test/x.png onerror='top.ran = 1'><p style='color: red'>x</p>");
           const script = document.createElement("script");
           script.textContent = "top.ran = 1";
           document.body.append(script);
           new Promise(done => setTimeout(done, 50))"""
    )
    assert page.run("window.ran === undefined")
    assert (
        len([each for each in said(page, "Log.entryAdded") if "Content Security" in each["entry"]["text"]])
        >= 3
    )


@pytest.mark.parametrize("name", NAMES)
async def test_a_phone_need_not_scroll_sideways(name: str, page: Browser, tmp_path: Path) -> None:
    await opened(page, name, tmp_path)
    page.look("light", 390)
    page.run(OPENED)
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_nor_for_a_summary(page: Browser, tmp_path: Path) -> None:
    """In light and dark mode, with names of any length."""
    rows = (("pass", 3), ("fail", 1))
    senders = (SenderCount("mail." + "a" * 60 + ".prod.exchangelabs.example", 4, 3),)
    summary = MessagesSummary(
        messages=4, complete=4, unread=0, verdicts=rows, spf=rows, dkim=rows, dmarc=rows, senders=senders,
        more_senders=1, selectors=senders, more_selectors=0, findings=(("SPF001", 1),),
    )  # fmt: skip
    file = tmp_path / "summary.html"
    file.write_text(render_sums_html(sums_of_messages(summary, {"SPF001": "SPF: no record"})))
    for scheme in ("light", "dark"):
        page.look(scheme, 390)
        page.open(file)
        assert page.run("document.documentElement.scrollWidth") <= 390
    assert said(page, "Log.entryAdded") == []


async def test_paper_has_all_details_and_no_buttons(page: Browser, tmp_path: Path) -> None:
    await opened(page, "with_errors", tmp_path)
    seen = """[...document.querySelectorAll("details > .inside, details.more > p")].map(
        each => each.checkVisibility())"""
    assert set(page.run(seen)) == {False}
    page.look("dark", 700, "print")
    assert page.run("document.querySelectorAll('details:not([open])').length") > 0
    assert set(page.run(seen)) == {True}
    assert set(page.run("[...document.querySelectorAll('button')].map(each => each.offsetHeight)")) == {0}
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        page.run(
            "Math.max(...[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth))"
        )
        <= 0
    )


async def test_a_button_copies_its_record(page: Browser, tmp_path: Path) -> None:
    await opened(page, "with_errors", tmp_path)
    page.run("navigator.clipboard.writeText = async text => { window.copied = text; }")
    page.run("document.querySelector('button').click(); new Promise(done => setTimeout(done, 20))")
    assert page.run("window.copied === document.querySelector('pre code').textContent")
    assert page.run("document.getElementById('said').textContent") == "Copied"
    # If the page has no clipboard access, the record is selected for copying by hand.
    page.run(
        "navigator.clipboard.writeText = async () => { throw Error(); }; document.execCommand = () => false"
    )
    page.run("document.querySelector('button').click(); new Promise(done => setTimeout(done, 20))")
    assert page.run("getSelection().toString() === document.querySelector('pre code').textContent")
    assert page.run("document.querySelector('button').textContent") == "Press Ctrl+C"
