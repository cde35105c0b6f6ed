"""The journal as a table: CSV, or Parquet with nested findings."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mailproof.bulk.orders import read_row
from mailproof.errors import UsageError
from mailproof.model.bulk import BulkFinding, ShortRow
from mailproof.render.csv import cells

if TYPE_CHECKING:
    import pyarrow

#: Rows in one Parquet row group, all in memory at a time.
GROUP = 10_000
COLUMNS = ShortRow.__struct_fields__


def write_csv(lines: Iterable[bytes], path: Path) -> None:
    """A header, then one line per domain; findings are given as rule ids."""
    with _replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for line in lines:
            row = read_row(line)
            writer.writerow(cells([_cell(getattr(row, name)) for name in COLUMNS]))
        file.flush()
        os.fsync(file.fileno())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        ids = (each.rule if isinstance(each, BulkFinding) else str(each) for each in value)
        return (
            " ".join(dict.fromkeys(ids)) if all(isinstance(e, BulkFinding) for e in value) else "; ".join(ids)
        )
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def check_parquet() -> None:
    """Raises UsageError if pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow: pip install 'mailproof[parquet]'; else write to a .jsonl or .csv file"
        ) from None


def write_parquet(lines: Iterable[bytes], path: Path) -> None:
    """The rows as Parquet; see ``parquet_to``."""
    with _replacing(path) as temporary:
        parquet_to(temporary, lines)


def parquet_to(place: Path | BytesIO, lines: Iterable[bytes]) -> None:
    """Flat columns, with ``providers`` as a list and ``findings`` as a list of structs."""
    import pyarrow.parquet

    schema = parquet_schema()
    rows = map(_plain, lines)
    with pyarrow.parquet.ParquetWriter(place, schema, compression="zstd") as writer:
        while group := list(islice(rows, GROUP)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema=schema))


def read_parquet(path: Path) -> Iterator[ShortRow]:
    """The rows of a file. Raises OSError or ValueError."""
    import pyarrow.parquet

    for group in pyarrow.parquet.ParquetFile(path).iter_batches(GROUP):
        for row in group.to_pylist():
            yield msgspec.convert(row, ShortRow)


def parquet_schema() -> pyarrow.Schema:
    """The schema, derived from ``ShortRow``: a new column needs no change here."""
    import pyarrow

    finding = pyarrow.struct([(name, pyarrow.string()) for name in BulkFinding.__struct_fields__])
    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        bool: pyarrow.bool_(),
        str | None: pyarrow.string(),
        tuple[str, ...]: pyarrow.list_(pyarrow.string()),
        tuple[BulkFinding, ...]: pyarrow.list_(finding),
    }
    types = {field.name: field.type for field in msgspec.structs.fields(ShortRow)}
    other = pyarrow.timestamp("us", tz="UTC")
    return pyarrow.schema([(name, kinds.get(types[name], other)) for name in COLUMNS])


def _plain(line: bytes) -> dict[str, Any]:
    row = read_row(line)
    plain = {name: getattr(row, name) for name in COLUMNS}
    return plain | {"findings": [msgspec.structs.asdict(each) for each in row.findings]}


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that replaces it on success, and is removed on failure.

    If the process is killed, the next run overwrites it.
    """
    path = Path(os.path.realpath(path))  # a link keeps its target
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
