"""Errors in input and environment: one clear line, the right exit code, and whatever results are possible."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bad_servers import NOISE, dns_server, tcp_server
from tests.support.cli import Run, mailproof, report_of
from tests.support.process import COMMAND

ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN NS ns2
ns1 60 IN A 192.0.2.53
ns2 60 IN A 198.51.100.53
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT "v=spf1 mx -all"
_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
"""
PROBE = (
    "probe",
    "--dry-run",
    "--offline",
    "--smtp",
    "127.0.0.1",
    "--from",
    "a@a.example",
    "--to",
    "b@b.example",
)
AUDIT = ("audit", "acme.example", "--zone", "acme.zone", "--offline")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.zone").write_text(ZONE)
    return tmp_path


def one_line(run: Run) -> str:
    assert run.code == 2, run
    assert run.out == ""
    assert run.err.count("\n") == 1, run.err
    assert run.err.startswith("mailproof: ")
    return run.err


# Usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit",), "no domain given"),
        (("audit", "--bogus", "a.example"), "--bogus"),
        (("audit", "a.example", "--allow-address", "10/33"), "--allow-address 10/33"),
        (("audit", "a.example", "-f", "xml"), "'text', 'json'"),
        (("audit", "a.example", "--timeout", "soon"), "'--timeout': 'soon' is not a number (see"),
        (("audit", "a.example", "--timeout", "0"), "'--timeout': 0.0 is not from 0.1 to 3600 (see"),
        (("bulk", "list", "--rate", "-1"), "'--rate': -1.0 is not at least 0.0 (see"),
        (("bulk", "list", "--workers", "1.5"), "'--workers': '1.5' is not a whole number (see"),
        (("audit", "--offlin"), "no such option: --offlin: did you mean --offline? (see"),
        (("watch", "a.example", "--color", "never"), "no such option: --color (see"),
        (("key", "chek"), "no such command 'chek': did you mean 'check'? (see"),
        (("audit", "a.example", "--fail-on", "x"), "--fail-on"),
        (("audit", "a.example", "--select", "NOPE"), "mailproof rules"),
        (("audti", "a.example"), "audti"),
        (("spf", "a.example"), "--ip"),
        (
            ("spf", "a.example", "--ip", "192.0.2.1", "--sender", "b@other.example"),
            "not an address of a.example",
        ),
        (("spf", "a.example", "--ip", "192.0.2.1", "--sender", "b"), "'b' is not an address: write local@"),
        (
            ("acme.example",),
            "no such command 'acme.example': did you mean mailproof audit acme.example?",
        ),
        (("audti", "a.example"), "did you mean mailproof audit? (see mailproof --help)"),
        (("nonsense",), "no such command 'nonsense' (see mailproof --help)"),
        (("audit", "a.example", "--ip"), "option '--ip' requires an argument (see mailproof audit --help)"),
        (("verify", "a", "b"), "mailproof: unexpected argument: b (see mailproof verify --help)"),
        (("demo", "--deadline", "99999"), "--deadline"),
        (("audit", "a.example", "--record", "nowhere/x.json"), "nowhere"),
        (("audit", "acme.zone", "--offline"), "acme.zone is a file: give a zone as --zone acme.zone"),
        ((*AUDIT, "--fix-kind", "repair"), "name the file to write"),
        ((*AUDIT, "-o", "json:-"), "-f FORMAT writes to standard output, -o to a file: name one"),
        (("verify", "-", "--mail-from", "ada"), "--mail-from 'ada' is not an address: write local@domain"),
        ((*AUDIT, "-q", "-v"), "-q shows less and -v more: give one of them"),
        (("verify", "a", "--require", "transport"), "no such option: --require"),
        (("audit", "\u0378" * 200), "… is not a valid internationalized domain name"),
        ((*AUDIT, "--require", "transport"), "--require transport needs connections: remove --offline"),
        (("audit", "a.example", "--no-connect", "--require", "authority"), "--require authority needs"),
        ((*PROBE, "--maildir", "x", "--smtp-password-env", "HOME"), "needs a user: give --smtp-user"),
        ((*PROBE, "--imap", "127.0.0.1", "--mailbox-password-env", "HOME"), "give --mailbox-user"),
        ((*PROBE, "--listen", "127.0.0.1:99999"), "--listen 127.0.0.1:99999: the port must"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    assert said in one_line(mailproof(*arguments))


@pytest.mark.parametrize("command", [(), ("key",)])
def test_without_a_command_the_help_is_all_there_is(command: tuple[str, ...]) -> None:
    run = mailproof(*command)
    assert (run.code, run.err) == (2, "")
    assert "Usage: " in run.out


@pytest.mark.parametrize("option", ["--fix-zone", "-o"])
def test_what_is_read_is_not_written(option: str) -> None:
    value = "acme.zone" if option == "--fix-zone" else "text:acme.zone"
    said = f"mailproof: {option} {value}: this command reads it: name another file\n"
    assert one_line(mailproof(*AUDIT, option, value)) == said
    assert Path("acme.zone").read_text() == ZONE


# Configuration and zone files

PROFILE = """[profiles.p.submit]
host = "mail.acme.example"
{0}
[profiles.p.message]
from = "ada@acme.example"
to = "probe@receiver.example"
"""
CONFIGURATIONS = {
    "unknown key": ('fail-on = "error"\n', r":1:1: unknown key 'fail-on': did you mean 'fail_on'\?"),
    "value": ('fail_on = "eror"\n', r":1: 'fail_on': input should be 'error', 'warning' or 'never'"),
    "array": ('nameservers = "192.0.2.53"\n', r":1: 'nameservers': input should be an array"),
    "twice": ("timeout = 1\ntimeout = 2\n", r":2:\d+: "),
    "syntax": ("timeout = \n", r":1:\d+: "),
    "not UTF-8": ("\udcff\n", r":1: not UTF-8"),
    "secret": (
        PROFILE.format('username = "a"\npassword = "hunter2"'),
        r":4:1: passwords aren't allowed in this file",
    ),
    "typo": (PROFILE.format('pasword = { env = "PW" }'), r":3:1: .*did you mean 'password'\?"),
    "port": (PROFILE.format("port = 70000"), r":3:1: 'profiles.p.submit.port'"),
    "missing": ('[profiles.p.submit]\nhost = "h"\n', r"'profiles.p.message' is missing"),
    "template": (PROFILE.format("") + 'template = "x.eml"\nsubject = "x"\n', r":7:1: a template"),
    "huge": ("#" * 2_000_000, r"larger than"),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_wrong_configuration(name: str, tmp_path: Path) -> None:
    text, said = CONFIGURATIONS[name]
    (tmp_path / "mailproof.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    err = one_line(mailproof(*AUDIT))
    assert re.search(rf"mailproof\.toml.*{said}", err) or re.search(said, err), err
    assert "mailproof.toml" in err
    assert "hunter2" not in err


ZONES = {
    "quote": ('@ IN TXT "open\n', r"x\.zone:2:10: .*not closed"),
    "type": ("@ IN TXTT x\n", r"x\.zone:2:6: unknown record type TXTT"),
    "value": ("@ IN MX ten mx1\n", r"x\.zone:2:\d+: MX"),
    "parenthesis": ("@ IN SOA a b ( 1 2 3\n", r"x\.zone:2:\d+: '\(' is never closed"),
    "include": ("$INCLUDE ../../../etc/passwd\n", r"x\.zone:2:10: .*only files in the folder"),
    "binary": (NOISE.decode("latin-1"), r"x\.zone:\d+:\d+: "),
    "alias": ("@ IN A 192.0.2.1\n@ IN CNAME y\n", r"x\.zone:3: .*CNAME beside A"),
}


@pytest.mark.parametrize("name", ZONES)
def test_wrong_zone_file(name: str, tmp_path: Path) -> None:
    text, said = ZONES[name]
    (tmp_path / "x.zone").write_text("$ORIGIN acme.example.\n" + text, encoding="utf-8")
    err = one_line(mailproof("audit", "acme.example", "--zone", "x.zone", "--offline"))
    assert re.search(said, err), err


@pytest.mark.parametrize("text", ["", "{", '{"version": 99}', "[]", "\0"])
def test_wrong_recording(text: str, tmp_path: Path) -> None:
    (tmp_path / "tape.json").write_text(text)
    assert "tape.json" in one_line(mailproof("audit", "acme.example", "--replay", "tape.json"))


def test_a_zone_that_says_nothing_is_never_a_pass(tmp_path: Path) -> None:
    """A typo in the domain must not make a pipeline green."""
    run = mailproof("audit", "amce.example", "--zone", "acme.zone", "--offline")
    assert run.code == 3
    assert run.out.startswith("? amce.example is not in the given zones")


# Name servers

DNS = {
    "silent": lambda question: b"",
    "garbage": lambda question: NOISE[:60],
    "garbage of the right id": lambda question: question[:2] + b"\x81\x80" + b"\xff" * 40,
    "truncated header": lambda question: question[:5],
    "the question again": lambda question: question,
    "servfail": lambda question: question[:2] + b"\x81\x82" + question[4:],
    "refused": lambda question: question[:2] + b"\x81\x85" + question[4:],
}


@pytest.mark.parametrize("name", DNS)
def test_bad_name_server(name: str) -> None:
    with dns_server(DNS[name]) as address:
        run = mailproof("audit", "acme.example", "--nameserver", address, "--timeout", "2", "-f", "json")
    assert run.code == 3, run.err
    assert run.err == ""
    report = report_of(run.out)
    assert not [finding for outcome in report["outcomes"] for finding in outcome["findings"]]
    assert report["score"]["grade"] is None


def test_verdict_where_nothing_is_known() -> None:
    run = mailproof("audit", "acme.example", "--nameserver", "127.0.0.1:9", "--timeout", "5")
    assert run.out.startswith("? acme.example could not be checked: no answer for TXT acme.example\n")
    assert "Connection refused" in run.out


# SMTP and IMAP

SMTP = {
    "silent": (b"", {}),
    "hangs after the greeting": (b"220 mail.acme.example ESMTP\r\n", {}),
    "garbage": (NOISE, {"close": True}),
    "another protocol": (b"HTTP/1.1 400 Bad Request\r\n\r\n", {"close": True}),
    "closes at once": (b"", {"close": True}),
    "endless greeting": (b"220-" + b"x" * 400 + b"\r\n", {"endless": True}),
    "endless line": (b"x" * 4000, {"endless": True}),
    "not now": (b"421 4.3.2 too busy\r\n", {"close": True}),
}
SUBMISSION = """[profiles.p.submit]
host = "127.0.0.1"
port = {0}
security = "plain"
timeout = 1
retry_for = 0
[profiles.p.message]
from = "ada@acme.example"
to = "probe@receiver.example"
"""
MAILBOX = """[profiles.p.retrieve]
kind = "imap"
host = "127.0.0.1"
port = {0}
security = "{1}"
allow_plaintext_auth = true
username = "u"
password = {{ env = "PW" }}
timeout = 1
deadline = 2
"""


def probe(tmp_path: Path, text: str) -> dict[str, object]:
    (tmp_path / "mailproof.toml").write_text(text)
    named = ("probe", "--config", "mailproof.toml")
    run = mailproof(
        *named, "--zone", "acme.zone", "--offline", "-f", "json", environment={"PW": "the-password-7"}
    )
    assert run.code == 1, run.err
    assert run.err == ""
    assert "the-password-7" not in run.out
    report: dict[str, object] = report_of(run.out)
    assert not [o for o in report["outcomes"] if o["status"] == "error"]  # type: ignore[attr-defined] # JSON
    assert report["facts"]["dns"]["dmarc"], "the audit is there all the same"  # type: ignore[index] # JSON
    return report


def found(report: dict[str, object]) -> set[str]:
    outcomes = report["outcomes"]
    return {finding["rule"] for outcome in outcomes for finding in outcome["findings"]}  # type: ignore[attr-defined] # JSON


@pytest.mark.parametrize("name", SMTP)
def test_bad_smtp_server(name: str, tmp_path: Path) -> None:
    greeting, options = SMTP[name]
    with tcp_server(greeting, **options) as port:
        assert {rule for rule in found(probe(tmp_path, SUBMISSION.format(port))) if rule.startswith("SMTP")}


def test_unreachable_smtp_server(tmp_path: Path) -> None:
    assert "SMTP002" in found(probe(tmp_path, SUBMISSION.format(9)))
    text = SUBMISSION.format(587).replace("127.0.0.1", "mail.invalid")
    assert "SMTP001" in found(probe(tmp_path, text))


@pytest.mark.parametrize(
    ("greeting", "security"),
    [
        pytest.param(b"", "plain", id="silent"),
        pytest.param(b"* OK ready\r\n", "plain", id="hangs after the greeting"),
        pytest.param(b"* BYE no\r\n", "starttls", id="turns away"),
        pytest.param(NOISE, "plain", id="garbage"),
        pytest.param(NOISE, "tls", id="garbage for TLS"),
        pytest.param(b"", "tls", id="silent for TLS"),
    ],
)
def test_bad_imap_server(greeting: bytes, security: str, tmp_path: Path) -> None:
    """The mailbox's failure is reported, and the submission in full."""
    with tcp_server(greeting, close=greeting == NOISE) as port, tcp_server(b"421 not now\r\n") as smtp:
        rules = found(probe(tmp_path, SUBMISSION.format(smtp) + MAILBOX.format(port, security)))
    assert {rule for rule in rules if rule.startswith("SMTP")}
    assert {rule for rule in rules if rule.startswith("RECV")}


# Where the output goes


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a shell pipeline in which ``mailproof`` is our command."""
    words = f'mailproof() {{ {" ".join(COMMAND)} "$@"; }}; set -o pipefail; {command}'
    return subprocess.run(
        ["bash", "-c", words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**{k: v for k, v in os.environ.items() if k not in ("COLUMNS",)}, **environment},
        timeout=60,
        check=False,
    )


OFFLINE = "mailproof audit acme.example --zone acme.zone --offline"


def test_reader_that_goes_away() -> None:
    for command in (f"{OFFLINE} -f json", "mailproof rules", "mailproof explain SPF003", "mailproof --help"):
        run = shell(f"{command} | head -c 1")
        assert len(run.stdout) == 1
        assert run.stderr == "", command
    assert shell(f"{OFFLINE} -f json | true").returncode == shell(OFFLINE).returncode == 0


def test_full_and_closed_outputs() -> None:
    for command in (f"{OFFLINE} > /dev/full", f"{OFFLINE} >&-", "mailproof rules > /dev/full"):
        run = shell(command)
        assert run.returncode == 2, command
        assert run.stderr.count("\n") == 1, run.stderr
        assert "standard output" in run.stderr
    assert shell("mailproof audit nope 2>/dev/full").returncode == 2
    assert shell(f"{OFFLINE} 2>&-").returncode == 0
    for command in ("verify -", "explain -", "bulk -", "audit -", "key check acme.example --private -"):
        assert "standard input is closed" in shell(f"mailproof {command} <&-").stderr, command


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C.UTF-8", "TERM": "dumb"},
        {"TERM": ""},
    ],
    ids=["ascii", "C", "dumb", "no TERM"],
)
def test_poor_terminals(environment: dict[str, str]) -> None:
    others = ("mailproof rules", "mailproof explain SPF003", "mailproof --help")
    for command in (OFFLINE, *(others if "LC_ALL" in environment and "TERM" not in environment else ())):
        run = shell(command, **environment)
        assert run.returncode == 0, run.stderr
        assert run.stderr == ""
        assert "\x1b" not in run.stdout
        if "PYTHONIOENCODING" in environment and "--help" not in command:
            assert run.stdout.isascii()
    wrong = shell("mailproof audit bücher..example", **environment)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("columns", ["10", "0", "-5", "²", "wide", "10000", "9" * 30])
def test_odd_widths(columns: str) -> None:
    run = mailproof(*AUDIT, "-v", environment={"COLUMNS": columns})
    assert run.code == 0, run.err
    assert max(len(line) for line in run.out.splitlines()) <= 1000


def test_python_dash_m_is_the_same_command() -> None:
    command = [sys.executable, "-m", "mailproof.cli", "--version"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("mailproof ")


def test_a_link_out_of_a_directory_of_zones(tmp_path: Path) -> None:
    """A checkout is untrusted: the target of a link in it is not quoted."""
    (tmp_path / "token").write_text("secret-token")
    folder = tmp_path / "dns"
    folder.mkdir()
    (folder / "acme.example.zone").write_text("@ 60 SOA ns1 h 1 2 3 4 5\n")
    (folder / "inside.example.zone").symlink_to("acme.example.zone")
    assert "links out" not in mailproof("audit", "--zone", str(folder), "--offline").err
    (folder / "out.zone").symlink_to("../token")
    err = one_line(mailproof("audit", "--zone", str(folder), "--offline"))
    assert "out.zone links out of this directory" in err
    assert "secret" not in err
