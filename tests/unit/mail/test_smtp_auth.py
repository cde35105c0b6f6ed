"""The mechanisms beyond PLAIN and LOGIN, each against a server's side of the exchange."""

from __future__ import annotations

import base64
import hmac
from typing import TypedDict, Unpack

import pytest
from scramp import ScramMechanism

from mailproof.config import Credential, SubmitSettings
from mailproof.credentials import Secret
from mailproof.mail import sasl
from mailproof.model import SmtpSubmission
from tests.support.mail_servers import Peer, Talk, talking
from tests.support.sending import submit

SECRET = "pencil\u2014long"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Proof(TypedDict, total=False):
    password: Credential
    token: Credential


async def login_to(talk: Talk, **more: Unpack[Proof]) -> SmtpSubmission:
    async with talking(talk) as port:
        settings = SubmitSettings(
            host="127.0.0.1",
            port=port,
            security="plain",
            username="user",
            allow_plaintext_auth=True,
            timeout=3.0,
            retry_for=0.0,
            **more,
        )
        return await submit(settings, b"Subject: x\r\n\r\n", "a@b.example", ["c@d.example"])


async def opening(peer: Peer, mechanisms: str) -> None:
    await peer.say("220 hi")
    await peer.hear()
    await peer.say("250-hi", f"250 AUTH {mechanisms}")


async def finish(peer: Peer) -> None:
    await peer.hear()
    await peer.say("550 5.7.1 enough for this test")
    await peer.hear()


async def test_cram_md5_proves_the_password_without_sending_it() -> None:
    challenge = b"<1896.697170952@postoffice.example>"

    async def talk(peer: Peer) -> None:
        await opening(peer, "LOGIN PLAIN CRAM-MD5")
        assert await peer.hear() == "AUTH CRAM-MD5"
        await peer.say(f"334 {b64(challenge)}")
        digest = hmac.new(SECRET.encode(), challenge, "md5").hexdigest()
        good = base64.b64decode(await peer.hear()) == f"user {digest}".encode()
        await peer.say("235 2.7.0 in" if good else "535 5.7.8 no")
        await finish(peer)

    facts = await login_to(talk, password=Credential.of(SECRET))
    assert facts.authenticated, facts.dialogue
    assert facts.auth_mechanism == "CRAM-MD5"
    assert facts.auth_offered == ("LOGIN", "PLAIN", "CRAM-MD5")


@pytest.mark.parametrize("honest", [True, False])
async def test_scram_checks_the_server_too(honest: bool) -> None:
    mechanism = ScramMechanism("SCRAM-SHA-256")
    salt, stored, server_key, iterations = mechanism.make_auth_info(SECRET)
    if not honest:
        server_key = b"\0" * len(server_key)

    async def talk(peer: Peer) -> None:
        await opening(peer, "PLAIN SCRAM-SHA-256")
        server = mechanism.make_server(lambda user: (salt, stored, server_key, iterations))
        server.set_client_first(base64.b64decode((await peer.hear()).split()[2]).decode())
        await peer.say(f"334 {b64(server.get_server_first().encode())}")
        server.set_client_final(base64.b64decode(await peer.hear()).decode())
        await peer.say(f"334 {b64(server.get_server_final().encode())}")
        assert await peer.hear() == ("" if honest else "*")
        await peer.say("235 2.7.0 in" if honest else "501 5.7.0 cancelled")
        await finish(peer)

    facts = await login_to(talk, password=Credential.of(SECRET))
    assert facts.auth_mechanism == "SCRAM-SHA-256"
    assert facts.authenticated is honest, facts.dialogue


async def test_scram_server_that_skips_its_proof_is_not_believed() -> None:
    async def talk(peer: Peer) -> None:
        await opening(peer, "SCRAM-SHA-256")
        await peer.hear()
        await peer.say("235 2.7.0 welcome")
        await peer.hear()

    facts = await login_to(talk, password=Credential.of(SECRET))
    assert not facts.authenticated
    assert "did not prove" in next(s.reason for s in facts.stages if s.stage == "auth")


async def test_xoauth2_tells_the_servers_reason_and_hides_the_token() -> None:
    async def talk(peer: Peer) -> None:
        await opening(peer, "PLAIN XOAUTH2")
        sent = base64.b64decode((await peer.hear()).split()[2])
        assert sent == b"user=user\x01auth=Bearer ya29.tok\x01\x01"
        await peer.say("334 " + b64(b'{"status":"401","schemes":"bearer"}'))
        assert await peer.hear() == ""
        await peer.say("535-5.7.8 Username and Password not accepted.", "535 5.7.8 - gsmtp")
        await peer.hear()

    facts = await login_to(talk, token=Credential.of("ya29.tok"))
    stage = next(s for s in facts.stages if s.stage == "auth")
    assert (stage.code, stage.kind) == (535, "rejected")
    assert "401" in stage.reason
    assert "ya29" not in "".join(facts.dialogue)


async def test_no_common_mechanism_names_both_sides() -> None:
    async def talk(peer: Peer) -> None:
        await opening(peer, "GSSAPI NTLM")
        await peer.hear()

    facts = await login_to(talk, password=Credential.of(SECRET))
    stage = facts.stages[-1] if not facts.stages[-1].ok else facts.stages[-2]
    assert (stage.stage, stage.kind) == ("auth", "unsupported")
    assert "GSSAPI, NTLM" in stage.reason


async def test_endless_challenges_end() -> None:
    async def talk(peer: Peer) -> None:
        await opening(peer, "LOGIN")
        while await peer.hear() not in ("QUIT", "*"):
            await peer.say("334 VXNlcm5hbWU6")

    facts = await login_to(talk, password=Credential.of(SECRET))
    assert not facts.authenticated


def test_oauthbearer_has_the_form_of_rfc_7628() -> None:
    login = sasl.Login("user@x.example", token=Secret("tok"), host="h.example", port=587)
    assert (
        sasl.Mechanism("OAUTHBEARER", login).initial()
        == b"n,a=user@x.example,\x01host=h.example\x01port=587\x01auth=Bearer tok\x01\x01"
    )


def test_scram_refuses_an_hour_of_hashing() -> None:
    mechanism = sasl.Mechanism("SCRAM-SHA-256", sasl.Login("u", password=Secret("p")))
    first = (mechanism.initial() or b"").decode()
    nonce = first.rpartition("r=")[2]
    with pytest.raises(sasl.SaslError, match="iterations"):
        mechanism.respond(f"r={nonce}x,s=c2FsdA==,i=999999999".encode())
