"""Rules, findings and outcomes: the common shape of every check's result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from mailproof.model.lookup import Unanswered


class Severity(StrEnum):
    """How much a finding matters. ``info`` never changes an exit code."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    #: 0 for the worst.
    rank: int

    def __init__(self, _: str) -> None:
        self.rank = len(type(self).__members__)


#: What this machine may be unable to do, whatever the domain: connect to mail hosts on port 25, query name
#: servers directly on port 53.
Impossible = Literal["transport", "authority"]
OutcomeStatus = Literal["pass", "warn", "fail", "unknown", "error", "skipped"]
#: The status of an outcome, by the rank of its worst finding.
_BY_RANK: tuple[OutcomeStatus, ...] = ("fail", "warn", "pass")
#: ``repair`` restores what a record plainly means; ``improvement`` is safe for all mail that passes today;
#: ``decision`` tightens a policy or removes a permission, and is up to the owner.
FixKind = Literal["repair", "improvement", "decision"]


#: What a fault leads to, the worst first: mail is ``lost`` or junked; others can send ``forged`` mail;
#: ``reports`` (or a logo) are missing; the record is not ``tidy``.
Consequence = Literal["lost", "forged", "reports", "tidy"]
CONSEQUENCES: tuple[Consequence, ...] = get_args(Consequence)
#: What the faults of a topic usually lead to, if not ``lost``; a rule may say otherwise.
TOPIC_CONSEQUENCE: dict[str, Consequence] = {
    "dmarc": "forged",
    "profile": "forged",
    "tls_rpt": "reports",
    "bimi": "reports",
    # Senders treat a broken policy as none: mail flows as it would without.
    "mta_sts": "tidy",
    # Faults that affect the mail itself are found by other rules.
    "expected": "tidy",
}


class Rule(Struct, frozen=True):
    """One check. ``id`` (like ``SPF003``) is never reused.

    ``because_of`` are the rules whose findings cause this rule's, if both are about the same thing; the first
    takes precedence (see ``engine/relate.py``). ``consequence`` is what its findings lead to; it defaults to
    that of the topic.
    """

    id: str
    title: str
    severity: Severity
    topic: str
    references: tuple[str, ...]
    because_of: tuple[str, ...] = ()
    consequence: Consequence | None = None

    def __post_init__(self) -> None:
        if self.consequence is None:
            force_setattr(self, "consequence", TOPIC_CONSEQUENCE.get(self.topic, "lost"))


@cache
def letters_of(rule: str) -> str:
    """The letters of a rule's id, such as SPF of SPF003."""
    return rule.rstrip("0123456789")


class Location(Struct, frozen=True):
    """Where a finding is: the DNS name and record, the characters in it, and the file if there is one.

    ``start`` and ``end`` are offsets in characters into ``record`` (end exclusive); ``line`` counts from 1.
    In the file, the same characters are from ``column`` (from 1) to ``end_column`` (exclusive), as far as
    they are on one line; None if they could not be found there. ``record_line`` is the line on which the
    record begins.
    """

    name: str = ""
    rrtype: str = ""
    record: str = ""
    start: int | None = None
    end: int | None = None
    file: str = ""
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    record_line: int | None = None

    @property
    def snippet(self) -> str:
        """The characters pointed at; empty if the location is the whole record."""
        if self.start is None or self.end is None:
            return ""
        return self.record[self.start : self.end]


#: The TTL of a new record.
FIX_TTL = 3600


class FixRecord(Struct, frozen=True):
    """A record to publish (or, with ``action`` ``remove``, to remove). ``name`` without the final dot.

    ``bind`` is derived from the others: the record as a line of a zone file.
    """

    name: str
    rrtype: str
    value: str
    action: Literal["publish", "remove"] = "publish"
    ttl: int = FIX_TTL

    bind: str = ""

    def __post_init__(self) -> None:
        line = f"{self.name}. {self.ttl} IN {self.rrtype} {self.data}"
        force_setattr(self, "bind", line if self.action == "publish" else f"; remove: {line}")

    @property
    def data(self) -> str:
        """The value as written in a zone file."""
        return _quote_txt(self.value) if self.rrtype == "TXT" else self.value


def _quote_txt(text: str) -> str:
    """A TXT value as quoted strings of at most 255 octets (RFC 1035 section 3.3.14).

    They are split after a space, so that only a word that does not fit (a key) is itself split.
    """
    raw = text.encode("utf-8", "surrogateescape")
    chunks = []
    while len(raw) > 255:
        end = raw.rfind(b" ", 0, 255) + 1
        word = raw[end:].partition(b" ")[0]
        if not end or len(word) > 255:
            end = 255
        chunks.append(raw[:end])
        raw = raw[end:]
    return " ".join(f'"{chunk.decode("latin-1").translate(_ESCAPED)}"' for chunk in (*chunks, raw))


#: How a zone file escapes octets of a string.
_ESCAPED = {octet: f"\\{octet:03d}" for octet in (*range(0x20), *range(0x7F, 0x100))}
_ESCAPED |= {ord(mark): f"\\{mark}" for mark in '"\\'}


class Fix(Struct, frozen=True):
    """How to fix it: a sentence, and the records to paste, if records fix it.

    A check proposes; the engine proves each record by evaluation before it is shown (``engine/fixes.py``).
    """

    summary: str
    records: tuple[FixRecord, ...] = ()
    kind: FixKind = "repair"


class Finding(Struct, frozen=True):
    """Something worth acting on. ``rule`` is the rule's id; ``evidence`` are lines to show.

    ``fingerprint`` is derived from the rule, the subject and the location, so it survives rewording, TTL
    changes and reordering. ``because_of`` is the fingerprint of the finding that this one follows from.
    """

    rule: str
    severity: Severity
    subject: str
    message: str
    location: Location | None = None
    evidence: tuple[str, ...] = ()
    fix: Fix | None = None
    because_of: str = ""
    fingerprint: str = ""

    def __post_init__(self) -> None:
        where = self.location or Location()
        key = "\x1f".join((self.rule, self.subject, where.name, where.rrtype, where.snippet))
        import hashlib  # loads libcrypto, which not every command needs

        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        force_setattr(self, "fingerprint", digest)

    @property
    def place(self) -> tuple[str, str, str]:
        """What stays the same while its record changes: rule, subject, name."""
        return self.rule, self.subject, self.location.name if self.location is not None else ""

    @property
    def records(self) -> tuple[FixRecord, ...]:
        """The records that its fix proposes."""
        return self.fix.records if self.fix is not None else ()


class Outcome(Struct, frozen=True):
    """The result of one check on one subject. ``reason`` explains ``unknown``, ``error`` and ``skipped``.

    ``unanswered`` are the DNS questions whose lack of an answer caused it, if any.
    ``not_possible_here`` says what this machine cannot do; the outcome is then ``skipped``.
    """

    check: str
    subject: str
    status: OutcomeStatus
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    unanswered: tuple[Unanswered, ...] = ()
    not_possible_here: Impossible | None = None

    def mapped(self, change: Callable[[Finding], Finding]) -> Outcome:
        """The same outcome with ``change`` applied to each finding."""
        return replace(self, findings=tuple(map(change, self.findings)))

    @property
    def unasked(self) -> bool:
        """Whether it is open only because no server was asked (``--offline``, or the run was cut off)."""
        return bool(self.unanswered) and all(each.status == "unasked" for each in self.unanswered)

    @property
    def open(self) -> bool:
        """Whether it could not be checked (not: whether there was nothing to check)."""
        return self.unchecked or self.unasked

    @property
    def unchecked(self) -> bool:
        """Whether the check was attempted and could not be completed."""
        return self.status in ("unknown", "error")


def mapped(outcomes: Iterable[Outcome], change: Callable[[Finding], Finding]) -> tuple[Outcome, ...]:
    """The outcomes with ``change`` applied to each finding."""
    return tuple([each.mapped(change) if each.findings else each for each in outcomes])


def status_of(findings: Iterable[Finding]) -> OutcomeStatus:
    """``fail`` with an error among the findings, ``warn`` with a warning, else ``pass``."""
    return _BY_RANK[min((finding.severity.rank for finding in findings), default=2)]
