"""A cluster worker's task: one batch, audited in a child process so that its memory is freed."""

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
    """A finished batch: the content of its file, and its tally."""

    content: bytes
    tally: Tally


def audit_batch(
    version: str, orders: DomainOrders, targets: tuple[Target, ...], command: tuple[str, ...]
) -> Part:
    """Audit one batch. Raises UsageError if this worker cannot."""
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
