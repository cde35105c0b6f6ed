"""The catalogue of rules, and the page of a single rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.text import Text

from mailproof.model import Rule
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.page import Page
from mailproof.render.text.style import SEVERITY_STYLE, clean, counted


def render_catalogue(rules: Sequence[Rule], look: Look = SCREEN) -> str:
    """One line per rule."""
    page = Page(look)
    rows = [
        (rule.id, Text(rule.severity.value, SEVERITY_STYLE[rule.severity]), rule.topic, rule.title)
        for rule in rules
    ]
    page.table(("rule", "severity", "topic", "title"), rows, indent=0)
    page.blank()
    page.line(f"{counted(len(rules), 'rule')}. mailproof explain RULE shows the page of a rule.")
    return page.value


def render_page(rule: Rule, doc: str, look: Look = SCREEN) -> str:
    """A rule's whole documentation."""
    page = Page(look)
    page.line(
        (f"{rule.id} ", "mp.name"),
        (rule.title, "mp.name"),
        "  ",
        (rule.severity.value, SEVERITY_STYLE[rule.severity]),
    )
    body = doc.partition("\n")[2].strip()
    for block in re.split(r"\n\s*\n", body):
        page.blank()
        _block(page, block)
    return page.value


def _block(page: Page, block: str) -> None:
    """Write a block of a page, between empty lines: a heading with text, a list, an example, or prose."""
    head, _, rest = block.partition("\n")
    if head.startswith("## "):
        page.line((head.removeprefix("## "), "mp.head"))
        if rest:
            _block(page, rest)
    elif block.startswith("    "):
        for line in block.splitlines():
            page.paste(line.removeprefix("    "), indent=4)
    elif block.startswith("- "):
        for item in re.split(r"\n- ", block.removeprefix("- ")):
            page.line(f"{page.signs.dot} ", *_inline(item), indent=2)
    else:
        page.line(*_inline(block), indent=2, hang=0)


def _inline(text: str) -> Iterator[str | tuple[str, str]]:
    """Split text, with code in backticks as bold."""
    for number, part in enumerate(" ".join(text.split()).split("`")):
        yield (clean(part), "mp.name") if number % 2 else clean(part)
