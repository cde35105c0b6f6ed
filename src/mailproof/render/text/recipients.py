"""The sections of a probe to several recipients: each delivery, and each message with different results."""

from __future__ import annotations

from mailproof.model import Facts, MessageFacts
from mailproof.render.shown import clean
from mailproof.render.text.delivery import write_delivery
from mailproof.render.text.message import write_message
from mailproof.render.text.page import Page


def write_recipients(page: Page, facts: Facts) -> None:
    """All deliveries, and messages whose results differ from earlier ones; with ``-v`` all messages."""
    for each in facts.recipients:
        write_delivery(page, each.delivery, about=clean(each.delivery.recipient, 80))
    shown: set[object] = set()
    for each in facts.recipients:
        if each.message is not None and (page.verbose or _results(each.message) not in shown):
            shown.add(_results(each.message))
            write_message(page, each.message, about=clean(each.delivery.recipient, 80))


def _results(message: MessageFacts) -> object:
    return (
        message.spf and message.spf.result,
        tuple((each.result, each.domain) for each in message.dkim),
        message.dmarc and message.dmarc.result,
    )
