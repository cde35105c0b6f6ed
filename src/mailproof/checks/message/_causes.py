"""What to do about each cause of a failed signature (``DkimVerdict.cause``)."""

from __future__ import annotations

from mailproof.model import DkimVerdict

_RECODED = (
    "send content that needs no conversion: quoted-printable or base64, 7-bit, with lines under 998 octets; "
    "or sign after the server that converts it"
)
_INSERTED = (
    "sign after the program that adds the text (footer, disclaimer, scanner banner), "
    "or stop it for signed mail"
)
_BLANK = (
    "sign with c=relaxed/relaxed after the last program that touches the text, and stop the one that does"
)
_HEADER = (
    "sign after the program that writes this field, or stop it from changing mail that is signed already"
)
_FIXES = {
    "appended": _INSERTED,
    "inserted": _INSERTED,
    "part-added": _INSERTED,
    "part-header-added": "sign behind Exchange, or let it pass signed mail on as it is (no rule that"
    " rewrites the message)",
    "wrapped-in-mime": _INSERTED,
    "empty-signed": "the signer must hash the body that is sent: let it sign after the message is complete",
    "trailing-space": _BLANK,
    "blank-lines": _BLANK,
    "line-ends": "hand the message to the signer with CRLF line ends throughout",
    "rewrapped": "send lines of 78 octets, 998 at most (quoted-printable does it): no server wraps them",
    "from-quoted": "encode the text in quoted-printable or base64, so that no line starts with “From ”",
    "dot-stuffed": "sign before SMTP doubles the dots, and let the receiving program undo it",
    "transfer-encoding": _RECODED,
    "charset": _RECODED,
    "links-rewritten": "sign after the scanner that rewrites links, or exempt signed mail from it",
    "canonicalization": "make the signer hash with the canonicalization that its c= names",
    "cut-off": "find the size limit or the program that cut the message off; sign without l=",
    "subject-changed": "turn the Subject tag off (a list's name still stands in List-Id), or sign after it",
    "from-rewritten": "nothing to mend at the sender: the list rewrites From; it should sign for itself",
    "header-added": _HEADER,
    "header-changed": _HEADER,
    "header-reordered": _HEADER,
    "header-refolded": "sign with c=relaxed/relaxed: simple does not survive other folding or spacing",
    "header-unknown": "find the program that rewrites headers after signing; the key needs no change",
}


def where(verdict: DkimVerdict) -> str:
    """The evidence of where it happened; "" where nothing is known."""
    return f"where: {verdict.cause_hop}" if verdict.cause_hop else ""


def remedy(verdict: DkimVerdict, otherwise: str) -> str:
    """What to do, by the proven cause."""
    return _FIXES.get(verdict.cause, otherwise)
