"""Name servers, and the forms in which they are given."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from mailproof.errors import UsageError
from mailproof.printable import host_port

#: ``udp``: TCP too, for what is truncated; ``tcp``: only TCP.
Transport = Literal["udp", "tcp", "tls", "https"]

FORMS = "addr, addr:port, [v6]:port, tcp://addr[:port], tls://host[:port][#name] or https://host/dns-query"


class Nameserver(Struct, frozen=True):
    """A name server. ``text`` is how it is shown; ``tls_name`` is the name its certificate must be for."""

    text: str
    transport: Transport
    host: str
    port: int
    tls_name: str = ""
    url: str = ""


def parse_nameserver(text: str) -> Nameserver:
    """Parse one of the forms in ``FORMS``. Raises UsageError."""
    given = text.strip()
    if given.startswith("tls://"):
        return _tls(given)
    if given.startswith("https://"):
        return _https(given)
    plain = given.removeprefix("tcp://")
    if "://" in plain:
        raise UsageError(f"name server {text!r}: unknown scheme; give {FORMS}")
    host, port = _split(plain, 53)
    try:
        ip_address(host)
    except ValueError:
        raise UsageError(f"name server {text!r}: {host!r} is not an IP address; give {FORMS}") from None
    if plain != given:
        return Nameserver(given, "tcp", host, port)
    return Nameserver(host if port == 53 else host_port(host, port), "udp", host, port)


def _tls(text: str) -> Nameserver:
    rest, _, name = text.removeprefix("tls://").partition("#")
    host, port = _split(rest.rstrip("/"), 853)
    if not host:
        raise UsageError(f"name server {text!r}: no host; give tls://host[:port][#name]")
    return Nameserver(text, "tls", host, port, tls_name=name or host)


def _https(text: str) -> Nameserver:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or 443
    except ValueError as error:
        raise UsageError(f"name server {text!r}: {error}") from error
    if not host:
        raise UsageError(f"name server {text!r}: no host; give https://host/dns-query")
    if parts.username or parts.password:
        raise UsageError("a DNS-over-HTTPS address may hold no user name or password")
    url = text if parts.path else text + "/dns-query"
    return Nameserver(text, "https", host, port, tls_name=host, url=url)


def _split(text: str, default: int) -> tuple[str, int]:
    """Host and port of ``host``, ``host:port``, ``v6`` or ``[v6]:port``."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise UsageError(f"name server {text!r}: give an IPv6 address with a port as [addr]:port")
        port_text = rest[1:]
    elif text.count(":") == 1:
        host, _, port_text = text.partition(":")
    else:
        host, port_text = text, ""
    if not port_text:
        return host, default
    if not (port_text.isascii() and port_text.isdigit() and 0 < int(port_text[:6]) < 65536):
        raise UsageError(f"name server {text!r}: {port_text!r} is not a port (1 to 65535)")
    return host, int(port_text)
