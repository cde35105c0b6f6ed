"""Mailbox files written by others: large ones, pipes among the messages, lines designed to be slow."""

from __future__ import annotations

import os
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.mail.mailboxes.kept import Kept
from mailproof.mail.mailboxes.mbox_stream import mbox_stream
from mailproof.mail.saved import Saved
from mailproof.records.mbox import MBOX_LINE, mbox_pieces
from tests.hostile.actors import BOUNCE, BOUNCE_HEADER, PROBE_HEADER, TOKEN, large
from tests.hostile.watching import MIB, Watcher

FROM = b"From a@acme.example Sun Nov 01 12:00:00 2026\n"


def mbox(*messages: bytes) -> bytes:
    return b"".join(FROM + raw.replace(b"\r\n", b"\n") + b"\n" for raw in messages)


@pytest.mark.parametrize(
    ("others", "last", "result"),
    [
        pytest.param(
            large(b"Subject: other\r\n", 2 * MIB), PROBE_HEADER + b"x\r\n", "found", id="other mail"
        ),
        pytest.param(large(BOUNCE_HEADER, 2 * MIB), BOUNCE, "bounced", id="bounces"),
        pytest.param(b"X: " + b"x" * 2 * MIB + b"\r\n\r\n", BOUNCE, "bounced", id="large headers"),
    ],
)
async def test_mbox_that_is_large(
    others: bytes, last: bytes, result: str, tmp_path: Path, watcher: Watcher
) -> None:
    file, filled = tmp_path / "box", tmp_path / "filled"
    filled.write_bytes(mbox(*[others] * 12, last))
    found = await watcher.watch(TOKEN, kind="mbox", path=file, append=str(filled), deadline=10)
    assert found.result == result, found.reason
    assert found.peak < 8 * MIB


async def test_maildir_that_is_large(tmp_path: Path, watcher: Watcher) -> None:
    new, filled = tmp_path / "box" / "new", tmp_path / "filled"
    new.mkdir(parents=True)
    filled.mkdir()
    os.mkfifo(filled / "0")
    for number in range(1, 12):
        (filled / str(number)).write_bytes(large(BOUNCE_HEADER, 2 * MIB))
    (filled / "99").write_bytes(BOUNCE)
    new.rmdir()
    (tmp_path / "box" / "cur").mkdir()
    found = await watcher.watch(
        TOKEN, kind="maildir", path=tmp_path / "box", append=str(filled), into="new", deadline=10
    )
    assert found.result == "bounced", found.reason
    assert found.peak < 8 * MIB


def test_saved_mbox_is_read_message_by_message(tmp_path: Path) -> None:
    file = tmp_path / "all.mbox"
    file.write_bytes(mbox(*[large(b"Subject: x\r\n", 2 * MIB)] * 12))
    tracemalloc.start()
    try:
        sizes = [len(each.raw) for each in Saved(file)]
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB
    finally:
        tracemalloc.stop()
    assert len(sizes) == 12
    assert max(sizes) - min(sizes) <= 1  # the last one keeps its empty line


@given(
    st.lists(
        st.sampled_from(
            [
                FROM,
                FROM.replace(b"\n", b"\r\n"),
                b"From me\n",
                b"\n",
                b"\r\n",
                b"text\n",
                b">From x\n",
                b"A: b\n",
            ]
        ),
        max_size=12,
    )
)
def test_the_stream_has_the_pieces_of_the_whole(lines: list[bytes]) -> None:
    raw = FROM + b"".join(lines)
    found = list(mbox_stream(BytesIO(raw), lambda: Kept(10_000)))
    assert [bytes(kept.data).rstrip(b"\r\n") for _, kept in found] == [
        piece.rstrip(b"\r\n") for piece in mbox_pieces(raw)
    ]
    for at, kept in found:
        _, again = next(mbox_stream(BytesIO(raw[at:]), lambda: Kept(10_000)))
        assert again.data == kept.data


@pytest.mark.parametrize("line", [b"1:11" * 240, b"1:11 2026 " * 90, b"1:11" * 240 + b"2026" * 240])
def test_from_lines_made_to_be_slow(line: bytes) -> None:
    assert MBOX_LINE.search((b"From " + line + b"x" * 3_000 + b"\n") * 300) is None
