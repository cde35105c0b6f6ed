"""One bounded HTTPS GET: follows no redirect, connects to public or allowed addresses only, never raises.

The host is looked up with our own resolver, so that zone files and recordings apply here, too. What a
server sends is bounded in time, size and number; compressed responses are decompressed up to the same bound.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct, field

from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import beside, lookups_of
from mailproof.dns.text import to_ascii
from mailproof.dns.together import apart
from mailproof.errors import UsageError
from mailproof.facts.transport_options import USUAL, TransportOptions
from mailproof.mail.http_exchange import Failed, exchange, gunzip
from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import Wire
from mailproof.model import CertificateFacts, FetchFacts, FetchKind, StrictFault
from mailproof.printable import bracketed
from mailproof.records.addresses import is_address
from mailproof.records.refusal import refusal
from mailproof.structs import replace

MAX_URL = 2048
MAX_ADDRESSES = 4
#: Octets read of a response, by default.
MAX_BODY = 65536


class Fetched(Struct, frozen=True):
    """The result, and the contents (empty unless ``facts.ok``)."""

    facts: FetchFacts
    body: bytes = b""


class _Attempt(Struct):
    """The state so far, which survives a timeout."""

    url: str
    host: str = ""
    port: int = 443
    target: str = "/"
    address: str = ""
    answers: tuple[Answer, ...] = ()
    chain: tuple[CertificateFacts, ...] = ()
    strict_faults: tuple[StrictFault, ...] | None = None
    started: float = field(default_factory=time.perf_counter)

    def facts(self, kind: FetchKind, problem: str = "", code: str = "") -> FetchFacts:
        return FetchFacts(
            url=self.url[:MAX_URL],
            kind=kind,
            address=self.address,
            problem=problem,
            problem_code=code,
            chain=self.chain,
            strict_faults=self.strict_faults,
            lookups=lookups_of(self.answers),
            elapsed_ms=(time.perf_counter() - self.started) * 1000,
        )


async def fetch(
    url: str, resolver: Resolver, options: TransportOptions = USUAL, *, max_body: int = MAX_BODY
) -> Fetched:
    """GET an https URL. Never raises for what the URL, the DNS or the server does.

    ``Fetched.facts.kind`` is ``ok`` only for HTTP status 200 with the whole contents.
    """
    return await apart(_fetched(url, resolver, options, max_body))


async def _fetched(url: str, resolver: Resolver, options: TransportOptions, max_body: int) -> Fetched:
    attempt = _Attempt(url)
    try:
        async with asyncio.timeout(options.fetch_timeout):
            _split(attempt)
            addresses = await _addresses(attempt, resolver, options.allowed)
            return await _get(attempt, addresses, options, max_body)
    except Failed as failed:
        facts = attempt.facts(failed.kind, failed.problem, failed.code)
        return Fetched(replace(facts, status=failed.status, location=failed.location))
    except TimeoutError:
        where = f" from {attempt.address}" if attempt.address else ""
        why = f"no complete answer{where} within {options.fetch_timeout:g} s"
        return Fetched(attempt.facts("timeout", why))


def _split(attempt: _Attempt) -> None:
    url = attempt.url
    if len(url) > MAX_URL:
        raise Failed("bad-url", f"the address has more than {MAX_URL} characters")
    if not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise Failed("bad-url", "the address has a space or another character that a URL can't contain")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Failed("bad-url", f"the address cannot be read: {error}") from None
    if parts.scheme.lower() != "https":
        raise Failed("bad-url", "the address does not begin with https://")
    if not host or parts.username is not None or port == 0:
        raise Failed("bad-url", "the address names no host, or holds a user name or port 0")
    try:
        attempt.host = str(ip_address(host))
    except ValueError:
        try:
            attempt.host = to_ascii(host)
        except UsageError as error:
            raise Failed("bad-url", str(error)) from None
    attempt.port = port or 443
    attempt.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


async def _addresses(attempt: _Attempt, resolver: Resolver, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The host's addresses that we may connect to. Raises Failed if there are none."""
    found: tuple[str, ...] = (attempt.host,)
    if not is_address(attempt.host):
        a = await resolver.query(attempt.host, "A")
        answers = attempt.answers = (a, await beside(a, "AAAA", resolver))
        found = tuple(text for answer in answers for text in answer.lookup.records)
        if not found:
            failed = next((answer for answer in answers if answer.undetermined), None)
            if failed is not None:
                raise Failed("unresolved", failed.lookup.describe())
            raise Failed("no-address", f"{attempt.host} has no address")
    refused = {address: why for address in found if (why := refusal(address, allowed))}
    usable = tuple(address for address in found if address not in refused)
    if not usable:
        listed = ", ".join(f"{address}: {why}" for address, why in list(refused.items())[:MAX_ADDRESSES])
        raise Failed("refused-address", f"{attempt.host} has no address on the public Internet ({listed})")
    return usable[:MAX_ADDRESSES]


async def _get(
    attempt: _Attempt, addresses: tuple[str, ...], options: TransportOptions, max_body: int
) -> Fetched:
    """Connect to the first address that accepts, send the request, read the response."""
    wire = await _connect(attempt, addresses, options)
    try:
        media_type, body = await exchange(wire, bracketed(attempt.host), attempt.target, max_body)
    finally:
        wire.abort()
    return Fetched(
        replace(attempt.facts("ok"), status=200, media_type=media_type, size=len(body)),
        body,
    )


async def _connect(attempt: _Attempt, addresses: tuple[str, ...], options: TransportOptions) -> Wire:
    from mailproof.mail.connect import Trouble, open_secure

    now = datetime.now(UTC)
    rules, timeout = TlsSettings(attempt.host, options.ca_file), options.fetch_timeout
    share = max(1.0, timeout / (len(addresses) + 1)) if len(addresses) > 1 else timeout
    failures: list[Failed] = []
    for attempt.address in addresses:
        try:
            place = options.place(attempt.address, attempt.port)
            wire, tls = await open_secure(*place, rules, timeout=share, now=now)
        except Trouble as trouble:
            code = ""
            if trouble.tls is not None:
                attempt.chain, code = trouble.tls.chain, trouble.tls.problem_code
            kind: FetchKind = "tls" if trouble.kind == "wrong-mode" else trouble.kind
            failures.append(Failed(kind, trouble.reason, code))
            if trouble.kind == "certificate":
                raise failures[-1] from None
        else:
            attempt.chain, attempt.strict_faults = tls.chain, tls.strict_faults
            return wire
    # An address that refuses the connection is better evidence than one that we cannot reach.
    raise next((each for each in failures if each.kind in ("tls", "refused")), failures[0])


def unpacked(contents: bytes, most: int) -> bytes:
    """The contents, decompressed if they are gzip; empty if that is corrupt or too large."""
    if not contents.startswith(b"\x1f\x8b"):
        return contents
    try:
        return gunzip(contents, most)
    except Failed:
        return b""
