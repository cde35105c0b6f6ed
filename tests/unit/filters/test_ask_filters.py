"""spamd and Rspamd queried over loopback: what is sent, and every way to get no answer."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailproof.config import FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.credentials import Credential
from mailproof.errors import UsageError
from mailproof.model import AskedFilter, Outcome, Report
from mailproof.structs import replace
from tests.support.engine import verify_async
from tests.support.filter_servers import filter_server, rspamd, spamd
from tests.support.listening import free_port
from tests.support.resolvers import FailingResolver, zone
from tests.support.tls import Authority

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MESSAGE = (
    b"Return-Path: <ada@acme.example>\nDelivered-To: bob@receiver.example\n"
    b"Received: from mail.acme.example (mail.acme.example [192.0.2.25])\n"
    b"\tby mx.receiver.example (Postfix) with ESMTPS id 4Xy for <bob@receiver.example>;\n"
    b"\tSun, 01 Nov 2026 11:59:02 +0000\n"
    b"From: Ada <ada@acme.example>\nTo: bob@receiver.example\nSubject: hi\n"
    b"Date: Sun, 01 Nov 2026 11:59:00 +0000\nMessage-ID: <1@acme.example>\n\nA line.\n.\n"
)
ZONE = """\
$ORIGIN acme.example.
@ 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"
mail 60 IN A 192.0.2.25
$ORIGIN 2.0.192.in-addr.arpa.
25 60 IN PTR mail.acme.example.
"""
CLEAN = json.dumps({"action": "no action", "score": -0.5, "required_score": 15.0, "symbols": {}})
REPORT = (
    "---- ---------------------- --------------------------------------------------\n"
    "-0.1 DKIM_VALID             Message has at least one valid DKIM or DK signature\n\n"
)


async def verify(settings: FilterSettings, message: bytes = MESSAGE, **options: Any) -> Report:
    options.setdefault("resolver", zone(ZONE))
    return await verify_async(message, now=NOW, filters=settings, **options)


def one(report: Report) -> AskedFilter:
    assert report.facts.message is not None
    (asked,) = report.facts.message.asked_filters
    return asked


def outcome(report: Report, check: str) -> Outcome:
    return next(each for each in report.outcomes if each.check == check)


def at_spamd(port: int, **changes: Any) -> FilterSettings:
    return FilterSettings(spamassassin=SpamAssassinSettings("127.0.0.1", port, **changes))


def at_rspamd(port: int, **changes: Any) -> FilterSettings:
    return FilterSettings(rspamd=replace(RspamdSettings(f"http://127.0.0.1:{port}"), **changes))


async def test_what_spamd_is_sent() -> None:
    async with filter_server(spamd(REPORT, "False ; -0.1 / 5.0")) as server:
        asked = one(await verify(at_spamd(server.port, user="ada")))
    assert (asked.verdict, asked.score, asked.threshold, asked.problem) == ("clean", -0.1, 5.0, "")
    assert asked.server == f"127.0.0.1:{server.port}"
    body = MESSAGE.replace(b"\n", b"\r\n")  # as the receiver accepted it
    head = f"REPORT SPAMC/1.5\r\nContent-length: {len(body)}\r\nUser: ada\r\n\r\n"
    assert (server.heads, server.bodies) == ([head.encode()], [body])


async def test_a_report_without_a_table_is_followed_by_symbols() -> None:
    def reply(head: bytes) -> bytes:
        report = head.startswith(b"REPORT")
        return spamd("our own words" if report else "GTUBE,NO_RELAYS", "True ; 1000.0 / 5.0")

    async with filter_server(reply) as server:
        asked = one(await verify(at_spamd(server.port)))
    assert [each.name for each in asked.symbols] == ["GTUBE", "NO_RELAYS"]
    assert [head.split()[0] for head in server.heads] == [b"REPORT", b"SYMBOLS"]
    assert asked.verdict == "spam"


async def test_spamd_on_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "spamd.sock"
    async with filter_server(spamd(REPORT), path=path):
        asked = one(await verify(FilterSettings(spamassassin=SpamAssassinSettings(path=path))))
    assert (asked.verdict, asked.server) == ("clean", str(path))


async def test_what_rspamd_is_sent() -> None:
    async with filter_server(rspamd(CLEAN)) as server:
        report = await verify(at_rspamd(server.port, password=Credential.of("s3cret")))
    assert one(report).verdict == "clean"
    lines = server.heads[0].decode().split("\r\n")
    assert lines[0] == "POST /checkv2 HTTP/1.1"
    assert {
        f"Host: 127.0.0.1:{server.port}",
        "IP: 192.0.2.25",
        "Helo: mail.acme.example",
        "Hostname: mail.acme.example",
        "From: <ada@acme.example>",
        "Rcpt: <bob@receiver.example>",
        "Queue-Id: 4Xy",
        "Password: s3cret",
    } <= set(lines)
    assert server.bodies == [MESSAGE.replace(b"\n", b"\r\n")]
    assert outcome(report, "MSG032").status == "pass"
    assert outcome(report, "MSG031").status == "skipped"


async def test_the_name_of_the_client_needs_both_ways() -> None:
    for resolver in (
        zone(ZONE.replace("A 192.0.2.25", "A 192.0.2.26")),
        FailingResolver(zone(ZONE), {("25.2.0.192.in-addr.arpa", "PTR"): "servfail"}),
    ):
        async with filter_server(rspamd(CLEAN)) as server:
            await verify(at_rspamd(server.port), resolver=resolver)
        assert b"IP: 192.0.2.25\r\n" in server.heads[0]
        assert b"Hostname" not in server.heads[0]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://127.0.0.1:{}", "/checkv2"),
        ("http://127.0.0.1:{}/", "/checkv2"),
        ("http://127.0.0.1:{}/rspamd/", "/rspamd/checkv2"),
        ("http://127.0.0.1:{}/checkv2", "/checkv2"),
    ],
)
async def test_paths(url: str, target: str) -> None:
    async with filter_server(rspamd(CLEAN)) as server:
        asked = one(await verify(FilterSettings(rspamd=RspamdSettings(url.format(server.port)))))
    assert asked.verdict == "clean"
    assert server.heads[0].split()[1].decode() == target


async def test_nothing_from_a_message_can_add_a_header() -> None:
    async with filter_server(rspamd(CLEAN)) as server:
        await verify(
            at_rspamd(server.port), ip="192.0.2.25", helo="x\r\nPassword: y", mail_from="a\nb@acme.example"
        )
    names = re.findall(rb"(?m)^([\w-]+):", server.heads[0])
    assert set(names) == {b"Host", b"User-Agent", b"Accept", b"Accept-Encoding", b"Connection",
                          b"Content-Length",
                          b"IP", b"Hostname", b"Rcpt", b"Queue-Id"}  # fmt: skip


async def test_the_null_sender_and_the_unknown_one_differ() -> None:
    bare = MESSAGE.partition(b"From: ")
    for given, told in ((None, False), ("", True)):
        async with filter_server(rspamd(CLEAN)) as server:
            await verify(at_rspamd(server.port), bare[1] + bare[2], mail_from=given)
        assert (b"From: <>\r\n" in server.heads[0]) is told
        assert b"IP:" not in server.heads[0]


NO_ANSWER_OF_SPAMD = {
    "refusal": (b"SPAMD/1.0 76 Bad header line\r\n", "status", "error 76: Bad header line"),
    "silence": (b"", "protocol", "--allowed-ips"),
    "another protocol": (b"HTTP/1.1 400 Bad Request\r\n\r\n", "protocol", "does not speak spamd's protocol"),
    "control characters": (b"\x1b[2J\x07 hello\r\n", "protocol", "does not speak"),
    "cut off": (b"SPAMD/1.1 0 EX_OK\r\nSpam: True", "protocol", "cut off"),
    "no verdict": (b"SPAMD/1.1 0 EX_OK\r\n\r\n", "protocol", "no verdict"),
    "endless": (b"SPAMD/1.1 0 EX_OK\r\n" + b"x" * 2_000_000, "protocol", "more than"),
}


@pytest.mark.parametrize("name", NO_ANSWER_OF_SPAMD)
async def test_no_answer_of_spamd_is_unknown(name: str) -> None:
    reply, code, words = NO_ANSWER_OF_SPAMD[name]
    async with filter_server(reply) as server:
        report = await verify(at_spamd(server.port))
    asked = one(report)
    assert (asked.verdict, asked.problem_code) == ("unknown", code)
    assert words in asked.problem
    assert asked.problem.isprintable()
    found = outcome(report, "MSG031")
    assert found.status == "unknown"
    assert asked.problem in found.reason


NO_ANSWER_OF_RSPAMD = {
    "403": (rspamd("{}", "403 Forbidden"), "login", "HTTP 403: it requires a password"),
    "401": (rspamd("{}", "401 Unauthorized"), "login", "password"),
    "404": (rspamd("{}", "404 Not found"), "status", "HTTP 404: is this the normal worker"),
    "500": (rspamd('{"error":"x"}', "500 invalid command"), "status", "HTTP 500"),
    "redirect": (rspamd("", "302 Found", "Location: http://192.0.2.1/"), "redirect", "redirects (HTTP 302)"),
    "no HTTP": (b"SPAMD/1.0 76 Bad header line\r\n", "protocol", "does not speak HTTP/1.1"),
    "silence": (b"", "protocol", "no answer"),
    "cut off": (rspamd(CLEAN)[:-5], "protocol", "cut off"),
    "no JSON": (rspamd("<html>no</html>"), "protocol", "not JSON"),
    "deep JSON": (rspamd("[" * 100_000), "protocol", "not JSON"),
    "no action": (rspamd('{"score": 1}'), "protocol", "names no action"),
    "error": (rspamd('{"error": "task timeout\\u0007"}'), "status", "names no action: task timeout"),
    "unknown action": (rspamd('{"action": "x\\n", "score": 1}'), "protocol", "action 'x' is unknown"),
    "skipped": (rspamd('{"action": "no action", "score": 0, "is_skipped": true}'), "skipped", "is_skipped"),
    "too large": (rspamd(" " * 1_000_001), "protocol", "larger than 1000000 octets"),
    "endless head": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9999, "protocol", "too large"),
}


@pytest.mark.parametrize("name", NO_ANSWER_OF_RSPAMD)
async def test_no_answer_of_rspamd_is_unknown(name: str) -> None:
    reply, code, words = NO_ANSWER_OF_RSPAMD[name]
    async with filter_server(reply) as server:
        report = await verify(at_rspamd(server.port))
    asked = one(report)
    assert (asked.verdict, asked.problem_code) == ("unknown", code), asked
    assert words in asked.problem
    assert asked.problem.isprintable()
    assert outcome(report, "MSG032").status == "unknown"
    assert len(server.heads) == 1


@pytest.mark.parametrize("make", [at_spamd, at_rspamd])
async def test_refused_and_silent(make: Any) -> None:
    asked = one(await verify(make(free_port())))
    assert (asked.verdict, asked.problem_code) == ("unknown", "refused")
    async with filter_server(b"", hang=True) as server:
        asked = one(await verify(make(server.port, timeout=0.2)))
    assert (asked.problem_code, asked.problem) == ("timeout", "no complete answer within 0.2 s")


@pytest.mark.parametrize("make", [at_spamd, at_rspamd])
async def test_a_run_that_is_cut_short_says_so(make: Any) -> None:
    async with filter_server(b"", hang=True) as server:
        report = await verify(make(server.port), limit=0.3)
    asked = one(report)
    assert (asked.verdict, asked.problem_code) == ("unknown", "stopped")
    assert "time limit of 0.3 s" in asked.problem
    assert report.facts.message is not None
    assert report.facts.message.spf is not None
    assert report.facts.message.spf.result == "pass"


async def test_names_and_sockets_that_are_not_there(tmp_path: Path) -> None:
    settings = FilterSettings(
        SpamAssassinSettings(path=tmp_path / "none.sock"), RspamdSettings("http://rspamd.invalid:11333")
    )
    report = await verify(settings)
    assert report.facts.message is not None
    by_name = {each.filter: each for each in report.facts.message.asked_filters}
    assert by_name["SpamAssassin"].problem_code == "unreachable"
    assert "none.sock cannot be used: No such file" in by_name["SpamAssassin"].problem
    assert by_name["Rspamd"].problem_code in ("unresolved", "no-address"), "where no name server is reached"
    plain = tmp_path / "plain"
    plain.write_text("")
    asked = one(await verify(FilterSettings(SpamAssassinSettings(path=plain))))
    assert asked.problem_code == "refused"


async def test_headers_alone_are_not_sent() -> None:
    async with filter_server(rspamd(CLEAN)) as server:
        report = await verify(at_rspamd(server.port), MESSAGE.partition(b"\n\n")[0] + b"\n")
    assert one(report).problem_code == "no-body"
    assert server.heads == []
    assert outcome(report, "MSG032").status == "unknown"


async def test_a_message_over_the_size_is_not_sent() -> None:
    async with filter_server(rspamd(CLEAN)) as server:
        asked = one(await verify(at_rspamd(server.port, max_size=200)))
    assert asked.problem_code == "too-large"
    assert "max_size lets 200 be sent" in asked.problem
    assert server.heads == []


async def test_a_password_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    async with filter_server(rspamd(CLEAN)) as server:
        asked = one(await verify(at_rspamd(server.port, password=Credential("env", ("NO_SUCH_PASSWORD",)))))
    assert asked.problem_code == "login"
    assert "NO_SUCH_PASSWORD is not set" in asked.problem
    assert server.heads == []


async def test_a_password_is_no_header_field() -> None:
    async with filter_server(rspamd(CLEAN)) as server:
        asked = one(await verify(at_rspamd(server.port, password=Credential.of("x\r\nFlags: all"))))
    assert asked.problem_code == "login"
    assert server.heads == []


@pytest.mark.parametrize(
    "settings",
    [
        FilterSettings(rspamd=RspamdSettings("nonsense")),
        FilterSettings(rspamd=RspamdSettings("http://h/\r\nX: y")),
        FilterSettings(SpamAssassinSettings(user="a\r\nX: y")),
    ],
)
async def test_settings_that_name_no_server_are_refused(settings: FilterSettings) -> None:
    with pytest.raises(UsageError) as error:
        await verify(settings)
    assert str(error.value).isprintable()


async def test_https_is_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with filter_server(rspamd(CLEAN), ssl=authority.server("127.0.0.1")) as server:
        url = f"https://127.0.0.1:{server.port}"
        trusted = RspamdSettings(url, password=Credential.of("x"), ca_file=authority.ca_file)
        assert one(await verify(FilterSettings(rspamd=trusted))).verdict == "clean"
        assert len(server.heads) == 1
        for other, words in (
            (replace(trusted, ca_file=None), "not issued by a trusted CA"),
            (replace(trusted, ca_file=tmp_path / "none.pem"), "none.pem cannot be used"),
            (replace(trusted, url=url.replace("127.0.0.1", "localhost")), "not for localhost"),
        ):
            asked = one(await verify(FilterSettings(rspamd=other)))
            assert (asked.verdict, asked.problem_code) == ("unknown", "tls")
            assert words in asked.problem
        assert len(server.heads) == 1  # the password was sent to no other server
    async with filter_server(rspamd("", "400 Bad Request"), eager=True) as server:
        plain = replace(trusted, url=f"https://127.0.0.1:{server.port}")
        assert one(await verify(FilterSettings(rspamd=plain))).problem_code == "tls"


async def test_an_answer_before_all_was_read() -> None:
    large = MESSAGE + b"x" * 70 * 1024 * 8
    async with filter_server(rspamd("", "403 Forbidden"), eager=True) as server:
        asked = one(await verify(at_rspamd(server.port), large))
    assert asked.verdict == "unknown"
    assert asked.problem_code in ("login", "protocol")  # the reset may arrive before the reply


async def test_both_are_asked_at_once() -> None:
    def reply(head: bytes) -> bytes:
        return rspamd("no JSON") if b"HTTP" in head else b"no answer of spamd"

    # Neither is answered before both requests have arrived.
    async with filter_server(reply, gate=asyncio.Barrier(2)) as server:
        settings = FilterSettings(
            SpamAssassinSettings("127.0.0.1", server.port, timeout=5),
            RspamdSettings(f"http://127.0.0.1:{server.port}", timeout=5),
        )
        report = await verify(settings)
    assert report.facts.message is not None
    assert [each.problem_code for each in report.facts.message.asked_filters] == ["protocol", "protocol"]


async def test_without_filters_nothing_is_asked() -> None:
    report = await verify_async(MESSAGE, now=NOW, resolver=zone(ZONE), filters=FilterSettings())
    assert report.facts.message is not None
    assert report.facts.message.asked_filters == ()
    assert outcome(report, "MSG031").status == outcome(report, "MSG032").status == "skipped"
    assert "--rspamd" in outcome(report, "MSG032").reason


async def test_symbols_that_say_refused_are_no_listing() -> None:
    symbols = {
        "DBL_BLOCKED_OPENRESOLVER": {"score": 0.0},
        "RBL_EXAMPLE_FAIL": {"score": 0.0},
        "R_SPF_FAIL": {"score": 1.0},
    }
    body = json.dumps({"action": "greylist", "score": 4.5, "required_score": 15, "symbols": symbols})
    async with filter_server(rspamd(body)) as server:
        report = await verify(at_rspamd(server.port))
    (refused,) = outcome(report, "MSG028").findings
    assert refused.severity == "warning"
    assert [line.split(":")[0] for line in refused.evidence] == [
        "DBL_BLOCKED_OPENRESOLVER",
        "RBL_EXAMPLE_FAIL",
    ]
    (later,) = outcome(report, "MSG032").findings
    assert later.severity == "info"
    assert "would defer the message" in later.message
