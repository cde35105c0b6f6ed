"""Shared by the rules on a message's content."""

from __future__ import annotations

from mailproof.checks.base import NotApplicable, Undetermined, collected
from mailproof.checks.message._facts import failed
from mailproof.model import MessageContent, MessageFacts


def content_of(facts: MessageFacts) -> MessageContent:
    """The content. Raises Undetermined if only headers were given."""
    failed(facts, "content")
    return collected(facts.content, "only headers were given: could not check the content")


def sent_of(facts: MessageFacts) -> MessageContent:
    """The content as sent. Raises Undetermined if the original octets are not available."""
    content = content_of(facts)
    if content.rebuilt:
        raise Undetermined(content.rebuilt)
    return content


def html_of(facts: MessageFacts) -> MessageContent:
    """The content of a message with HTML. Raises NotApplicable for others."""
    content = content_of(facts)
    if not content.readable:
        raise Undetermined(content.rebuilt)
    if not content.html:
        raise NotApplicable("the message has no HTML")
    return content
