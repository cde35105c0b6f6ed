"""DKIM signatures of a message, verified (RFC 6376 section 6, with RFC 8301 and RFC 8463).

The codes of a verdict (``DkimVerdict.code``): ``pass``; of the signature: the codes of
``parse_dkim_signature``, ``sha1``, ``expired``, ``extra-from``, ``signature-limit``; of the key: ``no-key``,
``key-lookup-failed``, ``several-keys``, ``not-a-key-record``, ``key-revoked``, ``key-syntax``,
``key-malformed``, ``unknown-key-type``, ``key-not-for-email``, ``key-hash-not-allowed``, ``short-key``,
``key-mismatch``, ``key-strict-identity``; of the message: ``body-hash``, ``body-too-short``, ``signature``,
``body-and-signature``, ``no-body``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.auth.keys import Key, Verdict, fetch_keys, needs_key, refuse_key, refuse_signature
from mailproof.dns import Resolver
from mailproof.message.canonical import Bodies, header_data
from mailproof.message.crypto import UnusableKey, signature_holds
from mailproof.message.reader import MAX_SIGNATURES, Message
from mailproof.model import DkimVerdict
from mailproof.printable import counted, one_line
from mailproof.records.dkim_key import ADVISED_BITS, MAX_BITS
from mailproof.records.dkim_signature import DkimSignature
from mailproof.records.message import RawMessage
from mailproof.structs import replace

#: Seconds that a signer's clock may be ahead before we note it.
CLOCK_SKEW = 300
#: Characters kept of the text after l=.
_SHOWN = 200
#: Fields that RFC 5322 section 3.6 allows once: an unsigned second one can change what is shown.
_SINGLE = ("subject", "date", "to", "cc", "reply-to", "sender", "message-id", "content-type", "mime-version")


async def verify_dkim(
    message: Message,
    resolver: Resolver,
    *,
    now: datetime,
    today: datetime | None = None,
) -> tuple[DkimVerdict, ...]:
    """Verify each DKIM-Signature, from the top, as of ``now``. Keys are looked up together.

    The alignment fields are left None. Signatures beyond the limit are counted in one last verdict,
    ``signature-limit``.
    """
    signatures = list(message.signatures.items())[:MAX_SIGNATURES]
    keys = await fetch_keys([signature for _, signature in signatures], resolver)
    verdicts = []
    for index, (place, signature) in enumerate(signatures):
        # A signature that cannot count gets no key, even if another signature made us fetch it.
        key = keys[signature.key_name] if needs_key(signature) else None
        verdicts.append(_verify(message, place, key, now, today or now, index))
    left = len(message.raw.fields("dkim-signature")) - len(signatures)
    if left:
        were = "signature was" if left == 1 else "signatures were"
        reason = f"{left} more {were} not verified (limit {MAX_SIGNATURES})"
        verdicts.append(
            DkimVerdict("policy", "", "", code="signature-limit", reason=reason, index=MAX_SIGNATURES)
        )
    return tuple(verdicts)


def _verify(
    message: Message, place: int, key: Key | None, now: datetime, today: datetime, index: int
) -> DkimVerdict:
    raw, bodies, signature = message.raw, message.bodies, message.signatures[place]
    verdict = DkimVerdict(
        result="permerror",
        domain=signature.domain,
        selector=signature.selector,
        algorithm=signature.algorithm,
        bits=key.record.bits if key and key.record else 0,
        identity=signature.identity,
        canonicalization=signature.canonicalization,
        signed_headers=signature.signed_headers,
        timestamp=signature.timestamp,
        expires=signature.expires,
        body_length=signature.body_length,
        unsigned_bytes=_unsigned(bodies, signature),
        testing=bool(key and key.record and key.record.testing),
        index=index,
        key=key.record if key else None,
        key_lookup=key.lookup if key else None,
    )
    if verdict.unsigned_bytes:
        added = bodies.excerpt(signature.body_canonicalization, signature.body_length or 0, 2000)
        verdict = replace(verdict, unsigned_text=one_line(added, _SHOWN))
    refused = refuse_signature(signature, "signature") or _expired(signature, now)
    refused = refused or (refuse_key(signature, key) if key else None)
    if refused:
        return _conclude(verdict, refused, ())
    body_valid = (
        bodies.digest(signature.body_canonicalization, signature.body_length) == signature.body_hash
        if raw.has_body
        else None
    )
    try:
        assert verdict.key is not None  # otherwise refuse_key has refused it
        data = header_data(raw, raw.headers[place], signature)
        holds = signature_holds(verdict.key, data, signature.signature)
    except UnusableKey as error:
        reason = f"the key at {signature.key_name} cannot be used: {error}"
        return _conclude(verdict, Verdict("permerror", "key-malformed", reason), ())
    outcome = _outcome(message, signature, body_valid, holds)
    return _conclude(verdict, outcome, _notes(raw, signature, verdict, key, now, today), body_valid, holds)


def _expired(signature: DkimSignature, now: datetime) -> Verdict | None:
    if signature.expires is None or signature.expires >= now.timestamp():
        return None
    return Verdict("fail", "expired", f"the signature expired at {_when(signature.expires)} (x=)")


def _outcome(message: Message, signature: DkimSignature, body_valid: bool | None, holds: bool) -> Verdict:
    """The outcome of the body hash and the signature together."""
    if not holds:
        if body_valid is False:
            reason = (
                "neither the body nor the signed header fields match the signature, "
                "or another key signed them"
            )
            return Verdict("fail", "body-and-signature", reason)
        reason = (
            "the signature does not match the signed header fields and the key: one of them was changed, "
            "or the key in the DNS is not the one that signed"
        )
        return Verdict("fail", "signature", reason)
    if body_valid is None:
        reason = "the signed header fields verify, but the message cannot be verified without its body"
        return Verdict("neutral", "no-body", reason)
    how, wanted = signature.body_canonicalization, signature.body_length
    if wanted is not None and wanted > (length := message.bodies.length(how)):
        covers, has = counted(wanted, "octet"), counted(length, "octet")
        reason = f"l= covers {covers} of the body, and it has only {has}"
        return Verdict("fail", "body-too-short", reason)
    if not body_valid:
        reason = "the body was changed after signing (the body hash differs); the signed header fields verify"
        return Verdict("fail", "body-hash", reason)
    fields, signed = len(message.raw.fields("from")), signature.signed_headers.count("from")
    if fields > signed:
        reason = (
            f"the message has {fields} From fields, but only {signed} "
            f"{'was' if signed == 1 else 'were'} signed: the rest is unproven"
        )
        return Verdict("policy", "extra-from", reason)
    return Verdict("pass", "pass", f"the signature by {signature.domain} verifies")


def _notes(
    message: RawMessage,
    signature: DkimSignature,
    verdict: DkimVerdict,
    key: Key | None,
    now: datetime,
    today: datetime,
) -> tuple[tuple[str, str], ...]:
    """Remarks that do not change the result: a stable word and a sentence each."""
    notes: list[tuple[str, str]] = []
    if verdict.testing:
        notes.append(("testing", "the key says t=y (testing): receivers may treat the mail as unsigned"))
    if signature.algorithm.startswith("rsa") and verdict.bits < ADVISED_BITS:
        notes.append(("weak-key", f"the key has only {verdict.bits} bits; {ADVISED_BITS} are recommended"))
    if verdict.bits > MAX_BITS:
        notes.append(("long-key", f"the key has {verdict.bits} bits; some receivers support only {MAX_BITS}"))
    if signature.timestamp is not None and signature.timestamp > now.timestamp() + CLOCK_SKEW:
        notes.append(("future-timestamp", f"t= is in the future ({_when(signature.timestamp)})"))
    if signature.expires is not None and signature.expires < today.timestamp():
        notes.append(("expired-since", f"it has expired since, at {_when(signature.expires)} (x=)"))
    if verdict.unsigned_bytes:
        text = f": “{verdict.unsigned_text}”" if verdict.unsigned_text else ""
        are = "is" if verdict.unsigned_bytes == 1 else "are"
        sentence = f"{counted(verdict.unsigned_bytes, 'octet')} at the end {are} not signed (l=){text}"
        notes.append(("unsigned-body", sentence))
    elif signature.body_length is not None:
        notes.append(("body-length", "l= lets anyone append to the body"))
    for name in _SINGLE:
        fields = message.by_name.get(name, ())
        count = signature.signed_headers.count(name)
        if len(fields) > 1 and len(fields) > count > 0:
            last = "last is" if count == 1 else f"last {count} are"
            sentence = f"the message has {len(fields)} {name} fields, but only the {last} signed"
            notes.append(("duplicate-signed-header", sentence))
    if key and key.strays:
        notes.append(("stray-txt", f"{len(key.strays)} unrelated TXT record(s) beside the key"))
    return tuple(notes)


def _conclude(
    verdict: DkimVerdict,
    outcome: Verdict,
    notes: tuple[tuple[str, str], ...],
    body_valid: bool | None = None,
    signature_valid: bool | None = None,
) -> DkimVerdict:
    sentences = (outcome.reason, *(sentence for _, sentence in notes))
    return replace(
        verdict,
        result=outcome.result,
        code=outcome.code,
        reason="; ".join(sentences),
        notes=tuple(dict.fromkeys(code for code, _ in notes)),
        body_valid=body_valid,
        signature_valid=signature_valid,
    )


def _unsigned(bodies: Bodies, signature: DkimSignature) -> int:
    if signature.body_length is None:
        return 0
    return max(0, bodies.length(signature.body_canonicalization) - signature.body_length)


def _when(timestamp: int) -> str:
    try:
        return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return str(timestamp)
