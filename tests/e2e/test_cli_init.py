"""``mailproof init``: the questions, answered on standard input, and the resulting file."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from mailproof.demo.world import RECIPIENT, USER, DemoWorld
from tests.support.cli import Run, mailproof


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def answered(
    *answers: str, options: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
) -> Run:
    given = "".join(f"{a}\n" for a in answers).encode()
    return mailproof("init", *options, stdin=given, environment=environment)


def answers(world: DemoWorld) -> tuple[str, ...]:
    return (
        *(USER, f"127.0.0.1:{world.submission.port}", USER, "PW", RECIPIENT),
        *("imap", f"127.0.0.1:{world.imap.port}", RECIPIENT, "PW"),
    )


def test_the_file_works(world: DemoWorld, tmp_path: Path) -> None:
    trust = {"PW": world.password, "SSL_CERT_FILE": str(world.authorities)}
    run = answered(*answers(world), environment=trust)
    assert run.code == 0, run.out + run.err
    assert "SMTP server: works" in run.out
    assert "mailbox: works" in run.out
    assert world.password not in (tmp_path / "mailproof.toml").read_text()
    probe = mailproof("probe", "--nameserver", world.dns.address, environment=trust)
    assert probe.code == 0, probe.out + probe.err
    assert probe.out.startswith("✓ The probe from acme.example came back as expected\n")


def test_a_whole_round_trip_with_its_own_authorities(world: DemoWorld, tmp_path: Path) -> None:
    options = ("--ca-file", str(world.authorities), "--probe", "--nameserver", world.dns.address)
    run = answered(*answers(world), options=options, environment={"PW": world.password})
    assert run.code == 0, run.out + run.err
    assert "SMTP server: works\nmailbox: works\n" in run.out
    assert "✓ The probe from acme.example came back as expected\n" in run.out
    profile = tomllib.loads((tmp_path / "mailproof.toml").read_text())["profiles"]["default"]
    assert profile["submit"]["ca_file"] == profile["retrieve"]["ca_file"] == str(world.authorities)


def test_no_sign_in_can_be_chosen_and_an_unset_variable_is_named(tmp_path: Path) -> None:
    run = answered(
        *("ada@acme.example", "mail.acme.example:587", "none", "probe@receiver.example"),
        *("imap", "imap.receiver.example", "probe@receiver.example", "UNSET_PW"),
        options=("--no-test",),
    )
    assert run.code == 0, run.out + run.err
    assert run.err == (
        "mailproof: UNSET_PW is not set: set it before you send a probe, as in: export UNSET_PW=…\n"
    )
    submit = tomllib.loads((tmp_path / "mailproof.toml").read_text())["profiles"]["default"]["submit"]
    assert submit == {"host": "mail.acme.example", "port": 587}


def test_one_server_is_tested_where_the_other_has_no_password(world: DemoWorld) -> None:
    mine = ["UNSET_PW" if each == "PW" else each for each in answers(world)]
    run = answered(
        *(*mine[:-1], "PW"), options=("--ca-file", str(world.authorities)), environment={"PW": world.password}
    )
    assert run.code == 0, run.out + run.err
    assert "SMTP server: not tested: " in run.err
    assert "mailbox: works" in run.out


def test_on_a_terminal_no_probe_is_offered_that_cannot_be_sent(tmp_path: Path) -> None:
    given = ("ada@acme.example", "127.0.0.1:1", "", "UNSET_PW", "", "imap", "127.0.0.1:1", "", "UNSET_PW")
    terminal, ours = os.openpty()
    os.write(terminal, "".join(f"{each}\n" for each in given).encode())
    command = [sys.executable, "-m", "mailproof", "init"]
    environment = os.environ | {"HOME": str(tmp_path)}
    run = subprocess.run(command, stdin=ours, capture_output=True, text=True, env=environment, check=False)
    os.close(ours)
    os.close(terminal)
    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith("Send a probe with: mailproof probe\n")


def test_a_file_without_authorities(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing\n")
    run = answered(options=("--ca-file", "ca.pem"))
    assert (run.code, run.out) == (2, "")
    assert "ca.pem cannot be used: it contains no PEM certificates" in run.err
    run = answered(options=("--ca-file", "ca.pem", "--domain", "acme.example"))
    assert run.code == 2


def test_wrong_password_is_told_before_the_file_is_written(world: DemoWorld, tmp_path: Path) -> None:
    trust = {"PW": "wrong", "SSL_CERT_FILE": str(world.authorities)}
    run = answered(*answers(world), "n", environment=trust)
    assert run.code == 1
    assert "535" in run.out
    assert not (tmp_path / "mailproof.toml").exists()
    insisted = answered(*answers(world), "y", environment=trust)
    assert insisted.code == 0
    assert (tmp_path / "mailproof.toml").exists()


def test_wrong_answers_are_asked_again(tmp_path: Path) -> None:
    run = answered(
        *("nobody", "ada@localhost", "ada@acme.example"),
        *("https://mail.acme.example/", "mail.acme.example:smtp", "mail.acme.example", "99999", "587"),
        *("ada", "my secret!", "PW"),
        *("probe@receiver.example", "pigeon", "maildir", "Maildir"),
        options=("--no-test",),
    )
    assert run.code == 0, run.out + run.err
    for wrong in ("nobody", "ada@localhost", "my secret!", "pigeon", "https", ":smtp", "99999"):
        assert wrong in run.err
    table = tomllib.loads((tmp_path / "mailproof.toml").read_text())["profiles"]["default"]
    assert table["submit"]["username"] == "ada"
    assert table["submit"]["password"] == {"env": "PW"}
    assert table["retrieve"] == {"kind": "maildir", "path": "Maildir"}


def test_input_that_ends_early_writes_nothing(tmp_path: Path) -> None:
    run = answered("ada@acme.example", "mail.acme.example")
    assert run.code == 2
    assert run.err.splitlines()[-1].startswith("mailproof: ")
    assert not (tmp_path / "mailproof.toml").exists()


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "mailproof.toml").write_text("# mine\n")
    run = answered("ada@acme.example")
    assert run.code == 2
    assert "--force" in run.err
    assert (tmp_path / "mailproof.toml").read_text() == "# mine\n"
    assert answered(options=("-o", "nowhere/mailproof.toml")).code == 2


def test_a_known_provider_needs_no_server(tmp_path: Path) -> None:
    run = answered(
        *("ada@acme.example", "mail.acme.example", "587", "", "PW", "acme.probe@gmail.com"),
        *("imap", "", "", ""),
        options=("--no-test",),
    )
    assert run.code == 0, run.out + run.err
    assert "Gmail: an app password" in run.out
    retrieve = tomllib.loads((tmp_path / "mailproof.toml").read_text())["profiles"]["default"]["retrieve"]
    assert retrieve["preset"] == "gmail"
    assert "host" not in retrieve
