"""Collects transport facts from test mail hosts."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

from mailproof.facts.transport import TransportResult, collect_transport
from mailproof.model import MxConnectionFacts
from mailproof.structs import replace
from tests.support.mx_server import MxHost, mail_hosts
from tests.support.resolvers import zone
from tests.support.tls import Authority

ONE = """$ORIGIN acme.example.
@ IN MX 10 mx1
mx1 IN A 192.0.2.1
"""
TWO = """$ORIGIN acme.example.
@ IN MX 10 mx1
@ IN MX 20 mx2
mx1 IN A 192.0.2.1
mx2 IN A 192.0.2.2
"""


@contextlib.asynccontextmanager
async def silent_place() -> AsyncIterator[tuple[str, int]]:
    """A listener with a full backlog, which does not answer, as if a firewall dropped packets."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()


async def look(
    hosts: dict[str, MxHost | None], ca: Authority | None = None, text: str = ONE, **values: Any
) -> TransportResult:
    async with mail_hosts(hosts) as options:
        options = replace(options, ca_file=ca.ca_file if ca else None, **values)
        return await collect_transport("acme.example", zone(text), options)


async def only(host: MxHost | None, ca: Authority | None = None, **values: Any) -> MxConnectionFacts:
    result = await look({"192.0.2.1": host}, ca, **values)
    (connection,) = result.facts.connections
    return connection
