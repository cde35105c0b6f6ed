"""The catalogue of rules, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markdown import Markdown
from rich.text import Text

from mailproof.model import Rule
from mailproof.render.text.page import Page
from mailproof.render.text.style import SEVERITY_STYLE, counted


def render_catalogue(
    rules: Sequence[Rule], *, width: int = 80, color: bool = False, unicode: bool = True
) -> str:
    """One line a rule."""
    page = Page(width=width, color=color, unicode=unicode)
    rows = [
        (rule.id, Text(rule.severity.value, SEVERITY_STYLE[rule.severity]), rule.topic, rule.title)
        for rule in rules
    ]
    page.table(("rule", "severity", "topic", "title"), rows, indent=0)
    page.blank()
    page.line(f"{counted(len(rules), 'rule')}. mailproof explain RULE shows the page of a rule.")
    return page.value


def render_page(rule: Rule, doc: str, *, width: int = 80, color: bool = False, unicode: bool = True) -> str:
    """A rule's whole documentation."""
    page = Page(width=width, color=color, unicode=unicode)
    page.line(
        (f"{rule.id} ", "mp.name"),
        (rule.title, "mp.name"),
        "  ",
        (rule.severity.value, SEVERITY_STYLE[rule.severity]),
    )
    page.blank()
    body = doc.split("\n", 1)[1].strip() if "\n" in doc else ""
    page.console.print(Markdown(body.replace("## ", "### ")), width=min(page.width, 100))
    return page.value
