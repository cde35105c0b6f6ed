"""``mailproof rules``."""

from __future__ import annotations

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import argument
from mailproof.errors import UsageError
from mailproof.render.look import Look


def command(
    topic: str = argument(
        "[TOPIC|RULE]", "A topic (spf) or the beginning of an ID.", "", complete=complete.topics_and_rules
    ),
    form: opt.OtherForm = "text",
    color: opt.Colors = "auto",
) -> None:
    """List the rules."""
    from mailproof.checks import registry
    from mailproof.cli.output import show

    name = topic.lower().replace("-", "_")
    wanted = tuple(
        registry.check(rule).rule
        for rule in registry.ids()
        if registry.topic_of(rule).name.startswith(name) or rule.startswith(topic.upper())
    )
    if not wanted:
        topics = ", ".join(each.name for each in registry.TOPICS)
        raise UsageError(f"no rule or topic begins with {topic!r}; the topics are {topics}")

    def page(look: Look) -> str:
        from mailproof.render.text.catalogue import render_catalogue

        return render_catalogue(wanted, look)

    show(form, color, wanted, page)
