"""Changes to a message and its keys after arrival, when the receiving server saw the signature pass."""

from __future__ import annotations

from mailproof.auth.keys import Verdict
from mailproof.message.border import Border
from mailproof.message.comparison import signature_of
from mailproof.message.crypto import UnusableKey, signed_digest
from mailproof.message.forensics import CHANGED, FAILED
from mailproof.message.reader import Message
from mailproof.model import DkimKeyRecord, DkimVerdict
from mailproof.structs import replace

REPLACED = "key-replaced"
#: Codes that suggest that a key is no longer in use.
_GONE = frozenset(("no-key", "key-revoked", "not-a-key-record", "several-keys", "key-mismatch"))


def is_gone(refused: Verdict | None) -> bool:
    """Whether a key was refused for a reason that suggests that it is no longer in use."""
    return refused is not None and refused.code in _GONE


def another_signed(record: DkimKeyRecord, signature: bytes) -> bool:
    """Whether an RSA key is provably not the one that signed."""
    try:
        return record.key_type == "rsa" and signed_digest(record, signature) is None
    except UnusableKey:
        return False


def knew_arc_pass(message: Message, border: Border) -> bool:
    """Whether the trusted server says that the ARC chain passed, or is a known one that added the newest set.

    A set above its hop may be that of any other forwarder if the message was saved before the next hop.
    """
    if border.known is not None:
        places = zip(message.received, border.hops, strict=True)
        taken = next((place for place, hop in places if hop.handover), 0)
        newest = max((each.instance for each in message.arc.values()), default=0)
        if any(place < taken and each.instance == newest for place, each in message.arc.items()):
            return True
    return any(
        method.method == "arc" and method.result == "pass"
        for result in border.results
        if result.trusted and result not in border.doubtful
        for method in result.methods
    )


def since_arrival(
    verdicts: tuple[DkimVerdict, ...], message: Message, border: Border, texts: tuple[str, ...]
) -> tuple[DkimVerdict, ...]:
    """The verdicts, in which a signature that the receiver saw pass isn't a failure if its key was removed or
    the message changed (a banner, a tag in the Subject, how it was saved) since.

    It isn't a pass either, since nothing here proves it. Results that a sender could have written don't
    count: a signature can be replayed with another body. ``texts`` are the signatures' ``b=``.
    """
    if not any(verdict.code in _GONE or verdict.code in FAILED for verdict in verdicts):
        return verdicts
    passed: dict[int, str] = {}
    compared: set[int] = set()
    for result in border.results:
        counts = result.trusted and result not in border.doubtful
        for method in result.methods if counts else ():
            one = signature_of(method, verdicts, texts, compared) if method.method == "dkim" else None
            if one is not None and method.result == "pass":
                passed[one.index] = result.authserv_id or border.trust
    signatures = list(message.signatures.values())
    return tuple(
        _since(verdict, signatures[verdict.index].signature, passed[verdict.index])
        if verdict.index in passed
        else verdict
        for verdict in verdicts
    )


def _since(verdict: DkimVerdict, signature: bytes, server: str) -> DkimVerdict:
    key, seen = verdict.key, f"{server} verified it on arrival, but"
    if verdict.code in _GONE or (
        verdict.code == "signature" and key is not None and another_signed(key, signature)
    ):
        reason = f"{seen} its key has been removed or replaced since: {verdict.reason}"
        return replace(verdict, result="neutral", code=REPLACED, reason=reason)
    if verdict.code not in FAILED:
        return verdict
    proven = verdict.signature_valid or (key is not None and key.key_type == "rsa")
    reason = f"{seen} this copy{'' if proven else ' or its key'} was changed since"
    return replace(verdict, result="neutral", code=CHANGED, reason=reason)
