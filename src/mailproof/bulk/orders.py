"""What passes between a run and its worker processes: lines of JSON over pipes."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Literal

from msgspec import Raw, Struct
from msgspec.json import Encoder

from mailproof.bulk.targets import Target
from mailproof.model.bulk import ShortRow
from mailproof.policy import Policy
from mailproof.render.bulk_row import failed_line

#: What a worker's line begins with that cannot do what it was asked: the words follow.
FAULT = b"fault "
Detail = Literal["summary", "findings", "full"]
#: DNS queries that a domain takes, by which a rate is shared out; so many more to its own name servers.
QUESTIONS = QUESTIONS_TO_SERVERS = 45
_encode = Encoder(order="deterministic").encode


class Seen(ShortRow, frozen=True, kw_only=True):
    """A line that was written, read back: what the summary is made of."""


class Source(Struct, frozen=True):
    """Where answers come from: the options of the DNS."""

    nameservers: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    input_format: str = ""
    offline: bool = False
    replay: str = ""
    validate: bool = False
    trust_anchors: str = ""


class Orders(Struct, frozen=True, kw_only=True):
    """A worker's first line: where answers come from, and what is wanted of each domain or message.

    ``limit`` is the time in seconds that each of them has, ``at_once`` how many a worker has in hand at the
    same time, ``rate`` its share of the questions a second (0: no limit).
    """

    source: Source = Source()
    config: str = ""
    policy: Policy = Policy()
    limit: float = 30.0
    rate: float = 0.0
    at_once: int = 128

    @property
    def room(self) -> int:
        """How many a worker is given at the same time."""
        return self.at_once

    @property
    def is_live(self) -> bool:
        """Whether name servers are asked."""
        return not (self.source.offline or self.source.replay)

    def failed(self, item: Any, reason: str) -> bytes:
        """The row of a domain or message that could not be worked on."""
        raise NotImplementedError  # each kind has its own; a Struct takes no ABC


class DomainOrders(Orders, frozen=True, kw_only=True):
    """Domains to audit."""

    connect: bool = False
    all_selectors: bool = False
    detail: Detail = "summary"

    @property
    def room(self) -> int:
        """As ``at_once``; with a low rate no more than can be done in a third of their time."""
        if not self.rate:
            return self.at_once
        return max(1, min(self.at_once, int(self.rate * self.limit / 3 / self.questions)))

    @property
    def questions(self) -> int:
        """DNS queries that a domain takes."""
        return QUESTIONS + (QUESTIONS_TO_SERVERS if self.connect else 0)

    @property
    def least_queries(self) -> int:
        """So many must be possible in a domain's time."""
        return 2 * self.questions

    @property
    def is_too_slow(self) -> bool:
        """Whether no domain could be done within its time."""
        return self.is_live and 0 < self.rate * self.limit < self.least_queries

    @property
    def options(self) -> str:
        """The same for the same options of what is wanted; where answers come from does not count."""
        wanted = (self.detail, self.policy, self.connect, self.all_selectors)
        return blake2b(_encode(wanted), digest_size=4).hexdigest()

    def is_final(self, row: Seen) -> bool:
        """Whether another try would find out no more: what was given does not change."""
        return row.complete or (not self.is_live and row.unasked > 0 and not row.failed)

    def failed(self, item: Target, reason: str) -> bytes:
        return failed_line(item.domain, item.line, reason, self.options)


class Done(Struct, frozen=True):
    """What a worker says of what it was given as ``line``: ``row`` is JSON."""

    line: int
    row: Raw
