"""``mailproof verify`` and ``mailproof explain`` on realistic files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.cli import mailproof, reports_of

RULES = Path(__file__).parents[1] / "rules"
ZONE = ("--offline", "--zone", str(RULES / "MSG001" / "both.zone"))
BOUNCE = (
    "From: MAILER-DAEMON@acme.example\nContent-Type: multipart/report; boundary=B\n\n--B\n"
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.acme.example\n\n"
    "Final-Recipient: rfc822; a@gmail.com\nAction: failed\nStatus: 5.7.26\n"
    "Diagnostic-Code: smtp; 550-5.7.26 the sender is unauthenticated. SPF [acme.example] with ip: "
    "[192.0.2.9] = did not pass - gsmtp\n\n--B--\n"
)


def mbox(path: Path) -> Path:
    first = (RULES / "MSG001" / "good.eml").read_bytes().replace(b"\r\n", b"\n")
    second = (RULES / "AUTH012" / "bad.eml").read_bytes().replace(b"\r\n", b"\n")
    line = b"From alice@acme.example Sun Nov 01 12:00:00 2026\n"
    path.write_bytes(line + first + b"\n" + line + second)
    return path


def test_each_message_of_an_mbox_has_its_report(tmp_path: Path) -> None:
    run = mailproof("verify", str(mbox(tmp_path / "box")), *ZONE, "-f", "json")
    reports = reports_of(run.out)
    assert [report["facts"]["message"]["source"] for report in reports] == ["box message 1", "box message 2"]
    assert [report["facts"]["message"]["dkim"] != [] for report in reports] == [True, False]
    assert {each["receiver"] for each in reports[0]["facts"]["message"]["receivers"]} == {
        "gmail",
        "yahoo",
        "microsoft",
        "apple",
    }


def test_an_mbox_on_standard_input(tmp_path: Path) -> None:
    run = mailproof("verify", "-", *ZONE, "-f", "json", stdin=mbox(tmp_path / "box").read_bytes())
    assert len(reports_of(run.out)) == 2


def test_a_folder_tells_what_could_not_be_read(tmp_path: Path) -> None:
    mbox(tmp_path / "a.mbox")
    (tmp_path / "b.eml").write_bytes(b"")
    run = mailproof("verify", str(tmp_path), *ZONE, "-q")
    assert run.out.count("from acme.example") == 2
    assert "b.eml" in run.err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert mailproof("verify", str(empty), *ZONE).code == 2


def test_explain_reads_notifications_from_a_file_and_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "bounce.eml"
    path.write_text(BOUNCE)
    page = mailproof("explain", str(path))
    assert page.code == 0
    assert "mailproof audit acme.example --ip 192.0.2.9" in page.out
    piped = json.loads(mailproof("explain", "-", "-f", "json", stdin=BOUNCE.encode()).out)
    assert piped["kind"] == "notification"
    assert piped["replies"][0]["causes"][0]["id"] == "gmail-unauthenticated"
    assert mailproof("explain", str(tmp_path / "gone.eml")).code == 2
    assert mailproof("explain", "nothing that a server says").code == 2
    line = f"The response was: 550 5.1.1 <bob@receiver.example>... User unknown. {'It is long. ' * 40}"
    pasted = mailproof("explain", line)  # longer than any file name
    assert (pasted.code, pasted.err) == (0, "")
    assert "bob@receiver.example" in pasted.out
