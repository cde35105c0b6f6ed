"""What a worker of a cluster does: one batch, in a process of its own, whose memory goes with it."""

from __future__ import annotations

from io import BytesIO

from msgspec import Struct

from mailproof import __version__
from mailproof.bulk.orders import DomainOrders
from mailproof.bulk.run import DomainPool, Run, Watcher
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import Target
from mailproof.errors import UsageError


class Part(Struct, frozen=True):
    """A batch that is done: its file's content, and what its rows come to."""

    content: bytes
    tally: Tally


def audit_batch(
    version: str, orders: DomainOrders, targets: tuple[Target, ...], command: tuple[str, ...]
) -> Part:
    """Raises UsageError where this worker cannot do what is asked of it."""
    if version != __version__:
        raise UsageError(f"has mailproof {__version__}, and you have {version}: install the same everywhere")
    rows: list[bytes] = []
    pool = DomainPool(1, orders, command)
    try:
        run = Run(pool, rows.append, Watcher())
        run.over(targets)
    finally:
        pool.close()
    if orders.detail == "summary":
        from mailproof.bulk.tables import parquet_to

        content = BytesIO()
        parquet_to(content, rows)
        return Part(content.getvalue(), run.tally)
    return Part(b"".join(row + b"\n" for row in rows), run.tally)
