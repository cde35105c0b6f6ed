"""Choices shared by options and the configuration. Imports only typing, since ``--help`` loads it."""

from __future__ import annotations

from typing import Literal

#: The lowest severity that makes the exit code 1.
FailOn = Literal["error", "warning", "never"]
#: How a connection to a server is secured.
Security = Literal["starttls", "tls", "plain"]
#: The purpose of a domain; auto: inferred from its records.
DomainUse = Literal["auto", "sending", "receiving-only", "parked"]
#: The forms of webhooks.
WebhookKind = Literal["json", "slack", "teams"]
#: The kinds of keys that can be generated.
KeyKind = Literal["rsa2048", "rsa3072", "rsa4096", "ed25519"]
