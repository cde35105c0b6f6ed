"""OAuth 2.0 for APIs: client credentials, a refresh token (RFC 6749), or a service account (RFC 7523)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from mailproof.config.settings import RetrieveSettings, SubmitSettings
from mailproof.errors import CredentialError
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import Answer, Request, Unreadable, json_of, refusal, segment, text_at
from mailproof.redaction import learn

#: How long our assertion is valid, in seconds; Google accepts an hour at most.
ASSERTION_S = 600
_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def of_google(
    settings: SubmitSettings | RetrieveSettings,
    key: str,
    refresh_token: str,
    scope: str,
    user: str,
    now: datetime,
) -> Request:
    """The request for a Gmail token.

    If ``key`` is the key of a service account, it is used on behalf of ``user``; else the refresh token.
    Raises CredentialError.
    """
    url = settings.token_url or "https://oauth2.googleapis.com/token"
    account = account_of(key)
    if account is not None:
        return service_account(account, url, scope, user, now)
    return _granted(url, settings.key_id, key, refresh_token)


def of_microsoft(settings: SubmitSettings | RetrieveSettings, key: str, refresh_token: str) -> Request:
    """The request for a Graph token, with a refresh token or else for the application itself."""
    tenant = segment(settings.account or "common")
    url = settings.token_url or f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    return _granted(url, settings.key_id, key, refresh_token, "https://graph.microsoft.com/.default")


def _granted(url: str, client: str, secret: str, refresh_token: str, scope: str = "") -> Request:
    """RFC 6749, section 6 with a refresh token, else section 4.4."""
    kind = "refresh_token" if refresh_token else "client_credentials"
    values = {"grant_type": kind, "client_id": client, "refresh_token": refresh_token}
    return _form(url, {**values, "client_secret": secret, "scope": scope})


def service_account(account: dict[str, Any], url: str, scope: str, subject: str, now: datetime) -> Request:
    """The request for a token for a user of the domain that trusts the account. Raises CredentialError."""
    issued = int(now.timestamp())
    claims = {
        "iss": text_at(account, "client_email"),
        "scope": scope,
        "aud": url,
        "sub": subject,
        "iat": issued,
        "exp": issued + ASSERTION_S,
    }
    head = {"alg": "RS256", "typ": "JWT", "kid": text_at(account, "private_key_id")}
    signed = b".".join(_encoded(msgspec.json.encode(each)) for each in (head, claims))
    assertion = signed + b"." + _encoded(_signature(account, signed))
    learn(assertion.decode())
    return _form(url, {"grant_type": _BEARER, "assertion": assertion.decode()})


def account_of(key: str) -> dict[str, Any] | None:
    """The service account's key, if the secret is one (JSON); its parts are hidden in output from now on.

    Raises CredentialError for other JSON.
    """
    if not key.lstrip().startswith("{"):
        return None
    try:
        found = msgspec.json.decode(key)
    except (msgspec.DecodeError, RecursionError):
        found = None
    if not isinstance(found, dict) or not text_at(found, "client_email") or not _pem(found):
        raise CredentialError("the key of the service account is not JSON with client_email and private_key")
    learn(_pem(found))
    for line in _pem(found).splitlines():
        if not line.startswith("-"):
            learn(line)
    return found


def token_of(reply: Response) -> tuple[str, Answer]:
    """The access token, hidden in output from now on; or the refusal. Raises Unreadable."""
    if reply.status == 200:
        found = json_of(reply).get("access_token")
        if isinstance(found, str) and found and found.isascii() and found.isprintable():
            learn(found)
            return found, Answer(True)
        raise Unreadable("the reply has no access_token")
    return "", refusal(
        reply, lambda data: text_at(data, "error"), lambda data: text_at(data, "error_description")
    )


def _pem(account: dict[str, Any]) -> str:
    found = account.get("private_key")
    return found if isinstance(found, str) else ""


def _signature(account: dict[str, Any], signed: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_pem(account).encode(), None)
    except (ValueError, TypeError):
        raise CredentialError("the private_key of the service account cannot be read") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CredentialError("the private_key of the service account is not an RSA key")
    return key.sign(signed, padding.PKCS1v15(), hashes.SHA256())


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _form(url: str, values: dict[str, str]) -> Request:
    body = urlencode({name: value for name, value in values.items() if value}).encode()
    return Request(url, (("Content-Type", "application/x-www-form-urlencoded"),), body)
