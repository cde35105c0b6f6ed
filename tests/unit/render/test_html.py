"""The HTML page: well formed, self-contained, and complete."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from itertools import pairwise

import pytest

from mailproof.checks import registry
from mailproof.engine.placements import placement_of
from mailproof.model import Report
from mailproof.render.gaps import gaps
from mailproof.render.html import render_html
from mailproof.render.html.markup import Html, element, text
from mailproof.render.look import Brand, Look
from mailproof.render.shown import clean
from mailproof.render.verdict import verdict
from mailproof.structs import replace
from tests.support import pages
from tests.support.htmltree import Element, parsed
from tests.support.monitoring import probed, probed_at
from tests.support.reports import LOOK, broken, with_gaps

#: All elements of the page: none can fetch, send, frame or run anything but the one script.
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """
    a article body button circle code dd desc details div dl dt footer h1 h2 h3 h4 head header html
    img li line main mark meta nav ol p pre rect script section span strong style summary svg table
    tbody td text th thead title tr ul
    """,
    )
)
PIXEL = "data:image/png;base64,iVBORw0KGgo="


@cache
def made() -> dict[str, tuple[Report, ...]]:
    return {}


async def reports(name: str) -> tuple[Report, ...]:
    if name not in made():
        found = await getattr(pages, name)()
        made()[name] = (found,) if isinstance(found, Report) else found
    return made()[name]


def page_of(*given: Report, look: Look = LOOK, unfolded: bool = False) -> Element:
    return parsed(render_html(given, look, unfolded=unfolded))


def flat(page: Element) -> str:
    return " ".join(page.text.split())


@pytest.mark.parametrize("name", ["healthy", "with_errors", "hostile", "twenty"])
async def test_nothing_leads_out_of_the_page(name: str) -> None:
    page = page_of(*await reports(name))
    every = page.all()
    assert {each.name for each in every} <= ELEMENTS
    for each in every:
        assert not [key for key in each.attributes if key.startswith("on") or key == "style"], each.name
        for key in ("href", "src", "action", "srcdoc", "data", "poster", "background", "xlink:href"):
            assert (each.attributes.get(key) or "#").startswith(("#", "data:image/")), each.name
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert all((each.attributes.get("href") or "").startswith(("#report-", "#top")) for each in page.all("a"))


@pytest.mark.parametrize("name", ["healthy", "hostile"])
async def test_the_policy_allows_what_is_there_and_nothing_else(name: str) -> None:
    page = page_of(*await reports(name))
    (policy,) = [
        each.attributes["content"]
        for each in page.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    parts = dict(part.strip().split(" ", 1) for part in (policy or "").split(";"))
    hashes = {
        name: base64.b64encode(hashlib.sha256(page.all(name)[0].text.encode()).digest()).decode()
        for name in ("style", "script")
    }
    assert parts == {
        "default-src": "'none'",
        "style-src": f"'sha256-{hashes['style']}'",
        "script-src": f"'sha256-{hashes['script']}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


async def test_hostile_texts_are_shown_and_nothing_else() -> None:
    given = await reports("hostile")
    written = render_html(given, LOOK)
    page = parsed(written)
    assert clean(pages.HOSTILE) in page.text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", written)
    (script,) = page.all("script")
    assert "alert" not in script.text
    assert "alert" not in page.all("style")[0].text
    # The same elements as with harmless texts: none was created by the texts.
    plain = page_of(broken(), with_gaps())
    bad = page_of(broken(pages.HOSTILE), with_gaps(pages.HOSTILE))
    assert [each.name for each in plain.all()] == [each.name for each in bad.all()]


@pytest.mark.parametrize("name", ["healthy", "with_errors", "hostile", "twenty"])
async def test_every_verdict_finding_and_gap_is_there(name: str) -> None:
    given = await reports(name)
    page = page_of(*given)
    shown = flat(page)
    articles = page.all("article")
    assert len(articles) == len(given)
    for report, article in zip(given, articles, strict=True):
        assert article.all("h2")[0].text == clean(verdict(report).sentence)
        assert {each.text for each in article.with_class("rule")} >= {c.finding.rule for c in report.causes}
        for finding in report.findings:
            assert finding.rule in article.text
            if not finding.because_of:
                assert " ".join(clean(finding.message, 10_000).split()) in shown
        for gap in gaps(report):
            assert " ".join(gap.words.split()) in flat(article)
            assert all(check in article.text for check in gap.checks)
        if report.score.grade:
            assert report.score.grade in article.with_class("letter")[0].text


async def test_what_to_do_is_before_the_evidence_and_folded_only_on_a_screen() -> None:
    given = await reports("with_errors")
    page = page_of(*given)
    first = page.with_class("findings")[0].all("li")[0]
    order = [each.name for each in first.content if isinstance(each, Element)]
    assert order.index("div") < order.index("details")
    assert not [each for each in page.with_class("more") if "open" in each.attributes]
    assert all("open" in each.attributes for each in page_of(*given, unfolded=True).all("details"))


async def test_a_fix_is_copied_as_it_is() -> None:
    (report,) = (broken(),)
    page = page_of(report)
    (button,) = page.all("button")[:1]
    assert "hidden" in button.attributes  # until the script runs
    (code,) = [
        each for each in page.all("code") if each.attributes.get("id") == button.attributes["data-copy"]
    ]
    assert code.text == 'acme.example. 3600 IN TXT "v=spf1 mx ~all"'
    # Three findings, one record: it is shown once per section.
    assert len(page.all("button")) == 2


async def test_pictures_say_what_they_show() -> None:
    page = page_of(*await reports("with_errors"))
    titles = {each.all("title")[0].text: each.all("desc")[0].text for each in page.all("svg")}
    assert "include:s5.example 12" in titles["SPF: 12 of 10 DNS lookups"]
    assert "CN=Example Issuing CA until" in titles["Certificates of 1 mail host"]
    assert "Path of the message: 1 hop" in titles
    slow = next(title for title in titles if title.startswith("Path of the message: 2 hops, 11 min"))
    assert "(slow)" in titles[slow]
    assert all(each.attributes["role"] == "img" for each in page.all("svg"))


async def test_an_index_leads_to_each_of_several() -> None:
    several = page_of(*await reports("twenty"))
    (index,) = several.with_class("index")
    ids = {each.attributes["id"] for each in several.all() if "id" in each.attributes}
    assert [each.attributes["href"] for each in index.all("a")] == [f"#report-{n}" for n in range(1, 21)]
    assert {(each.attributes["href"] or "").removeprefix("#") for each in index.all("a")} <= ids
    assert not page_of(broken()).all("nav")


async def test_headings_leave_no_level_out() -> None:
    for name in ("healthy", "with_errors", "hostile", "twenty"):
        levels = [int(each.name[1]) for each in page_of(*await reports(name)).all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


async def test_the_same_report_is_the_same_page() -> None:
    given = await reports("with_errors")
    assert render_html(given, LOOK) == render_html(given, LOOK)


def test_whose_report_it_is() -> None:
    brand = Brand("Mail of <Acme>", "Jo & Co", PIXEL)
    page = page_of(broken(), look=LOOK._replace(brand=brand))
    assert page.all("title")[0].text == page.all("h1")[0].text == "Mail of <Acme>"
    assert page.all("img")[0].attributes == {"src": PIXEL, "alt": "", "class": "logo"}
    assert "Jo & Co" in page.all("header")[0].text
    assert "Signature (Jo & Co)" in page.all("footer")[0].text
    assert not page_of(broken()).all("img")


def test_quiet_is_without_details() -> None:
    assert "Evidence" in {each.text for each in page_of(broken()).all("h4")}
    assert "Evidence" not in {
        each.text for each in page_of(broken(), look=LOOK._replace(quiet=True)).all("h4")
    }


async def test_why_a_finding_matters_is_from_its_rule() -> None:
    look = LOOK._replace(page=lambda rule: registry.check(rule).doc)
    page = page_of(*await reports("with_errors"), look=look)
    assert "After the 10th lookup receivers stop with permerror." in flat(page)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("a", {"href": "javascript:alert(1)"}),
        ("a", {"href": "https://evil.test/"}),
        ("img", {"src": "https://evil.test/x.png"}),
        ("p", {"style": "color: red"}),
        ("p", {"onclick": "x()"}),
    ],
)
def test_an_element_that_leads_out_is_refused(name: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="page"):
        element(name, **attributes)


def test_text_is_escaped_and_markup_is_not() -> None:
    assert text("<b>&\"'\x1b\u202e") == "&lt;b&gt;&amp;&quot;&#x27;\\x1b\\u202e"
    assert element("b", Html("<i>x</i>"), "<", None) == "<b><i>x</i>&lt;</b>"
    assert element("p", class_='"><', aria_label="a\nb", hidden=True, open=False) == (
        '<p class="&quot;&gt;&lt;" aria-label="a\\x0ab" hidden></p>\n'
    )


def test_the_placement_of_several_recipients_is_a_table_above_the_findings() -> None:
    report = probed_at(gmail=probed(), gmx=probed(arrived=False))
    rows = tuple(map(placement_of, report.facts.recipients))
    report = replace(report, facts=replace(report.facts, placements=rows))
    page = render_html([report], LOOK)
    head, _, rest = page.partition("<h4>Placement</h4>")
    assert head.index("<h3>Where it arrived</h3>") > head.rindex("<h2")
    table = rest.partition("</table>")[0]
    assert "1 of 2 arrived" in rest
    table = table.partition("<tbody>")[2]
    assert table.index("gmx") < table.index("not arrived") < table.index("gmail") < table.index("INBOX")
    assert "<h3>Findings" not in head
    assert parsed(page)
    assert "Placement" not in render_html([report], Look(quiet=True))
