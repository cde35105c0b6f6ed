"""The modules and classes of providers, imported on first use."""

from __future__ import annotations

from importlib import import_module

from mailproof.mail.senders.api import Api
from mailproof.model import SenderKind

_APIS: dict[SenderKind, str] = {
    "ses": "Ses",
    "mailgun": "Mailgun",
    "sendgrid": "SendGrid",
    "postmark": "Postmark",
    "resend": "Resend",
    "brevo": "Brevo",
    "mailjet": "Mailjet",
    "sparkpost": "SparkPost",
    "cloudflare": "Cloudflare",
    "graph": "Graph",
    "gmail": "Gmail",
    "postal": "Postal",
}


def api_of(kind: SenderKind) -> type[Api]:
    """The class of a provider."""
    found: type[Api] = getattr(import_module(f"mailproof.mail.senders.{kind}"), _APIS[kind])
    return found


def kinds() -> tuple[SenderKind, ...]:
    """All senders with an HTTP API."""
    return tuple(_APIS)
