"""``mailproof monitor`` and ``watch`` from the command line: cron, a service, kill -9, wrong usage."""

from __future__ import annotations

import http.server
import json
import os
import pty
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailproof.demo.keys import make_certificates
from mailproof.demo.world import RECIPIENT, USER, DemoWorld
from mailproof.structs import replace
from tests.support.cli import Run, mailproof
from tests.support.listening import free_port
from tests.support.monitoring import DMARC, HEALTHY, zone_text
from tests.support.process import COMMAND, ended, send, started


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("healthy.zone").write_text(zone_text(HEALTHY))
    Path("broken.zone").write_text(zone_text(tuple(each for each in HEALTHY if each != DMARC)))


def watch(zone: str, *options: str, once: bool = True) -> Run:
    """Run one check of a zone file."""
    fixed = ("acme.example", "--zone", zone, "--offline", "--state", "s.db", "--alert-after", "1")
    return mailproof("watch", *fixed, *(("--once",) if once else ()), *options)


def lines(run: Run) -> list[dict[str, Any]]:
    return [json.loads(each) for each in run.out.splitlines()]


def test_cron() -> None:
    first = watch("healthy.zone")
    assert first.code == 0, first.err
    assert first.out.endswith(
        "Z note   acme.example: First check: grade A; 1 warning, 3 info; 2 checks without a result.\n"
    )
    same = watch("healthy.zone")
    assert (same.code, same.out, same.err) == (0, "", "")
    worse = watch("broken.zone", "-f", "jsonl")
    assert worse.code == 1
    parts = [(each["part"], each["effect"]) for each in lines(worse)]
    assert parts == [("dmarc", "worse"), ("finding", "worse"), ("grade", "worse")]
    (dmarc,) = [each for each in lines(worse) if each["part"] == "dmarc"]
    assert (dmarc["target"], dmarc["old"], dmarc["new"]) == ("acme.example", "reject", "no record")
    again = watch("broken.zone")
    assert (again.code, again.out) == (0, "")
    better = watch("healthy.zone")
    assert better.code == 0
    assert (
        "better acme.example: The DMARC policy of acme.example changes from no record to reject" in better.out
    )


def test_a_line_is_wrapped_at_a_terminal() -> None:
    fixed = ("watch", "acme.example", "--zone", "healthy.zone", "--offline", "--state", "s.db", "--once")
    ours, theirs = pty.openpty()
    run = subprocess.run([*COMMAND, *fixed], stdout=theirs, env={**os.environ, "COLUMNS": "70"}, check=False)
    shown = os.read(ours, 65_536).decode().splitlines()
    os.close(theirs)
    os.close(ours)
    assert run.returncode == 0
    assert [len(each) - len(each.lstrip()) for each in shown] == [0, 28, 28]
    assert all(len(each) <= 70 for each in shown)
    assert " ".join(each.strip() for each in shown).endswith("1 warning, 3 info; 2 checks without a result.")


def test_what_cannot_be_looked_up_is_incomplete_and_no_change() -> None:
    watch("healthy.zone")
    dead = mailproof(
        *("watch", "acme.example", "--nameserver", "127.0.0.1:1", "--no-connect", "--timeout", "2"),
        *("--state", "s.db", "--alert-after", "1", "--once"),
    )
    assert (dead.code, dead.out) == (3, "")
    assert watch("healthy.zone").out == ""


def test_one_engine_for_the_domains_of_the_configuration() -> None:
    Path("m.toml").write_text(
        "[[domains]]\nname = 'acme.example'\nselectors = ['s1']\n[monitor]\nstate = 's.db'\n"
    )
    options = ("--config", "m.toml", "--zone", "healthy.zone", "--offline", "--once", "-f", "jsonl")
    assert [each["part"] for each in lines(mailproof("monitor", *options))] == ["first"]
    assert lines(mailproof("watch", *options)) == []  # the same state


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("watch",), "no domain to watch: name one, or add [[domains]] to mailproof.toml"),
        (
            ("monitor",),
            "mailproof: no mailproof.toml here or above: no profiles and no [[domains]]",
        ),
        (("monitor", "nosuch"), "no profile 'nosuch'"),
        (("watch", "a b"), "a b"),
        (("watch", "x.example", "--interval", "soon"), "--interval: 'soon' is not a duration"),
        (("watch", "x.example", "--interval", "1s"), "--interval must be at least 10s"),
        (("watch", "x.example", "--jitter", "2h"), "--jitter must be at most half of --interval"),
        (("watch", "x.example", "--alert-after", "0"), "0 is not from 1 to 100"),
        (("watch", "x.example", "--listen", "9620"), "--listen 9620: write it like 127.0.0.1:9620"),
        (("watch", "x.example", "--webhook-kind", "slack"), "--webhook-kind needs a webhook"),
        (("watch", "x.example", "--allow-address", "lab"), "--allow-address lab: not a network or address"),
        (("watch", "x.example", "--replay", "x"), "--record and --replay are for a single run"),
        (("watch", "x.example", "--state", "healthy.zone"), "healthy.zone: not a state file of mailproof"),
        (("watch", "x.example", "--state", "healthy.zone/x"), "the state file cannot be written"),
        (("watch", "x.example", "-f", "xml"), "'xml' is not one of 'text', 'jsonl'"),
        (("watch", "x.example", "--config", "none.toml"), "none.toml: cannot be read"),
    ],
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    run = mailproof(*arguments)
    assert (run.code, run.out) == (2, "")
    assert words in run.err
    assert run.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("intervall = '1h'", "m.toml:2:1: unknown key 'monitor.intervall': did you mean 'interval'?"),
        ("interval = 5", "m.toml:2:1: 'monitor.interval': input should be a string"),
        ("silence = 'at night'", "m.toml:2:1: 'silence': 'at night' is not a time window"),
        ("retention = '1m'", "m.toml:2:1: 'retention' is shorter than 'interval'"),
        ("listen = '9620'", "m.toml: 'monitor.listen' 9620: write it like 127.0.0.1:9620"),
        ("webhook = { url = 'https://x/y' }", "urls aren't allowed in this file"),
        ("webhook = { url = { env = 'X' }, kind = 'irc' }", "'monitor.webhook.kind'"),
    ],
)
def test_wrong_configuration_names_the_line(text: str, words: str) -> None:
    Path("m.toml").write_text(f"[monitor]\n{text}\n")
    run = mailproof("watch", "acme.example", "--config", "m.toml", "--once")
    assert (run.code, run.out) == (2, "")
    assert words in run.err
    assert run.err.count("\n") == 1
    assert "https://x/y" not in run.err


def test_a_configuration_that_was_found_may_not_write_or_send(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("state = 's.db'", "textfile = 'm'", "listen = ':1'", "webhook = { url = { env = 'X' } }"):
        Path("mailproof.toml").write_text(f"[monitor]\n{text}\n")
        run = mailproof("watch", "acme.example", "--once")
        assert run.code == 2, run.out
        assert "the file is not trusted" in run.err
        assert not Path("s.db").exists()


def test_listings() -> None:
    """Test entries as required by RFC 5782 section 5; then the mail host is listed."""
    zen = (
        "$ORIGIN zen.spamhaus.org.\n$TTL 60\n@ SOA ns host 1 7200 900 1209600 60\n@ NS ns\n"
        "2.0.0.127 A 127.0.0.2\n"
    )
    options = ("--zone", "zen.zone", "--blocklist", "spamhaus-zen", "-f", "jsonl")
    Path("zen.zone").write_text(zen)
    assert [each["part"] for each in lines(watch("healthy.zone", *options))] == ["first"]
    Path("zen.zone").write_text(f"{zen}26.2.0.192 A 127.0.0.3\n")
    run = watch("healthy.zone", *options)
    found = [(each["part"], each["effect"], each["rule"]) for each in lines(run)]
    assert ("listing", "worse", "RBL002") in found, run.out
    assert lines(watch("healthy.zone", *options)) == []


class Hook:
    """A webhook that stores the received bodies in order."""

    def __init__(self) -> None:
        self.took: list[dict[str, Any]] = []
        self.down = False
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not outer.down:
                    outer.took += content["events"]
                self.send_response(503 if outer.down else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/services/T0PSECRET"


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_a_port_in_use_is_one_line(hook: Hook) -> None:
    port = hook.server.server_address[1]
    run = watch("healthy.zone", "--listen", f"127.0.0.1:{port}")
    assert (run.code, run.out) == (2, "")
    assert run.err == f"mailproof: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_alerts_wait_for_a_webhook_that_is_down(hook: Hook) -> None:
    Path("m.toml").write_text("[monitor.webhook]\nurl = { env = 'HOOK' }\nallow_private = true\n")

    def once(zone: str) -> Run:
        return mailproof(
            *("watch", "acme.example", "--zone", zone, "--offline", "--state", "s.db", "--once"),
            *("--alert-after", "1", "--config", "m.toml"),
            environment={"HOOK": hook.url},
        )

    once("healthy.zone")
    hook.down = True
    run = once("broken.zone")
    assert run.code == 1
    assert run.err == (
        "mailproof: the webhook did not accept the alerts: it refuses with HTTP 503: "
        "they are kept and will be sent later\n"
    )
    hook.down = False
    assert once("broken.zone").err == ""
    assert [each["part"] for each in hook.took] == ["dmarc", "finding", "grade"]
    once("broken.zone")
    assert len(hook.took) == 3


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "environment variable HOOK is not set"),
        ({"HOOK": "here/T0PSECRET"}, "its URL must look like https://hooks.example/…"),
    ],
)
def test_a_webhook_that_cannot_be_used_is_said_at_once(environment: dict[str, str], words: str) -> None:
    run = mailproof(
        *("watch", "acme.example", "--zone", "healthy.zone", "--offline", "--state", "s.db", "--once"),
        *("--webhook-env", "HOOK"),
        environment=environment,
    )
    assert run.code == 0
    assert run.err.startswith("mailproof: the webhook can't be used, so alerts will wait: ")
    assert words in run.err
    assert "T0PSECRET" not in run.err


@pytest.fixture
def profile(world: DemoWorld) -> dict[str, str]:
    """A configuration that probes through the demo's servers, and its environment."""
    expired = make_certificates(Path(), ("127.0.0.1",), expired=True)
    Path("ca.pem").write_bytes(world.authorities.read_bytes() + expired.authority.read_bytes())
    Path("m.toml").write_text(f"""
nameservers = ["{world.dns.address}"]
[monitor]
state = "s.db"
alert_after = 1
[profiles.demo]
submit = {{ host = "127.0.0.1", port = {world.submission.port}, security = "starttls", \
username = "{USER}", password = {{ env = "PW" }}, ca_file = "ca.pem", ehlo_name = "desk.acme.example", \
retry_for = 0 }}
message = {{ from = "Ada <{USER}>", to = "{RECIPIENT}", mail_from = "bounce@acme.example" }}
retrieve = {{ kind = "imap", host = "127.0.0.1", port = {world.imap.port}, security = "tls", \
username = "{RECIPIENT}", password = {{ env = "PW" }}, ca_file = "ca.pem", deadline = 20 }}
""")
    return {"PW": world.password}


MONITOR = ("monitor", "--config", "m.toml", "--no-connect", "-f", "jsonl")


def changes(run: Run) -> list[tuple[str, str]]:
    return [(each["part"], each["effect"]) for each in lines(run) if each["kind"] == "probe"]


def test_an_outage_and_an_expired_certificate(
    world: DemoWorld, profile: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is reported once, and so is its end; the mailbox is left empty, the password appears nowhere."""

    def once() -> Run:
        run = mailproof(*MONITOR, "--once", environment=profile)
        assert world.password not in run.out + run.err
        return run

    assert changes(once()) == [("first", "neutral")]
    assert [len(folder.messages) for folder in world.mailbox.folders.values()] == [0] * len(
        world.mailbox.folders
    )
    with monkeypatch.context() as patch:  # it rejects mail
        patch.setattr(world.submission, "scenario", replace(world.scenario, password_right=False))
        down = once()
        assert changes(down) == [("arrival", "worse")]
        assert "SMTP016" in down.out
        assert down.code == 1
    assert changes(once()) == [("arrival", "better")]
    world.submission.tls.load_cert_chain("chain.pem", "key.pem")
    expired = once()
    assert changes(expired) == [("arrival", "worse"), ("certificate", "neutral")]
    assert "SMTP008" in expired.out
    assert changes(once()) == []
    assert b"password" not in Path("s.db").read_bytes()
    assert world.password.encode() not in Path("s.db").read_bytes()


def test_a_service_is_killed_and_ends(hook: Hook) -> None:
    """kill -9 loses nothing and repeats nothing; SIGTERM ends it with 0, Ctrl-C with 130."""
    options = (
        *("watch", "acme.example", "--zone", "now.zone", "--offline", "--state", "s.db", "-f", "jsonl"),
        *("--interval", "10s", "--jitter", "0s", "--alert-after", "1"),
    )
    Path("now.zone").write_bytes(Path("healthy.zone").read_bytes())
    with started(*options) as first:
        assert first.stdout is not None
        assert json.loads(first.stdout.readline())["part"] == "first"
        second = mailproof("watch", "acme.example", "--state", "s.db", "--once")
        assert second.code == 2
        assert second.err.startswith("mailproof: s.db: another mailproof monitor uses this state file")
        _noted()
        send(first, signal.SIGKILL)
        first.wait()
        assert first.stdout.read() == ""
    assert lines(watch("broken.zone", "-f", "jsonl"))[0]["id"] == 2
    Path("now.zone").write_bytes(Path("broken.zone").read_bytes())
    port = free_port()
    for number, code, said in ((signal.SIGTERM, 0, ""), (signal.SIGINT, 130, "mailproof: interrupted\n")):
        with started(*options, "--listen", f"127.0.0.1:{port}") as process:
            assert _metrics(port).startswith("# HELP mailproof_grade ")
            send(process, number)
            out, err = ended(process)
        assert (process.returncode, out, err) == (code, "", said)


def _noted() -> None:
    """Return once the state says the event was shown: if killed earlier, it would be shown again."""
    for _ in range(600):
        with closing(sqlite3.connect("s.db")) as state:
            if state.execute("SELECT min(shown) FROM event").fetchone() == (1,):
                return
        time.sleep(0.05)
    raise AssertionError("it is not noted")


def _metrics(port: int) -> str:
    """The metrics, once they are available."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            time.sleep(0.02)
    raise AssertionError("the metrics never came")
