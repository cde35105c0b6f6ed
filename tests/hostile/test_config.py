# ruff: noqa: E501 (rows of a table)
"""A hostile mailproof.toml: in a checkout, in a world-writable folder, in a pipeline; hostile bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mailproof as library
from mailproof.config.load import parse_config
from mailproof.errors import ConfigError
from tests.support.cli import Run, mailproof

SUBMIT = '[profiles.p.submit]\nhost = "{host}"\nport = 9\nsecurity = "plain"\ntimeout = 1\nretry_for = 0\n'
MESSAGE = '[profiles.p.message]\nfrom = "ada@acme.example"\nto = "b@receiver.example"\n'
PASSWORD = 'username = "u"\nallow_plaintext_auth = true\npassword = {source}\n'
COMMAND = '{ command = "touch canary" }'
ZONE = ("--zone", "acme.zone", "--offline")
PROBE = ("probe", *ZONE)
VERIFY = ("verify", "message.eml", *ZONE, "--ip", "192.0.2.1")


def profile(host: str = "127.0.0.1", source: str = "", more: str = "") -> str:
    login = PASSWORD.format(source=source) if source else ""
    return SUBMIT.format(host=host) + login + MESSAGE + more


RETRIEVE = '[profiles.p.retrieve]\nkind = "imap"\nhost = "{0}"\nusername = "u"\npassword = {1}\n'
ENVIRONMENT = '{ env = "HOME" }'
RSPAMD = f'[filters.rspamd]\nurl = "http://127.0.0.1:9"\npassword = {COMMAND}\n'
#: Attacks by a checkout's file: the file, the user's command, and part of the message shown.
ATTACKS = {
    "command of the submission": (profile(source=COMMAND), PROBE, "profiles.p.submit.password runs the command"),
    "token command": (
        profile(source=COMMAND).replace("password =", "token ="), PROBE, "profiles.p.submit.token runs"
    ),
    "command of the mailbox": (
        profile(more=RETRIEVE.format("127.0.0.1", COMMAND)), PROBE, "profiles.p.retrieve.password runs"
    ),
    "command of a filter": (RSPAMD, VERIFY, "filters.rspamd.password runs the command 'touch canary'"),
    "command of a filter, by probe": (profile() + RSPAMD, PROBE, "filters.rspamd.password runs"),
    "messages to Rspamd": ('[filters.rspamd]\nurl = "https://evil.test"\n', VERIFY, "to https://evil.test"),
    "messages to spamd": ('[filters.spamassassin]\nhost = "192.0.2.66"\n', VERIFY, "to 192.0.2.66:783"),
    "a variable to another host": (profile("evil.test", ENVIRONMENT), PROBE, "connects to evil.test"),
    "a variable to another mailbox": (
        profile(more=RETRIEVE.format("192.0.2.66", ENVIRONMENT)), PROBE, "connects to 192.0.2.66"
    ),
    "a file of the user's": (profile(more='attachments = ["/etc/hostname"]\n'), PROBE, "sends the file /etc/hostname"),
    "a file by dots": (profile(more='template = "../x.eml"\n'), PROBE, "sends the file"),
    "a logo of the user's": (
        '[report]\nlogo = "../picture.svg"\n',
        ("audit", "acme.example", "--offline", "--zone", "acme.zone", "-f", "html"),
        "picture.svg into reports",
    ),
    "questions": ('nameservers = ["192.0.2.66"]\n', ("audit", "acme.example"), "queries to 192.0.2.66"),
    "questions by HTTPS": ('nameservers = ["https://evil.test"]\n', ("audit", "acme.example"), "https://evil.test"),
    "questions of spf": (
        'nameservers = ["192.0.2.66:53"]\n', ("spf", "acme.example", "--ip", "192.0.2.1"), "sends queries"
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("MAILPROOF_CONFIG", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "checkout"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / "message.eml").write_bytes(b"From: a@acme.example\r\nDate: x\r\n\r\nhello\r\n")
    (folder / "acme.zone").write_text("$ORIGIN acme.example.\n@ 60 IN SOA ns1 h 1 2 3 4 5\n")
    return folder


def refused(run: Run, said: str) -> str:
    assert run.code == 2, run
    assert run.out == ""
    assert run.err.count("\n") == 1, run.err
    assert said in run.err
    return run.err


@pytest.mark.parametrize("name", ATTACKS)
def test_a_file_that_was_found_does_not_act(name: str, checkout: Path) -> None:
    text, arguments, said = ATTACKS[name]
    (checkout / "mailproof.toml").write_text(text)
    told = refused(mailproof(*arguments), said)
    assert "mailproof trust" in told
    assert not (checkout / "canary").exists()


@pytest.mark.parametrize("name", ["command of the submission", "command of a filter"])
def test_nor_does_a_project_file(name: str, checkout: Path) -> None:
    text, arguments, said = ATTACKS[name]
    (checkout / "pyproject.toml").write_text(
        text.replace("[", "[tool.mailproof.", 1).replace("\n[", "\n[tool.mailproof.")
    )
    refused(mailproof(*arguments), said)
    assert not (checkout / "canary").exists()


def test_what_needs_no_trust(checkout: Path) -> None:
    """The rest of an untrusted file applies, and unused settings do no harm."""
    (checkout / "mailproof.toml").write_text('fail_on = "never"\n' + profile("evil.test", COMMAND) + RSPAMD)
    run = mailproof("audit", "acme.example", *ZONE)
    assert run.err == ""
    assert run.code != 2
    assert not (checkout / "canary").exists()


def test_a_probe_within_this_machine_needs_none(checkout: Path) -> None:
    text = profile(source=ENVIRONMENT, more='attachments = ["message.eml"]\n')
    (checkout / "mailproof.toml").write_text('nameservers = ["127.0.0.1:9"]\n' + text)
    assert mailproof("probe", "--quiet").code == 1


@pytest.mark.parametrize("way", ["--config", "MAILPROOF_CONFIG", "trust"])
@pytest.mark.parametrize("name", ["command of the submission", "command of a filter"])
def test_a_file_that_is_named_or_trusted_acts(name: str, way: str, checkout: Path) -> None:
    text, arguments, _ = ATTACKS[name]
    (checkout / "mailproof.toml").write_text(text)
    environment = {"MAILPROOF_CONFIG": "mailproof.toml"} if way == "MAILPROOF_CONFIG" else {}
    if way == "trust":
        assert mailproof("trust").code == 0
    if way == "--config":
        arguments = (*arguments, "--config", "mailproof.toml")
    mailproof(*arguments, environment=environment)
    assert (checkout / "canary").exists()


def test_trust_is_in_this_file_as_it_is(checkout: Path, tmp_path: Path) -> None:
    file = checkout / "mailproof.toml"
    file.write_text(RSPAMD)
    told = mailproof("trust")
    assert told.code == 0
    assert "filters.rspamd.password runs the command 'touch canary'" in told.err
    file.write_text(RSPAMD.replace("touch canary", "touch  canary"))
    refused(mailproof(*VERIFY), "mailproof trust")
    file.write_text(RSPAMD)
    assert mailproof(*VERIFY).code != 2
    assert mailproof("trust", "--forget").code == 0
    refused(mailproof(*VERIFY), "mailproof trust")
    assert "was not trusted" in mailproof("trust", "--forget").err
    mailproof("trust")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mailproof.toml").write_text(RSPAMD)
    os.chdir(other)
    refused(mailproof("verify", str(checkout / "message.eml")), "mailproof trust")


def test_an_entry_that_others_could_have_made_is_none(checkout: Path, tmp_path: Path) -> None:
    (checkout / "mailproof.toml").write_text(RSPAMD)
    mailproof("trust")
    (tmp_path / "state" / "mailproof" / "trusted").chmod(0o777)
    refused(mailproof(*VERIFY), "mailproof trust")


@pytest.mark.parametrize("place", ["/proc/none", "/dev/null"])
def test_where_trust_cannot_be_kept(place: str, checkout: Path) -> None:
    (checkout / "mailproof.toml").write_text(RSPAMD)
    refused(mailproof("trust", environment={"XDG_STATE_HOME": place}), "cannot save that the file is trusted")


@pytest.mark.parametrize("value", ["true", "1", "woodpecker"])
def test_in_ci_even_a_named_file_runs_nothing_unasked(value: str, checkout: Path) -> None:
    (checkout / "mailproof.toml").write_text(RSPAMD)
    named = (*VERIFY, "--config", "mailproof.toml")
    for arguments in (VERIFY, (*VERIFY, "--allow-commands"), named):
        run = mailproof(*arguments, environment={"CI": value})
        assert "--allow-commands" in refused(run, "in CI this needs --config and --allow-commands")
    mailproof("trust")
    refused(mailproof(*VERIFY, environment={"CI": value}), "in CI")
    assert not (checkout / "canary").exists()
    mailproof(*named, "--allow-commands", environment={"CI": value})
    assert (checkout / "canary").exists()


def test_ci_that_says_no_is_none(checkout: Path) -> None:
    (checkout / "mailproof.toml").write_text(RSPAMD)
    mailproof(*VERIFY, "--config", "mailproof.toml", environment={"CI": "false"})
    assert (checkout / "canary").exists()


def test_the_library_is_as_careful(checkout: Path) -> None:
    (checkout / "mailproof.toml").write_text(profile(source=COMMAND))
    with pytest.raises(ConfigError, match="runs the command"):
        library.probe()
    (checkout / "mailproof.toml").write_text(profile() + RSPAMD)
    with pytest.raises(ConfigError, match="runs the command"):
        library.probe()
    assert not (checkout / "canary").exists()


# Whose file it is


def others(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    os.lchown(path, 65534, 65534)


OWNERS = {
    "file of another": ("mailproof.toml", others, "the file belongs to another user (uid 65534)"),
    "folder of another": ("", others, "belongs to another user"),
    "folder above of another": ("..", others, "belongs to another user"),
    "file that all write": ("mailproof.toml", lambda path: path.chmod(0o666), "everyone can write to the file"),
    "folder that all write": ("", lambda path: path.chmod(0o777), "everyone can write to the folder"),
    "folder like /tmp": ("", lambda path: path.chmod(0o1777), "everyone can write to the folder"),
    "folder above that all write": ("..", lambda path: path.chmod(0o777), "everyone can write to the folder"),
    "file of a group": ("mailproof.toml", lambda path: group(path), "the group 54321 can write to the file"),
}  # fmt: skip


def group(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files to any group")
    os.chown(path, 0, 54321)
    path.chmod(0o664)


@pytest.mark.parametrize("name", OWNERS)
def test_a_file_that_others_could_have_made_is_not_used(name: str, checkout: Path) -> None:
    place, spoil, said = OWNERS[name]
    file = checkout / "mailproof.toml"
    file.write_text('fail_on = "never"\n')
    audit = ("audit", "acme.example", *ZONE)
    assert mailproof(*audit).err == ""
    spoil((checkout / place).resolve())
    assert "--config" in refused(mailproof(*audit), said)
    assert said in refused(mailproof("trust"), "not used")
    assert mailproof(*audit, "--config", "mailproof.toml").err == ""
    assert mailproof(*audit, "--config", "/dev/null").err == ""


def test_a_folder_of_ours_below_one_like_tmp_is_ours(checkout: Path) -> None:
    (checkout / "mailproof.toml").write_text('fail_on = "never"\n')
    checkout.parent.chmod(0o1777)
    assert mailproof("audit", "acme.example", *ZONE).err == ""


def test_a_link_is_looked_at_on_both_sides(checkout: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "real.toml").write_text('fail_on = "never"\n')
    (checkout / "mailproof.toml").symlink_to(shared / "real.toml")
    assert mailproof("audit", "acme.example", *ZONE).err == ""
    shared.chmod(0o777)
    refused(mailproof("audit", "acme.example", *ZONE), f"everyone can write to the folder {shared}")


def test_a_link_of_another_is_his(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('fail_on = "never"\n')
    (checkout / "mailproof.toml").symlink_to(tmp_path / "mine.toml")
    others(checkout / "mailproof.toml")
    refused(mailproof("audit", "acme.example", *ZONE), "belongs to another user")


# Its bytes

BYTES = {
    "integer of 4,300 digits and more": (b"x = 1\ntimeout = " + b"9" * 4301, ":2: a number with too many digits"),
    "digits with underscores": (b"timeout = " + b"9_" * 5000 + b"9", ":1: a number with too many digits"),
    "an integer that no float holds": (b"timeout = 0x" + b"f" * 5000, "'timeout': input should be"),
    "not a number": (b"timeout = nan", "'timeout': input should be"),
    "no number in quotes": (b'timeout = "nan"', "'timeout': input should be"),
    "endless": (b"timeout = inf", "'timeout': input should be"),
    "nested": (b"x = " + b"[" * 100_000, "nested too deeply"),
    "keys of ours": (b'trust = "all"', "unknown key 'trust'"),
    "the path": (b'path = "x"', "unknown key 'path'"),
    "NUL in a path": (profile(more='template = "a\\u0000b"\n').encode(), "template"),
    "a home of nobody": (profile(more='template = "~nobody-at-all/x"\n').encode(), "template"),
    "attachment with NUL": (profile(more='attachments = ["a\\u0000b"]\n').encode(), "attachments"),
    "profile named by an escape": (b'["\\u001b[2J"]\nx = 1', "unknown key"),
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES)
def test_bytes(name: str, checkout: Path) -> None:
    raw, said = BYTES[name]
    (checkout / "mailproof.toml").write_bytes(raw)
    told = refused(mailproof(*PROBE), said)
    assert "\x1b" not in told
    assert len(told) < 1100


def test_a_deep_file_is_refused_by_the_library_too() -> None:
    with pytest.raises(ConfigError):
        parse_config("x = " + "{a=" * 50_000, Path("mailproof.toml"))
