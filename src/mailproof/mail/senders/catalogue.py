"""The providers by their kinds. They are imported where one is used."""

from __future__ import annotations

from mailproof.mail.senders import by_fields, by_message
from mailproof.mail.senders.api import Api
from mailproof.model import SenderKind

_APIS: dict[SenderKind, type[Api]] = {
    each.kind: each
    for each in (
        *(by_message.Ses, by_message.Mailgun, by_fields.SendGrid, by_fields.Postmark, by_fields.Resend),
        *(by_fields.Brevo, by_fields.Mailjet, by_message.SparkPost, by_message.Cloudflare, by_message.Graph),
        *(by_message.Gmail, by_message.Postal),
    )
}


def api_of(kind: SenderKind) -> type[Api]:
    """The class of a provider."""
    return _APIS[kind]


def kinds() -> tuple[SenderKind, ...]:
    """All that have an HTTP API."""
    return tuple(_APIS)
