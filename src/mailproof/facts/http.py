"""One bounded HTTPS GET: no redirects, no private addresses, no trouble that raises.

The host is looked up through our own resolver, so that zone files and recordings decide here too. What a
server sends is bounded in time, in size and in number; compressed answers are unpacked up to the same bound.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailproof.closing import abort
from mailproof.dns import Answer, Resolver
from mailproof.dns.text import to_ascii
from mailproof.errors import UsageError
from mailproof.facts.http_wire import Failed, read_response
from mailproof.frozen import frozen
from mailproof.model import CertificateFacts, FetchFacts, FetchKind, StrictFault
from mailproof.records.networks import contains, parse_network, unroutable

if TYPE_CHECKING:
    import ssl

    from mailproof.facts.transport_options import TransportOptions

MAX_URL = 2048
MAX_ADDRESSES = 4
#: Ranges that hold IPv4 addresses: what they hold is judged (RFC 4291, RFC 3056, RFC 6052).
_NAT64, _SIX_TO_FOUR = ip_network("64:ff9b::/96"), ip_network("2002::/16")


@frozen
class FetchSettings:
    """How to fetch. ``timeout`` in seconds for everything, the look-ups included; ``allowed`` are networks
    that may be connected to though they are private; ``port`` stands in for the URL's (0: the URL's own);
    ``ca_file`` holds authorities to trust instead of the system's.
    """

    timeout: float = 8.0
    max_body: int = 65536
    allowed: tuple[str, ...] = ()
    port: int = 0
    ca_file: Path | None = None


DEFAULT_SETTINGS = FetchSettings()


def settings_for(transport: TransportOptions | None) -> FetchSettings:
    """Settings that trust and refuse what connections to mail hosts do."""
    if transport is None:
        return DEFAULT_SETTINGS
    allowed = ("0.0.0.0/0", "::/0") if transport.allow_private else ()
    return FetchSettings(allowed=allowed, ca_file=transport.ca_file)


@frozen
class Fetched:
    """What came of it, and the contents (empty unless ``facts.ok``)."""

    facts: FetchFacts
    body: bytes = b""


@dataclass(slots=True)
class _Attempt:
    """What is known so far, kept when time runs out."""

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
            lookups=tuple(answer.as_lookup() for answer in self.answers),
            elapsed_ms=(time.perf_counter() - self.started) * 1000,
        )


async def fetch(url: str, resolver: Resolver, settings: FetchSettings = DEFAULT_SETTINGS) -> Fetched:
    """GET an https URL. Never raises for what the URL, the DNS or the server does.

    ``Fetched.facts.kind`` is ``ok`` only for HTTP status 200 with the whole contents.
    """
    attempt = _Attempt(url)
    try:
        async with asyncio.timeout(settings.timeout):
            _split(attempt, settings)
            addresses = await _addresses(attempt, resolver, settings)
            return await _get(attempt, addresses, settings)
    except Failed as failed:
        facts = attempt.facts(failed.kind, failed.problem, failed.code)
        return Fetched(replace(facts, status=failed.status, location=failed.location))
    except TimeoutError:
        where = f" from {attempt.address}" if attempt.address else ""
        return Fetched(attempt.facts("timeout", f"no complete answer{where} within {settings.timeout:g} s"))


def _split(attempt: _Attempt, settings: FetchSettings) -> None:
    url = attempt.url
    if len(url) > MAX_URL:
        raise Failed("bad-url", f"the address has more than {MAX_URL} characters")
    if not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise Failed("bad-url", "the address holds a space or another character that may not stand in a URL")
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
    attempt.port = settings.port or port or 443
    attempt.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


async def _addresses(attempt: _Attempt, resolver: Resolver, settings: FetchSettings) -> tuple[str, ...]:
    """The host's addresses that may be connected to. Raises Failed where there are none."""
    try:
        found: tuple[str, ...] = (str(ip_address(attempt.host)),)
    except ValueError:
        answers = await asyncio.gather(
            resolver.query(attempt.host, "A"), resolver.query(attempt.host, "AAAA")
        )
        attempt.answers = tuple(answers)
        found = tuple(text for answer in answers for text in answer.as_lookup().records)
        if not found:
            failed = next((answer for answer in answers if answer.undetermined), None)
            if failed is not None:
                raise Failed("unresolved", failed.as_lookup().describe()) from None
            raise Failed("no-address", f"{attempt.host} has no address") from None
    refused = {address: why for address in found if (why := refusal(address, settings.allowed))}
    usable = tuple(address for address in found if address not in refused)
    if not usable:
        listed = ", ".join(f"{address}: {why}" for address, why in list(refused.items())[:MAX_ADDRESSES])
        raise Failed("refused-address", f"{attempt.host} has no address on the public Internet ({listed})")
    return usable[:MAX_ADDRESSES]


def refusal(address: str, allowed: tuple[str, ...]) -> str:
    """Why an address may not be connected to; "" where it may. ``allowed`` are private networks that may."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped
        if inner is None and ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None and ip in _SIX_TO_FOUR:
            inner = ip.sixtofour
        if inner is not None:
            return refusal(str(inner), allowed)
    network = parse_network(str(ip))
    assert network is not None
    permitted = (parse_network(text) for text in allowed)
    if any(wide is not None and contains(wide, network) for wide in permitted):
        return ""
    return unroutable(network)


async def _get(attempt: _Attempt, addresses: tuple[str, ...], settings: FetchSettings) -> Fetched:
    """Connect to the first address that takes it, ask, read."""
    import ssl

    reader, writer = await _connect(attempt, addresses, settings)
    try:
        shown = f"[{attempt.host}]" if ":" in attempt.host else attempt.host
        request = (
            f"GET {attempt.target} HTTP/1.1\r\nHost: {shown}\r\nUser-Agent: mailproof\r\n"
            "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
        )
        writer.write(request.encode("ascii"))
        await writer.drain()
        response = await read_response(reader, settings.max_body)
    except (OSError, ssl.SSLError, EOFError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise Failed("protocol", f"the connection broke off ({error or type(error).__name__})") from None
    finally:
        abort(writer.transport)
    facts = replace(
        attempt.facts("ok"),
        status=response.status,
        media_type=response.media_type,
        size=len(response.body),
    )
    return Fetched(facts, response.body)


async def _connect(
    attempt: _Attempt, addresses: tuple[str, ...], settings: FetchSettings
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    import ssl

    from mailproof.mail.tls import chain_of, classify, clean, handshake_words, strict_faults

    share = max(1.0, settings.timeout / (len(addresses) + 1))
    failures: list[Failed] = []
    for attempt.address in addresses:
        try:
            async with asyncio.timeout(share if len(addresses) > 1 else None):
                reader, writer = await asyncio.open_connection(
                    attempt.address,
                    attempt.port,
                    ssl=_context(settings.ca_file),
                    server_hostname=attempt.host,
                    limit=16384,
                )
        except ssl.SSLCertVerificationError as error:
            await _look_at_chain(attempt)
            found = classify(error, attempt.host)
            raise Failed("certificate", found.text, found.code) from None
        except ssl.SSLError as error:
            raise Failed("tls", handshake_words(error, b"")) from None
        except TimeoutError:
            failures.append(Failed("timeout", f"no answer from {attempt.address} within {share:g} s"))
        except (ConnectionResetError, ConnectionAbortedError, EOFError):
            failures.append(Failed("tls", f"{attempt.address} ended the connection during the TLS handshake"))
        except ConnectionRefusedError:
            failures.append(
                Failed("refused", f"{attempt.address} refuses connections on port {attempt.port}")
            )
        except OSError as error:
            words = clean(error.strerror or str(error))
            failures.append(Failed("unreachable", f"{attempt.address} cannot be reached: {words}"))
        else:
            session: ssl.SSLObject = writer.get_extra_info("ssl_object")
            attempt.chain = chain_of(session, datetime.now(UTC))
            attempt.strict_faults = strict_faults(session)
            return reader, writer
    # An address that answers with a refusal tells more than one that we cannot reach.
    raise next((each for each in failures if each.kind in ("tls", "refused")), failures[0])


async def _look_at_chain(attempt: _Attempt) -> None:
    """Read the certificates that were refused, for the evidence. Nothing is sent to such a server."""
    import ssl

    from mailproof.mail.tls import chain_of
    from mailproof.tls_context import client_context

    try:
        _, writer = await asyncio.open_connection(
            attempt.address, attempt.port, ssl=client_context(verify=False), server_hostname=attempt.host
        )
    except (OSError, EOFError, ssl.SSLError):
        return
    session: ssl.SSLObject = writer.get_extra_info("ssl_object")
    attempt.chain = chain_of(session, datetime.now(UTC))
    abort(writer.transport)


@lru_cache(maxsize=4)
def _context(ca_file: Path | None) -> ssl.SSLContext:
    from mailproof.tls_context import client_context

    return client_context(ca_file)
