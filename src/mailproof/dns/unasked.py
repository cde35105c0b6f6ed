"""The DNS where none may be asked."""

from __future__ import annotations

from mailproof.dns.answer import Answer
from mailproof.dns.text import normalize


class UnaskedResolver:
    """Answers every question with "not known", never with "missing".

    Under zone files (``OverlayResolver(zones, UnaskedResolver())``) it stands for all that is published
    elsewhere, so that an include of a provider is not taken for a missing record.
    """

    def __init__(self, why: str = "not asked: no live DNS") -> None:
        self.why = why

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return Answer(normalize(name), rrtype.upper(), "servfail", server=self.why)
