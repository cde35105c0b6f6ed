"""``mailproof verify`` of many messages in worker processes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

from mailproof.bulk.mailbox import MessageOrders, MessagePool
from mailproof.cli.interrupts import Listening
from mailproof.cli.many_messages import Many
from mailproof.cli.options import DnsOptions
from mailproof.cli.output import Output
from mailproof.cli.progress import progress
from mailproof.cli.sources import source_of
from mailproof.config import Config
from mailproof.engine.verify import VerifyOptions
from mailproof.facts.stop import Stop
from mailproof.mail.saved import SavedMessage
from mailproof.policy import Policy

#: Arguments that start a worker process.
WORKER = ("-m", "mailproof.cli.verify_worker")
#: Messages in progress per worker: one waits for responses while another is verified.
AT_ONCE = 16


def message_orders(
    dns: DnsOptions,
    config: Config,
    policy: Policy,
    limit: float,
    options: VerifyOptions,
    at: str,
    out: Output,
    done: Many,
) -> MessageOrders:
    """The command's options as orders for a worker."""
    return MessageOrders(
        source=source_of(dns, config),
        policy=policy,
        limit=limit,
        at_once=AT_ONCE,
        ip=options.ip,
        helo=options.helo,
        mail_from=options.mail_from,
        trust=options.trust,
        at=at,
        reports=done.writes_reports,
        fail_on=out.fail_on,
    )


def verify_in_workers(
    messages: Iterable[SavedMessage],
    orders: MessageOrders,
    workers: int,
    done: Many,
    out: Output,
    quiet: bool,
) -> None:
    """Verify the messages that no earlier run did, and show each result in order."""
    stop = Stop()
    with (
        Listening(stop.interrupt),
        closing(MessagePool(workers, orders, WORKER)) as pool,
        progress(quiet) as show,
    ):
        show("verifying")
        for verified in pool.verify(done.fresh(messages), lambda: stop.stopped or out.is_unread):
            show(f"verified {done.described}")
            with show.hidden():
                done.receive(verified, out)
    if stop.stopped:
        done.complain_of_rest()
        out.counts((130,))
