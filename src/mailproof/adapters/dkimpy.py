"""Signing with dkimpy. Nothing here opens a socket.

Our verdicts don't come from dkimpy: it uses the system clock, reports most failures as just False, and
accepts what RFC 8301 and RFC 6376 refuse (rsa-sha1; keys with h=sha1, t=y or t=s).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mailproof.errors import UsageError
from mailproof.records.message import parse_message

#: Header fields signed if present (RFC 6376 section 5.4.1), including the two of one-click unsubscribe
#: (RFC 8058 section 4), the second of which is missing from dkimpy's own list.
DEFAULT_HEADERS = (
    *("from", "sender", "reply-to", "subject", "date", "message-id", "to", "cc", "mime-version"),
    *("content-type", "content-transfer-encoding", "in-reply-to", "references", "list-id"),
    *("list-help", "list-unsubscribe", "list-unsubscribe-post", "list-post", "list-owner"),
    "list-archive",
)


def sign(
    message: bytes,
    selector: str,
    domain: str,
    key_pem: bytes,
    *,
    headers: Sequence[str] = DEFAULT_HEADERS,
    oversign: Sequence[str] = ("from",),
    identity: str = "",
    canonicalization: str = "relaxed/relaxed",
    length: bool = False,
    algorithm: str = "",
) -> bytes:
    """The DKIM-Signature field (ending in CRLF) to prepend to ``message``.

    The key, in PEM, decides between rsa-sha256 and ed25519-sha256 (``algorithm`` overrides it). Each
    occurrence of ``headers`` is signed; those in ``oversign`` once more, so that none can be added.
    ``length`` adds ``l=``. The timestamp is the system time. Raises UsageError if the key or an option cannot
    be used, and MessageError if ``message`` is not a message.
    """
    kind, key = _private_key(key_pem)
    if algorithm and algorithm.partition("-")[0] != kind.partition("-")[0]:
        raise UsageError(f"the key is for {kind}, and cannot sign with {algorithm}")
    present = [field.key for field in parse_message(message).headers]
    wanted = {name.lower() for name in headers}
    extra = [name.lower() for name in oversign]
    names = [name for name in present if name in wanted or name in extra] + extra
    how = canonicalization.encode().partition(b"/")
    try:
        signer = dkim.DKIM(message)
        signed: bytes = signer.sign(
            selector.encode(),
            domain.encode(),
            key,
            signature_algorithm=(algorithm or kind).encode(),
            identity=identity.encode() or None,
            canonicalize=(how[0], how[2] or b"simple"),
            include_headers=[name.encode() for name in names],
            length=length,
        )
    except dkim.DKIMException as error:
        raise UsageError(f"the message cannot be signed for {domain}: {error}") from error
    return signed


def _private_key(pem: bytes) -> tuple[str, bytes]:
    """The algorithm, and the key in the form that dkimpy expects: PEM for RSA, base64 for ed25519."""
    pem = pem.replace(b"\r\n", b"\n")
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise UsageError(f"the DKIM key is not a private key in PEM without a password: {error}") from error
    if isinstance(key, Ed25519PrivateKey):
        return "ed25519-sha256", base64.b64encode(key.private_bytes_raw())
    if isinstance(key, RSAPrivateKey):
        return "rsa-sha256", pem
    raise UsageError("the DKIM key must be an RSA or an ed25519 key")
