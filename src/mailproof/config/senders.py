"""Which ``[profiles.NAME.submit]`` settings each kind of sender needs, and which it accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from mailproof.config.settings import SubmitSettings
from mailproof.config.urls import is_loopback, server_problem
from mailproof.model import SenderKind

#: Keys that every API accepts.
_COMMON = (
    *("kind", "url", "ca_file", "verification", "timeout", "retry_for", "retry_interval", "tracking"),
    "allow_plaintext_auth",
)
_RUN = ("kind", "program", "timeout")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Needs(Struct, frozen=True):
    """The keys of one kind: at least one of ``either`` is needed, if it has any. ``regions`` lists all."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    common: tuple[str, ...] = _COMMON

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.common, *self.required, *self.optional, *self.either)


NEEDS: dict[SenderKind, Needs] = {
    "ses": Needs(required=("region", "key_id", "key"), optional=("token",)),
    "mailgun": Needs(required=("key",), optional=("region", "domain"), regions=("us", "eu")),
    "sendgrid": Needs(required=("key",), optional=("region",), regions=("us", "eu")),
    "postmark": Needs(required=("key",)),
    "resend": Needs(required=("key",)),
    "brevo": Needs(required=("key",)),
    "mailjet": Needs(required=("key_id", "key"), optional=("region",), regions=("eu", "us")),
    "sparkpost": Needs(required=("key",), optional=("region",), regions=("us", "eu")),
    "cloudflare": Needs(required=("account", "key")),
    "postal": Needs(required=("url", "key")),
    "graph": Needs(
        optional=("account", "key_id", "key", "refresh_token", "token_url", "username", "token"),
        either=("token", "key", "refresh_token"),
    ),
    "gmail": Needs(
        optional=("key_id", "key", "refresh_token", "token_url", "username", "token"),
        either=("token", "key", "refresh_token"),
    ),
    "sendmail": Needs(optional=("program",), common=_RUN),
    "command": Needs(required=("program",), common=_RUN),
}
_DEFAULTS = SubmitSettings()


def sender_problems(settings: SubmitSettings) -> Iterator[tuple[str, str]]:
    """Problems with the settings of a non-SMTP sender: the key ("" if one is missing) and a message."""
    needs, kind = NEEDS[settings.kind], settings.kind
    for key in SubmitSettings.__struct_fields__:
        if key not in needs.known and getattr(settings, key) != getattr(_DEFAULTS, key):
            known = ", ".join(each for each in needs.known if each != "kind")
            yield key, f"'{key}' has no effect with kind = {kind!r}, which takes: {known}"
    for key in needs.required:
        if not getattr(settings, key):
            yield "", f"kind = {kind!r} needs '{key}'"
    if needs.either and not any(getattr(settings, key) for key in needs.either):
        yield "", f"kind = {kind!r} needs one of {', '.join(map(repr, needs.either))}"
    if needs.regions and settings.region and settings.region not in needs.regions:
        yield "region", f"'region' of {kind} is one of {', '.join(map(repr, needs.regions))}"
    for key in ("region", "account", "domain"):
        text = getattr(settings, key)
        if text and not is_name(text):
            yield key, f"'{key}' is not a name of letters, digits, '.', '-' and '_'"
    for key in ("url", "token_url"):
        problem = base_problem(getattr(settings, key), plain=settings.allow_plaintext_auth)
        if problem:
            yield key, f"'{key}': {problem}"
    if settings.verification == "off" and settings.ca_file:
        yield "verification", "'ca_file' has no effect with verification off: remove one of them"


def is_name(text: str) -> bool:
    """Whether it may be used as a region, account or domain in a URL."""
    return _NAME.fullmatch(text) is not None


def base_problem(url: str, *, plain: bool = False) -> str:
    """Why a URL cannot be an API's; "" if it can, or is left out."""
    if not url:
        return ""
    if problem := server_problem(url, like="https://api.acme.example", instead="'key'"):
        return problem
    parts = urlsplit(url)
    if parts.scheme.lower() == "http" and not plain and not is_loopback(parts.hostname or ""):
        return "over http the key can be read on the way: use https (http only to this machine)"
    return ""
