"""Which client a receiver says it checked: in its results, Received-SPF, or fields of its own."""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.errors import UsageError
from mailproof.model import AuthenticationResults, AuthMethod
from mailproof.records.addresses import client_address

#: "sender IP is …" (Microsoft), "designates … as permitted sender" (Gmail, rspamd, Apple), "… is neither
#: permitted nor denied" (Gmail).
_IN_COMMENT = re.compile(
    r"(?:sender IP is|designates?|use of) ([0-9A-F.:]{3,45})"
    r"|(?<![\w.:])([0-9A-F.:]{3,45}) is (?:neither|not) ",
    re.IGNORECASE,
)
_IN_FIELD = re.compile(
    r"(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}|[0-9A-F]{0,4}:[0-9A-F:.]{2,42})(?![\w:])", re.IGNORECASE
)


class NamedClient(Struct, frozen=True):
    """A client as the field at ``place`` names it; ``header`` is the name of the field."""

    ip: str
    helo: str
    header: str
    place: int


def client_of(method: AuthMethod) -> str:
    """The normalized address that a method was evaluated for, if stated."""
    said = {each.name: each.value for each in reversed(method.properties)}
    found = _IN_COMMENT.search(method.comment[:1000]) if method.comment else None
    named = said.get("client-ip") or said.get("remote-ip") or said.get("iprev") or ""
    return _normalized(named) or (_normalized(found[1] or found[2]) if found else "")


def named_in(result: AuthenticationResults, place: int) -> NamedClient | None:
    """The client that a results field names, preferring SPF's."""
    spf = [method for method in result.methods if method.method == "spf"]
    for method in (*spf, *(method for method in result.methods if method.method != "spf")):
        if ip := client_of(method):
            greeting = method.value_of("helo") if method.method == "spf" else ""
            return NamedClient(ip, greeting, result.header, place)
    return None


def named_by_field(name: str, value: str, place: int) -> NamedClient | None:
    """The client in a receiver-specific field such as X-Sender-IP."""
    found = _IN_FIELD.search(value[:1000])
    ip = _normalized(found[1]) if found else ""
    return NamedClient(ip, "", name, place) if ip else None


def _normalized(text: str) -> str:
    try:
        return str(client_address(text)) if text else ""
    except UsageError:
        return ""
