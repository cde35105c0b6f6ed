"""Folders of parts: named after their batch, written atomically."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailproof.bulk.orders import DomainOrders, Source
from mailproof.bulk.parts import Batch, Folder, batch_of
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import Target
from mailproof.errors import UsageError

ORDERS = DomainOrders(detail="findings")
ROW = b'{"domain":"a.example","line":1,"verdict":"pass","grade":"A","queries":7,"dmarc_record":true}\n'


def batch(*names: str, number: int = 0, orders: DomainOrders = ORDERS) -> Batch:
    return batch_of(number, tuple(Target(line, name) for line, name in enumerate(names, 1)), orders)


def test_the_name_is_the_batch() -> None:
    first = batch("a.example")
    assert first == batch("a.example")
    others = (
        batch("b.example"),
        batch("a.example", "b.example"),
        batch("a.example", orders=DomainOrders(detail="full")),
        batch("a.example", orders=DomainOrders(detail="findings", connect=True)),
    )
    assert len({first.part, *(each.part for each in others)}) == 5
    assert (
        batch("a.example", orders=DomainOrders(detail="findings", source=Source(nameservers=("192.0.2.1",))))
        == first
    )
    assert first.part.startswith("part-0000000-")
    assert batch("a.example", orders=DomainOrders()).part.endswith(".parquet")


def test_parts_that_are_there_are_passed_over(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out", resume=False)
    assert not folder.has(batch("a.example"))
    folder.write(batch("a.example"), ROW)
    again = Folder(tmp_path / "out", resume=True)
    assert again.has(batch("a.example"))
    (row,) = again.rows(batch("a.example"))
    assert (row.domain, row.queries) == ("a.example", 7)
    with pytest.raises(UsageError, match="another list"):
        again.has(batch("b.example"))
    with pytest.raises(UsageError, match="longer list"):
        again.check_end(0)
    again.check_end(1)
    with pytest.raises(UsageError, match="already has results"):
        Folder(tmp_path / "out", resume=False)


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path, resume=False)
    (tmp_path / batch("a.example").part).mkdir()
    with pytest.raises(OSError, match="directory"):
        folder.write(batch("a.example"), ROW)
    assert os.listdir(tmp_path) == [batch("a.example").part]


@pytest.mark.parametrize("content", [b"{", b'{"domain":5}\n', b"\xff\n"])
def test_a_part_that_cannot_be_read_is_named(content: bytes, tmp_path: Path) -> None:
    folder = Folder(tmp_path, resume=False)
    folder.write(batch("a.example"), content)
    with pytest.raises(UsageError, match="remove it, and it is done again"):
        list(folder.rows(batch("a.example")))


def test_a_part_of_parquet_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow: mailproof[parquet]")
    folder = Folder(tmp_path, resume=False)
    folder.write(batch("a.example", orders=DomainOrders()), b"PAR1")
    with pytest.raises(UsageError, match="remove it, and it is done again"):
        list(folder.rows(batch("a.example", orders=DomainOrders())))


def test_tallies_add_up(tmp_path: Path) -> None:
    folder = Folder(tmp_path, resume=False)
    folder.write(batch("a.example"), ROW)
    (row,) = folder.rows(batch("a.example"))
    both, one, other = Tally(), Tally(), Tally()
    for tally in (both, both, one, other):
        tally.count(row)
    one.merge(other)
    whole, merged = both.summary(), one.summary()
    assert (merged.domains, merged.queries, dict(merged.grades)) == (2, 14, {"A": 2})
    assert merged.adoption == whole.adoption
    one.count(row, earlier=True)
    assert (one.domains, one.earlier) == (3, 1)
