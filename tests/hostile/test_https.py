"""Policy and logo hosts that send too much, too slowly, or lead elsewhere."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from mailproof.facts.http import MAX_ADDRESSES, fetch
from mailproof.model import FetchKind
from tests.support import httpsserver as web
from tests.support.resolvers import zone
from tests.support.tls import Authority

HOST = "www.acme.example"
OK = b"HTTP/1.1 200 OK\r\n"
BODY = 65_536


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue(HOST).context()


ATTACKS: dict[str, tuple[web.Answer, FetchKind | tuple[FetchKind, ...]]] = {
    "contents without end": (web.endless(), "too-large"),
    "a header without end": (web.endless(OK, b"X-A: " + b"x" * 60 + b"\r\n"), "protocol"),
    "one header line without end": (web.endless(OK + b"X-A: ", b"x" * 4096), "protocol"),
    "interim answers without end": (web.endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "protocol"),
    "chunks of one octet without end": (
        web.endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 64),
        ("too-large", "timeout"),
    ),
    "a bomb of zeros": (web.bomb(64), "too-large"),
    "a length that is too much": (web.raw(OK + b"Content-Length: 99999999\r\n\r\nx"), "too-large"),
    "silence": (web.raw(b"", pause=30.0), "timeout"),
    "one octet a moment": (web.raw(*([b"H"] * 200), pause=0.05), ("timeout", "protocol")),
    "a redirect inwards": (web.status(302, "Location: http://127.0.0.1/\r\n"), "redirect"),
    "not HTTP": (web.raw(b"220 mail ESMTP\r\n"), "protocol"),
}


@pytest.mark.parametrize(("answer", "kinds"), ATTACKS.values(), ids=ATTACKS)
async def test_a_hostile_policy_host(
    answer: web.Answer, kinds: str | tuple[str, ...], authority: Authority, context: ssl.SSLContext
) -> None:
    world = "$ORIGIN acme.example.\nwww IN A 127.0.0.1\n"
    async with web.https_server(context, {"*": answer}) as server, asyncio.timeout(120):
        options = web.to(server.port, authority, 1.0)
        got = await fetch(f"https://{HOST}/x", zone(world), options, max_body=BODY)
        assert len(server.requests) == 1
    assert got.facts.kind in kinds if isinstance(kinds, tuple) else got.facts.kind == kinds
    assert got.body == b""
    assert len(got.facts.problem) < 500


async def test_a_hundred_addresses_are_not_all_tried(authority: Authority, context: ssl.SSLContext) -> None:
    world = "$ORIGIN acme.example.\n" + "".join(f"www IN A 127.1.0.{n}\n" for n in range(1, 101))
    async with web.https_server(context, {"*": web.page(b"x")}) as server:
        got = await fetch(f"https://{HOST}/x", zone(world), web.to(9, authority, 8.0))
        assert not server.requests
    assert got.facts.kind == "refused"
    assert MAX_ADDRESSES < 100
