"""The bounded fetch against servers that behave and servers that don't."""

from __future__ import annotations

import gzip
import ssl

import pytest

from mailproof.facts.http import Fetched, fetch
from mailproof.model import Status
from mailproof.structs import replace
from tests.support import httpsserver as web
from tests.support.resolvers import FailingResolver, zone
from tests.support.tls import Authority

HOST = "www.acme.example"
OK = b"HTTP/1.1 200 OK\r\n"
WORLD = "$ORIGIN acme.example.\nwww IN A 127.0.0.1\n"


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue(HOST).context()


async def get(
    authority: Authority,
    context: ssl.SSLContext,
    answer: web.Answer,
    world: str = WORLD,
    timeout: float = 3.0,
) -> Fetched:
    async with web.https_server(context, {"*": answer}) as server:
        return await fetch(f"https://{HOST}/file", zone(world), web.to(server.port, authority, timeout))


async def test_contents_come_with_type_size_and_certificate(
    authority: Authority, context: ssl.SSLContext
) -> None:
    async with web.https_server(
        context, {"/a?b=c": web.page(b"hello", "Text/Plain; charset=utf-8")}
    ) as server:
        got = await fetch(f"https://{HOST}/a?b=c", zone(WORLD), web.to(server.port, authority))
    assert got.body == b"hello"
    facts = got.facts
    assert (facts.kind, facts.status, facts.media_type, facts.size) == ("ok", 200, "text/plain", 5)
    assert facts.address == "127.0.0.1"
    assert facts.chain[0].names == (HOST,)
    assert b"\r\nHost: www.acme.example\r\n" in server.requests[0]
    assert b"Accept-Encoding: identity" in server.requests[0]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (web.raw(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"), b"until the end"),
        (
            web.raw(OK + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
            b"abcde",
        ),
        (
            web.raw(b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n", OK + b"Content-Length: 2\r\n\r\nok"),
            b"ok",
        ),
        (web.page(gzip.compress(b"packed"), extra="Content-Encoding: gzip\r\n"), b"packed"),
        (web.raw(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"), b"ok"),
    ],
)
async def test_ways_to_send_contents(
    authority: Authority, context: ssl.SSLContext, answer: web.Answer, body: bytes
) -> None:
    got = await get(authority, context, answer)
    assert (got.facts.kind, got.body) == ("ok", body)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (web.status(404), "status", "HTTP 404"),
        (web.status(500), "status", "HTTP 500"),
        (web.status(204), "status", "HTTP 204"),
        (web.endless(), "too-large", "larger than 65536"),
        (web.raw(OK + b"Content-Length: 99999999999\r\n\r\n"), "too-large", "larger than 65536"),
        (web.raw(OK + b"Content-Length: -1\r\n\r\n"), "protocol", "bad Content-Length"),
        (web.raw(OK + b"Content-Length: 10\r\n\r\nabc"), "protocol", "cut off"),
        (web.endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65535 + b"\r\n"),
         "too-large", "larger than"),
        (web.raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "protocol", "illegal chunk header"),
        (web.raw(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n"), "protocol", "cut off"),
        (web.raw(OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n"), "protocol", "too large"),
        (web.raw(OK + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n"), "protocol", "too large"),
        (web.endless(OK + b"", b"X: y\r\n" * 1000), "protocol", "too large"),
        (web.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "protocol", "interim"),
        (web.raw(b"220 mail.acme.example ESMTP\r\n"), "protocol", "does not speak HTTP"),
        (web.raw(b""), "protocol", "no answer"),
        (web.torn(OK, b"\r\nuntil the end"), "protocol", "broke ("),
        (web.bomb(20), "too-large", "when decompressed"),
        (web.page(b"\x1f\x8bno gzip", extra="Content-Encoding: gzip\r\n"), "protocol", "decompressed"),
        (web.page(b"x", extra="Content-Encoding: br\r\n"), "protocol", "encoded as br"),
    ],
)  # fmt: skip
async def test_servers_that_misbehave(
    authority: Authority, context: ssl.SSLContext, answer: web.Answer, kind: str, words: str
) -> None:
    got = await get(authority, context, answer)
    assert got.facts.kind == kind
    assert words in got.facts.problem
    assert got.body == b""
    assert not got.facts.undetermined


async def test_redirects_are_not_followed(authority: Authority, context: ssl.SSLContext) -> None:
    answers = {
        "/file": web.status(302, "Location: /other\x1b[31m\r\n"),
        "/other": web.page(b"elsewhere"),
    }
    async with web.https_server(context, answers) as server:
        got = await fetch(f"https://{HOST}/file", zone(WORLD), web.to(server.port, authority))
    assert (got.facts.kind, got.facts.status, got.body) == ("redirect", 302, b"")
    assert got.facts.location == "/other?[31m"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        web.raw(OK + b"Content-Length: 9\r\n\r\n", *[b"x"] * 9, pause=30),
        web.raw(*[b"H"] * 5000, pause=0.1),
    ],
)
async def test_slow_servers_are_left_in_time(
    authority: Authority, context: ssl.SSLContext, answer: web.Answer
) -> None:
    got = await get(authority, context, answer, timeout=0.6)
    assert got.facts.kind == "timeout"
    assert got.facts.undetermined
    assert "within 0.6 s" in got.facts.problem


@pytest.mark.parametrize(
    ("names", "days", "own", "code"),
    [
        (("other.acme.example",), 90, False, "wrong-name"),
        ((HOST,), -3, False, "expired"),
        ((HOST,), 90, True, "self-signed"),
    ],
)
async def test_refused_certificates_are_told_apart_and_shown(
    authority: Authority, names: tuple[str, ...], days: int, own: bool, code: str
) -> None:
    certificate = authority.issue(*names, days=days, self_signed=own, stem=f"bad-{code}")
    async with web.https_server(certificate.context(), {"*": web.page(b"secret")}) as server:
        got = await fetch(f"https://{HOST}/", zone(WORLD), web.to(server.port, authority))
    assert (got.facts.kind, got.facts.problem_code, got.body) == ("certificate", code, b"")
    assert got.facts.chain[0].names == names
    assert server.requests == []  # nothing was sent to it


async def test_an_unknown_authority_is_not_trusted(authority: Authority, context: ssl.SSLContext) -> None:
    async with web.https_server(context, {"*": web.page(b"x")}) as server:
        options = replace(web.to(server.port, authority), ca_file=None)
        got = await fetch(f"https://{HOST}/file", zone(WORLD), options)
    assert (got.facts.kind, got.facts.problem_code, got.body) == ("certificate", "untrusted", b"")


async def test_what_is_not_tls_or_not_there(authority: Authority) -> None:
    import asyncio

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad\r\n\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    got = await fetch(f"https://{HOST}/", zone(WORLD), web.to(port, authority))
    assert got.facts.kind == "tls"
    listener.close()
    await listener.wait_closed()
    got = await fetch(f"https://{HOST}/", zone(WORLD), web.to(port, authority))
    assert got.facts.kind == "refused"
    assert "refuses connections" in got.facts.problem


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"],
)
async def test_private_addresses_are_refused(address: str) -> None:
    got = await fetch(f"https://{HOST}/", zone(f"$ORIGIN acme.example.\nwww IN A {address}\n"))
    assert got.facts.kind == "refused-address"
    assert address in got.facts.problem
    got = await fetch(f"https://{address}/latest/meta-data", zone(""))
    assert got.facts.kind == "refused-address"


@pytest.mark.parametrize(
    "address",
    ["::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "::ffff:10.0.0.1"],
)
async def test_private_ipv6_addresses_are_refused_in_all_guises(address: str) -> None:
    got = await fetch(f"https://{HOST}/", zone(f"$ORIGIN acme.example.\nwww IN AAAA {address}\n"))
    assert got.facts.kind == "refused-address"
    got = await fetch(f"https://[{address}]/", zone(""))
    assert got.facts.kind == "refused-address"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
async def test_other_spellings_of_loopback_are_names_without_address(host: str) -> None:
    got = await fetch(f"https://{host}/", zone(""))
    assert got.facts.kind == "no-address"


async def test_a_public_address_beside_a_private_one_is_used(
    authority: Authority, context: ssl.SSLContext
) -> None:
    world = "$ORIGIN acme.example.\nwww IN A 10.0.0.1\nwww IN A 127.0.0.1\n"
    got = await get(authority, context, web.page(b"x"), world)
    assert (got.facts.kind, got.facts.address) == ("ok", "127.0.0.1")


async def test_the_next_address_is_tried_where_one_is_dead(
    authority: Authority, context: ssl.SSLContext
) -> None:
    world = "$ORIGIN acme.example.\nwww IN A 127.0.0.99\nwww IN A 127.0.0.1\n"
    got = await get(authority, context, web.page(b"x"), world)
    assert (got.facts.kind, got.facts.address) == ("ok", "127.0.0.1")


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_look_up_is_not_a_missing_host(status: Status) -> None:
    resolver = FailingResolver(zone(""), {(HOST, "A"): status})
    got = await fetch(f"https://{HOST}/", resolver)
    assert got.facts.kind == "unresolved"
    assert got.facts.undetermined
    assert got.facts.lookups[0].status == status


@pytest.mark.parametrize(
    "url",
    [
        "http://www.acme.example/",
        "https://",
        "https:///path",
        "https://user:pw@www.acme.example/",
        "https://www.acme.example:0/",
        "https://www.acme.example:99999/",
        "https://www.acme.example/a b",
        "https://www.acme.example/\r\nHost: evil.test",
        "https://[::1",
        "https://a..b/",
        "https://www.acme.example/" + "a" * 3000,
        "file:///etc/passwd",
        "",
    ],
)
async def test_addresses_that_are_none(url: str) -> None:
    got = await fetch(url, zone(WORLD))
    assert got.facts.kind == "bad-url"
    assert got.facts.problem
    assert len(got.facts.url) <= 2048
