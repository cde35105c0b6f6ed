"""The probe message, read back by the standard library."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailproof.config import MessageSettings, UnsubscribeSettings
from mailproof.errors import ConfigError
from mailproof.mail.compose import compose, new_token

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN = "mp-00000000000000000001"


def settings(**more: object) -> MessageSettings:
    return MessageSettings(**{"from_address": "a@acme.example", "to_address": "b@r.example", **more})  # type: ignore[arg-type] # keywords by their names


def test_token_is_in_subject_message_id_and_both_bodies() -> None:
    out = compose(settings(), TOKEN, NOW)
    message = message_from_bytes(out.raw, policy=policy.default)
    assert TOKEN in message["Subject"]
    assert message["Message-ID"] == out.message_id == f"<{TOKEN}.1795435200@acme.example>"
    assert message["Date"].datetime == NOW
    for kind in ("plain", "html"):
        assert TOKEN in message.get_body((kind,)).get_content()  # type: ignore[union-attr] # the part is there
    assert out.raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(map(len, out.raw.split(b"\r\n"))) < 998
    assert out.raw.isascii()


def test_tokens_differ() -> None:
    assert new_token() != new_token()


def test_own_content_attachment_and_unsubscribe(tmp_path: Path) -> None:
    file = tmp_path / "Bericht ä.pdf"
    file.write_bytes(b"%PDF\x00\xff")
    out = compose(
        settings(
            from_address="Grüße GmbH <news@büro.example>",
            mail_from="bounce@esp.example",
            subject="Ünï " * 40,
            text="Zeile mit ä",
            html="<html><body><p>x</p></body></html>",
            attachments=(file,),
            list_unsubscribe=UnsubscribeSettings("https://acme.example/u?x=1", "u@acme.example"),
        ),
        TOKEN,
        NOW,
    )
    message = message_from_bytes(out.raw, policy=policy.default)
    assert out.mail_from == "bounce@esp.example"
    assert message["From"] == "Grüße GmbH <news@xn--bro-hoa.example>"
    assert message["Subject"].endswith(f"[{TOKEN}]")
    assert message["List-Unsubscribe"] == "<https://acme.example/u?x=1>, <mailto:u@acme.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    attachment = next(message.iter_attachments())
    assert attachment.get_content() == b"%PDF\x00\xff"
    assert attachment.get_filename() == "Bericht ä.pdf"
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr] # the part is there
    assert html.index(TOKEN) < html.index("</body>")
    assert out.list_unsubscribe
    assert out.raw.isascii()


def test_non_ascii_local_part_needs_a_utf8_header() -> None:
    out = compose(settings(to_address="jörg@büro.example"), TOKEN, NOW)
    assert "jörg@büro.example".encode() in out.raw


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("subject", "x\r\nBcc: victim@x.example"),
        ("from_address", "a@b.example\nBcc: v@x.example"),
        ("to_address", "b@c.example, d@e.example"),
        ("from_address", "nobody"),
        ("from_address", "a@b..example"),
        ("list_unsubscribe", UnsubscribeSettings("https://x.example/>\r\nX: y")),
        ("template", Path("/nonexistent.eml")),
        ("attachments", (Path("/nonexistent.pdf"),)),
    ],
)
def test_what_cannot_stand_in_a_message_is_refused_in_a_line(key: str, value: object) -> None:
    with pytest.raises(ConfigError) as error:
        compose(settings(**{key: value}), TOKEN, NOW)
    assert "\n" not in str(error.value)


def test_template_keeps_its_own_and_loses_old_traces(tmp_path: Path) -> None:
    file = tmp_path / "t.eml"
    file.write_bytes(
        b"Received: from old by old\nDKIM-Signature: v=1;\n b=x\nFrom: News <n@acme.example>\n"
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMessage-ID: <old@x>\n"
        b"X-Mailer: keep {{token}}\n\nHello {{token}}\n"
    )
    out = compose(settings(template=file), TOKEN, NOW)
    message = message_from_bytes(out.raw, policy=policy.default)
    assert message["Received"] is None
    assert message["DKIM-Signature"] is None
    assert message["From"] == "News <n@acme.example>"
    assert message["To"] == "b@r.example"
    assert message["Subject"] == f"Grüße [{TOKEN}]"
    assert message["Message-ID"] == out.message_id
    assert message["X-Mailer"] == f"keep {TOKEN}"
    assert message.get_content() == f"Hello {TOKEN}\r\n"


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("News <n@shop.example>", "n@shop.example"),
        ('"News, weekly" <n@shop.example> (ours)', "n@shop.example"),
        ("N <n@b\u00fccher.example>", "n@xn--bcher-kva.example"),
        # The standard library parses these differently since it is strict (3.13, and late 3.11 and 3.12).
        ("n@shop.example)m@other.example", "a@acme.example"),
        ("n@shop.example, m@other.example", "a@acme.example"),
        ("nobody", "a@acme.example"),
    ],
)
def test_author_of_a_template(tmp_path: Path, written: str, author: str) -> None:
    """A single address is the author; if it is ambiguous, the profile's address is used."""
    file = tmp_path / "t.eml"
    file.write_bytes(f"From: {written}\nSubject: x\n\nHello\n".encode())
    assert compose(settings(template=file), TOKEN, NOW).from_address == author


def test_template_that_is_no_message(tmp_path: Path) -> None:
    file = tmp_path / "t.eml"
    file.write_bytes(b"\x00\x01binary\n")
    with pytest.raises(ConfigError, match="not a message"):
        compose(settings(template=file), TOKEN, NOW)
