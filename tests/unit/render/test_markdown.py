"""Markdown: the contents of a comment, and that no record breaks out of it."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailproof.model import FixRecord, Outcome
from mailproof.render import markdown
from mailproof.render.markdown import render_markdown
from mailproof.structs import replace
from tests.support.reports import LOOK, broken, finding, report, with_gaps

ATTACKS = (
    "[x](https://evil.test)",
    "![x](https://evil.test/p.png)",
    "<script>alert(1)</script>",
    "<img src=x>",
    "| a | b |",
    "`code`",
    "```",
    "**bold**",
    "_em_",
    "~~gone~~",
    "<https://evil.test>",
    "# head",
    "&lt;",
    "\\",
    "\\|",
    "$x$",
    "<!--",
    "--> <b>x</b>",
    "\n\n# head\n\n",
    "|\n|---|\n",
    "1. x",
    "- x",
    "&#x3c;b>",
    "]: https://evil.test",
    "\\`",
    "\\[a](b)",
)


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").parse(text):
        found += [token, *(token.children or ())]
    return found


def shown(text: str) -> str:
    return " ".join(token.content for token in tokens(text) if token.type in ("text", "code_inline", "fence"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_record_breaks_out_of_nothing(attack: str) -> None:
    plain, hostile = (
        tokens(render_markdown((broken(text), with_gaps(text)), LOOK)) for text in ("x", attack)
    )
    html = [token.content for token in hostile if token.type in ("html_inline", "html_block")]
    assert set(html) <= {"<br>", "<!-- -->"}
    ours = ("text", "html_inline", "text_special", "softbreak")
    assert [t.type for t in hostile if t.type not in ours] == [t.type for t in plain if t.type not in ours]
    assert not {"link_open", "image"} & {token.type for token in hostile}


@pytest.mark.parametrize(
    "text",
    [
        "@octocat",
        "user@acme.example",
        "#123",
        "GH-12",
        "https://evil.test",
        "www.evil.test",
        "!7",
        "%3",
        "acme#4",
    ],
)
def test_nothing_becomes_a_mention_a_reference_or_a_link(text: str) -> None:
    """GitHub and GitLab look for these in the text between tags."""
    page = re.sub(r"(?s)```.*?```", "", render_markdown((broken(f" {text}"),), LOOK))
    assert text not in page
    assert text in page.replace("<!-- -->", "")


def test_records_to_paste_are_whole_in_their_fence() -> None:
    record = FixRecord("acme.example", "CAA", '0 issue "```` ` x"')
    fault = finding()
    assert fault.fix is not None
    fault = replace(fault, fix=replace(fault.fix, records=(record,)))
    found = tokens(render_markdown((report(Outcome("SPF006", "acme.example", "fail", (fault,))),), LOOK))
    assert [token.content for token in found if token.type == "fence"] == [f"{record.bind}\n"]


def test_what_it_shows() -> None:
    page = render_markdown((broken(),), LOOK)
    assert page.startswith("### ✗ Some receivers will reject or junk mail from acme.example\n\n")
    assert "1 error, 1 warning, 1 note" in page
    assert (
        "| ✗ error | SPF006<br>SPF: +all lets every host send | `acme.zone:9:1`<br>acme.example TXT |" in page
    )
    assert page.count("```dns") == 1  # three findings, one record
    assert "**Fix for SPF009:**" in page
    assert "**Fix for MX013:**" not in page


def test_several_domains_have_an_index() -> None:
    page = render_markdown((broken(), report(subject="b.example")), LOOK)
    assert page.startswith("## mailproof\n")
    assert "| b.example | – | ? " in page
    assert "## mailproof" not in render_markdown((broken(),), LOOK)


def test_a_page_is_no_longer_than_a_comment_may_be() -> None:
    page = render_markdown((broken(" long" * 300),) * 40, LOOK)
    assert len(page) < 65_536
    assert "the rest is left out" in page
    assert markdown.MAX_PAGE < 65_536
    assert "left out" not in render_markdown((broken(),), LOOK)
