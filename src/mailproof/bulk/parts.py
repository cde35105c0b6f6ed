"""Results as a folder of parts: one file per batch, named after it, and never partially written."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from mailproof.bulk.orders import DomainOrders, read_row
from mailproof.bulk.targets import Target
from mailproof.errors import UsageError
from mailproof.files import write_whole
from mailproof.model.bulk import ShortRow

_PART = re.compile(r"part-(\d{7,})-[0-9a-f]{16}\.(?:parquet|jsonl)")
_encode = msgspec.json.encode


class Batch(Struct, frozen=True):
    """Consecutive domains of the list, and the name of their part."""

    number: int
    targets: tuple[Target, ...]
    part: str


def batch_of(number: int, targets: tuple[Target, ...], orders: DomainOrders) -> Batch:
    """A batch. Its part's name depends on the domains and the orders, but not on where answers come from."""
    digest = blake2b(_encode((orders.options, targets)), digest_size=8).hexdigest()
    form = "parquet" if orders.detail == "summary" else "jsonl"
    return Batch(number, targets, f"part-{number:07}-{digest}.{form}")


class Folder:
    """The existing parts. ``resume``: whether there may be any."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Raises UsageError if it is not writable, or has results and ``resume`` is false."""
        self.path = path
        try:
            path.mkdir(exist_ok=True)
            names = sorted(os.listdir(path))
        except (OSError, ValueError) as error:
            raise UsageError(f"-o {path}: {getattr(error, 'strerror', None) or error}") from None
        self.parts = {int(found[1]): found[0] for found in map(_PART.fullmatch, names) if found}
        others = [name for name in names if not _PART.fullmatch(name) and not name.startswith(".")]
        if others:
            raise UsageError(f"-o {path}: has other files ({others[0]}): name an empty or a new folder")
        if self.parts and not resume:
            raise UsageError(
                f"-o {path}: already has results: use --resume to continue them, or name another"
            )
        with contextlib.suppress(OSError):
            for name in names:
                if name.startswith(".part-"):  # an earlier run was killed while it wrote it
                    (path / name).unlink()

    def has(self, batch: Batch) -> bool:
        """Whether the batch is done. Raises UsageError if its number belongs to a different part."""
        there = self.parts.get(batch.number)
        if there is not None and there != batch.part:
            raise UsageError(
                f"{self.path / there}: was made of another list or with other options: "
                "name another folder, or use the list and the options of that run"
            )
        return there is not None

    def check_end(self, batches: int) -> None:
        """Raises UsageError if there are parts of a longer list."""
        beyond = max(self.parts, default=-1)
        if beyond >= batches:
            raise UsageError(f"{self.path / self.parts[beyond]}: was made of a longer list")

    def write(self, batch: Batch, content: bytes) -> None:
        """Write a part atomically. Raises OSError."""
        write_whole(self.path / batch.part, content)
        self.parts[batch.number] = batch.part

    def rows(self, batch: Batch) -> Iterator[ShortRow]:
        """The rows of an existing part. Raises UsageError if it cannot be read."""
        path = self.path / batch.part
        try:
            if path.suffix == ".jsonl":
                with path.open("rb") as lines:
                    yield from map(read_row, lines)
            else:
                from mailproof.bulk.tables import read_parquet

                yield from read_parquet(path)
        except (OSError, ValueError) as error:
            reason = str(getattr(error, "strerror", None) or error).splitlines()[0]
            raise UsageError(f"{path}: cannot be read ({reason}): remove it, and it is done again") from None
