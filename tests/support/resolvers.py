"""Resolvers for tests: a zone from text, and one with scripted failures."""

from __future__ import annotations

from typing import Any

from mailproof.dns import Answer, Resolver
from mailproof.dns.text import normalize
from mailproof.dns.zonefile import ZoneResolver
from mailproof.model import Status
from mailproof.structs import replace


def zone(text: str) -> ZoneResolver:
    """A zone from text, with the root as its origin."""
    return ZoneResolver.from_text(text, origin=".")


class Relabelled:
    """Answers like ``inner`` with some fields replaced, for example a server's name or DNSSEC status."""

    def __init__(self, inner: Resolver, **fields: Any) -> None:
        self.inner, self.fields = inner, fields

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return replace(await self.inner.query(name, rrtype), **self.fields)


class FailingResolver:
    """Answers like ``inner``, except for the failures in ``failures``.

    A key is ``(name, rrtype)``; the rrtype ``*`` matches all types.
    """

    def __init__(self, inner: Resolver, failures: dict[tuple[str, str], Status]) -> None:
        self.inner = inner
        self.failures = {
            (normalize(name), rrtype.upper()): status for (name, rrtype), status in failures.items()
        }
        self.asked: list[tuple[str, str]] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        key = (normalize(name), rrtype.upper())
        self.asked.append(key)
        status = self.failures.get(key) or self.failures.get((key[0], "*"))
        if status is not None:
            return Answer(name=key[0], rrtype=key[1], status=status, server="test")
        return await self.inner.query(name, rrtype)
