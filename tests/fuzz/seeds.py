# ruff: noqa: E501 (octets)
"""The fuzzer's seeds: the fixtures of all tests, by target."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.compound import outlook

ROOT = Path(__file__).resolve().parents[2]
_STRINGS = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_SMTP = (
    b"220 mx.acme.example ESMTP\r\n250-mx.acme.example\r\n250-STARTTLS\r\n250 SIZE 1000\r\n550 5.7.1 no\r\n"
)
_IMAP_BEGIN = (
    b"* OK [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED X-GM-EXT-1 IDLE UIDPLUS AUTH=CRAM-MD5] hi\r\n"
)
_IMAP_LOGIN = b"+ go\r\n+ go\r\nA1 OK\r\n* CAPABILITY IMAP4rev1 IDLE\r\nA2 OK\r\n"
_IMAP_CRAM = b"+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\nA1 OK\r\n* CAPABILITY IMAP4rev1\r\nA2 OK\r\n"


def _imap(first: int) -> bytes:
    """A server's responses from the folder listing on; the first command has this number."""
    lines = (
        b'* LIST (\\Junk) "/" {4}\r\nSpam\r\n* LIST () "/" "Entw&APw-rfe"\r\n%s OK\r\n',
        b"* STATUS INBOX (UIDNEXT 7 UIDVALIDITY 1)\r\n%s OK\r\n",
        b"* STATUS x (UIDNEXT 2)\r\n%s OK\r\n",
        b"* STATUS x (UIDNEXT 2)\r\n%s OK\r\n",
        b"* STATUS INBOX (UIDNEXT 9 UIDVALIDITY 1)\r\n%s OK\r\n",
        b"* 1 EXISTS\r\n%s OK\r\n",
        b'* 1 FETCH (UID 7 RFC822.SIZE 20 X-GM-LABELS (\\Inbox "a b") BODY[HEADER] {15}\r\n'
        b"Subject: mp-1\r\n)\r\n%s OK\r\n",
        b"* 1 FETCH (UID 7 BODY[]<0> {19}\r\nSubject: mp-1\r\n\r\nx\r\n)\r\n%s OK\r\n",
        *(b"%s OK\r\n",) * 6,
        b"+ idling\r\n* 3 EXISTS\r\n%s OK\r\n",
        *(b"%s OK\r\n",) * 4,
    )
    return b"".join(line % (b"A%d" % number) for number, line in enumerate(lines, first))


_IMAP = (
    b"\0" + _IMAP_BEGIN + _imap(1),
    b"\1" + _IMAP_BEGIN.replace(b" AUTH=CRAM-MD5", b"") + _IMAP_LOGIN + _imap(3),
    b"\3" + _IMAP_BEGIN + _IMAP_CRAM + _imap(3),
)
_POP3_MAIL = (
    b"+OK\r\n1 abc\r\n2 def\r\n.\r\n+OK\r\n1 20\r\n2 30\r\n.\r\n+OK\r\nSubject: mp-1\r\n\r\n.\r\n"
    b"+OK\r\n..x\r\n.\r\n+OK\r\nSubject: mp-1\r\n\r\n..x\r\n.\r\n"
)
_POP3 = (
    b"\0+OK\r\n+OK\r\nUIDL\r\nTOP\r\n.\r\n" + _POP3_MAIL,
    b"\1+OK\r\n+OK\r\nUIDL\r\n.\r\n+OK\r\n+OK\r\n" + _POP3_MAIL,
    b"\4+OK\r\n+OK\r\nSASL PLAIN CRAM-MD5\r\n.\r\n+OK\r\n" + _POP3_MAIL,
    b"\3+OK\r\n+OK\r\nSASL CRAM-MD5\r\n.\r\n+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\n+OK\r\n" + _POP3_MAIL,
)
_HTTP = (
    b"HTTP/1.1 100 c\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\x02\xff\x03\0\0\0\0\0\0\0\0\0",
    b"HTTP/1.1 301 x\r\nLocation: https://b\r\n\r\n",
)
_DNS = (
    bytes.fromhex("0001818000010001000000010461636d65076578616d706c650000100001c00c00100001000000")
    + b"\x3c\x00\x0c\x0bv=spf1 -all"
    + b"\0\0\x29\x04\xd0\0\0\0\0\0\x06\0\x0f\0\x02\0\x12",
    b"\x0f\x01\x81\x80\0\0\0\x01\0\0\0\0\xc0\x0c\0\x0f\0\x01\0\0\0\x3c\0\x09\0\x0a\x02mx\xc0\x0c\x00\x00",
)
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 9 9"><title>x</title></svg>'
_CONFIG = b"""nameservers = ["192.0.2.53", "[::1]:53", "tls://127.0.0.1#x", "https://dns.test"]
[selectors]
"acme.example" = ["s1"]
[[ignore]]
rule = "SPF003"
subject = "acme.example"
expires = 2027-01-31
[profiles.p.submit]
host = "localhost"
username = "u"
password = { command = "pass show x" }
[profiles.p.message]
from = "Ada <ada@acme.example>"
to = "b@c.example"
subject = "x"
attachments = ["a", "../b", "~/c"]
list_unsubscribe = { url = "https://acme.example/u", mailto = "u@acme.example" }
[profiles.p.retrieve]
kind = "imap"
host = "imap.acme.example"
username = "u"
token = { env = "T" }
mechanism = "XOAUTH2"
[filters.rspamd]
url = "http://127.0.0.1:11333"
password = { keyring = "k" }
[filters.spamassassin]
path = "/run/spamd.sock"
"""
#: Tokens that the parsers look for, as the fuzzer's dictionary.
TOKENS = (
    b"v=spf1", b"v=DMARC1", b"v=DKIM1", b"v=STSv1", b"v=TLSRPTv1", b"v=BIMI1", b";", b"=", b"p=reject", b"k=rsa",
    b"k=ed25519", b"bh=", b"b=", b"l=0", b"h=from", b"t=", b"x=", b"c=relaxed/simple", b"d=acme.example", b"s=s1",
    b"i=@", b"cv=none", b"include:", b"a:", b"ip4:192.0.2.0/24", b"ip6:::/129", b"exists:%{i}", b"%{d99r+-}",
    b"redirect=", b"-all", b"(", b")", b"\\", b'"', b"<", b">", b"@", b",", b":", b"[IPv6:::1]", b"from ", b" by ",
    b" with ESMTPS", b"::ffff:192.0.2.1", b"dkim=pass", b"header.d=", b"policy.", b"reason=", b"31 Feb 2026",
    b"99:99:99", b"+9999", b"=?utf-8?q?", b"=?x?b?////?=", b"?=", b"\r\n ", b"\r\n", b"\n\n", b"\0", b"\x7f",
    b"\xc3\xbc", b"\xe2\x80\xae", b"\xff", b"xn--", b"xn--a", b"..", b"$ORIGIN ", b"$GENERATE 1-9 ", b"$TTL ",
    b"( ", b" IN TXT ", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b", b"--b--", b"SRS0=a=b=",
    b"message/delivery-status", b"Final-Recipient: rfc822;", b"550 5.7.26 ", b"From x 1:1 2026\n", b"<a href=",
    b"DKIM-Signature: ", b"ARC-Seal: i=1; ", b"Received: ", b"Authentication-Results: ", b"{4}\r\n", b"* LIST ",
    b"[[ignore]]", b"[profiles.p.", b"[filters.", b"[tool.mailproof", b"{ command = ", b"{ env = ", b'"""', b"\\u0000", b"nan",
    b"0x", b"1e999", b"9" * 400, b"[[[[[[[[",
)  # fmt: skip


def seeds(target: str) -> Iterator[bytes]:
    """The seeds of one target, unordered, with duplicates."""
    yield from _own(target)
    yield from (path.read_bytes() for path in sorted((Path(__file__).parent / "crashes" / target).glob("*")))


def _own(target: str) -> Iterator[bytes]:
    if target in ("verify", "render", "content", "bounce"):
        yield from _messages()
    elif target == "saved":
        yield from (b"From a@acme.example Sun Nov 01 12:00:00 2026\n" + raw for raw in _messages())
        yield from (b"%d\n" % len(raw) + raw for raw in _messages())
    elif target == "outlook":
        attachments = {"a.pdf": b"x" * 100, "b.exe": b""}
        yield outlook("From: a@acme.example\r\n", plain="x", html=b"<p>x</p>", attachments=attachments)
        yield outlook("From: a@acme.example\r\n" * 100, rtf=b"x", html=b"<a href=x>y</a>" * 300)
    elif target == "compare":
        yield from (raw + b"\n--8<--\n" + raw.replace(b"Subject: ", b"Subject: [x] ") for raw in _messages())
    elif target in ("spf", "dkim_key", "dmarc", "policies"):
        yield from (text.encode() for text in _texts())
    elif target in ("dkim_signature", "results", "addresses", "received"):
        yield from _values(target)
    elif target == "html":
        yield from (raw for raw in _messages() if b"<html" in raw.lower() or b"<a " in raw)
    elif target == "zone":
        yield from (path.read_bytes() for path in _files("*.zone"))
    elif target == "recording":
        yield from (
            path.read_bytes() for path in _files("*.json") if b'"mailproof' in path.read_bytes()[:200]
        )
        yield json.dumps({"mailproof-recording": 1, "recorded": "2026-11-23T12:00:00Z", "dns": []}).encode()
    elif target == "config":
        yield from (path.read_bytes() for path in _files("*.toml"))
        yield _CONFIG
        top, rest = _CONFIG.split(b"\n[", 1)
        yield b"[tool.mailproof]\n" + top + b"\n[" + rest.replace(b"[filters", b"[tool.mailproof.filters")
    else:
        fixed = {"smtp": (_SMTP,), "imap": _IMAP, "pop3": _POP3, "http": _HTTP, "dns": _DNS}
        yield from fixed.get(target, (_SVG,))


def _files(pattern: str) -> list[Path]:
    return sorted([*(ROOT / "tests").rglob(pattern), *(ROOT / "fixtures").rglob(pattern)])


def _messages() -> Iterator[bytes]:
    for path in _files("*.eml"):
        raw = path.read_bytes()
        if len(raw) < 30_000:
            yield raw


def _texts() -> Iterator[str]:
    """The strings of all zone files, joined per record."""
    found: dict[str, None] = {}
    for path in _files("*.zone"):
        for line in path.read_text("utf-8", "replace").splitlines():
            found.setdefault("".join(_STRINGS.findall(line))[:4000])
    return (text for text in found if text)


def _values(target: str) -> Iterator[bytes]:
    """The values of the header fields that a target reads."""
    names = {
        "dkim_signature": ("dkim-signature", "arc-seal", "arc-message-signature"),
        "results": ("authentication-results", "received-spf", "x-forefront-antispam-report", "x-spam-status"),
        "addresses": ("from", "to", "return-path", "subject", "reply-to"),
        "received": ("received", "date"),
    }[target]
    found: dict[bytes, None] = {}
    for raw in _messages():
        for field in re.split(rb"\r?\n(?![ \t])", raw):
            name, colon, value = field.partition(b":")
            if colon and name.strip().lower().decode("latin-1") in names:
                found.setdefault(value.strip())
    return iter(found)
