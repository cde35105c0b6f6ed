"""One attempt in flight."""

from __future__ import annotations

import math

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import Reply


class Domain(Struct, eq=False):
    """When a query below a name of two labels was last answered (monotonic), and how many got SERVFAIL."""

    answered: float = -math.inf
    failures: int = 0


class Turn(Struct, eq=False):
    """When it was sent (monotonic), and below which domain. ``reply``: its result, if received already.

    ``quiet``: few other queries were in flight; ``calm``: few others were sent in the last second either.
    """

    sent: float
    domain: Domain
    quiet: bool
    calm: bool
    reply: Reply | Miss | None = None
