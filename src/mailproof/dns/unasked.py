"""The DNS where none may be asked."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.dns.answer import Answer
from mailproof.dns.text import normalize
from mailproof.model import UNASKED


class UnaskedResolver:
    """Answers every question with "not known", never with "missing".

    Under zone files (``OverlayResolver(zones, UnaskedResolver(origins=...))``) it stands for all that is
    published elsewhere, so that an include of a provider is not taken for a missing record. Only a DMARC
    record above one of ``origins`` is taken to be absent: public suffixes hardly ever publish one, and each
    tree walk asks for it.
    """

    def __init__(self, why: str = UNASKED, origins: Iterable[str] = ()) -> None:
        self.why, self.origins = why, tuple(normalize(origin) for origin in origins)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        key = normalize(name)
        suffix = key.removeprefix("_dmarc.")
        above = key != suffix and any(origin.endswith(f".{suffix}") for origin in self.origins)
        if above:
            return Answer(key, rrtype.upper(), "nxdomain", reason="assumed: nobody was asked")
        return Answer(key, rrtype.upper(), "unasked", reason=self.why)
