"""``mailproof rules``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mailproof.cli import options as opt


def command(
    topic: Annotated[
        str, typer.Argument(metavar="[TOPIC|RULE]", help="Only these: a topic (spf), or an id's beginning.")
    ] = "",
    form: opt.Form = opt.Format.TEXT,
    color: opt.Colors = opt.Color.AUTO,
) -> None:
    """The catalogue of rules."""
    from mailproof.checks import registry
    from mailproof.cli.output import write_text
    from mailproof.cli.streams import screen
    from mailproof.errors import UsageError

    wanted = tuple(
        registry.check(rule).rule
        for rule in registry.ids()
        if not topic or registry.topic_of(rule).name == topic.lower() or rule.startswith(topic.upper())
    )
    if not wanted:
        topics = ", ".join(each.name for each in registry.TOPICS)
        raise UsageError(f"no rule or topic begins with {topic!r}; the topics are {topics}")
    if form is opt.Format.JSON:
        from mailproof.render.json import json_text, to_plain

        write_text(json_text(to_plain(wanted)))
        return
    from mailproof.render.text.catalogue import render_catalogue

    shown = screen(sys.stdout, color.value)
    write_text(render_catalogue(wanted, width=shown.width, color=shown.color, unicode=shown.unicode))
