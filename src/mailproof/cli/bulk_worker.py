"""A worker process of ``mailproof bulk``."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

from mailproof.bulk.orders import DomainOrders
from mailproof.bulk.targets import Target
from mailproof.cli.worker import serve
from mailproof.dns.rate import Pace
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.session import Session
from mailproof.facts.transport_options import TransportOptions
from mailproof.render.bulk_row import row_line


def begin(orders: DomainOrders, session: Session, pace: Pace | None) -> Callable[[Target], Awaitable[bytes]]:
    """Return the function that produces a domain's row."""
    transport = TransportOptions(pace=pace)
    made_with = orders.options

    async def one(target: Target) -> bytes:
        if target.again:  # else cached failures of the first attempt would be used
            session.resolver.forget_failures(target.again)
        options = AuditOptions(
            selectors=target.selectors,
            ips=target.ips,
            connect=orders.connect,
            transport=transport,
            all_selectors=orders.all_selectors,
            prove=orders.detail == "full",
        )
        report = (await audit_domain(target.domain, session, options)).report
        return row_line(session.policy.applied(report), target.line, orders.detail, made_with)

    return one


if __name__ == "__main__":
    sys.exit(serve(DomainOrders, Target, begin))
