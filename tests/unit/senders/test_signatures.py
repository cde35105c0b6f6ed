"""AWS signatures, compared with botocore 1.44.8; and OAuth tokens."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mailproof.config import Credential, SubmitSettings
from mailproof.errors import CredentialError, UsageError
from mailproof.mail.senders import sender_for
from mailproof.mail.senders.sigv4 import Signer
from mailproof.model import HttpSubmission
from mailproof.redaction import own_secrets, redactor
from mailproof.structs import replace
from tests.support.api_server import ApiServer, Reply, api_server
from tests.support.providers import FROM, MESSAGE, TO

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PATH = "/v2/email/outbound-emails"
#: Secret, session token, region, URL, body, and the signature by botocore 1.44.8 (SigV4Auth).
SIGNED = (
    (
        *("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", "eu-west-1"),
        *(f"https://email.eu-west-1.amazonaws.com{PATH}", b"{}"),
        "c7a484d751d0ea9aa1d06cef084b90681057ddc5edc3e01b70cf1cfc4e324a9d",
    ),
    (
        *("secret/+=", "session/token+1==", "us-east-1"),
        *(f"http://127.0.0.1:5055{PATH}", '{"x":"ä"}'.encode()),
        "e34272a55b1fc22c8fd5444b4ab13cc48aff07cf4942cfb34daa909137a377ff",
    ),
    (
        *("s", "", "cn-north-1", f"https://[::1]:8443/base%20path{PATH}", b""),
        "f7a50258fc72f07f0e2212a7a5853094452c3cd3610cd41c29552fcb5955ca3a",
    ),
)


@pytest.mark.parametrize(("secret", "session", "region", "url", "body", "signature"), SIGNED)
def test_signatures_are_those_of_botocore(
    secret: str, session: str, region: str, url: str, body: bytes, signature: str
) -> None:
    fields = dict(Signer("AKIDEXAMPLE", secret, session, region, "ses").fields(url, body, NOW))
    assert fields["X-Amz-Date"] == "20261126T120000Z"
    assert fields.get("X-Amz-Security-Token", "") == session
    scope = f"AKIDEXAMPLE/20261126/{region}/ses/aws4_request"
    assert f"Credential={scope}, SignedHeaders=content-type;" in fields["Authorization"]
    assert fields["Authorization"].rpartition("Signature=")[2] == signature


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ApiServer]:
    async with api_server() as running:
        yield running


def settings(server: ApiServer, **changes: Any) -> SubmitSettings:
    base = SubmitSettings(
        kind="gmail", url=server.url, token_url=f"{server.url}/token", timeout=3.0, retry_for=0.0
    )
    return replace(base, **changes)


async def sent(chosen: SubmitSettings) -> HttpSubmission:
    facts = await (await sender_for(chosen)).send(MESSAGE, FROM, [TO])
    assert isinstance(facts, HttpSubmission)
    return facts


TOKEN = Reply(200, {"access_token": "ya29.token-canary", "expires_in": 3599, "token_type": "Bearer"})
DONE = Reply(200, {"id": "18c0ffee18c0ffee"})


async def test_a_service_account_signs_for_the_user(server: ApiServer, key: rsa.RSAPrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    account = {"client_email": "probe@p.iam.gserviceaccount.com", "private_key": pem, "private_key_id": "k1"}
    server.will(TOKEN, DONE)
    with own_secrets():
        facts = await sent(settings(server, key=Credential.of(json.dumps(account))))
        assert redactor().hide(pem.splitlines()[3]) == "***"
        assert redactor().hide("ya29.token-canary") == "***"
    assert facts.accepted, facts.dialogue
    assert [each.stage for each in facts.stages] == ["connect", "auth", "connect", "request"]
    form = parse_qs(server.asked[0].body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    head, claims, signature = form["assertion"][0].split(".")
    decode = base64.urlsafe_b64decode
    key.public_key().verify(
        decode(signature + "=="), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    assert json.loads(decode(head + "==")) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    said = json.loads(decode(claims + "=="))
    assert (said["iss"], said["sub"]) == ("probe@p.iam.gserviceaccount.com", FROM)
    assert (said["scope"], said["aud"]) == (
        "https://www.googleapis.com/auth/gmail.send",
        f"{server.url}/token",
    )
    assert said["exp"] - said["iat"] == 600
    assert server.asked[1].fields["authorization"] == "Bearer ya29.token-canary"


async def test_a_refresh_token_and_client_credentials(server: ApiServer) -> None:
    server.will(TOKEN, DONE)
    secret, refresh = Credential.of("client-secret"), Credential.of("refresh-canary")
    facts = await sent(settings(server, key_id="client", key=secret, refresh_token=refresh))
    assert facts.accepted, facts.dialogue
    assert parse_qs(server.asked[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["client"],
        "refresh_token": ["refresh-canary"],
        "client_secret": ["client-secret"],
    }
    server.will(TOKEN, Reply(202, b""))
    facts = await sent(settings(server, kind="graph", key_id="client", key=secret, account="tenant"))
    assert facts.accepted, facts.dialogue
    assert parse_qs(server.asked[0].body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client"],
        "client_secret": ["client-secret"],
        "scope": ["https://graph.microsoft.com/.default"],
    }


@pytest.mark.parametrize("granted", ["ya29.token-canary", "a\nb"])
@pytest.mark.parametrize("kind", ["gmail", "graph"])
async def test_a_token_that_replaces_the_refresh_token_is_not_shown(
    kind: str, granted: str, server: ApiServer
) -> None:
    """Microsoft sends a new refresh token with each access token (RFC 6749 section 6)."""
    server.will(Reply(200, {"access_token": granted, "refresh_token": "next-canary"}), Reply(400, {"x": "y"}))
    facts = await sent(settings(server, kind=kind, key_id="client", refresh_token=Credential.of("refresh")))
    assert any(line.startswith("S: HTTP 200") for line in facts.dialogue)
    assert "canary" not in repr(facts)


@pytest.mark.parametrize(
    ("kind", "reply", "cause"),
    [
        ("gmail", Reply(400, {"error": "invalid_grant", "error_description": "Bad Request"}), "key"),
        ("gmail", Reply(401, {"error": "unauthorized_client"}), "key"),
        ("graph", Reply(401, {"error": "invalid_client", "error_description": "AADSTS7000215"}), "key"),
        ("graph", Reply(400, {"error": "invalid_request", "error_description": "AADSTS90002: no"}), "region"),
        ("graph", Reply(200, {"token": "x"}), "reply"),
        ("graph", Reply(200, {"access_token": "a\r\nb"}), "reply"),
        ("graph", Reply(200, b"<html>"), "reply"),
        ("graph", Reply(pieces=(b"",)), "reply"),
        ("graph", Reply(302, b"", {"Location": "https://evil.example/"}), "reply"),
    ],
)
async def test_no_token_no_message(kind: str, reply: Reply, cause: str, server: ApiServer) -> None:
    server.will(reply)
    more = {"refresh_token": Credential.of("refresh-canary")} if kind == "gmail" else {}
    facts = await sent(settings(server, kind=kind, key_id="client", key=Credential.of("secret"), **more))
    assert len(server.asked) == 1
    assert (facts.accepted, facts.in_doubt, facts.cause) == (False, False, cause)
    assert facts.failure is not None
    assert facts.failure.stage == "auth"


@pytest.mark.parametrize(
    "key_text", ['{"client_email": "x"}', "{", '{"client_email":"a","private_key":"PEM"}']
)
async def test_a_key_that_is_no_service_accounts_is_refused_before(key_text: str, server: ApiServer) -> None:
    with pytest.raises(CredentialError, match="service account"):
        await sent(settings(server, key=Credential.of(key_text)))
    assert server.asked == []


async def test_an_api_that_goes_by_the_header_gets_no_other_recipient(server: ApiServer) -> None:
    sender = await sender_for(settings(server, token=Credential.of("token")))
    with pytest.raises(UsageError, match=r"sends to the addresses in To and Cc \(bob@receiver.example\)"):
        await sender.send(MESSAGE, FROM, ["eve@receiver.example"])
    assert server.asked == []
