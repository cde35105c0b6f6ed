"""Connecting to an API: addresses, TLS, time limits; and complete probes through one."""

from __future__ import annotations

import asyncio
import base64
import json
import smtplib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailproof.checks import registry
from mailproof.config import Credential, MessageSettings, Profile, RetrieveSettings, SubmitSettings
from mailproof.engine.judge import judge
from mailproof.errors import ConfigError, CredentialError
from mailproof.mail.compare import link_hosts, new_hosts
from mailproof.mail.http_exchange import retry_after
from mailproof.mail.login import Means
from mailproof.mail.probe import Probe
from mailproof.mail.senders import check_submission, sender_for
from mailproof.model import DeliveryFacts, HttpSubmission
from mailproof.structs import replace
from tests.support.api_server import ApiServer, Asked, Reply, api_server
from tests.support.listening import free_port
from tests.support.providers import FROM, KEY, MESSAGE, TO
from tests.support.tls import Authority

RESEND = SubmitSettings(kind="resend", key=Credential.of(KEY), timeout=2.0, retry_for=0.0)


async def sent(settings: SubmitSettings, **more: Any) -> HttpSubmission:
    facts = await (await sender_for(settings, Means(**more))).send(MESSAGE, FROM, [TO])
    assert isinstance(facts, HttpSubmission)
    return facts


def findings(facts: HttpSubmission) -> dict[str, str]:
    delivery = DeliveryFacts("p", FROM, TO, FROM, "mp-1", "<1@acme.example>", submission=facts)
    outcomes = judge(registry.checks("delivery"), delivery, "acme.example")
    assert not [each for each in outcomes if each.status == "error"]
    return {each.check: each.findings[0].message for each in outcomes if each.findings}


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::a00:1"]
)
async def test_a_providers_own_host_is_not_reached_on_a_private_network(address: str) -> None:
    async def resolve(host: str) -> tuple[str, ...]:
        assert host == "api.resend.com"
        return (address,)

    facts = await sent(RESEND, resolve=resolve)
    assert [each.stage for each in facts.stages] == ["connect"]
    found = findings(facts)
    assert set(found) == {"SMTP001"}
    assert "no address on the public Internet" in found["SMTP001"]
    assert found["SMTP001"].startswith("The host api.resend.com port 443 can't be reached")


async def test_a_url_of_the_users_own_may_be_private() -> None:
    async def resolve(host: str) -> tuple[str, ...]:
        assert host == "postal.acme.example"
        return ("127.0.0.1",)

    async with api_server() as server:
        server.will(Reply(200, {"id": "re_1"}))
        url = f"http://postal.acme.example:{server.port}/base"
        facts = await sent(replace(RESEND, url=url), resolve=resolve)
        assert facts.accepted, facts.dialogue
        assert server.asked[0].target == "/base/emails"
        assert server.asked[0].fields["host"] == f"postal.acme.example:{server.port}"


async def test_certificates_are_evidence_as_by_smtp(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    cases: dict[str, tuple[Any, Path | None]] = {
        "SMTP009": (authority.issue("other.example", stem="a").context(), authority.ca_file),
        "SMTP008": (authority.issue("127.0.0.1", days=-2, stem="b").context(), authority.ca_file),
        "SMTP010": (authority.issue("127.0.0.1", stem="c").context(), None),
    }
    for rule, (context, ca_file) in cases.items():
        async with api_server(context) as server:
            facts = await sent(replace(RESEND, url=server.url, ca_file=ca_file))
            assert server.asked == []  # the key was not sent
        assert facts.tls is not None
        assert facts.tls.chain, rule
        assert rule in findings(facts)
        assert not facts.in_doubt


async def test_no_connection_no_tls_and_no_answer() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert set(findings(await sent(replace(RESEND, url=f"https://127.0.0.1:{port}")))) == {"SMTP002"}
        assert "refuses connections" in await check_submission(
            replace(RESEND, url=f"https://127.0.0.1:{port}")
        )
    async with api_server() as server:
        plain = await sent(replace(RESEND, url=f"https://127.0.0.1:{server.port}", timeout=0.4))
        assert plain.failure is not None
        assert plain.failure.stage == "tls"
        assert await check_submission(replace(RESEND, url=server.url)) == ""
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
        server.will(Reply(pieces=(head, *[b"x"] * 400), pause=0.05))
        drip = await sent(replace(RESEND, url=server.url, timeout=0.4))
        assert drip.failure is not None
        assert (drip.failure.kind, drip.in_doubt) == ("timeout", True)
        assert set(findings(drip)) == {"API012"}


async def test_an_interruption_is_in_doubt_once_the_request_is_sent() -> None:
    async with api_server() as server:
        server.will(Reply(pieces=(b"",), pause=30.0))
        sender = await sender_for(replace(RESEND, url=server.url, timeout=30.0))
        task = asyncio.create_task(sender.send(MESSAGE, FROM, [TO]))
        for _ in range(300):
            await asyncio.sleep(0.02)
            if server.asked:
                break
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sender.facts is not None
        assert sender.facts.in_doubt


@pytest.mark.parametrize("key", ["k\x07ey", "schlüssel", "a\tb"])
async def test_a_key_that_no_header_field_carries(key: str) -> None:
    with pytest.raises(CredentialError, match="'key' has a character that no key has") as error:
        await sender_for(replace(RESEND, key=Credential.of(key)))
    assert key not in str(error.value)


async def test_a_key_that_ends_with_a_space() -> None:
    async with api_server() as server:
        facts = await sent(replace(RESEND, url=server.url, key=Credential.of(f"{KEY} ")))
    assert facts.failure is not None
    assert "ends with a space" in facts.failure.reason
    assert KEY not in repr(facts)
    assert (facts.in_doubt, server.asked) == (False, [])


def test_retry_after() -> None:
    assert retry_after({"retry-after": "120"}) == 120.0
    assert retry_after({"retry-after": "9" * 30}) == 86_400.0
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    for text in ("", "-5", "soon", "Wed, 99 Oct 2015 07:28:00 GMT", "²"):
        assert retry_after({"retry-after": text}) is None


# -- complete probes


@pytest.fixture
def port() -> int:
    return free_port()


def delivering(port: int, change: Callable[[bytes], bytes]) -> Callable[[Asked], None]:
    """Deliver the messages submitted to SES."""

    def deliver(asked: Asked) -> None:
        request = json.loads(asked.body)
        raw = base64.b64decode(request["Content"]["Raw"]["Data"])
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.sendmail(
                "0102@eu-west-1.amazonses.com", request["Destination"]["ToAddresses"], change(raw)
            )

    return deliver


def lines(raw: bytes, **new: str) -> bytes:
    """The message with replaced values of header fields."""
    head, _, body = raw.partition(b"\r\n\r\n")
    kept = [
        f"{name.title()}: {new[key]}".encode() if (key := name.lower().replace("-", "_")) in new else line
        for line in head.split(b"\r\n")
        for name in [line.split(b":")[0].decode()]
    ]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


async def whole(
    server: ApiServer, port: int, change: Callable[[bytes], bytes], html: str = ""
) -> DeliveryFacts:
    submit = SubmitSettings(
        kind="ses", url=server.url, region="eu-west-1", key_id="AKIA", key=Credential.of(KEY), retry_for=0.0
    )
    retrieve = RetrieveSettings(kind="listener", host="127.0.0.1", port=port, deadline=10.0)
    message = MessageSettings(from_address=FROM, to_address=TO, html=html)
    server.deliver = delivering(port, change)
    server.will(Reply(200, {"MessageId": "0102018f7a1b2c3d-aabbccdd-000000"}))
    probe = Probe(Profile("p", submit, message, retrieve))
    await probe.run()
    return probe.result.delivery


def outcomes(delivery: DeliveryFacts) -> dict[str, str]:
    found = judge(registry.checks("delivery"), delivery, "acme.example")
    return {each.check: each.findings[0].message for each in found if each.findings}


async def test_what_the_provider_always_changes_is_no_finding(port: int) -> None:
    async with api_server() as server:
        new = {"message_id": "<0102018f7a1b2c3d-aabbccdd-000000@eu-west-1.amazonses.com>"}
        date = "Thu, 26 Nov 2026 12:00:01 +0000"
        delivery = await whole(server, port, lambda raw: lines(raw, date=date, **new))
    assert delivery.retrieval is not None
    assert delivery.retrieval.result == "found"
    assert delivery.comparison is not None
    assert {each.name for each in delivery.comparison.changes if each.expected} == {"Date", "Message-Id"}
    assert (delivery.provider_id, delivery.provider_id_in) == (
        "0102018f7a1b2c3d-aabbccdd-000000",
        "message-id",
    )
    assert not {"RECV006", "RECV007"} & set(outcomes(delivery))


async def test_what_it_should_not_change_is(port: int) -> None:
    async with api_server() as server:
        html = '<a href="https://acme.example/x">x</a>'
        link = b'"https://acme.example/x"'
        click = b'"https://click.evil.example/?u=1"'
        delivery = await whole(
            server,
            port,
            lambda raw: lines(raw.replace(link, click), subject="[ads] " + _subject(raw)),
            html,
        )
    found = outcomes(delivery)
    assert "Subject" in found["RECV006"]
    assert "click.evil.example" in found["API015"]
    assert "RECV007" in found


def _subject(raw: bytes) -> str:
    return next(line[9:].decode() for line in raw.split(b"\r\n") if line.startswith(b"Subject: "))


def test_links_of_a_message() -> None:
    html = b"Content-Type: text/html\r\n\r\n"
    sent_ = html + b'<a href="https://acme.example/a">a</a><a href="http://[::1/">b</a>'
    came = (
        html + b'<A class="x" HREF="https://T.example/?a=1&amp;b">a</A><a href="https://acme.example">b</a>'
    )
    assert link_hosts(sent_) == ("acme.example",)
    assert new_hosts(sent_, came) == ("t.example",)
    assert new_hosts(html, came) == ()
    assert link_hosts(html + b"<a " * 300_000) == ()


async def test_a_configuration_says_what_a_kind_needs(tmp_path: Path) -> None:
    from mailproof.config.load import parse_config

    message = '[profiles.x.message]\nfrom = "a@acme.example"\nto = "b@c.example"\n'
    key = 'key = { env = "K" }'
    faults = {
        f'kind = "ses"\n{key}': "kind = 'ses' needs 'region'",
        f'kind = "mailgun"\n{key}\nregion = "asia"': "'region' of mailgun is one of 'us', 'eu'",
        f'kind = "postmark"\n{key}\nregion = "eu"': "'region' has no effect with kind = 'postmark'",
        'kind = "postmark"\nkey = "literal"': "keys aren't allowed in this file",
        f'kind = "postmark"\n{key}\nhost = "h"': "'host' has no effect with kind = 'postmark'",
        f'kind = "postal"\n{key}\nurl = "http://postal.example"': "over http the key can be read",
        f'kind = "postal"\n{key}\nurl = "https://u:p@postal.example"': "a password is not allowed",
        'kind = "gmail"': "kind = 'gmail' needs one of 'token', 'key', 'refresh_token'",
        'kind = "command"': "kind = 'command' needs 'program'",
        'kind = "command"\nprogram = "a \'b"': "'program' is not a command",
        'kind = "carrier-pigeon"': "input should be 'smtp', 'ses'",
        'host = "h"\nregion = "eu"': "'region' has no effect with SMTP",
        "port = 25": "'profiles.x.submit.host' is missing",
    }
    for text, words in faults.items():
        with pytest.raises(ConfigError) as error:
            parse_config(f"[profiles.x.submit]\n{text}\n{message}", tmp_path / "mailproof.toml")
        assert words in str(error.value), text
