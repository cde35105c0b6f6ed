"""Resolvers for tests: a zone from text, and one that fails where it is told to."""

from __future__ import annotations

from typing import Any

from mailproof.dns import Answer, Resolver
from mailproof.dns.text import normalize
from mailproof.dns.zonefile import ZoneResolver
from mailproof.model import Status
from mailproof.structs import replace


def zone(text: str) -> ZoneResolver:
    """All names of the world from one master file whose origin is the root."""
    return ZoneResolver.from_text(text, origin=".")


class Relabelled:
    """Answers as ``inner`` does, but for these fields: in the name of a live server, say, or signed."""

    def __init__(self, inner: Resolver, **fields: Any) -> None:
        self.inner, self.fields = inner, fields

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return replace(await self.inner.query(name, rrtype), **self.fields)


class FailingResolver:
    """Answers as ``inner`` does, but with a failure for the questions named in ``failures``.

    A key is ``(name, rrtype)``; the rrtype ``*`` stands for all types of the name.
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
