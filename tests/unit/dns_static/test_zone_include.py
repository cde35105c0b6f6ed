"""$INCLUDE: below the zone file's own folder, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.dns import ZoneResolver
from mailproof.dns.text import record_text
from mailproof.errors import ZoneFileError
from tests.support.places import place


def test_include_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "a.example.zone").write_text(
        "@ TXT top\nfirst A 192.0.2.1\n$INCLUDE parts/mail.inc mail\n  A 192.0.2.2\nlast A 192.0.2.3\n"
    )
    (tmp_path / "parts" / "mail.inc").write_text(
        "@ MX 10 mx\n$INCLUDE more.inc\n$ORIGIN other\nx A 192.0.2.4\n"
    )
    (tmp_path / "parts" / "more.inc").write_text("y A 192.0.2.5\n")
    zone = ZoneResolver.from_file(tmp_path / "a.example.zone")
    assert record_text(zone.known("mail.a.example", "MX").records[0]) == "10 mx.mail.a.example"
    assert zone.known("y.mail.a.example", "A").found
    assert zone.known("x.other.mail.a.example", "A").found
    assert len(zone.known("first.a.example", "A").records) == 2, "the owner before the include stands"
    assert zone.known("last.a.example", "A").found
    file, line = place(zone.position("y.mail.a.example", "A", "192.0.2.5"))
    assert (Path(file).name, line) == ("more.inc", 1)


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../secret.inc", "parts/../../secret.inc", "link.inc", "dir/secret.inc"]
)
def test_include_never_outside(tmp_path: Path, target: str) -> None:
    folder = tmp_path / "zones"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "secret.inc").write_text("secret TXT x\n")
    (folder / "link.inc").symlink_to(tmp_path / "secret.inc")
    (folder / "dir").symlink_to(tmp_path)
    (folder / "a.example.zone").write_text(f"@ TXT x\n$INCLUDE {target}\n")
    with pytest.raises(ZoneFileError, match="folder") as caught:
        ZoneResolver.from_file(folder / "a.example.zone")
    assert caught.value.line == 2
    assert "secret TXT" not in str(caught.value)


def test_include_links_inside_are_fine(tmp_path: Path) -> None:
    (tmp_path / "real.inc").write_text("x A 192.0.2.1\n")
    (tmp_path / "link.inc").symlink_to("real.inc")
    (tmp_path / "a.example.zone").write_text("$INCLUDE link.inc\n")
    assert ZoneResolver.from_file(tmp_path / "a.example.zone").known("x.a.example", "A").found


def test_include_a_zone_file_that_is_itself_a_link(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "a.zone").write_text("@ TXT x\n$INCLUDE part.inc\n")
    (tmp_path / "here" / "part.inc").write_text("x A 192.0.2.1\n")
    (tmp_path / "here" / "a.example.zone").symlink_to(tmp_path / "a.zone")
    assert ZoneResolver.from_file(tmp_path / "here" / "a.example.zone").known("x.a.example", "A").found


def test_include_bounded(tmp_path: Path) -> None:
    zone = tmp_path / "a.example.zone"
    zone.write_text("$INCLUDE a.example.zone\n")
    with pytest.raises(ZoneFileError, match="deep"):
        ZoneResolver.from_file(zone)
    (tmp_path / "e.inc").write_text("")
    zone.write_text("$INCLUDE e.inc\n" * 100)
    with pytest.raises(ZoneFileError, match="more than 64 files"):
        ZoneResolver.from_file(zone)


def test_include_not_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "d.inc").mkdir()
    (tmp_path / "a.example.zone").write_text("$INCLUDE d.inc\n")
    with pytest.raises(ZoneFileError, match=r"directory|regular"):
        ZoneResolver.from_file(tmp_path / "a.example.zone")
    (tmp_path / "a.example.zone").write_text("$INCLUDE none.inc\n")
    with pytest.raises(ZoneFileError, match="No such file") as caught:
        ZoneResolver.from_file(tmp_path / "a.example.zone")
    assert caught.value.line == 1


def test_include_an_error_in_it_names_it(tmp_path: Path) -> None:
    (tmp_path / "bad.inc").write_text("\nx A nonsense\n")
    (tmp_path / "a.example.zone").write_text("$INCLUDE bad.inc\n")
    with pytest.raises(ZoneFileError) as caught:
        ZoneResolver.from_file(tmp_path / "a.example.zone")
    assert (Path(caught.value.file).name, caught.value.line, caught.value.column) == ("bad.inc", 2, 5)
