"""The file that results are appended to: nothing is lost, and no line is partial."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.bulk.journal import Journal
from mailproof.errors import UsageError


def journal(path: Path, resume: bool = True) -> Journal:
    return Journal(path, resume=resume)


def test_lines_come_back(tmp_path: Path) -> None:
    first = journal(tmp_path / "a", resume=False)
    first.append(b"one")
    first.append(b"two")
    first.close()
    again = journal(tmp_path / "a")
    assert list(again.lines()) == [b"one\n", b"two\n"]
    again.append(b"three")
    again.close()
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\nthree\n"


@pytest.mark.parametrize("torn", [b"", b"tor", b"t" * 3_000_000])
def test_what_was_cut_off_in_the_middle_of_a_line_is_dropped(tmp_path: Path, torn: bytes) -> None:
    (tmp_path / "a").write_bytes(b"one\n" + torn)
    again = journal(tmp_path / "a")
    assert list(again.lines()) == [b"one\n"]
    again.append(b"two")
    again.close()
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\n"


def test_one_torn_line_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'{"dom')
    again = journal(tmp_path / "a")
    assert list(again.lines()) == []
    again.close()


def test_another_file_of_one_line_is_not_taken_for_a_torn_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"my notes")
    other = journal(tmp_path / "a")
    with pytest.raises(UsageError, match="is this another file"):
        list(other.lines())
    other.close()
    assert (tmp_path / "a").read_bytes() == b"my notes"


def test_results_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\n")
    with pytest.raises(UsageError, match="--resume"):
        journal(tmp_path / "a", resume=False)
    assert (tmp_path / "a").read_bytes() == b"one\n"


def test_an_empty_file_has_no_results(tmp_path: Path) -> None:
    """As left by a run that could not start."""
    (tmp_path / "a").touch()
    first = journal(tmp_path / "a", resume=False)
    with pytest.raises(UsageError, match="another run"):
        journal(tmp_path / "a", resume=False)
    first.close()


def test_two_runs_do_not_share_a_file(tmp_path: Path) -> None:
    first = journal(tmp_path / "a", resume=False)
    with pytest.raises(UsageError, match="another run"):
        journal(tmp_path / "a")
    first.close()
    journal(tmp_path / "a").close()


def test_a_device_is_no_journal() -> None:
    """Reached through a link with a suitable name: it cannot be resumed."""
    with pytest.raises(UsageError, match="not a regular file"):
        journal(Path("/dev/full"))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        journal(tmp_path / "no" / "a")
