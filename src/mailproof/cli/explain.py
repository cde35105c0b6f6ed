"""``mailproof explain``."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from mailproof.cli import options as opt


def command(
    words: Annotated[
        list[str], typer.Argument(metavar='RULE|"BOUNCE TEXT"', help="A rule's id, or what a server said.")
    ],
    color: opt.Colors = opt.Color.AUTO,
) -> None:
    """What a rule, or a server's refusal, means and what to do about it.

    mailproof explain SPF003

    mailproof explain "550-5.7.26 This mail has been blocked"
    """
    from mailproof.checks import CHECKS
    from mailproof.cli.output import write_text
    from mailproof.cli.streams import screen
    from mailproof.errors import UsageError
    from mailproof.render.text.catalogue import render_page

    text = " ".join(words).strip()
    shown = screen(sys.stdout, color.value)
    for check in CHECKS:
        if check.rule.id == text.upper():
            write_text(
                render_page(
                    check.rule, check.doc, width=shown.width, color=shown.color, unicode=shown.unicode
                )
            )
            return
    words_of_server = _explain_reply(text)
    if not words_of_server:
        raise UsageError(
            f"{text[:60]!r} is neither a rule (mailproof rules lists them) nor holds a known status code"
        )
    write_text(words_of_server)


def _explain_reply(text: str) -> str:
    """What the codes in a server's words mean; nothing where none is known."""
    from mailproof.mail.enhanced_status import meaning, registry

    enhanced = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", text)
    code = re.search(r"(?<![\d.])[245]\d\d(?![\d.])", text)
    found = meaning(enhanced.group() if enhanced else "", int(code.group()) if code else 0, text)
    return f"{found}\n(status codes of {registry().date}: {registry().source})\n" if found else ""
