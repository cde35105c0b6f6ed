"""Deliveries to a webhook: the three formats, and servers that are down, hostile or redirected."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailproof.choices import WebhookKind
from mailproof.config import Credential, WebhookSettings
from mailproof.monitor.events import Effect, Event, News, moment
from mailproof.monitor.shapes import body
from mailproof.monitor.webhook import Webhook, WebhookError
from mailproof.redaction import hide
from tests.support.tls import Authority

SECRET = "T0PSECRETPART"
HOSTILE = "<!channel> [x](https://evil.example) & \x1b[31m *bold*\nsecond line <https://evil.example|ok>"


def event(text: str = "It is gone.", effect: Effect = "worse", number: int = 7) -> Event:
    return Event(number, moment(1_800_000_000.5), "domain", "acme.example", News("dmarc", effect, text))


Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def delivered(
    handler: Handler,
    events: Sequence[Event] = (event(),),
    *,
    kind: WebhookKind = "json",
    private: bool = True,
    tls: ssl.SSLContext | None = None,
    ca: Path | None = None,
    host: str = "127.0.0.1",
    timeout: float = 5.0,
) -> list[bytes]:
    """Deliver to a local server and return the requests it got. The host resolves to loopback."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            requests.append(head + await reader.readexactly(length))
            await handler(requests[-1], writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def resolve(_host: str) -> Sequence[str]:
        return ["127.0.0.1"]

    async def work() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        url = f"http{'s' if tls else ''}://{host}:{port}/services/{SECRET}"
        settings = WebhookSettings(
            Credential.of(url), kind=kind, allow_private=private, ca_file=ca, timeout=timeout
        )
        try:
            await Webhook(settings, resolve).deliver(events)
        finally:
            server.close()

    asyncio.run(work())
    return requests


def answer(raw: bytes) -> Handler:
    async def handler(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return handler


OK = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def refused(handler: Handler, **options: Any) -> WebhookError:
    with pytest.raises(WebhookError) as found:
        delivered(handler, **options)
    assert SECRET not in str(found.value)
    return found.value


def test_our_own_form() -> None:
    (request,) = delivered(OK, [event(), event("It is back.", "better", 8)])
    head, _, content = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /services/T0PSECRETPART HTTP/1.1\r\n")
    assert b"\r\ncontent-type: application/json\r\n" in (head + b"\r\n").lower()
    assert b"\r\nidempotency-key: mailproof-7-8\r\n" in (head + b"\r\n").lower()
    found = json.loads(content)
    assert found["schema_version"] == "1"
    assert found["worse"] is True
    assert found["title"] == "mailproof: acme.example got worse"
    assert found["events"][1] == {
        "id": 8,
        "at": "2027-01-15T08:00:00Z",
        "kind": "domain",
        "target": "acme.example",
        "part": "dmarc",
        "effect": "better",
        "text": "It is back.",
        "old": "",
        "new": "",
        "rule": "",
        "severity": None,
    }


def test_slack_reads_nothing_of_it_as_markup() -> None:
    (request,) = delivered(OK, [event(HOSTILE)], kind="slack")
    found = json.loads(request.partition(b"\r\n\r\n")[2])
    assert set(found) == {"text", "mrkdwn", "unfurl_links", "unfurl_media", "parse"}
    assert found["mrkdwn"] is False
    lines = found["text"].split("\n")
    assert lines[0] == "mailproof: acme.example got worse"
    assert lines[1].startswith("✗ acme.example: &lt;!channel&gt; [x](https://evil.example) &amp; ")
    assert len(lines) == 2
    assert "<" not in found["text"]
    assert "\x1b" not in found["text"]


def test_teams_gets_a_card_of_plain_text_runs() -> None:
    (request,) = delivered(OK, [event(HOSTILE)], kind="teams")
    found = json.loads(request.partition(b"\r\n\r\n")[2])
    assert found["type"] == "message"
    (attached,) = found["attachments"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attached["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.2")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}  # a TextBlock reads Markdown
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} == {"TextRun"}
    assert "\n" not in runs[1]["text"]


@pytest.mark.parametrize("kind", ["json", "slack", "teams"])
def test_many_long_changes_stay_within_what_the_services_take(kind: WebhookKind) -> None:
    raw = body([event("é" * 1000, number=each) for each in range(50)], kind)
    if kind == "json":
        assert len(json.loads(raw)["events"]) == 50
    else:
        assert len(raw) <= 28 * 1024  # Teams refuses more; Slack takes 40,000 characters
        assert " more" in raw.decode()


@pytest.mark.parametrize(
    ("raw", "words", "wait"),
    [
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "it refuses with HTTP 503", 0),
        (b"HTTP/1.1 429 No\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n", "it refuses with HTTP 429", 90),
        (b"HTTP/1.1 429 No\r\nRetry-After: 999999\r\nContent-Length: 0\r\n\r\n", "HTTP 429", 3600),
        (b"HTTP/1.1 429 No\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n", "HTTP 429", 0),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "it refuses with HTTP 404", 0),
        (
            b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            r"it redirects \(HTTP 302\), which is not followed",
            0,
        ),
        (b"", "the connection was lost", 0),
        (b"SSH-2.0-x\r\n", "the connection was lost", 0),
    ],
)
def test_what_is_no_success_is_tried_later(raw: bytes, words: str, wait: float) -> None:
    error = refused(answer(raw))
    assert error.wait == wait
    import re

    assert re.search(words, str(error))


def test_an_endless_answer_is_not_read() -> None:
    async def endless(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    assert len(delivered(endless)) == 1


def test_a_server_that_says_nothing_is_left() -> None:
    async def silent(_request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    assert str(refused(silent, timeout=0.1)) == "no answer within 0.1 s"


def test_private_addresses_are_refused() -> None:
    error = refused(OK, private=False)
    assert str(error).startswith("its URL must look like")  # http is only for private addresses


def test_and_over_https_too(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    tls = ca.server("hooks.example")
    error = refused(OK, private=False, tls=tls, ca=ca.ca_file, host="hooks.example")
    assert "such addresses are refused (allow_private = true allows them)" in str(error)
    (request,) = delivered(OK, tls=tls, ca=ca.ca_file, host="hooks.example")
    assert b"\r\nhost: hooks.example:" in request.lower()
    literal = refused(OK, private=False, tls=tls, ca=ca.ca_file, host="127.0.0.1")
    assert "such addresses are refused" in str(literal)
    assert "the certificate is not accepted" in str(refused(OK, tls=tls, host="hooks.example"))
    other = refused(OK, tls=tls, ca=ca.ca_file, host="other.example")
    assert "the certificate is not accepted" in str(other)


def test_nothing_listens_there() -> None:
    async def resolve(_host: str) -> Sequence[str]:
        return ["127.0.0.1"]

    settings = WebhookSettings(Credential.of("http://hook.example:1/x"), allow_private=True)
    with pytest.raises(WebhookError, match="no connection could be made"):
        asyncio.run(Webhook(settings, resolve).deliver([event()]))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "ftp://hooks.example/x",
        "https:///x",
        "https://u:p@hooks.example/x",
        "https://hooks.example:x/",
        "https://höoks.example/x",
        "https://hooks.example/ x",
        "https://hooks.example/" + "x" * 5000,
        "no URL",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(WebhookError, match=r"its URL must look like https://hooks\.example/…") as found:
        asyncio.run(Webhook(WebhookSettings(Credential.of(url))).deliver([event()]))
    assert url not in str(found.value)


def test_a_secret_that_is_not_there_and_a_host_without_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    settings = WebhookSettings(Credential("env", ("HOOK",)))
    with pytest.raises(WebhookError, match="the environment variable HOOK is not set"):
        asyncio.run(Webhook(settings).deliver([event()]))

    async def unknown(_host: str) -> Sequence[str]:
        raise OSError

    monkeypatch.setenv("HOOK", f"https://hooks.example/{SECRET}")
    with pytest.raises(WebhookError, match="its host could not be looked up"):
        asyncio.run(Webhook(settings, unknown).deliver([event()]))
    assert SECRET not in hide(f"POST https://hooks.example/{SECRET} failed")
    assert SECRET not in hide(f"path /{SECRET}")
