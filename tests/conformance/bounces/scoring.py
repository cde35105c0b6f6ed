"""Compares our bounce parsing with another program's: recipients, replies, causes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from mailproof.errors import MessageError
from mailproof.explain import explain_file
from mailproof.model import BounceReply

_SENDER = "sender-refused recipient-restricted policy blocked"
#: Sisimai's reasons, and our kinds that say the same or more. "": Sisimai does not know the reason.
KINDS = {
    "userunknown": "unknown-recipient",
    "filtered": "unknown-recipient recipient-restricted recipient-disabled",
    "mailboxfull": "mailbox-full",
    "suspend": "recipient-disabled",
    "hasmoved": "recipient-moved",
    "hostunknown": "unknown-domain",
    "networkerror": "unreachable unknown-domain loop expired",
    "expired": "expired unreachable unknown-domain rate",
    "notaccept": "no-mail-accepted unreachable",
    "blocked": "blocked reputation policy sender-refused rate reverse-dns authentication greylisted",
    "badreputation": "reputation blocked rate",
    "rejected": _SENDER,
    "authfailure": "authentication",
    "requireptr": "reverse-dns",
    "policyviolation": "policy authentication blocked content sender-refused recipient-restricted",
    "securityerror": "policy login tls recipient-restricted blocked authentication",
    "spamdetected": "spam",
    "virusdetected": "virus",
    "contenterror": "content",
    "mesgtoobig": "too-large",
    "exceedlimit": "too-large rate",
    "toomanyconn": "rate",
    "speeding": "rate",
    "norelaying": "relay",
    "mailererror": "system",
    "systemerror": "system loop unreachable",
    "systemfull": "system mailbox-full",
    "syntaxerror": "protocol",
    "onhold": "",
    "undefined": "",
}


class Expected(NamedTuple):
    """The other program's result for one recipient; "" for an unknown value."""

    recipient: str
    code: str
    status: str
    reason: str


class Score:
    """Counts, and the differences as lines."""

    def __init__(self) -> None:
        self.recipients = self.found = self.codes = self.code = self.statuses = self.status = 0
        self.reasons = self.cause = self.certain = self.wrong = 0
        self.differing: list[str] = []

    def __str__(self) -> str:
        return (
            f"recipient right in {self.found} of {self.recipients}, reply in {self.code} of {self.codes}, "
            f"status in {self.status} of {self.statuses}, cause in {self.cause} of {self.reasons} "
            f"({self.certain} of them certain), a certain cause other than the reference's in {self.wrong}"
        )


def expectations(path: Path) -> Iterable[tuple[Path, tuple[Expected, ...]]]:
    """The files listed in an ``expected.jsonl``, with the expected results."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield path.parent / Path(row["file"]).name, tuple(map(_expected, row["expect"]))


def _expected(row: dict[str, str | int]) -> Expected:
    code, status = row.get("replycode", row.get("code", "")), row.get("deliverystatus", row.get("status", ""))
    return Expected(str(row["recipient"]), str(code or ""), str(status), str(row.get("reason", "")))


def read(path: Path) -> tuple[BounceReply, ...]:
    """Our result for a file."""
    try:
        return explain_file(path.read_bytes()).replies
    except MessageError:
        return ()


def score(cases: Iterable[tuple[Path, Sequence[Expected]]]) -> Score:
    """The score over all files."""
    total = Score()
    for path, expected in cases:
        replies = read(path)
        by_recipient = {reply.recipient.lower(): reply for reply in replies}
        for one in expected:
            reply = by_recipient.get(one.recipient.lower())
            total.recipients += 1
            total.found += reply is not None
            if reply is None:
                total.differing.append(f"{path.name}: {one.recipient} is not named")
                reply = replies[0] if len(replies) == 1 else BounceReply(text="")
            _count(total, path.name, one, reply)
    return total


def _count(total: Score, name: str, one: Expected, reply: BounceReply) -> None:
    invented = one.status.startswith(("5.0.9", "4.0.9")) or one.status.endswith(".0.0")
    if one.code:
        total.codes += 1
        total.code += str(reply.code) == one.code
    if one.status and not invented:
        total.statuses += 1
        total.status += reply.status == one.status
    kinds = KINDS.get(one.reason, "").split()
    if not kinds:
        return
    total.reasons += 1
    cause = reply.causes[0] if reply.causes else None
    right = cause is not None and cause.kind in kinds
    total.cause += right
    total.certain += bool(right and cause and cause.certain)
    total.wrong += bool(cause and cause.certain and not right)
    if not right:
        told = f"{cause.id} ({cause.degree}: {cause.phrase})" if cause else "no cause"
        total.differing.append(f"{name}: {one.reason}, we: {told}: {reply.text[:100]}")
