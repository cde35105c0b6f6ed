"""Why a signature failed: common modifications are undone one by one until the hash matches again.

A cause is proven if undoing the modification restores the signed hash; what can't be proven is not reported.
Runs only after a failure, and within an ``Effort``.

The codes (``DkimVerdict.cause``) of a body: ``appended``, ``inserted``, ``part-added``,
``part-header-added``, ``wrapped-in-mime``, ``empty-signed``, ``trailing-space``, ``blank-lines``,
``line-ends``, ``rewrapped``, ``from-quoted``, ``dot-stuffed``, ``transfer-encoding``, ``charset``,
``links-rewritten``, ``canonicalization``;
of the header: ``subject-changed``, ``from-rewritten``, ``header-added``, ``header-changed``,
``header-refolded``, ``header-reordered``, ``other-key``, ``header-unknown`` (the key is the right one, so a
signed field was changed or removed, but not which).
"""

from __future__ import annotations

from mailproof.message.forensics.effort import Effort, Mangling
from mailproof.message.reader import Message
from mailproof.model import DkimVerdict
from mailproof.records.dkim_signature import DkimSignature
from mailproof.structs import replace

#: The largest body that is analysed, in octets.
MAX_BODY = 5_000_000
FAILED = ("body-hash", "body-too-short", "signature", "body-and-signature")
#: A signature that the receiving server verified: what fails was changed afterwards (``auth/since.py``).
CHANGED = "changed-since"
#: Causes at the signer, or in the key: nothing was changed in transit.
_NOT_ON_THE_WAY = ("other-key", "empty-signed", "canonicalization")


def explain_failures(message: Message, verdicts: tuple[DkimVerdict, ...]) -> tuple[DkimVerdict, ...]:
    """The verdicts, with the cause filled in if one could be proven."""
    if not any(verdict.code in (*FAILED, CHANGED) for verdict in verdicts):
        return verdicts
    effort = Effort()
    found: dict[tuple[object, ...], Mangling | None] = {}
    signatures = list(message.signatures.items())
    intact = [place for (place, _), v in zip(signatures, verdicts, strict=False) if v.body_valid]
    explained = []
    for verdict in verdicts:
        if verdict.code not in (*FAILED, CHANGED):
            explained.append(verdict)
            continue
        place, signature = signatures[verdict.index]
        verdict = _body(message, signature, verdict, effort, found)
        if verdict.signature_valid is False:
            verdict = _header(message, place, signature, verdict, effort)
        if verdict.cause and verdict.cause not in _NOT_ON_THE_WAY:
            from mailproof.message.forensics.hop import find_hop

            hop = find_hop(message, place, signature, intact if verdict.body_valid is False else None)
            verdict = replace(verdict, cause_hop=hop)
        explained.append(verdict)
    return tuple(explained)


def _body(
    message: Message,
    signature: DkimSignature,
    verdict: DkimVerdict,
    effort: Effort,
    found: dict[tuple[object, ...], Mangling | None],
) -> DkimVerdict:
    if verdict.body_valid is not False or len(message.raw.body) > MAX_BODY:
        return verdict
    key = (signature.body_canonicalization, signature.body_length, signature.body_hash)
    if key not in found:
        from mailproof.message.forensics.body import find_body_cause

        found[key] = find_body_cause(message.raw, message.parts, signature, effort)
    cause = found[key]
    return replace(verdict, cause=cause.code, cause_reason=cause.reason) if cause else verdict


def _header(
    message: Message, place: int, signature: DkimSignature, verdict: DkimVerdict, effort: Effort
) -> DkimVerdict:
    from mailproof.message.forensics.header import find_header_cause

    if verdict.key is None:
        return verdict
    headers = message.raw.headers
    cause, key_matches = find_header_cause(headers, headers[place], signature, verdict.key, effort)
    verdict = replace(verdict, key_matches=key_matches)
    if cause is None:
        return verdict
    if not verdict.cause:
        return replace(verdict, cause=cause.code, cause_reason=cause.reason)
    if cause.code == "header-unknown":
        return verdict
    return replace(verdict, cause_reason=f"{verdict.cause_reason}; and {cause.reason}")
