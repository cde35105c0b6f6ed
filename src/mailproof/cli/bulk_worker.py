"""A worker process of ``mailproof bulk``: orders on standard input, results on standard output."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import msgspec

from mailproof.bulk.messages import FAULT, Done, Orders
from mailproof.bulk.targets import Target
from mailproof.cli import options as opt
from mailproof.cli.session import open_session
from mailproof.config import load_config
from mailproof.dns.rate import Pace
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.session import Session
from mailproof.errors import MailproofError
from mailproof.facts.stop import Stop
from mailproof.facts.transport_options import TransportOptions
from mailproof.redaction import own_secrets
from mailproof.render.bulk_row import failed_line, row_line

#: So long a process waits, in seconds, to see whether it has time for another domain,
LOOK_S = 0.001
#: which it has not where that took so long.
LATE_S = 0.02
_encode = msgspec.json.encode
_target = msgspec.json.Decoder(Target).decode


def main() -> int:
    """Work until standard input ends."""
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    with own_secrets():
        try:
            asyncio.run(_work(orders))
        except MailproofError as error:
            sys.stdout.buffer.write(FAULT + str(error).replace("\n", " ").encode() + b"\n")
            return 2
    return 0


async def _work(orders: Orders) -> None:
    dns = opt.DnsOptions(
        nameservers=list(orders.nameservers) or None,
        zones=[Path(each) for each in orders.zones] or None,
        input_format=cast("opt.InputFormat | None", orders.input_format or None),
        offline=orders.offline,
        replay=Path(orders.replay) if orders.replay else None,
    )
    config = load_config(Path(orders.config) if orders.config else None)
    pace = Pace(orders.rate) if orders.rate else None
    transport = TransportOptions(pace=pace)
    async with open_session(
        dns, config, Stop(None), policy=orders.policy, limit=orders.limit, pace=pace
    ) as session:
        running: set[asyncio.Task[None]] = set()
        async for target in _targets():
            while running and await is_late():
                pass
            if target.again:  # else its first try's failures would answer
                session.forget_failures(target.again)
            task = asyncio.create_task(_one(target, session, orders, transport))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)


async def is_late() -> bool:
    """Whether there is more to do than this process can: another domain would only make all of them wait."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(LOOK_S)
    return loop.time() - began > LATE_S


async def _targets() -> AsyncIterator[Target]:
    """A thread reads them, so that neither side ever waits for the other to read."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        while line := sys.stdin.buffer.readline():
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, b"")

    threading.Thread(target=read, daemon=True).start()
    while line := await queue.get():
        yield _target(line)


async def _one(target: Target, session: Session, orders: Orders, transport: TransportOptions) -> None:
    options = AuditOptions(
        selectors=target.selectors,
        ips=target.ips,
        connect=orders.connect,
        transport=transport,
        all_selectors=orders.all_selectors,
        prove=orders.detail == "full",
    )
    made_with = orders.options
    try:
        report = (await audit_domain(target.domain, session, options)).report
        row = row_line(session.policy.applied(report), target.line, orders.detail, made_with)
    except Exception as error:  # noqa: BLE001 - it costs this domain alone
        row = failed_line(target.domain, target.line, f"{type(error).__name__}: {error}", made_with)
    try:
        sys.stdout.buffer.write(_encode(Done(target, msgspec.Raw(row))) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(0)  # nobody waits for the results any more


if __name__ == "__main__":
    sys.exit(main())
