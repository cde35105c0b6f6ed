"""Why a signature failed: the usual manglings undone one after another, until the hash is restored.

A cause is proven where the hash of the message with the mangling undone is the one that was signed; what
cannot be proven is not told. Runs only after a failure, and within an ``Effort``.

The codes (``DkimVerdict.cause``) of a body: ``appended``, ``inserted``, ``part-added``, ``wrapped-in-mime``,
``empty-signed``, ``trailing-space``, ``blank-lines``, ``line-ends``, ``rewrapped``, ``from-quoted``,
``dot-stuffed``, ``transfer-encoding``, ``charset``, ``links-rewritten``, ``canonicalization``, ``cut-off``;
of the header: ``subject-changed``, ``from-rewritten``, ``header-added``, ``header-changed``,
``header-refolded``, ``header-reordered``, ``other-key``, ``header-unknown`` (the key is the right one, so a
signed field was changed or removed, and it cannot be told which).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailproof.auth.dkim_cause import Cause, Effort
from mailproof.model import DkimVerdict
from mailproof.records.dkim_signature import DkimSignature
from mailproof.records.message import HeaderField, RawMessage

if TYPE_CHECKING:
    from mailproof.auth.bodies import Bodies

#: Larger bodies are not tried.
MAX_BODY = 5_000_000
FAILED = ("body-hash", "body-too-short", "signature", "body-and-signature")


def explain_failures(
    message: RawMessage,
    fields: tuple[HeaderField, ...],
    signatures: list[DkimSignature],
    verdicts: list[DkimVerdict],
    bodies: Bodies,
) -> list[DkimVerdict]:
    """The verdicts with the causes filled in where one could be proven."""
    effort = Effort()
    found: dict[tuple[object, ...], Cause | None] = {}
    explained = []
    for index, verdict in enumerate(verdicts):
        if verdict.code not in FAILED or index >= len(signatures):
            explained.append(verdict)
            continue
        signature = signatures[index]
        verdict = _body(message, signature, verdict, effort, found)
        if verdict.signature_valid is False:
            verdict = _header(message, fields[index], signature, verdict, effort)
        if verdict.cause and verdict.cause not in ("other-key", "empty-signed", "canonicalization"):
            from mailproof.auth.dkim_cause_hop import find_hop

            others = [field for field, v in zip(fields, verdicts, strict=False) if v.body_valid]
            of_body = verdict.body_valid is False
            hop = find_hop(message, fields[index], signature, bodies, others if of_body else [])
            verdict = replace(verdict, cause_hop=hop)
        explained.append(verdict)
    return explained


def _body(
    message: RawMessage,
    signature: DkimSignature,
    verdict: DkimVerdict,
    effort: Effort,
    found: dict[tuple[object, ...], Cause | None],
) -> DkimVerdict:
    if verdict.code == "body-too-short":
        reason = f"the end of the body was cut off: {signature.body_length} octets were signed"
        return replace(verdict, cause="cut-off", cause_reason=reason)
    if verdict.body_valid is not False or len(message.body) > MAX_BODY:
        return verdict
    key = (signature.body_canonicalization, signature.body_length, signature.body_hash)
    if key not in found:
        from mailproof.auth.dkim_body_causes import find_body_cause

        found[key] = find_body_cause(message, signature, effort)
    cause = found[key]
    return replace(verdict, cause=cause.code, cause_reason=cause.reason) if cause else verdict


def _header(
    message: RawMessage,
    field: HeaderField,
    signature: DkimSignature,
    verdict: DkimVerdict,
    effort: Effort,
) -> DkimVerdict:
    from mailproof.auth.dkim_header_causes import find_header_cause

    if verdict.key is None:
        return verdict
    cause, key_matches = find_header_cause(message, field, signature, verdict.key, effort)
    verdict = replace(verdict, key_matches=key_matches)
    if cause is None:
        return verdict
    if not verdict.cause:
        return replace(verdict, cause=cause.code, cause_reason=cause.reason)
    if cause.code == "header-unknown":
        return verdict
    return replace(verdict, cause_reason=f"{verdict.cause_reason}; and {cause.reason}")
