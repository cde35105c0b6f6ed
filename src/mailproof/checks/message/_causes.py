"""What to do about each cause of a failed signature (``DkimVerdict.cause``)."""

from __future__ import annotations

from mailproof.model import DkimVerdict, MessageFacts

_RECODED = (
    "Send content that needs no conversion: quoted-printable or base64, 7-bit, with lines under 998 octets; "
    "or sign after the server that converts it"
)
_INSERTED = (
    "Sign after the program that adds the text (footer, disclaimer, scanner banner), "
    "or stop it for signed mail"
)
_FORWARDER = (
    "If the list or forwarder added it: it has to leave signed mail as it is, or set From to its own address "
    "and sign anew, and seal with ARC. Else sign after the program that adds the text"
)
_OF_ANOTHER = (
    "Nothing to fix where a list changed the message and set From to its own address, which is proven. "
    "Else sign after the program that changes it"
)
_BLANK = (
    "Sign with c=relaxed/relaxed after the last program that changes spaces or blank lines, "
    "or stop that program"
)
_HEADER = "Sign after the program that writes this field, or stop it from changing signed mail"
_FOLDED = (
    "Sign header fields that are folded already, at under 78 octets and only after a comma, colon or "
    "semicolon: no server then folds them anew"
)
_FIXES = {
    "appended": _INSERTED,
    "inserted": _INSERTED,
    "part-added": _INSERTED,
    "part-header-added": "Sign after Exchange, or let it pass signed mail on unchanged (no rule that"
    " rewrites the message)",
    "wrapped-in-mime": _INSERTED,
    "empty-signed": "Let the signer sign after the message is complete: it must hash the body that is sent",
    "trailing-space": _BLANK,
    "blank-lines": _BLANK,
    "line-ends": "Hand the message to the signer with CRLF line ends throughout",
    "rewrapped": "Send lines of 78 octets, 998 at most (quoted-printable does that): no server wraps them",
    "from-quoted": "Encode the text in quoted-printable or base64, so that no line starts with “From ”",
    "dot-stuffed": "Sign before SMTP doubles the dots, and let the receiving program undo that",
    "transfer-encoding": _RECODED,
    "charset": _RECODED,
    "links-rewritten": "Sign after the scanner that rewrites links, or exempt signed mail from it",
    "canonicalization": "Make the signer hash with the canonicalization in its c= tag",
    "subject-changed": "Turn the Subject tag off (the list's name is still in List-Id), or sign after it",
    "from-rewritten": "Nothing to fix at the sender: the list rewrites From; it should sign for itself",
    "header-added": _HEADER,
    "header-changed": _HEADER,
    "header-reordered": _HEADER,
    "header-refolded": "Sign with c=relaxed/relaxed: simple does not survive changes of folding or spacing",
    "header-unknown": "Find the program that rewrites header fields after signing; the key needs no change",
}


def where(verdict: DkimVerdict) -> tuple[str, ...]:
    """Where it happened, as evidence, if that is known."""
    return (f"where: {verdict.cause_hop}",) if verdict.cause_hop else ()


def remedy(facts: MessageFacts, verdict: DkimVerdict, otherwise: str) -> str:
    """What to do, by the proven cause; if a list or a forwarder added text, the sender can do nothing."""
    if verdict.aligned is False and facts.dmarc and (facts.dmarc.spf_aligned or facts.dmarc.dkim_aligned):
        return _OF_ANOTHER
    fix = _FIXES.get(verdict.cause, otherwise)
    if verdict.cause == "header-refolded" and verdict.canonicalization.startswith("relaxed"):
        return _FOLDED
    return _FORWARDER if facts.forwarded and fix == _INSERTED else fix
