"""Submission over TLS: what is refused, and how it is reported."""

from __future__ import annotations

import asyncio
import base64
import ssl
import warnings
from pathlib import Path

import pytest

from mailproof.choices import Security
from tests.support.mail_servers import Peer, Store, submission_server, talking
from tests.support.submitting import MESSAGE, SECRET, failed, login, send, settings
from tests.support.tls import Authority, Issue


async def test_starttls_with_login_is_told_in_full(authority: Authority) -> None:
    store = Store()
    context = authority.issue("127.0.0.1", days=50).context()
    async with submission_server(store, tls=context, password=SECRET) as port:
        facts = await send(settings(port, authority, security="starttls", **login()))
    assert facts.accepted, facts.dialogue
    names = ("connect", "greeting", "ehlo", "starttls", "tls", "ehlo", "auth", "mail", "rcpt", "data", "quit")
    assert tuple(s.stage for s in facts.stages) == names
    assert facts.queue_id == "4XyZ123"
    assert facts.tls is not None
    assert facts.tls.verified is True
    assert facts.tls.version == "TLSv1.3"
    assert facts.tls.chain[0].names == ("127.0.0.1",)
    assert facts.tls.chain[0].days_left == 50
    assert len(facts.tls.chain) == 2
    assert facts.authenticated
    assert facts.auth_mechanism == "PLAIN"
    assert store.messages[0].content == MESSAGE
    told = "\n".join(facts.dialogue)
    assert SECRET not in told
    assert base64.b64encode(f"\0probe\0{SECRET}".encode()).decode() not in told
    assert "C: AUTH PLAIN ***" in told


async def test_implicit_tls_and_login_mechanism(authority: Authority) -> None:
    store = Store()
    context = authority.issue("127.0.0.1").context()
    async with submission_server(store, tls=context, implicit=True, password=SECRET) as port:
        facts = await send(settings(port, authority, security="tls", **login(mechanism="LOGIN")))
    assert facts.accepted, facts.dialogue
    assert store.logins == ["LOGIN"]
    assert SECRET not in "".join(facts.dialogue)
    assert base64.b64encode(SECRET.encode()).decode() not in "".join(facts.dialogue)


@pytest.mark.parametrize(
    ("names", "how", "code"),
    [
        (("127.0.0.1",), {"days": -3}, "expired"),
        (("other.example",), {}, "wrong-name"),
        (("127.0.0.1",), {"self_signed": True}, "self-signed"),
        (("127.0.0.1",), {"age_days": -2}, "not-yet-valid"),
    ],
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_refused_certificates_are_shown(
    authority: Authority, names: tuple[str, ...], how: Issue, code: str, security: Security
) -> None:
    certificate = authority.issue(*names, **how)
    store = Store()
    implicit = security == "tls"
    async with submission_server(
        store, tls=certificate.context(), implicit=implicit, password=SECRET
    ) as port:
        facts = await send(settings(port, authority, security=security, **login()))
    stage = failed(facts)
    assert (stage.stage, stage.kind) == ("tls", "certificate")
    assert facts.tls is not None
    assert facts.tls.verified is False
    assert facts.tls.problem_code == code
    assert facts.tls.chain, "the chain that was refused is evidence"
    assert store.logins == []


async def test_unknown_authority(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another CA")
    context = other.issue("127.0.0.1", stem="other").context()
    async with submission_server(Store(), tls=context) as port:
        facts = await send(settings(port, authority, security="starttls"))
    assert facts.tls is not None
    assert facts.tls.problem_code == "untrusted"
    assert facts.tls.problem.startswith("the certificate is not issued by a trusted CA")


async def test_verification_off_goes_on_and_says_so(authority: Authority) -> None:
    context = authority.issue("127.0.0.1", days=-3).context()
    async with submission_server(Store(), tls=context) as port:
        facts = await send(settings(port, security="starttls", verification="off"))
    assert facts.accepted
    assert facts.tls is not None
    assert facts.tls.verified is None
    assert facts.tls.verification_off
    assert facts.tls.chain[0].days_left < 0


async def test_missing_ca_file_is_a_tls_trouble(authority: Authority, tmp_path: Path) -> None:
    context = authority.issue("127.0.0.1").context()
    async with submission_server(Store(), tls=context) as port:
        facts = await send(settings(port, security="starttls", ca_file=tmp_path / "none.pem"))
    assert "none.pem" in failed(facts).reason


async def test_starttls_not_offered_sends_no_password() -> None:
    store = Store()
    async with submission_server(store, password=SECRET) as port:
        facts = await send(settings(port, security="starttls", **login()))
    stage = failed(facts)
    assert (stage.stage, stage.kind) == ("starttls", "unsupported")
    assert store.logins == []


async def test_implicit_tls_to_a_plain_port_quotes_the_greeting() -> None:
    async with submission_server(Store()) as port:
        facts = await send(settings(port, security="tls"))
    stage = failed(facts)
    assert (stage.stage, stage.kind) == ("tls", "wrong-mode")
    assert "220 smtp.acme.example" in stage.reason
    assert "STARTTLS port" in stage.reason


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong-mode", "is not TLS"),
        (bytes.fromhex("15030100020246"), "tls", "no TLS version in common"),
        (bytes.fromhex("15030300020228"), "tls", "refused the TLS handshake"),
        (bytes.fromhex("150303000202ff"), "tls", "the TLS handshake failed"),  # an undefined alert
        (b"\x16\x03\x03\xff\xff" + bytes(50), "tls", "the TLS handshake failed"),
    ],
)
async def test_what_comes_in_answer_to_a_handshake(answer: bytes, kind: str, words: str) -> None:
    async def talk(peer: Peer) -> None:
        await peer.raw(answer)
        await asyncio.sleep(0.2)

    async with talking(talk) as port:
        stage = failed(await send(settings(port, security="tls", timeout=2.0)))
    assert (stage.stage, stage.kind) == ("tls", kind)
    assert words in stage.reason


async def test_starttls_to_an_implicit_tls_port_is_told(authority: Authority) -> None:
    context = authority.issue("127.0.0.1").context()
    async with submission_server(Store(), tls=context, implicit=True) as port:
        facts = await send(settings(port, security="starttls", timeout=0.5))
    stage = failed(facts)
    assert (stage.stage, stage.kind) == ("greeting", "wrong-mode")
    assert 'security = "tls"' in stage.reason


async def test_starttls_injection_is_seen(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        await peer.hear()
        await peer.say("250-hi", "250 STARTTLS")
        await peer.hear()
        await peer.raw(b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n")
        await peer.hear()

    async with talking(talk) as port:
        facts = await send(settings(port, security="starttls"))
    assert "before TLS began" in failed(facts).reason


async def test_an_old_tls_version_is_told_without_sending_anything(authority: Authority) -> None:
    context = authority.issue("127.0.0.1").context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    store = Store()
    async with submission_server(store, tls=context, implicit=True, password=SECRET) as port:
        facts = await send(settings(port, authority, security="tls", **login()))
    assert (failed(facts).stage, failed(facts).kind) == ("tls", "tls")
    assert "TLSv1.1" in failed(facts).reason
    assert facts.tls is not None
    assert facts.tls.version == "TLSv1.1"
    assert store.logins == []
