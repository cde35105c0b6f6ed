"""One DNS lookup as text: the evidence that a report keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

R = TypeVar("R")
#: A point in time with its time zone.
Instant = Annotated[datetime, Meta(tz=True)]

#: ``unasked``: no server was queried (outside the zones given, or the run was cut off): none is at fault.
#: ``refused``: the server declined, or its answer shows that it is its own (blocked, filtered, rewritten).
#: ``unstated``: there will be records, but the given plan or export does not say which.
Status = Literal["ok", "nodata", "nxdomain", "servfail", "timeout", "refused", "bogus", "unasked", "unstated"]
#: Characters kept of a resolver's own explanation.
MAX_REASON = 200
Secure = Literal["yes", "no", "bogus", "unknown"]

#: The reason for ``unasked`` with ``--offline``.
UNASKED = "not in the zones given, and offline"

#: Each status in words.
STATUS_WORDS: dict[Status, str] = {
    "ok": "answered",
    "nodata": "no record of this type",
    "nxdomain": "the name does not exist",
    "servfail": "the name server failed (SERVFAIL)",
    "timeout": "no answer in time",
    "refused": "the name server refused to answer",
    "bogus": "the DNSSEC signatures do not verify",
    "unasked": "not queried",
    "unstated": "not in the given file",
}
#: The same in short.
STATUS_SHORT: dict[Status, str] = {
    "ok": "answered",
    "nodata": "no such record",
    "nxdomain": "no such name",
    "servfail": "SERVFAIL",
    "timeout": "no answer",
    "refused": "refused",
    "bogus": "DNSSEC validation failure",
    "unasked": "not queried",
    "unstated": "no value",
}


class Question(Struct, frozen=True):
    """A DNS question, and whether it was answered."""

    name: str
    rrtype: str
    status: Status

    @property
    def found(self) -> bool:
        """Whether there are records."""
        return self.status == "ok"

    @property
    def absent(self) -> bool:
        """Whether there is certainly no such record (NODATA or NXDOMAIN)."""
        return self.status in ("nodata", "nxdomain")

    @property
    def exists(self) -> bool:
        """Whether the name certainly exists, with or without records of this type."""
        return self.status in ("ok", "nodata")

    @property
    def undetermined(self) -> bool:
        """Whether it is unknown: neither found nor known to be absent."""
        return self.status not in ("ok", "nodata", "nxdomain")


class Reply(Question, Generic[R], frozen=True):
    """A DNS question and its outcome: records as octets or as text."""

    records: tuple[R, ...] = ()
    ttl: int = 0
    secure: Secure = "unknown"
    chain: tuple[str, ...] = ()
    server: str = ""
    elapsed_ms: float = 0.0
    reason: str = ""


class Lookup(Reply[str], frozen=True):
    """A DNS question and its outcome.

    ``name`` is in lower-case A-labels without the final dot; ``records`` are the answers in presentation
    format (TXT: the strings joined, without quotes); ``ttl`` is in seconds; ``chain`` are the names of the
    CNAME chain after ``name``; ``reason`` says why there is no answer, if more is known than the status.
    """

    def describe(self) -> str:
        """One line: the question, its outcome, and the server that answered."""
        words = STATUS_WORDS[self.status]
        origin = f" (from {self.server})" if self.server else f" ({self.reason})" if self.reason else ""
        if self.reason and self.undetermined:
            # A refused connection has the status timeout too, but we did not wait for it.
            words = "no answer" if self.status == "timeout" else words
            words = self.reason if self.reason.startswith(words) else f"{words}: {self.reason}"
            origin = ""
        return f"{self.rrtype} {self.name}: {words}{origin}"


class Unanswered(Question, frozen=True):
    """A question without an answer, in short: how it failed, at which server, and why.

    ``status`` is that of the lookup (``servfail``, ``timeout``, ``refused``, ``bogus`` or ``unasked``).
    """

    server: str = ""
    reason: str = ""

    @classmethod
    def of(cls, lookup: Lookup) -> Unanswered:
        """The question of a failed lookup."""
        server = lookup.server if lookup.status != "unasked" else ""
        return cls(lookup.name, lookup.rrtype, lookup.status, server, lookup.reason[:MAX_REASON])


class CollectorFailure(Struct, frozen=True):
    """A collector that could not finish, and why. ``unknown``: outcomes are ``unknown``, not ``error``."""

    collector: str
    reason: str
    unknown: bool = False
