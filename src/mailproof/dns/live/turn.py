"""One try in a server's hands."""

from __future__ import annotations

import math

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import Reply


class Domain(Struct, eq=False):
    """When anything below a name of two labels was last answered, and how often there was SERVFAIL."""

    answered: float = -math.inf
    failures: int = 0


class Turn(Struct, eq=False):
    """When it was sent (monotonic), below which domain; ``reply``: what came, where it is there already.

    ``quiet``: with little else in the server's hands; ``calm``: after little else in the last second.
    """

    sent: float
    domain: Domain
    quiet: bool
    calm: bool
    reply: Reply | Miss | None = None
