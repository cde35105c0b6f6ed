"""Passwords that no login can carry, and a process without working folder, file descriptors or terminal."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import resource
import signal
import socket
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from mailproof.config import SubmitSettings
from mailproof.credentials import Credential, resolve_secret
from mailproof.errors import CredentialError
from mailproof.mail import sasl
from tests.hostile.commands import MESSAGE, PROBE, refused
from tests.support.cli import mailproof, report_of
from tests.support.mail_servers import Peer, talking
from tests.support.process import COMMAND, ended, started
from tests.support.sending import submit

pytestmark = pytest.mark.usefixtures("folder")


# Secrets


def printing(code: str) -> Credential:
    return Credential(
        "command", (sys.executable, "-c", f"import sys, os; w = sys.stdout.buffer.write; {code}")
    )


SECRETS = {
    "endless": (printing("\nwhile True: w(b'x' * 65536)"), "printed more than 64 KiB"),
    "endless lines": (printing("\nwhile True: w(b'x\\n' * 65536)"), "printed more than 64 KiB"),
    "a device": (Credential("command", ("cat", "/dev/zero")), "printed more than 64 KiB"),
    "not UTF-8": (printing("w(b'p\\xe4qq')"), "is not UTF-8"),
    "NUL": (printing("w(b'p\\0qq')"), "a line break or NUL"),
    "NUL in a word": (Credential("command", ("echo", "a\0b")), "could not be started"),
    "no program": (Credential("command", ("/",)), "could not be started"),
    "empty": (Credential("command", ("true",)), "gave nothing"),
    "variable that is not UTF-8": (Credential("env", ("MP_LATIN",)), "is not UTF-8"),
}


@pytest.mark.parametrize("name", SECRETS)
async def test_secrets_that_no_login_carries(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MP_LATIN", "p\udce4qq")
    credential, said = SECRETS[name]
    with pytest.raises(CredentialError, match=said) as error:
        await resolve_secret(credential)
    assert "qq" not in str(error.value).rpartition("'")[2], "what was printed is not quoted"


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_child_that_keeps_the_pipe_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailproof.credentials.COMMAND_TIMEOUT_S", 0.5)
    with pytest.raises(CredentialError, match="did not end"):
        asyncio.run(resolve_secret(Credential("command", ("sh", "-c", "sleep 3 & echo secret"))))
    gc.collect()


def test_the_command_line_tells_it_in_a_line() -> None:
    user = ("--smtp-user", "u", "--smtp-password-command", "cat /dev/zero", "--nameserver", "127.0.0.1:9")
    refused(mailproof(*PROBE, *user), "printed more than 64 KiB")


@pytest.mark.parametrize("password", ["bell\x07", "ا1", "\u0221", "\ufffd"])
async def test_a_password_that_saslprep_forbids(password: str) -> None:
    """SCRAM cannot carry it: the login is a finding, and there is a report."""
    login = sasl.Login("u", Credential.of(password).value)
    with pytest.raises(sasl.SaslError, match="cannot be used"):
        sasl.Mechanism("SCRAM-SHA-256", login).initial()

    async def talk(peer: Peer) -> None:
        await peer.say("220 mail.acme.example ESMTP")
        await peer.hear()
        await peer.say("250-mail.acme.example", "250 AUTH SCRAM-SHA-256")
        await peer.hear()

    async with talking(talk) as port:
        settings = SubmitSettings(
            "127.0.0.1", port, "plain", "u", Credential.of(password), allow_plaintext_auth=True, retry_for=0.0
        )
        sent = await submit(settings, MESSAGE, "a@acme.example", ["b@c.example"])
    stage = next(each for each in sent.stages if each.stage == "auth")
    assert not stage.ok
    assert "SCRAM-SHA-256 cannot be used" in stage.reason
    assert password not in repr(sent)


# The process


def test_a_working_folder_that_was_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    audit = ("audit", "acme.example", "--zone", str(folder / "acme.zone"), "--offline")
    report = mailproof(*audit, "-f", "json", "-o", str(folder / "x.json"))
    assert report.err == ""
    assert report_of(report.out)["subject"] == "acme.example"
    assert (folder / "x.json").exists()
    for option in ("-o", "--fix-zone", "--record"):
        refused(mailproof(*audit, option, "x.json"), option)
    refused(mailproof("verify", "x.eml"), "x.eml")
    refused(mailproof("trust"), "name the file")
    refused(mailproof("init"), "-o mailproof.toml")
    refused(mailproof("probe"), "no profile is configured")


@pytest.mark.parametrize("files", [6, 11, 12, 20])
def test_few_files_may_be_open(files: int) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    with started(
        "audit", "acme.example", "--nameserver", "127.0.0.1:9", "-f", "json", preexec=limit
    ) as process:
        out, err = ended(process)
    if files < 12:
        assert (process.returncode, out) == (2, "")
        assert err == f"mailproof: limit of {files} open files: at least 12 needed (ulimit -n)\n"
    else:
        assert (process.returncode, err) == (3, "")
        assert report_of(out)["subject"] == "acme.example"


def test_a_soft_limit_is_raised_where_it_may_be() -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (8, 64))

    with started("audit", "acme.example", "--zone", "acme.zone", "--offline", "-q", preexec=limit) as process:
        _, err = ended(process)
    assert err == ""
    assert process.returncode != 2


@pytest.mark.parametrize("ignored", [False, True], ids=["hangup", "nohup"])
def test_a_terminal_that_goes_away(ignored: bool, folder: Path) -> None:
    """SIGHUP ends it as SIGTERM does, with the files written; not under nohup."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        address = f"127.0.0.1:{server.getsockname()[1]}"
        handler = signal.SIG_IGN if ignored else signal.SIG_DFL
        with started(
            "audit", "acme.example", "--nameserver", address, "--timeout", "3", "-o", "report.json",
            preexec=lambda: void(signal.signal(signal.SIGHUP, handler)),
        ) as process:  # fmt: skip
            server.recv(4096)
            process.send_signal(signal.SIGHUP)
            _, err = ended(process)
    assert process.returncode == (3 if ignored else 130)
    assert err.startswith("" if ignored else "mailproof: interrupted")
    assert report_of((folder / "report.json").read_text())["interrupted"] is not ignored


def test_a_terminal_that_is_closed(folder: Path) -> None:
    """The signal arrives and the terminal is no longer writable: the file is written all the same."""
    master, terminal = os.openpty()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)
        address = f"127.0.0.1:{server.getsockname()[1]}"

        def lead() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.setsid()
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

        words = (
            *COMMAND,
            "audit",
            "acme.example",
            "--nameserver",
            address,
            "--timeout",
            "20",
            "-o",
            "report.json",
        )
        process = subprocess.Popen(words, stdin=terminal, stdout=terminal, stderr=terminal, preexec_fn=lead)
        os.close(terminal)
        server.recv(4096)
        os.read(master, 1)  # the progress is shown
        os.close(master)
        try:
            assert process.wait(30) == 130
        finally:
            process.kill()
    assert report_of((folder / "report.json").read_text())["interrupted"] is True


def void(_: object) -> None:
    """Discard a result."""
