"""The messages between a run and its worker processes: lines of JSON over pipes."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Literal

from msgspec import Raw, Struct
from msgspec.json import Decoder, Encoder

from mailproof.bulk.targets import Target
from mailproof.config import DomainSelectors
from mailproof.model.bulk import ShortRow
from mailproof.policy import Policy
from mailproof.render.bulk_row import failed_line

#: Starts the line of a worker that cannot carry out its orders; the reason follows.
FAULT = b"fault "
#: The first line of a worker that can: it has read the zone files.
READY = b"ready"
Detail = Literal["summary", "findings", "full"]
#: DNS queries that one domain takes, to check a rate with; --connect sends as many more to its name servers.
QUESTIONS = QUESTIONS_TO_SERVERS = 45
_encode = Encoder(order="deterministic").encode
#: Reads a written row back.
read_row = Decoder(ShortRow).decode


class Source(Struct, frozen=True):
    """Where answers come from: the DNS options."""

    nameservers: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    input_format: str = ""
    offline: bool = False
    replay: str = ""
    validate: bool = False
    trust_anchors: str = ""


class Orders(Struct, frozen=True, kw_only=True):
    """A worker's first line: where answers come from, and what to do with each domain or message.

    ``selectors`` are the configuration's: a worker reads none, as it may be on another machine.
    ``limit`` is the time limit for each item in seconds, ``at_once`` how many items a worker has in progress,
    ``rate`` its share of the queries a second (0: no limit).
    """

    source: Source = Source()
    selectors: tuple[DomainSelectors, ...] = ()
    policy: Policy = Policy()
    limit: float = 30.0
    rate: float = 0.0
    at_once: int = 128

    @property
    def room(self) -> int:
        """How many items a worker may have in progress."""
        return self.at_once

    @property
    def is_live(self) -> bool:
        """Whether name servers are queried."""
        return not (self.source.offline or self.source.replay)

    def failed(self, item: Any, reason: str) -> bytes:
        """The row of an item that could not be processed."""
        raise NotImplementedError  # each kind has its own; a Struct takes no ABC


class DomainOrders(Orders, frozen=True, kw_only=True):
    """Domains to audit."""

    connect: bool = False
    all_selectors: bool = False
    detail: Detail = "summary"

    @property
    def room(self) -> int:
        """``at_once``, or with a low rate as many as can be done in a third of their time limit."""
        if not self.rate:
            return self.at_once
        return max(1, min(self.at_once, int(self.rate * self.limit / 3 / self.questions)))

    @property
    def questions(self) -> int:
        """DNS queries per domain."""
        return QUESTIONS + (QUESTIONS_TO_SERVERS if self.connect else 0)

    @property
    def least_queries(self) -> int:
        """Queries that the rate must allow within a domain's time limit."""
        return 2 * self.questions

    @property
    def is_too_slow(self) -> bool:
        """Whether the rate is too low for any domain to finish within its time limit."""
        return self.is_live and 0 < self.rate * self.limit < self.least_queries

    @property
    def options(self) -> str:
        """A digest of the options that shape the rows; where answers come from is not part of it."""
        wanted = (self.detail, self.policy, self.connect, self.all_selectors, *self.selectors)
        return blake2b(_encode(wanted), digest_size=4).hexdigest()

    def is_final(self, row: ShortRow) -> bool:
        """Whether a retry is useless: the row is complete, or lacks only what the files given do not have."""
        return row.complete or (not self.is_live and row.unasked > 0 and not row.failed)

    def failed(self, item: Target, reason: str) -> bytes:
        return failed_line(item.domain, item.line, reason, self.options)


class Done(Struct, frozen=True):
    """A worker's result for the item ``line``; ``row`` is JSON."""

    line: int
    row: Raw
