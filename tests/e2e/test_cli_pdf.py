"""PDF from the command line: with fake browsers that fail, and with a real one if installed."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
import warnings
from pathlib import Path

import pytest

from mailproof.cli import pdf
from tests.support.browser import chromium
from tests.support.cli import Run, mailproof

ZONE = '$ORIGIN acme.example.\n@ 60 IN SOA ns1 h 1 2 3 4 5\n@ 60 IN TXT "v=spf1 +all"\n'
#: Writes the page as a one-line PDF, and the arguments of the call.
PRINTS = """#!/bin/sh
for each; do
  case $each in
    --print-to-pdf=*) target=${each#--print-to-pdf=};;
    file://*) source=${each#file://};;
  esac
done
echo "$@" > "$0.called"
details=$(grep -c '<details' "$source")
printf "%%PDF-1.4 /CreationDate (D:20000101000000+00'00') %s" "$details" > "$target"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "acme.zone").write_text(ZONE)
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


def program(script: str) -> dict[str, str]:
    """The environment that makes this script Chromium."""
    path = Path("bin/chromium").absolute()
    path.write_text(script)
    path.chmod(0o755)
    return {"PATH": f"{path.parent}:/usr/bin:/bin"}


def audit(*arguments: str, environment: dict[str, str] | None = None) -> Run:
    given = ("--zone", "acme.zone", "--offline", *arguments)
    return mailproof("audit", *given, environment=environment)


def failed(run: Run, said: str) -> None:
    assert run.code == 2
    assert run.err.count("\n") == 1, run.err
    assert said in run.err


def test_it_is_the_page_with_all_details_dated_as_the_report() -> None:
    run = audit("-o", "r.pdf", "-o", "r.html", "-f", "csv", environment=program(PRINTS))
    assert (run.code, run.err) == (1, "")
    made = Path("r.pdf").read_bytes()
    assert made.startswith(b"%PDF-1.4 /CreationDate (D:20")
    assert b"D:20000101" not in made
    assert int(made.rpartition(b" ")[2]) > 3
    called = Path("bin/chromium.called").read_text()
    assert ("--no-sandbox" in called) == (os.geteuid() == 0)
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in called
    assert "acme" not in called.replace(str(Path.cwd()), "")


@pytest.mark.parametrize("wanted", [("-f", "pdf"), ("-o", "r.pdf")])
def test_without_a_browser_nothing_is_done(wanted: tuple[str, str]) -> None:
    run = audit(*wanted, environment={"PATH": str(Path("bin").absolute())})
    failed(
        run,
        "PDF needs Chromium or Chrome, and none is installed: install one (Debian: apt-get install chromium)",
    )
    assert run.out == ""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "#!/bin/sh\necho; echo 'no \033[1msandbox' >&2; exit 3\n",
            "chromium ended with 3: no \\x1b[1msandbox",
        ),
        ("#!/bin/sh\nexit 7\n", "chromium ended with 7\n"),
        ("#!/bin/sh\nexit 0\n", "chromium wrote none"),
        (PRINTS.replace("%%PDF", "PDF"), "chromium wrote none"),
        ("#!/no/such/shell\n", "cannot start "),
    ],
)
def test_a_browser_that_fails_is_one_line_and_the_other_files_are_written(script: str, said: str) -> None:
    failed(audit("-q", "-o", "r.pdf", "-o", "r.csv", environment=program(script)), said)
    assert not Path("r.pdf").exists()
    assert Path("r.csv").exists()
    run = audit("-f", "pdf", environment=program(script))
    failed(run, f"-f pdf: PDF: {'' if said.startswith('cannot') else '/'}")
    assert run.out == ""


def test_a_browser_that_hangs_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PRINT_LIMIT", 0.3)
    failed(
        audit("-q", "-o", "r.pdf", environment=program('#!/bin/sh\nsleep 60 & echo $! > "$0.child"; wait\n')),
        "did not print within 0 seconds",
    )
    child = int(Path("bin/chromium.child").read_text())
    for _ in range(200):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.01)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("what the browser started goes on")


def test_a_pdf_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PDF_BYTES", 10)
    failed(audit("-q", "-o", "r.pdf", environment=program(PRINTS)), "PDF: larger than 0 MB: audit fewer")


def test_a_terminal_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("tests.support.cli.io.TextIOWrapper", Terminal)
    failed(audit("-f", "pdf", environment=program(PRINTS)), "-f pdf: a terminal cannot show a PDF")


def test_standard_output_takes_it_as_it_is() -> None:
    run = audit("-f", "pdf", environment=program(PRINTS))
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith("%PDF-1.4 ")


def test_a_real_browser_prints_the_same_report_to_the_same_file() -> None:
    if chromium() is None:
        warnings.warn("no PDF was printed: needs Chromium (apt-get install chromium)", stacklevel=1)
        pytest.skip("needs Chromium (apt-get install chromium)")
    run = audit("-q", "-o", "a.pdf", "-o", "b.pdf")
    assert (run.code, run.err) == (1, "")
    made = Path("a.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert b"/Title (Mail report: acme.example)" in made
    assert b"/Lang (en)" in made
    assert made == Path("b.pdf").read_bytes()
