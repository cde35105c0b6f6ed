"""The main loop of a worker process: reads orders, then items, from stdin, and writes results to stdout."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BufferedReader, FileIO
from typing import IO

import msgspec

from mailproof.bulk.orders import FAULT, READY, Done, Orders
from mailproof.bulk.pool import AnyItem, AnyOrders
from mailproof.cli.session import open_session
from mailproof.cli.sources import options_of
from mailproof.cli.zones import read_once
from mailproof.config import Config
from mailproof.dns.rate import Pace
from mailproof.engine.session import Session
from mailproof.errors import MailproofError
from mailproof.facts.stop import Stop
from mailproof.redaction import own_secrets

#: Octets to read at once: the reading thread waits up to 5 ms for the GIL before each read.
READ = 1 << 18
#: A worker sleeps for this many seconds before it takes another item,
LOOK_S = 0.001
#: and is overloaded if the sleep took longer than this.
LATE_S = 0.02
_encode = msgspec.json.encode
# Makes the row of an item; and makes that function, given the orders.
Work = Callable[[AnyItem], Awaitable[bytes]]
Begin = Callable[[AnyOrders, Session, Pace | None], Work[AnyItem]]


def serve(kind: type[AnyOrders], items: type[AnyItem], begin: Begin[AnyOrders, AnyItem]) -> int:
    """Work until standard input ends. ``begin`` returns the function that makes the row of an item."""
    given = BufferedReader(FileIO(sys.stdin.fileno(), closefd=False), READ)
    orders = msgspec.json.decode(given.readline(), type=kind)
    with own_secrets(), read_once():
        try:
            asyncio.run(_work(orders, given, items, begin))
        except MailproofError as error:
            sys.stdout.buffer.write(FAULT + str(error).replace("\n", " ").encode() + b"\n")
            return 2
    return 0


async def _work(
    orders: AnyOrders, given: IO[bytes], items: type[AnyItem], begin: Begin[AnyOrders, AnyItem]
) -> None:
    pace = Pace(orders.rate) if orders.rate else None
    async with open_session(
        options_of(orders.source),
        Config(selectors=orders.selectors),
        Stop(None),
        policy=orders.policy,
        limit=orders.limit,
        pace=pace,
        aloud=False,
    ) as session:
        work = begin(orders, session, pace)
        _put(READY)
        decode = msgspec.json.Decoder(items).decode
        running: set[asyncio.Task[None]] = set()
        async for line in _lines(given):
            while running and await is_late():
                pass
            task = asyncio.create_task(_one(decode(line), work, orders))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)


async def is_late() -> bool:
    """Whether this process is overloaded: another item would only delay those it has."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(LOOK_S)
    return loop.time() - began > LATE_S


async def _lines(given: IO[bytes]) -> AsyncIterator[bytes]:
    """The lines, read by a thread, so that the parent's writes never block while this process works."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        while line := given.readline():
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, b"")

    threading.Thread(target=read, daemon=True).start()
    while line := await queue.get():
        yield line


async def _one(item: AnyItem, work: Work[AnyItem], orders: Orders) -> None:
    try:
        row = await work(item)
    except Exception as error:  # noqa: BLE001 - a bug fails this item alone
        row = orders.failed(item, f"{type(error).__name__}: {error}")
    _put(_encode(Done(item.line, msgspec.Raw(row))))


def _put(line: bytes) -> None:
    try:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(0)  # the parent is gone
