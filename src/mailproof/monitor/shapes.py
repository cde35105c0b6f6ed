"""Alerts as the bodies that webhooks take: our own JSON, Slack's and Microsoft Teams' forms.

Texts hold what servers and records say: nothing of them is read as a link, a mention or markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mailproof._version import __version__
from mailproof.config.monitoring import WebhookKind
from mailproof.monitor.events import Event
from mailproof.render.text.style import clean

SCHEMA = "1"
_MARKS = {"worse": "✗", "better": "✓", "neutral": "·"}
#: Characters of a line of Slack's and Teams' forms.
MAX_LINE = 500


def body(events: Sequence[Event], kind: WebhookKind) -> bytes:
    """The body of one delivery."""
    document = {"json": _own, "slack": _slack, "teams": _teams}[kind](events)
    return json.dumps(document, ensure_ascii=True).encode()


def plain(event: Event) -> dict[str, Any]:
    """A change as JSON: the same on standard output and in a webhook."""
    return {
        "id": event.id,
        "at": stamp(event.at),
        "kind": event.kind,
        "target": event.target,
        "part": event.news.part,
        "effect": event.news.effect,
        "text": event.news.text,
        "old": event.news.old,
        "new": event.news.new,
        "rule": event.news.rule,
        "severity": event.news.severity or None,
    }


def stamp(at: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def line(event: Event, limit: int) -> str:
    """A change in one line."""
    return clean(f"{_MARKS[event.news.effect]} {event.label}: {event.news.text}", limit)


def title(events: Sequence[Event]) -> str:
    """What a message with these begins with."""
    worse = sum(each.news.effect == "worse" for each in events)
    names = list(dict.fromkeys(each.label for each in events))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return clean(f"mailproof: {', '.join(names[:3])}{more} got {'worse' if worse else 'better'}", MAX_LINE)


def _own(events: Sequence[Event]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA,
        "tool": {"name": "mailproof", "version": __version__},
        "title": title(events),
        "worse": any(each.news.effect == "worse" for each in events),
        "events": [plain(each) for each in events],
    }


def _slack(events: Sequence[Event]) -> dict[str, Any]:
    """An incoming webhook's message: https://docs.slack.dev/messaging/formatting-message-text."""
    text = "\n".join((title(events), *(line(each, MAX_LINE) for each in events)))
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "parse": "none"}


def _teams(events: Sequence[Event]) -> dict[str, Any]:
    """An Adaptive Card, as the Workflows app takes it. Text runs are shown as they are, without Markdown."""
    blocks = [{"type": "TextRun", "text": title(events), "weight": "Bolder"}]
    runs = [[block] for block in blocks] + [
        [{"type": "TextRun", "text": line(each, MAX_LINE)}] for each in events
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [{"type": "RichTextBlock", "inlines": inlines} for inlines in runs],
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }
