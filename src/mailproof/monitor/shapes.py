"""Alerts as webhook request bodies: our own JSON, Slack's and Microsoft Teams' formats.

The texts quote servers and records: nothing in them may be read as a link, a mention or markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mailproof._version import __version__
from mailproof.choices import WebhookKind
from mailproof.monitor.events import Event
from mailproof.printable import first_of
from mailproof.render.text.style import clean

SCHEMA = "1"
_MARKS = {"worse": "✗", "better": "✓", "neutral": "·"}
#: The longest line in Slack's and Teams' formats, in characters.
MAX_LINE = 500
#: The most octets of lines in one message: Teams refuses cards of more than 28 KiB.
MAX_MESSAGE = 20_000


def body(events: Sequence[Event], kind: WebhookKind) -> bytes:
    """The request body of one delivery."""
    document = {"json": _own, "slack": _slack, "teams": _teams}[kind](events)
    return json.dumps(document, ensure_ascii=True).encode()


def plain(event: Event) -> dict[str, Any]:
    """A change as JSON, the same on standard output and in a webhook."""
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
    """A change as one line."""
    return clean(f"{_MARKS[event.news.effect]} {event.label}: {event.news.text}", limit)


def title(events: Sequence[Event]) -> str:
    """The first line of a message."""
    worse = sum(each.news.effect == "worse" for each in events)
    names = list(dict.fromkeys(each.label for each in events))
    return clean(f"mailproof: {first_of(names, 3)} got {'worse' if worse else 'better'}", MAX_LINE)


def _lines(events: Sequence[Event]) -> list[str]:
    """The title and one line per event; if they don't all fit, how many are left out."""
    lines, size = [title(events)], 0
    for number, event in enumerate(events):
        text = line(event, MAX_LINE)
        size += len(json.dumps(text)) + 100  # the JSON around it
        if size > MAX_MESSAGE:
            return [*lines, f"… and {len(events) - number} more"]
        lines.append(text)
    return lines


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
    text = "\n".join(_lines(events))
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "parse": "none"}


def _teams(events: Sequence[Event]) -> dict[str, Any]:
    """An Adaptive Card, as the Workflows app accepts it. Text runs are shown verbatim, without Markdown."""
    lines = [[{"type": "TextRun", "text": text}] for text in _lines(events)]
    lines[0][0]["weight"] = "Bolder"
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [{"type": "RichTextBlock", "inlines": inlines} for inlines in lines],
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }
