"""Files that do not end, are not files, or cannot be written."""

from __future__ import annotations

import os
import resource
import shlex
import socket
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mailproof.errors import UsageError
from mailproof.files import check_writable, read_given, write_whole
from mailproof.mail.saved import Saved
from mailproof.tls_context import client_context
from tests.hostile.commands import AUDIT, MESSAGE, PROBE, refused
from tests.support.cli import mailproof, report_of
from tests.support.process import COMMAND, ended, started

pytestmark = pytest.mark.usefixtures("folder")


# What is not a file

READERS = {
    "--config": ("audit", "acme.example", "--config", "X"),
    "--zone": ("audit", "acme.example", "--zone", "X", "--offline"),
    "--replay": ("audit", "acme.example", "--replay", "X"),
    "--trust-anchors": ("audit", "acme.example", "--nameserver", "127.0.0.1:9", "--trust-anchors", "X"),
    "verify": ("verify", "X"),
    "explain": ("explain", "X"),
    "@FILE": ("audit", "@X", "--offline", "--zone", "acme.zone"),
    "--eml": (*PROBE, "--eml", "X"),
    "--attach": (*PROBE, "--attach", "X"),
    "--ca-file": (*PROBE, "--ca-file", "X"),
}
KINDS = {
    "pipe": "it is a named pipe",
    "zero": "it is a device",
    "tty": "it is a device",
    "socket": "it is a socket",
}


def place(kind: str, path: Path) -> str:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("thing")  # short, in the working folder
        Path("thing").rename(path)
    else:
        return f"/dev/{kind}"
    return str(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_is_refused_by_a_word(reader: str, kind: str, folder: Path) -> None:
    given = place(kind, folder / "given")
    refused(mailproof(*(word.replace("X", given) for word in READERS[reader])), KINDS[kind])


@pytest.mark.parametrize("reader", [each for each in READERS if each != "explain"])
def test_a_name_that_no_file_can_have(reader: str) -> None:
    """The system reports it at another call than for a missing file; closed folders too."""
    words = (word.replace("X", "x" * 300) for word in READERS[reader])
    refused(mailproof(*words), "File name too long")


LIST = ("bulk", "list", "--zone", "acme.zone", "--offline")
WRITERS = {
    "-o": (*AUDIT, "-o", "X.json"),
    "-o FORMAT": (*AUDIT, "-o", "gitlab:X"),
    "--record": (*AUDIT, "--record", "X"),
    "--fix-zone": (*AUDIT, "--fix-zone", "X"),
    "--baseline": (*AUDIT, "--baseline", "X", "--update-baseline"),
    "diff": ("diff", "acme.zone", "acme.zone", "--offline", "-o", "X.json"),
    "init": ("init", "--domain", "acme.example", "--zone", "acme.zone", "--offline", "-o", "X"),
    "bulk": (*LIST, "-o", "X.jsonl"),
    "bulk table": (*LIST, "-o", "X.csv"),
    "bulk folder": (*LIST, "-o", "X", "--cluster", "local"),
    "--summary": (*LIST, "--summary", "X.json"),
    "--textfile": ("watch", "acme.example", "--once", "--state", "s.db", *AUDIT[2:], "--textfile", "X"),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_what_cannot_be_written_is_refused_before_any_work(writer: str, folder: Path) -> None:
    (folder / "list").write_text("acme.example\n")
    words = (word.replace("X", "no/x") for word in WRITERS[writer])
    refused(mailproof(*words), "x" if writer == "bulk folder" else "the folder no does not exist")


READ_AND_WRITTEN = {
    "--fix-zone": (*AUDIT, "--fix-zone", "acme.zone"),
    "--record": (*AUDIT, "--record", "acme.zone"),
    "-o": (*AUDIT, "-o", "json:acme.zone"),
    "a link": (*AUDIT, "-o", "json:link"),
    "--baseline": (*AUDIT, "--baseline", "b.json", "--update-baseline", "--record", "b.json"),
    "two": (*AUDIT, "--record", "new.json", "-o", "new.json"),
    "twice": (*AUDIT, "-o", "new.json", "-o", "csv:new.json"),
    "@FILE": ("audit", "@list", *AUDIT[2:], "-o", "text:list"),
    "replay": ("audit", "acme.example", "--replay", "tape.json", "-o", "tape.json"),
    "verify": ("verify", "m.txt", *AUDIT[2:], "-o", "m.txt"),
    "mbox": ("verify", "all.txt", *AUDIT[2:], "--table", "--summary", "all.txt"),
    "diff": ("diff", "acme.zone", "x.zone", "--offline", "-o", "json:x.zone"),
    "configuration": (*AUDIT, "--config", "m.toml", "-o", "text:m.toml"),
    "init": ("init", "--domain", "acme.example", *AUDIT[2:], "-o", "acme.zone", "--force"),
}


@pytest.mark.parametrize("use", READ_AND_WRITTEN)
def test_no_file_is_read_and_written(use: str, folder: Path) -> None:
    """Such as a fragment over the zone that it corrects; nor does one output overwrite another."""
    (folder / "list").write_text("acme.example\n")
    (folder / "link").symlink_to("acme.zone")
    (folder / "x.zone").write_text((folder / "acme.zone").read_text().replace("-all", "~all"))
    (folder / "m.txt").write_bytes(MESSAGE)
    (folder / "all.txt").write_bytes(b"From a@acme.example Fri Nov 27 10:00:00 2026\n" + MESSAGE)
    (folder / "m.toml").write_text("timeout = 5\n")
    assert mailproof(*AUDIT, "--record", "tape.json").code != 2
    before = {path: path.read_bytes() for path in folder.iterdir()}
    refused(mailproof(*READ_AND_WRITTEN[use]), ": name another file")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_baseline_is_read_and_written(folder: Path) -> None:
    for _ in range(2):
        assert mailproof(*AUDIT, "--baseline", "b.json", "--update-baseline").code != 2
    assert mailproof(*AUDIT, "-o", "json:/dev/null", "--record", "/dev/null").code != 2


def test_a_folder_that_is_closed(folder: Path) -> None:
    """In an unprivileged process, as root may write everywhere."""
    folder.chmod(0o755)
    (folder / "closed").mkdir(mode=0o555)
    (folder / "closed" / "mine").touch()
    (folder / "closed" / "mine").chmod(0o666)
    child = os.fork()
    if child == 0:
        code = 2
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            check_writable("-o", Path("closed/mine"))
            check_writable("-o", Path("closed/x"))
        except UsageError as error:
            code = 0 if str(error) == "-o: the folder closed is not writable for you" else 1
        finally:
            os._exit(code)  # only the parent runs the tests
    assert os.waitpid(child, 0)[1] == 0


def test_a_pipe_that_lies_where_the_configuration_is_looked_for(folder: Path) -> None:
    os.mkfifo(folder / "mailproof.toml")
    refused(mailproof(*AUDIT), "it is a named pipe")


def test_a_pipe_called_like_a_project_is_passed_by(folder: Path) -> None:
    os.mkfifo(folder / "pyproject.toml")
    assert mailproof(*AUDIT).err == ""


@pytest.mark.parametrize(
    "command",
    [
        "mailproof verify /dev/stdin --zone acme.zone --offline -q < <(cat message.eml)",
        "mailproof verify <(sleep 0.2; cat message.eml) --zone acme.zone --offline -q",
        "mailproof audit acme.example --zone acme.zone --offline -q --config <(echo 'fail_on = \"never\"')",
    ],
)
def test_pipes_of_the_shell_are_read(command: str) -> None:
    words = f'mailproof() {{ {shlex.join(COMMAND)} "$@"; }}; {command}'
    run = subprocess.run(["bash", "-c", words], capture_output=True, text=True, timeout=200, check=False)
    assert run.stderr == ""
    assert run.returncode != 2
    assert run.stdout


def test_a_file_is_cut_after_its_bound(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(50 * 1024**3)
    assert len(read_given(tmp_path / "large", 1000)) == 1001
    assert read_given(Path("/proc/self/cmdline"), 100_000).endswith(b"\0"), "it says that it has 0 octets"
    assert read_given(Path("/dev/null"), 10) == b""
    for sparse in (("--config", "large"), ("--replay", "large")):
        refused(mailproof("audit", "acme.example", *sparse), "large")


def test_authorities_that_are_no_file() -> None:
    with pytest.raises(OSError, match="it is a device"):
        client_context("/dev/zero")


# Links in a folder of messages


def test_links_out_of_a_folder_are_told_and_not_followed(folder: Path) -> None:
    box = folder / "box"
    (box / "deep").mkdir(parents=True)
    (folder / "secret").write_bytes(b"Subject: canary\r\n\r\nx")
    (box / "real.eml").write_bytes(MESSAGE)
    (box / "out.eml").symlink_to(folder / "secret")
    (box / "gone.eml").symlink_to("nowhere")
    (box / "in.eml").symlink_to("real.eml")
    (box / "loop.eml").symlink_to("loop.eml")
    os.mkfifo(box / "pipe.eml")
    found = {each.source.partition(" ")[0]: each for each in Saved(box)}
    assert found["out.eml"].raw == b""
    assert f"a symbolic link out of the folder, to {folder / 'secret'}" in found["out.eml"].problem
    assert "cannot be read" in found["gone.eml"].problem
    assert "cannot be read" in found["loop.eml"].problem
    assert "it is a named pipe" in found["pipe.eml"].problem
    assert found["in.eml"].raw == MESSAGE
    assert found["in.eml"].source == "in.eml (a symbolic link to real.eml)"
    run = mailproof("verify", "box", "--zone", "acme.zone", "--offline", "-f", "json")
    assert "canary" not in run.out
    assert "symbolic link out of the folder" in run.err


# What is written


def limited(octets: int) -> Callable[[], None]:
    """Limit file sizes in the test's process, to simulate a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


@pytest.mark.parametrize(
    "option", [("-o", "kept.json"), ("--fix-zone", "kept.zone"), ("--record", "kept.rec")]
)
def test_what_cannot_be_written_leaves_what_was_there(option: tuple[str, str], folder: Path) -> None:
    kept = folder / option[1]
    kept.write_text("before")
    names = set(os.listdir(folder))
    with started(*AUDIT, "-f", "json", *option, preexec=limited(64)) as process:
        out, err = ended(process)
    assert report_of(out)["subject"] == "acme.example"
    assert err.count("\n") == 1
    assert option[1] in err
    assert process.returncode in ((0, 1, 3) if option[0] == "--record" else (2,))
    assert kept.read_text() == "before"
    assert set(os.listdir(folder)) == names, "nothing half written is left"


@pytest.mark.parametrize(
    "bad",
    [("-o", "full.json"), ("--fix-zone", "/dev/full"), ("-o", "gone/x.json"), ("--record", "/dev/full")],
)
def test_one_output_that_fails_does_not_cost_the_others(bad: tuple[str, str], folder: Path) -> None:
    (folder / "full.json").symlink_to("/dev/full")
    (folder / "gone").mkdir(mode=0o500)
    if bad[1].startswith("gone") and os.geteuid() == 0:
        (folder / "gone" / "x.json").symlink_to("/proc/version")
    run = mailproof(
        *AUDIT, *bad, "-o", "good.json", "--fix-zone" if bad[0] != "--fix-zone" else "-o", "good.svg"
    )
    assert run.out.count("acme.example")
    assert run.err.count("cannot") == 1, run.err
    assert report_of((folder / "good.json").read_text())["subject"] == "acme.example"
    assert (folder / "good.svg").read_text()
    assert run.code == (2 if bad[0] != "--record" else mailproof(*AUDIT).code)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("redirection", ["> /dev/full", ">&-"])
def test_standard_output_that_fails_does_not_cost_the_files(
    redirection: str, form: str, folder: Path
) -> None:
    words = f"{shlex.join((*COMMAND, *AUDIT))} -f {form} -o good.json --fix-zone good.zone {redirection}"
    run = subprocess.run(["bash", "-c", words], capture_output=True, text=True, timeout=200, check=False)
    assert run.returncode == 2
    assert "standard output" in run.stderr
    assert report_of((folder / "good.json").read_text())["subject"] == "acme.example"
    assert (folder / "good.zone").exists()


def test_a_pipe_that_nobody_reads_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    run = mailproof(*AUDIT, "-o", "pipe.json", "-o", "good.json")
    assert run.code == 2
    assert "-o pipe.json: cannot write" in run.err
    assert (folder / "good.json").exists()


def test_standard_output_by_its_name_keeps_what_is_in_it(folder: Path) -> None:
    command = shlex.join((*COMMAND, *AUDIT, "--fix-zone", "/dev/stdout"))
    subprocess.run(["bash", "-c", f"{command} > both"], capture_output=True, timeout=200, check=False)
    both = (folder / "both").read_text()
    assert both.startswith("✗ Mail from acme.example")
    assert "\n; " in both, "the fragment is behind it"


def test_a_folder_above_that_may_not_be_looked_into(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may look everywhere")
    inner = folder / "closed" / "inner"
    inner.mkdir(parents=True)
    os.chdir(inner)
    (folder / "closed").chmod(0)
    try:
        assert mailproof("rules", "SPF001").code == 0
        assert mailproof("audit", "acme.example", "--zone", str(folder / "acme.zone"), "--offline").err == ""
    finally:
        (folder / "closed").chmod(0o700)


def test_a_file_is_written_whole(folder: Path) -> None:
    real, link = folder / "real.txt", folder / "link.txt"
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to("real.txt")
    with real.open("rb") as reader:
        write_whole(link, b"after")
        assert reader.read() == b"before", "who reads it meanwhile has the old one whole"
    assert link.is_symlink()
    assert real.read_bytes() == b"after"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    old = os.umask(0o027)
    try:
        write_whole(folder / "new.txt", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "new.txt").stat().st_mode) == 0o640


def test_no_reader_is_left_behind() -> None:
    """A named pipe is refused without leaving a thread that waits for its writer."""
    os.mkfifo("waits")
    before = threading.active_count()
    with pytest.raises(OSError, match="named pipe"):
        read_given(Path("waits"), 10)
    assert threading.active_count() == before
