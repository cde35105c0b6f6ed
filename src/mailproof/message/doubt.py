"""Copies of messages whose lines were altered by pasting: there, a hash mismatch proves nothing."""

from __future__ import annotations

from mailproof.message.forensics import CHANGED, FAILED
from mailproof.model import ArcVerdict, DkimVerdict
from mailproof.records.message import RawMessage
from mailproof.structs import replace

#: Codes of signatures that can't be verified: on this copy, or because they or their key changed since.
UNVERIFIED = ("no-body", "altered-copy", "key-replaced", CHANGED)
_REASON = "it does not verify, but this copy was altered when it was pasted or saved"


def signatures_in_doubt(message: RawMessage, verdicts: tuple[DkimVerdict, ...]) -> tuple[DkimVerdict, ...]:
    """The verdicts, with a signature that fails on an altered copy left open."""
    if not message.altered:
        return verdicts
    return tuple(
        replace(
            each,
            result="neutral",
            code="altered-copy",
            reason=f"{_REASON} ({message.altered})",
            body_valid=None,
            signature_valid=None,
        )
        if each.code in FAILED
        else each
        for each in verdicts
    )


def chain_in_doubt(
    message: RawMessage, verdict: ArcVerdict, signatures: tuple[DkimVerdict, ...]
) -> ArcVerdict:
    """The verdict, with a chain that fails on an altered copy left open, or on one whose ``signatures`` show
    that it was changed since it arrived.
    """
    changed = next((each.reason for each in signatures if each.code == CHANGED), "")
    if changed and verdict.code == "message-signature":
        return replace(verdict, result="neutral", code=CHANGED, reason=changed)
    if not message.altered or verdict.result != "fail":
        return verdict
    return replace(verdict, result="neutral", code="altered-copy", reason=f"{_REASON} ({message.altered})")
