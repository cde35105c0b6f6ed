"""A worker process of ``mailproof verify``."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

from mailproof.bulk.mailbox import Message, MessageOrders, Verified
from mailproof.cli.verify import moment
from mailproof.cli.worker import serve
from mailproof.dns.rate import Pace
from mailproof.engine.session import Session
from mailproof.engine.verify import Unread, VerifyOptions, verify_saved
from mailproof.policy import exit_code
from mailproof.render.json import encoded, render_jsonl
from mailproof.render.look import Look
from mailproof.render.message_row import row_of, unread_row


def begin(
    orders: MessageOrders, session: Session, _pace: Pace | None
) -> Callable[[Message], Awaitable[bytes]]:
    """Return the function that produces a message's row."""
    options = VerifyOptions(
        ip=orders.ip,
        helo=orders.helo,
        mail_from=orders.mail_from,
        trust=orders.trust,
        at=moment(orders.at),
    )

    async def one(message: Message) -> bytes:
        found = await verify_saved(message.saved, session, options)
        if isinstance(found, Unread):
            return encoded(Verified(unread_row(found.source, found.problem)))
        report = session.policy.applied(found)
        return encoded(
            Verified(
                row_of(report),
                render_jsonl((report,), Look()) if orders.reports else "",
                exit_code((report,), orders.fail_on),
                report.accepted,
            )
        )

    return one


if __name__ == "__main__":
    sys.exit(serve(MessageOrders, Message, begin))
