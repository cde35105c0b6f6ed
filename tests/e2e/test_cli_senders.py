"""``mailproof probe`` through a provider's API and a program: reports, dry runs, trust, secrets."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproof.config import load_config
from mailproof.config.senders import NEEDS
from tests.support.api_server import ApiServer, Reply, api_server
from tests.support.cli import Run, mailproof, report_of

KEY = "re_canary-7f3a9b21c4"
ZONE = """$ORIGIN acme.example.
$TTL 300
@ SOA ns1 h 1 1 1 1 1
@ NS ns1
@ TXT "v=spf1 -all"
"""
GOOD = Reply(200, {"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"})
SELECT = ("--select", "API,SMTP")


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    ready, loop, running = threading.Event(), asyncio.new_event_loop(), list[ApiServer]()

    async def serve() -> None:
        async with api_server() as server:
            running.append(server)
            ready.set()
            await asyncio.Event().wait()

    task = loop.create_task(serve())

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    yield running[0]
    loop.call_soon_threadsafe(task.cancel)
    thread.join()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("CI", raising=False)
    Path("z.zone").write_text(ZONE, encoding="utf-8")


def probe(submit: str, *options: str, named: bool = True, key: str = KEY) -> Run:
    Path("mailproof.toml").write_text(
        f"[profiles.live.submit]\n{submit}\n"
        '[profiles.live.message]\nfrom = "ada@acme.example"\nto = "bob@receiver.example"\n',
        encoding="utf-8",
    )
    config = ("--config", "mailproof.toml") if named else ()
    run = mailproof(
        *("probe", *config, "--zone", "z.zone", "--offline", *SELECT, *options), environment={"KEY": key}
    )
    assert KEY not in run.out + run.err
    return run


def resend(server: ApiServer, more: str = "") -> str:
    return f'kind = "resend"\nurl = "{server.url}"\nkey = {{ env = "KEY" }}\nretry_for = 0\n{more}'


def test_a_message_is_sent_and_the_id_is_in_the_report(server: ApiServer) -> None:
    server.will(GOOD)
    run = probe(resend(server), "-v")
    assert run.code == 0, run.out + run.err
    assert "Id          49a3999c-0ce1-4ea6-ab68-afcd6dc2e794" in run.out
    assert "Envelope    (the provider's own) → <bob@receiver.example>" in run.out
    server.will(GOOD)
    delivery = report_of(probe(resend(server), "-f", "json").out)["facts"]["delivery"]
    assert delivery["provider_id"] == "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"
    sent = delivery["submission"]
    assert (sent["by"], sent["kind"], sent["provider"], sent["status"]) == ("http", "resend", "Resend", 200)


def test_a_key_that_is_refused_and_echoed(server: ApiServer) -> None:
    server.will(Reply(401, {"name": "invalid_api_key", "message": f"API key {KEY} is invalid"}))
    run = probe(resend(server), "-v")
    assert run.code == 1
    assert "API001 Submission: API key refused" in run.out
    assert "API key *** is invalid" in run.out
    assert run.out.startswith("✗ acme.example")
    server.will(Reply(401, {"name": "invalid_api_key", "message": f"API key {KEY[:-3]}"}))
    assert KEY[:-3] not in probe(resend(server), "-f", "json").out


def test_a_reply_that_is_none_says_why(server: ApiServer) -> None:
    server.will(Reply(200, b"<html>"))
    words = " ".join(probe(resend(server)).out.split())
    assert "The reply of Resend cannot be used: the reply is not JSON, so that nothing says whether" in words
    assert "accepted (HTTP 200). The message may or may not have been accepted." in words


def test_a_dry_run_sends_nothing(server: ApiServer) -> None:
    server.will(GOOD)
    run = probe(resend(server), "--dry-run")
    assert run.code == 0, run.out + run.err
    assert server.asked[0].json["to"] == ["delivered@resend.dev"]  # type: ignore[index]
    assert "Dry run ✓" in run.out
    assert "checked by Resend and not sent" in " ".join(run.out.split())
    server.will()
    run = probe(f'kind = "postmark"\nurl = "{server.url}"\nkey = {{ env = "KEY" }}', "--dry-run")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "mailproof: Postmark has no dry run: its test token checks the message alone, "
        "and neither your key nor your sender\n"
    )
    assert server.asked == []


def test_a_template_that_has_the_sandbox_on(server: ApiServer) -> None:
    Path("t.eml").write_text("From: ada@acme.example\nTo: bob@receiver.example\nX-Sib-Sandbox: drop\n\nhi\n")
    server.will(Reply(201, {"messageId": "<1@smtp-relay.mailin.fr>"}))
    submit = f'kind = "brevo"\nurl = "{server.url}"\nkey = {{ env = "KEY" }}'
    run = probe(submit, "--eml", "t.eml")
    assert run.code == 1
    assert "API009" in run.out


def test_a_file_that_was_found_must_be_trusted(server: ApiServer) -> None:
    server.will(GOOD)
    assert probe(resend(server), named=False).code == 0  # this machine is no other host
    key, runs = 'key = { env = "KEY" }', "runs the command"
    touch = 'key = { command = "touch x" }'
    for submit, words in {
        f'kind = "resend"\n{key}': "profiles.live.submit.kind sends through resend",
        f'kind = "postal"\nurl = "https://postal.example"\n{key}': "connects to postal.example",
        'kind = "command"\nprogram = "touch x"': f"profiles.live.submit.program {runs} 'touch x'",
        'kind = "sendmail"': f"{runs} 'sendmail'",
        f'kind = "resend"\nurl = "{server.url}"\n{touch}': f"{runs} 'touch x'",
    }.items():
        run = probe(submit, named=False)
        assert (run.code, run.out) == (2, ""), submit
        assert words in run.err
    assert not Path("x").exists()


def test_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("app.py").write_text(
        "import sys; open('got', 'wb').write(sys.stdin.buffer.read())", encoding="utf-8"
    )
    command = f'kind = "command"\nprogram = ["{sys.executable}", "app.py"]'
    run = probe(command, "-v")
    assert run.code == 0, run.out + run.err
    assert f"Program     {sys.executable}" in run.out
    assert b"Subject: mailproof test message [mp-" in Path("got").read_bytes()
    Path("app.py").write_text("import sys; print('queue is down'); sys.exit(75)", encoding="utf-8")
    run = probe(command)
    assert run.code == 1
    assert "API016 Submission: program failed" in run.out
    assert "exit code 75: queue is down" in " ".join(run.out.split())
    monkeypatch.setenv("CI", "true")
    run = probe(command)
    assert run.code == 2
    assert "in CI this needs --config and --allow-commands" in run.err
    assert probe(command, "--allow-commands").code == 1


def test_a_missing_key_is_one_line(server: ApiServer) -> None:
    run = probe(resend(server), key="")
    assert (run.code, run.out) == (2, "")
    assert run.err == "mailproof: the environment variable KEY is not set: export it, or name another\n"


def test_smtp_has_a_dry_run_too() -> None:
    run = probe('host = "127.0.0.1"\nport = 1\nretry_for = 0', "--dry-run")
    assert run.code == 1
    assert "SMTP002" in run.out


ANSWERS = {
    "ses": ("eu-west-1", "AKIAEXAMPLE", "KEY"),
    "mailgun": ("KEY", "eu"),
    "sendgrid": ("KEY", "us"),
    "postmark": ("KEY",),
    "resend": ("a key: re_123", "KEY"),
    "brevo": ("KEY",),
    "mailjet": ("public", "KEY", "asia", "us"),
    "sparkpost": ("KEY", "eu"),
    "cloudflare": ("abc/def", "abc123", "KEY"),
    "postal": ("http://postal.example", "https://postal.example", "KEY"),
    "graph": ("acme.onmicrosoft.com", "client", "KEY"),
    "gmail": ("KEY",),
    "sendmail": (),
    "command": ("/srv/app/send --now",),
}


@pytest.mark.parametrize("kind", NEEDS)
def test_init_asks_what_a_kind_needs(kind: str) -> None:
    given = ("ada@acme.example", *ANSWERS[kind], "bob@receiver.example", "none")
    run = mailproof("init", "--kind", kind, "--no-test", stdin="".join(f"{a}\n" for a in given).encode())
    assert run.code == 0, run.out + run.err
    config = load_config(Path("mailproof.toml"))
    submit = config.profile().submit
    assert submit.kind == kind
    assert submit.key is None or submit.key.source == ("KEY",)
    assert config.profile().message.to_address == "bob@receiver.example"
    assert "re_123" not in Path("mailproof.toml").read_text(encoding="utf-8")


def test_init_tests_the_connection(server: ApiServer) -> None:
    given = ("ada@acme.example", server.url, "KEY", "bob@receiver.example", "none")
    answers = "".join(f"{a}\n" for a in given).encode()
    run = mailproof("init", "--kind", "postal", stdin=answers, environment={"KEY": KEY})
    assert run.code == 0, run.out + run.err
    assert "postal: works" in run.out
    unknown = mailproof("init", "--kind", "pigeon", "-o", "other.toml")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("mailproof: --kind pigeon: use one of smtp, ses, mailgun,")


def test_options_over_a_profile_of_an_api(server: ApiServer) -> None:
    server.will(Reply(202, b""))
    graph = f'kind = "graph"\nurl = "{server.url}"\ntoken = {{ env = "KEY" }}\nusername = "ada@acme.example"'
    run = probe(graph, "--accept-any-certificate")
    assert run.code == 0, run.out + run.err
    assert server.asked[0].target == "/v1.0/users/ada@acme.example/sendMail"
    over = probe(graph, "live", "--smtp", "127.0.0.1:1", "--smtp-security", "plain", "--dry-run")
    assert "No connection to 127.0.0.1 port 1" in over.out
    assert len(server.asked) == 1
