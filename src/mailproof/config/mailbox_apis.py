"""Which ``[profiles.NAME.retrieve]`` settings a mailbox behind an API needs, and which have no effect."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.config.senders import base_problem
from mailproof.config.settings import RetrieveSettings

_KNOWN = (
    *("kind", "username", "token", "key", "key_id", "refresh_token", "account", "url", "token_url"),
    *("ca_file", "verification", "deadline", "poll_interval", "timeout", "remove", "allow_plaintext_auth"),
)
_OF_APIS = ("url", "account", "key_id", "key", "refresh_token", "token_url")
_DEFAULTS = RetrieveSettings()


def api_problems(settings: RetrieveSettings) -> Iterator[tuple[str, str]]:
    """Problems with the settings of an API: the key ("" if one is missing) and a message."""
    kind = settings.kind
    for key in RetrieveSettings.__struct_fields__:
        if key not in _KNOWN and getattr(settings, key) != getattr(_DEFAULTS, key):
            yield key, f"'{key}' has no effect with kind = {kind!r}, which takes: {', '.join(_KNOWN[1:])}"
    for key in ("url", "token_url"):
        if problem := base_problem(getattr(settings, key), plain=settings.allow_plaintext_auth):
            yield key, f"'{key}': {problem}"
    if settings.token is not None:
        return
    if settings.refresh_token is not None:
        if not settings.key_id:
            yield "refresh_token", "'refresh_token' needs 'key_id', the client that it was given to"
    elif settings.key is None:
        yield "", f"kind = {kind!r} needs one of 'token', 'key', 'refresh_token'"
    elif not settings.username:
        yield "key", "without a refresh token the application signs in itself: 'username' names the mailbox"
    elif kind == "graph" and not (settings.key_id and settings.account):
        yield "key", "without a refresh token kind = 'graph' needs 'key_id' and 'account', the tenant"


def misplaced(settings: RetrieveSettings) -> Iterator[tuple[str, str]]:
    """Keys for APIs set on a mailbox that is not one."""
    for key in _OF_APIS:
        if getattr(settings, key):
            yield key, f"'{key}' is for kind = 'graph' or 'gmail', not for kind = {settings.kind!r}"
