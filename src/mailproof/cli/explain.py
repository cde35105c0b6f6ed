"""``mailproof explain``."""

from __future__ import annotations

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

    [bold]mailproof explain SPF003[/bold]

    [bold]mailproof explain "550-5.7.26 This mail has been blocked"[/bold]
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
    from mailproof.mail.enhanced_status import explain

    meaning = explain(text)
    if meaning is None:
        raise UsageError(
            f"{text[:60]!r} is neither a rule (mailproof rules lists them) nor holds a status code like 5.7.26"
        )
    write_text(meaning)
