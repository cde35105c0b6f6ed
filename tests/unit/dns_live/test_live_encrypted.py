# ruff: noqa: SIM117
"""DNS over TLS and over HTTPS, with an authority of our own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import dns.message
import pytest

from mailproof.dns import Answer, LiveResolver
from mailproof.errors import UsageError
from tests.support.dnsserver import Asked, DnsServer
from tests.support.dohserver import DohServer, Response
from tests.support.tls import Authority


def right(q: Asked) -> dns.message.Message:
    return q.reply(f"{q.name} 60 TXT right")


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_tls_pipelines_on_few_connections(authority: Authority) -> None:
    async def shuffled(q: Asked) -> dns.message.Message:
        await asyncio.sleep(0.05 if q.name.startswith("n1") else 0)
        return right(q)

    async with DnsServer(shuffled, tls=authority.server("127.0.0.1")) as server:
        base = open_files()
        url = f"tls://127.0.0.1:{server.tls_port}"
        async with LiveResolver([url], timeout=5, ca_file=str(authority.ca_file)) as resolver:
            answers = await asyncio.gather(*(resolver.query(f"n{i}.test", "TXT") for i in range(200)))
            assert {(a.status, a.server) for a in answers} == {("ok", url)}
            assert {q.transport for q in server.asked} == {"tls"}
            assert server.connections == 1
        await asyncio.sleep(0.05)
        assert open_files() == base


async def test_tls_checks_the_name_after_the_hash(authority: Authority) -> None:
    async with DnsServer(right, tls=authority.server("dns.example")) as server:
        for suffix, status in (("#dns.example", "ok"), ("#other.example", "timeout"), ("", "timeout")):
            url = f"tls://127.0.0.1:{server.tls_port}{suffix}"
            async with LiveResolver([url], ca_file=str(authority.ca_file)) as resolver:
                answer = await resolver.query("a.test", "TXT")
                assert answer.status == status
                assert ("certificate" in answer.reason) == (status == "timeout")


async def test_tls_refuses_unknown_authorities_and_expired_certificates(authority: Authority) -> None:
    async with DnsServer(right, tls=authority.server("127.0.0.1")) as server:
        async with LiveResolver([f"tls://127.0.0.1:{server.tls_port}"]) as resolver:
            answer = await resolver.query("a.test", "TXT")
            assert (answer.status, server.asked) == ("timeout", [])
            assert "certificate" in answer.reason
    async with DnsServer(right, tls=authority.server("127.0.0.1", days=-1)) as server:
        url = f"tls://127.0.0.1:{server.tls_port}"
        async with LiveResolver([url], ca_file=str(authority.ca_file)) as resolver:
            assert "expired" in (await resolver.query("a.test", "TXT")).reason


async def test_tls_connection_closed_by_the_server_is_opened_anew(authority: Authority) -> None:
    async with DnsServer(right, tls=authority.server("127.0.0.1")) as server:
        url = f"tls://127.0.0.1:{server.tls_port}"
        async with LiveResolver([url], ca_file=str(authority.ca_file)) as resolver:
            assert (await resolver.query("a.test", "TXT")).status == "ok"
            for task in tuple(server._tasks):
                task.cancel()
            await asyncio.sleep(0.05)
            assert (await resolver.query("b.test", "TXT")).status == "ok"
            assert server.connections == 2


def test_ca_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.pem"):
        LiveResolver(["tls://127.0.0.1"], ca_file=str(tmp_path / "missing.pem"))
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(UsageError, match=r"bad\.pem"):
        LiveResolver(["https://127.0.0.1/"], ca_file=str(tmp_path / "bad.pem"))


def doh_answer(body: bytes) -> bytes:
    query = dns.message.from_wire(body)
    name = query.question[0].name.to_text()
    if name == ".":
        return Asked(query, ".", "SOA", "https", ("", 0), 1).reply(rcode=5).to_wire()
    return Asked(query, name, "TXT", "https", ("", 0), 1).reply(f"{name} 60 TXT right").to_wire()


async def ask_https(
    authority: Authority, respond: Callable[[bytes], Response], count: int = 1
) -> tuple[list[Answer], DohServer]:
    context = authority.server("127.0.0.1", alpn=("h2",))
    async with DohServer(respond, context) as server:
        base = open_files()
        async with LiveResolver([server.url], timeout=20, ca_file=str(authority.ca_file)) as resolver:
            answers = await asyncio.gather(*(resolver.query(f"n{i}.test", "TXT") for i in range(count)))
        await asyncio.sleep(0.05)
        assert open_files() <= base
        return answers, server


async def test_https(authority: Authority) -> None:
    answers, server = await ask_https(authority, lambda body: Response(doh_answer(body)), 50)
    assert {(a.status, a.records[0].to_text()) for a in answers} == {("ok", '"right"')}
    assert {a.server for a in answers} == {server.url}
    assert server.connections <= 4
    request = server.requests[0]
    assert (request[":method"], request[":path"]) == ("POST", "/dns-query")
    assert request["content-type"] == request["accept"] == "application/dns-message"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (Response(b"no", 500), "HTTP 500"),
        (Response(b"", 302, (("location", "https://127.0.0.1:1/"),)), "HTTP 302"),
        (Response(b"<html>", headers=(("content-type", "text/html"),)), "text/html"),
        (Response(b"\0" * 200_000), "more than 65535"),
        (Response(b"\0" * 40), "another question"),
        (Response(b""), "another question"),
    ],
)
async def test_https_that_is_no_answer(authority: Authority, response: Response, reason: str) -> None:
    answers, _ = await ask_https(authority, lambda _: response)
    assert answers[0].status == "servfail"
    assert reason in answers[0].reason


async def test_https_refuses_unknown_authorities(authority: Authority) -> None:
    async with DohServer(
        lambda body: Response(doh_answer(body)), authority.server("127.0.0.1", alpn=("h2",))
    ) as server:
        async with LiveResolver([server.url], timeout=1) as resolver:
            answer = await resolver.query("a.test", "TXT")
            assert (answer.status, server.requests) == ("timeout", [])
            assert "certificate" in answer.reason.lower()
