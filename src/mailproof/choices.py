"""Words that options and the configuration have in common. It imports nothing else: ``--help`` reads it."""

from __future__ import annotations

from typing import Literal

#: The severity from which on the exit code is 1.
FailOn = Literal["error", "warning", "never"]
#: How a connection to a server is secured.
Security = Literal["starttls", "tls", "plain"]
#: What a domain is for; auto: as its records suggest.
DomainUse = Literal["auto", "sending", "receiving-only", "parked"]
#: The forms of webhooks.
WebhookKind = Literal["json", "slack", "teams"]
#: The kinds of keys that are made.
KeyKind = Literal["rsa2048", "rsa3072", "rsa4096", "ed25519"]
