"""Ctrl-C and SIGTERM at any time: immediate exit with code 130, results so far, no traceback."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import report_of
from tests.support.demo_world import demo_world, mailbox_options, submission_options
from tests.support.process import ended, send, shown, started, started_at_a_terminal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def silent_dns() -> Iterator[tuple[str, socket.socket]]:
    """A name server that never answers, and its socket, which shows that it was queried."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        yield f"127.0.0.1:{server.getsockname()[1]}", server


@pytest.mark.parametrize("number", SIGNALS)
def test_audit(silent_dns: tuple[str, socket.socket], number: signal.Signals) -> None:
    address, server = silent_dns
    with started("audit", "acme.example", "--nameserver", address) as process:
        server.recv(4096)
        send(process, number)
        out, err = ended(process)
    assert process.returncode == 130
    assert out.startswith("? Interrupted: the results for acme.example so far\n")
    assert "interrupted before this was checked" in out
    assert err.count("\n") == 1
    assert err.startswith("mailproof: interrupted")


def test_diff(silent_dns: tuple[str, socket.socket], tmp_path: Path) -> None:
    address, server = silent_dns
    zone = tmp_path / "acme.example.zone"
    zone.write_text('@ 60 IN TXT "v=spf1 include:esp.example -all"\n')
    with started("diff", "live", str(zone), "--nameserver", address) as process:
        server.recv(4096)
        send(process, signal.SIGINT)
        out, err = ended(process)
    assert process.returncode == 130
    assert "? could not be compared: OLD: " in out
    assert "exit code 130 (interrupted)" in " ".join(out.split())
    assert err == "mailproof: interrupted: what was not known by then could not be compared\n"


@pytest.mark.parametrize(
    "command",
    [
        ("init", "--domain", "acme.example", "-o", "new.toml"),
        ("key", "check", "acme.example", "-s", "s1"),
        ("watch", "acme.example", "--once", "--state", "s.db"),
    ],
    ids=lambda command: command[0],
)
def test_half_a_result_is_not_shown_or_written(
    command: tuple[str, ...], silent_dns: tuple[str, socket.socket], tmp_path: Path
) -> None:
    address, server = silent_dns
    words = (str(tmp_path / word) if "." in word and "acme" not in word else word for word in command)
    with started(*words, "--nameserver", address) as process:
        server.recv(4096)
        send(process, signal.SIGINT)
        out, err = ended(process)
    assert (process.returncode, out) == (130, "")
    assert err == "mailproof: interrupted\n"
    assert not (tmp_path / "new.toml").exists()


def test_twice_in_a_row_is_once(silent_dns: tuple[str, socket.socket]) -> None:
    """A wrapper (a shell, a package runner) forwards the terminal's signal, so that two arrive at once."""
    address, server = silent_dns
    with started("audit", "acme.example", "--nameserver", address, "-f", "json") as process:
        server.recv(4096)
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.02)
        out, err = ended(process)
    assert process.returncode == 130
    assert report_of(out)["interrupted"] is True
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("verify", "message.eml", "--ip", "192.0.2.1"), "Interrupted"),
        (("spf", "acme.example", "--ip", "192.0.2.1"), "temperror"),
    ],
)
def test_verify_and_spf(
    silent_dns: tuple[str, socket.socket], command: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    address, server = silent_dns
    message = tmp_path / "message.eml"
    message.write_bytes(b"From: ada@acme.example\r\nSubject: hi\r\n\r\nbody\r\n")
    words = tuple(str(message) if word == "message.eml" else word for word in command)
    with started(*words, "--nameserver", address) as process:
        server.recv(4096)
        send(process, signal.SIGINT)
        out, err = ended(process)
    assert process.returncode == 130
    assert said in out
    assert err.startswith("mailproof: interrupted")


@pytest.mark.parametrize("form", ["--table", "--no-table"])
def test_a_message_that_was_not_finished_is_left_to_resume(
    silent_dns: tuple[str, socket.socket], form: str, tmp_path: Path
) -> None:
    address, server = silent_dns
    box, results = tmp_path / "two.mbox", tmp_path / "r.jsonl"
    box.write_bytes(b"From a@b Sun Nov 01 12:00:00 2026\nFrom: ada@acme.example\nSubject: hi\n\nbody\n\n" * 2)
    words = ("verify", str(box), "--nameserver", address, form, "-o", str(results))
    with started(*words) as process:
        server.recv(4096)
        send(process, signal.SIGINT)
        out, err = ended(process)
    assert (process.returncode, results.exists()) == (130, False)
    assert "Interrupted" not in out
    assert err.startswith("mailproof: 2 messages not verified\nmailproof: interrupted")


@pytest.mark.parametrize("number", SIGNALS)
def test_probe_that_waits_for_mail(number: signal.Signals) -> None:
    """The results so far are shown: the server accepted the message, the audit is complete."""
    with demo_world("lost") as world:
        before = len(world.mailbox.folders["INBOX"].messages)
        options = (*submission_options(world), *mailbox_options(world), "--deadline", "120", "-f", "json")
        environment = {"PW": world.password}
        with started_at_a_terminal("probe", *options, environment=environment) as (process, terminal):
            shown(terminal, "waiting for the message")
            send(process, number)
            out, _ = process.communicate(timeout=120)
        assert before == len(world.mailbox.folders["INBOX"].messages)
    assert process.returncode == 130
    report = report_of(out)
    assert report["interrupted"] is True
    assert report["facts"]["delivery"]["submission"]["accepted"] is True
    assert report["facts"]["delivery"]["retrieval"]["result"] == "interrupted"
    assert report["facts"]["dns"]["lookups"]
    assert world.password not in out


def test_demo_that_waits_leaves_nothing_behind(tmp_path: Path) -> None:
    command = ("demo", "--scenario", "lost", "--deadline", "120")
    with started_at_a_terminal(*command, environment={"TMPDIR": str(tmp_path)}) as (process, terminal):
        shown(terminal, "waiting for the message")
        send(process, signal.SIGINT)
        out, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out.startswith("? Interrupted")
    assert "Arrived ?" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "module", ["mailproof.cli.quick", "typer.core", "dns.name", "mailproof.engine.audit"]
)
@pytest.mark.parametrize("number", SIGNALS)
def test_during_start_up(silent_dns: tuple[str, socket.socket], number: signal.Signals, module: str) -> None:
    """Whatever is being imported (Python reports it): one line, or the report if work had begun."""
    says = {"PYTHONPROFILEIMPORTTIME": "1", "PYTHONUNBUFFERED": "1"}
    with started("audit", "acme.example", "--nameserver", silent_dns[0], environment=says) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        imports = iter(process.stderr.readline, "")
        assert any(line.endswith(f" {module}\n") for line in imports)
        send(process, number)
        lines = [line for line in imports if not line.startswith("import time:")]
        out = process.stdout.read()
        process.wait(30)
    assert process.returncode == 130
    assert len(lines) == 1
    assert lines[0].startswith("mailproof: interrupted")
    assert out == "" or out.startswith("? Interrupted")


def test_credential_command_is_ended(silent_dns: tuple[str, socket.socket]) -> None:
    options = (
        *("--smtp", "127.0.0.1:9", "--smtp-user", "u", "--smtp-password-command", "sleep 4711.5"),
        *("--from", "a@acme.example", "--to", "b@x.example", "--nameserver", silent_dns[0]),
    )
    with started("probe", *options) as process:
        while not running("sleep", "4711.5"):
            assert process.poll() is None
            time.sleep(0.02)
        send(process, signal.SIGINT)
        out, _err = ended(process)
    assert process.returncode == 130
    assert out.startswith("? Interrupted")
    assert not running("sleep", "4711.5")


def running(*command: str) -> bool:
    """Whether a process with that command line is running."""
    for commandline in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if commandline.read_bytes().split(b"\0")[:-1] == [word.encode() for word in command]:
                return True
    return False
