"""``mailproof verify`` on mailboxes: one line per message, growing files, and hostile mailboxes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.cli import mailproof, reports_of

ZONE = (
    '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"\n_dmarc 60 IN TXT "v=DMARC1; p=reject"\n'
)
OFFLINE = ("--zone", "acme.zone", "--offline")
FROM = b"From a@acme.example Sun Nov 01 12:00:00 2026\n"


def message(number: int, ip: str = "192.0.2.25", domain: str = "acme.example") -> bytes:
    return (
        f"Received: from mail.{domain} (mail.{domain} [{ip}]) by mx.rcpt.example with ESMTPS id {number};"
        f" Sun, 1 Nov 2026 12:00:00 +0000\nReturn-Path: <a@{domain}>\nFrom: A <a@{domain}>\n"
        f"To: b@rcpt.example\nSubject: {number}\nDate: Sun, 1 Nov 2026 12:00:00 +0000\n"
        f"Message-ID: <{number}@{domain}>\n\nHi\n\n"
    ).encode()


def mbox(path: Path, count: int, fails: frozenset[int] = frozenset()) -> None:
    path.write_bytes(
        b"".join(
            FROM + message(n, "203.0.113.9" if n in fails else "192.0.2.25") for n in range(1, count + 1)
        )
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.zone").write_text(ZONE)
    return tmp_path


def test_few_messages_have_full_reports_and_more_have_a_line_each(folder: Path) -> None:
    mbox(folder / "few.mbox", 2)
    few = mailproof("verify", "few.mbox", *OFFLINE)
    assert "2 reports" in few.out
    assert "first finding" not in few.out
    mbox(folder / "many.mbox", 21, frozenset((3,)))
    many = mailproof("verify", "many.mbox", *OFFLINE)
    lines = many.out.splitlines()
    assert lines[0].split() == ["message", "SPF", "DKIM", "DMARC", "From", "first", "finding"]
    assert [line.split()[1] for line in lines[1:22]] == [str(n) for n in range(1, 22)]
    assert lines[2].split()[:6] == ["!", "2", "✓", "!", "✓", "acme.example"]
    assert lines[3].split()[:6] == ["✗", "3", "✗", "!", "✗", "acme.example"]
    assert "21 messages verified" in many.out
    assert re.search(r"^  acme\.example +21 +95\.2% █+$", many.out, re.MULTILINE)
    assert (many.code, many.err) == (1, "")


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_line_is_as_wide_as_the_screen_at_most(folder: Path, columns: int) -> None:
    mbox(folder / "m.mbox", 2)
    run = mailproof("verify", "m.mbox", *OFFLINE, "--table", columns=columns)
    assert max(map(len, run.out.splitlines())) <= columns
    assert re.search(r"^  acme\.example +2 +100\.0% █+$", run.out, re.MULTILINE)


def test_columns_hold_wide_names(folder: Path) -> None:
    box = folder / "box"
    box.mkdir()
    for name in ("a", "日本", "日本語" * 9, "e\u0301e\u0301", "💩"):
        (box / f"{name}.eml").write_bytes(message(1))
    lines = mailproof("verify", "box", *OFFLINE, "--table", columns=60).out.splitlines()[1:6]
    assert {cell_len(line.partition("AUTH")[0]) for line in lines} == {48}


def test_the_summary_in_files(folder: Path) -> None:
    (folder / "m.mbox").write_bytes(
        b"".join(FROM + message(n, domain=f"{'<b>' if n == 3 else ''}acme.example") for n in range(1, 4))
        + FROM
        + b"\0 no header\n\n"
    )
    files = ("--summary", "s.json", "--summary", "s.html", "--summary", "s.txt")
    run = mailproof("verify", "m.mbox", *OFFLINE, "-f", "jsonl", *files)
    assert len(run.out.splitlines()) == 3  # as without them
    summary = json.loads((folder / "s.json").read_text())
    assert (summary["messages"], summary["unread"], summary["unfinished"]) == (4, 1, False)
    assert {"name": "acme.example", "messages": 2, "passed": 2} in summary["senders"]
    assert dict(summary["dkim"]) == {"none": 3}
    assert summary["findings"]
    page = (folder / "s.html").read_text()
    assert "<h1>4 messages verified</h1>" in page
    assert "<b>" not in page
    assert f'<th scope="row">{summary["findings"][0][0]} ' in page
    text = (folder / "s.txt").read_text()
    assert "4 messages verified" in text
    assert "1 could not be read" in text
    assert "<li>1 could not be read</li>" in page, "text and page say the same"
    assert re.search(r"^  no fault|^  weaknesses|^  faults", text, re.MULTILINE)
    assert "faults</th>" in page


@pytest.mark.parametrize(
    ("path", "words"), [("s.doc", ".txt, .json or .html"), ("no/s.json", "the folder no does not exist")]
)
def test_a_summary_that_cannot_be_written_is_refused_before_any_work(
    folder: Path, path: str, words: str
) -> None:
    mbox(folder / "m.mbox", 1)
    run = mailproof("verify", "m.mbox", *OFFLINE, "--summary", path)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert words in run.err


def test_the_summary_counts_what_an_earlier_run_did(folder: Path) -> None:
    mbox(folder / "m.mbox", 2)
    mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl")
    mbox(folder / "m.mbox", 3)
    mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl", "--resume", "--summary", "s.json")
    assert json.loads((folder / "s.json").read_text())["messages"] == 3


def test_quiet_is_the_lines_alone(folder: Path) -> None:
    mbox(folder / "m.mbox", 3)
    run = mailproof("verify", "m.mbox", *OFFLINE, "--table", "-q")
    assert run.out.count("\n") == 4


def test_more_than_a_thousand_as_one_document_are_refused_before_any_work(folder: Path) -> None:
    mbox(folder / "big.mbox", 1001)
    for options in (("-f", "json"), ("-o", "r.html"), ("-f", "sarif")):
        run = mailproof("verify", "big.mbox", *OFFLINE, *options)
        assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
        assert "more than 1,000 messages" in run.err
        assert "-o FILE.jsonl" in run.err
    assert not (folder / "r.html").exists()


def test_json_lines_are_reports_or_rows(folder: Path) -> None:
    mbox(folder / "m.mbox", 2, frozenset((2,)))
    run = mailproof("verify", "m.mbox", *OFFLINE, "-f", "jsonl")
    first, second = map(json.loads, run.out.splitlines())
    assert first["facts"]["message"]["source"] == "m.mbox message 1"
    assert second["verdict"]["status"] == "fail"
    mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "rows.jsonl")
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert [(each["source"], each["spf"], each["dkim"], each["dmarc"]) for each in rows] == [
        ("m.mbox message 1", "pass", "none", "pass"),
        ("m.mbox message 2", "fail", "none", "fail"),
    ]
    assert rows[1]["first"]["rule"] == "AUTH010"
    assert {each["from_domain"] for each in rows} == {"acme.example"}


@pytest.mark.parametrize("table", [(), ("--table",)], ids=["reports", "rows"])
def test_an_interrupted_run_goes_on_where_it_ended(folder: Path, table: tuple[str, ...]) -> None:
    mbox(folder / "m.mbox", 3, frozenset((1,)))
    with (folder / "m.mbox").open("ab") as box:
        box.write(FROM + message(4, domain="in.no.zone"))
    command = ("verify", "m.mbox", *OFFLINE, *table, "-o", "r.jsonl", "--resume")
    whole = mailproof(*command, "--summary", "whole.json")
    lines = (folder / "r.jsonl").read_bytes().splitlines(keepends=True)
    assert len(lines) == 4
    (folder / "r.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:30])  # killed in the middle of a line
    again = mailproof(*command)
    found = [json.loads(line) for line in (folder / "r.jsonl").read_text().splitlines()]
    sources = [each.get("source") or each["facts"]["message"]["source"] for each in found]
    assert sources == [f"m.mbox message {n}" for n in range(1, 5)]
    assert again.code == whole.code == 1  # for the first message, which the second run did not see
    done = mailproof(*command, "--summary", "s.json")
    assert (len((folder / "r.jsonl").read_text().splitlines()), done.code) == (4, 1)
    assert (folder / "s.json").read_text() == (folder / "whole.json").read_text()
    assert json.loads((folder / "s.json").read_text())["complete"] == 3


def test_the_only_message_of_an_mbox_is_its_first_when_it_grows(folder: Path) -> None:
    command = ("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl", "--resume")
    for count in (1, 3):
        mbox(folder / "m.mbox", count)
        mailproof(*command)
    found = [json.loads(line)["message_id"] for line in (folder / "r.jsonl").read_text().splitlines()]
    assert found == [f"<{number}@acme.example>" for number in (1, 2, 3)]


@pytest.mark.parametrize(("first", "then"), [((), ("--table",)), (("--table",), ())])
def test_rows_and_reports_are_not_mixed(folder: Path, first: tuple[str, ...], then: tuple[str, ...]) -> None:
    mbox(folder / "m.mbox", 2)
    mailproof("verify", "m.mbox", *OFFLINE, *first, "-o", "r.jsonl")
    before = (folder / "r.jsonl").read_bytes()
    mbox(folder / "m.mbox", 4)
    run = mailproof("verify", "m.mbox", *OFFLINE, *then, "-o", "r.jsonl", "--resume")
    assert (run.code, run.err.count("\n"), (folder / "r.jsonl").read_bytes()) == (2, 1, before)
    assert f"was made {'with' if first else 'without'} --table" in run.err


def test_without_resume_the_file_is_written_anew(folder: Path) -> None:
    mbox(folder / "m.mbox", 2)
    (folder / "r.jsonl").write_text("x")
    for _ in range(2):
        mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl")
    assert len((folder / "r.jsonl").read_text().splitlines()) == 2


def test_a_run_that_fails_costs_no_earlier_results(folder: Path) -> None:
    mbox(folder / "m.mbox", 2)
    mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl")
    before = (folder / "r.jsonl").read_bytes()
    run = mailproof("verify", "missing.mbox", *OFFLINE, "--table", "-o", "r.jsonl")
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert (folder / "r.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "give -o FILE.jsonl"),
        (("-o", "r.csv"), ".jsonl files only"),
        (("-o", "a.jsonl", "-o", "b.jsonl"), "give -o once"),
        (("-o", "other.jsonl"), "line 1 is not a result of verify"),
    ],
)
def test_what_cannot_be_gone_on_with(folder: Path, options: tuple[str, ...], words: str) -> None:
    mbox(folder / "m.mbox", 1)
    (folder / "other.jsonl").write_text('{"domain": "acme.example"}\n')
    run = mailproof("verify", "m.mbox", *OFFLINE, "--resume", *options)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert words in run.err


def test_a_maildir_whose_flags_change_is_done_once(folder: Path) -> None:
    box = folder / "Maildir"
    for name in ("cur", "new"):
        (box / name).mkdir(parents=True)
    (box / "new/1.host").write_bytes(message(1))
    (box / "cur/2.host:2,S").write_bytes(message(2))
    mailproof("verify", "Maildir", *OFFLINE, "--table", "-o", "r.jsonl")
    (box / "new/1.host").rename(box / "cur/1.host:2,RS")
    (box / "cur/2.host:2,S").rename(box / "cur/2.host:2,FS")
    (box / "new/3.host").write_bytes(message(3))
    run = mailproof("verify", "Maildir", *OFFLINE, "--table", "-o", "r.jsonl", "--resume")
    assert "3 messages verified" in run.out
    found = [json.loads(line)["source"] for line in (folder / "r.jsonl").read_text().splitlines()]
    assert found == ["cur/2.host:2,S", "new/1.host", "new/3.host"]


def test_a_hostile_folder_costs_its_own_lines(folder: Path) -> None:
    box = folder / "box"
    box.mkdir()
    (box / "a.eml").write_bytes(message(1))
    (box / "binary.eml").write_bytes(bytes(range(256)) * 100)
    (box / "empty.eml").write_bytes(b"")
    (box / "broken.mbox").write_bytes(b"From nobody knows\n" + message(2))
    (box / "two.mbox").write_bytes(FROM + message(3) + FROM + b"\0\xff no header\n\n" + FROM + message(4))
    os.mkfifo(box / "pipe.eml")
    (box / "out.eml").symlink_to("/etc/hostname")
    (box / "loop.eml").symlink_to(box / "loop.eml")
    (box / "dangling.eml").symlink_to(box / "gone.eml")
    run = mailproof("verify", "box", *OFFLINE, "--table", "-o", "rows.jsonl", columns=120)
    found = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    rows = {each["source"].partition(" (")[0]: each for each in found}
    read = {source for source, row in rows.items() if row["verdict"] != "error"}
    assert {"a.eml", "two.mbox message 1", "two.mbox message 3"} <= read
    for name in ("binary.eml", "empty.eml", "pipe.eml", "out.eml", "loop.eml", "two.mbox message 2"):
        assert rows[name]["verdict"] == "error"
        assert rows[name]["reason"]
        assert name.rpartition(" ")[2] in run.out
    assert "named pipe" in rows["pipe.eml"]["reason"]
    assert "not followed" in rows["out.eml"]["reason"]
    assert f"{len(rows) - len(read)} could not be read" in run.out
    assert run.err == ""


def test_what_could_not_be_read_is_on_stderr_where_no_line_shows_it(folder: Path) -> None:
    box = folder / "box"
    box.mkdir()
    (box / "a.eml").write_bytes(message(1))
    for number in range(25):
        (box / f"empty{number:02d}.eml").write_bytes(b"")
    run = mailproof("verify", "box", *OFFLINE, "-f", "jsonl")
    assert len(run.out.splitlines()) == 1
    assert run.err.count("\n") == 21
    assert "5 more messages could not be read" in run.err


def test_an_mbox_through_a_pipe(folder: Path) -> None:
    mbox(folder / "m.mbox", 22)
    run = mailproof("verify", "-", *OFFLINE, stdin=(folder / "m.mbox").read_bytes())
    assert "22 messages verified" in run.out
    few = mailproof("verify", "-", *OFFLINE, "-f", "json", stdin=FROM + message(1) + FROM + message(2))
    assert len(reports_of(few.out)) == 2


def test_a_disk_that_is_full_is_one_line_and_exit_code_2(folder: Path) -> None:
    mbox(folder / "m.mbox", 3)
    run = mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "jsonl:/dev/full")
    assert run.err.count("\n") == 1
    assert "cannot write: No space left" in run.err
    assert run.code == 2


def test_a_reader_that_goes_away_ends_it(folder: Path) -> None:
    mbox(folder / "m.mbox", 400)
    command = f"{sys.executable} -m mailproof verify m.mbox {' '.join(OFFLINE)} --table"
    shell = f"({command} --summary s.json; echo code $? >&2) | head -n 1"
    run = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False)
    assert run.stderr.splitlines()[-1].startswith("code ")
    assert run.stderr.count("\n") == 1
    assert json.loads((folder / "s.json").read_text())["messages"] < 400
    subprocess.run(f"({command} -o r.jsonl -q) | head -n 1", shell=True, capture_output=True, check=False)
    assert len((folder / "r.jsonl").read_text().splitlines()) == 400  # a complete file is required


def test_two_runs_do_not_share_a_file(folder: Path) -> None:
    from mailproof.bulk.journal import Journal

    mbox(folder / "m.mbox", 3)
    other = Journal(folder / "r.jsonl", resume=False)
    try:
        run = mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl")
    finally:
        other.close()
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "another run is writing it" in run.err


def test_attached_messages_of_many(folder: Path) -> None:
    outer = (
        b"From: c@rcpt.example\nTo: d@rcpt.example\nSubject: Fwd\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n%b\n--b--\n\n"
    )
    (folder / "m.mbox").write_bytes(b"".join(FROM + outer % message(n) for n in range(2)))
    run = mailproof("verify", "m.mbox", *OFFLINE, "--attached", "--table", "-f", "jsonl")
    assert [json.loads(line)["from_domain"] for line in run.out.splitlines()] == ["acme.example"] * 2


def test_a_run_that_is_killed_loses_nothing_and_doubles_nothing(folder: Path) -> None:
    mbox(folder / "m.mbox", 400)
    command = (sys.executable, "-m", "mailproof", "verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl")
    results = folder / "r.jsonl"
    with subprocess.Popen([*command, "-q"], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and (not results.exists() or results.stat().st_size < 5000):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    before = len(results.read_bytes().splitlines())
    mbox(folder / "m.mbox", before + 3)  # the others may be short
    mailproof("verify", "m.mbox", *OFFLINE, "--table", "-o", "r.jsonl", "--resume")
    found = [json.loads(line)["source"] for line in results.read_text().splitlines()]
    assert sorted(set(found)) == sorted(found)
    assert len(found) >= before + 2
