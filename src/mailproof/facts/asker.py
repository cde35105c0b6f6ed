"""Whatever puts a question to one server of its own choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mailproof.dns.live.direct import DirectAnswer


class Asker(Protocol):
    """Whatever asks one server directly; see DirectAsker."""

    async def ask(self, address: str, name: str, rrtype: str) -> DirectAnswer:
        """One question to the server at an address."""
        ...
