"""``mailproof probe`` against the demo's servers, by options and by mailproof.toml."""

from __future__ import annotations

import asyncio
import email
import email.policy
import mailbox
import smtplib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailproof.cli.probe_options import ProbeOptions
from mailproof.cli.profile import chosen_profile
from mailproof.config.load import parse_config
from mailproof.demo.world import RECIPIENT, USER, DemoWorld
from tests.support.cli import Run, mailproof, report_of
from tests.support.demo_world import demo_world, mailbox_options, submission_options
from tests.support.listening import free_port
from tests.support.mail_apis import Kept, MailApi, mail_api


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def probe(world: DemoWorld, *options: str) -> Run:
    return mailproof("probe", *options, environment={"PW": world.password})


def by_options(world: DemoWorld, *options: str) -> Run:
    run = probe(world, *submission_options(world), *mailbox_options(world), *options)
    assert world.password not in run.out + run.err
    return run


def arrived(world: DemoWorld) -> email.message.EmailMessage:
    """The last message in the mailbox."""
    raw = [message for folder in world.mailbox.folders.values() for message in folder.messages][-1].raw
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_round_trip_by_options(world: DemoWorld) -> None:
    text = by_options(world)
    assert text.code == 0, text.out + text.err
    assert text.out.startswith("✓ The probe from acme.example came back as expected\n")
    assert text.err == ""
    run = by_options(world, "-f", "json", "--subject", "Grüße", "--remove")
    assert run.code == 0, run.out
    report = report_of(run.out)
    delivery, message = report["facts"]["delivery"], report["facts"]["message"]
    assert delivery["retrieval"]["result"] == "found"
    assert delivery["submission"]["tls"]["verified"] is True
    assert message["dmarc"]["result"] == "pass"
    assert report["score"]["grade"] == "A"


def test_a_dry_run_sends_nothing(world: DemoWorld) -> None:
    before = sum(len(folder.messages) for folder in world.mailbox.folders.values())
    run = by_options(world, "--dry-run", "--ignore", "DKIM002", "-v")
    assert run.out.startswith(
        "? A probe from acme.example would be accepted; this was a dry run, and nothing"
    )
    assert (run.code, run.err) == (0, "")
    assert "C: DATA" not in run.out
    assert sum(len(folder.messages) for folder in world.mailbox.folders.values()) == before


def test_attachment_and_list_unsubscribe(world: DemoWorld, tmp_path: Path) -> None:
    invoice = tmp_path / "räport.pdf"
    invoice.write_bytes(b"%PDF-1.4\n" + bytes(range(256)))
    run = by_options(
        world,
        *("--attach", str(invoice), "--list-unsubscribe", "https://acme.example/u?id=1", "-f", "json"),
    )
    assert run.code == 0, run.out
    message = arrived(world)
    assert message["List-Unsubscribe"] == "<https://acme.example/u?id=1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (part,) = message.iter_attachments()
    assert part.get_filename() == "räport.pdf"
    assert part.get_content() == invoice.read_bytes()


def test_template(world: DemoWorld, tmp_path: Path) -> None:
    template = tmp_path / "newsletter.eml"
    template.write_bytes(
        b"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\nTo: x@y.example\nSubject: The May letter\n"
        b"X-Campaign: may\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nDear reader\n"
    )
    run = by_options(world, "--eml", str(template), "-f", "json")
    assert run.code == 0, run.out
    message = arrived(world)
    assert message["X-Campaign"] == "may"
    assert message["From"].addresses[0].addr_spec == USER
    assert message["To"].addresses[0].addr_spec == "x@y.example", "a template's own headers stay"
    assert "The May letter" in message["Subject"]
    assert report_of(run.out)["facts"]["delivery"]["token"] in message["Subject"]


def test_template_of_another_domain_has_that_domain_audited(world: DemoWorld, tmp_path: Path) -> None:
    (tmp_path / "esp.eml").write_bytes(b"From: News <news@esp.example>\nSubject: x\n\nDear reader\n")
    run = by_options(world, "--eml", "esp.eml", "-f", "json")
    report = report_of(run.out)
    assert report["subject"] == "esp.example"
    assert report["facts"]["dns"]["domain"] == "esp.example"
    assert report["facts"]["message"]["from_domain"] == "esp.example"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--eml", "missing.eml"), "--eml: missing.eml"),
        (("--attach", "missing.pdf"), "--attach: missing.pdf"),
        (("--list-unsubscribe", "http://acme.example/u"), "--list-unsubscribe: the url"),
        (("--pop3", "127.0.0.1"), "--imap"),
        (("--listen", "127.0.0.1:1"), "give --imap or --listen, not both"),
        (("--from", "nobody"), "--from: 'nobody'"),
        (("--to", "x@y\r\nBcc: z@y.example"), "--to: "),
        (("--smtp", "127.0.0.1:smtp"), "--smtp"),
        (("--smtp-security", "ssl"), "--smtp-security"),
        (("--smtp-password-env", "PW_UNSET"), "PW_UNSET"),
        (("--ca-file", "missing.pem"), "missing.pem"),
        (("--deadline", "0"), "--deadline"),
        (("--subject", "a\nb"), "--subject: "),
        (("--ca-file", "/dev/null"), "/dev/null"),
        (("--mailbox-security", "none"), "--mailbox-security"),
        (("--eml", "x.eml", "--subject", "mine"), "--eml: a template"),
        (("--nameserver", "dns.acme.example"), "dns.acme.example"),
    ],
)
def test_wrong_options_send_nothing(world: DemoWorld, options: tuple[str, ...], said: str) -> None:
    before = sum(len(folder.messages) for folder in world.mailbox.folders.values())
    run = by_options(world, *options)
    assert run.code == 2, run
    assert run.out == ""
    assert run.err.count("\n") == 1, run.err
    assert said.lower() in run.err.lower()
    assert sum(len(folder.messages) for folder in world.mailbox.folders.values()) == before


def test_wrong_imap_password_is_a_finding_beside_the_rest(world: DemoWorld) -> None:
    run = mailproof(
        "probe",
        *(*submission_options(world), *mailbox_options(world), "--mailbox-password-env", "OTHER"),
        *("-f", "json"),
        environment={"PW": world.password, "OTHER": "wrong-password-7"},
    )
    assert run.code == 3, "what arrived could not be found out"
    report = report_of(run.out)
    found = [finding["rule"] for outcome in report["outcomes"] for finding in outcome["findings"]]
    assert "RECV004" in found
    assert report["facts"]["delivery"]["submission"]["accepted"] is True
    assert len(report["facts"]["dns"]["lookups"]) > 20, "the audit is there all the same"
    assert "wrong-password-7" not in run.out


def test_round_trip_by_the_only_profile(world: DemoWorld, tmp_path: Path) -> None:
    (tmp_path / "mailproof.toml").write_text(configuration(world))
    run = probe(world, "-f", "json")
    assert run.code == 0, run.out + run.err
    assert report_of(run.out)["facts"]["delivery"]["profile"] == "live"
    changed = probe(world, "live", "--subject", "another", "--mail-from", "bounce@acme.example")
    assert changed.code == 0, changed.out + changed.err
    wrong = probe(world, "lvie")
    assert wrong.code == 2
    assert wrong.err.count("\n") == 1
    assert "live" in wrong.err


def test_several_recipients(world: DemoWorld, tmp_path: Path) -> None:
    single = configuration(world)
    head, _, mailbox_keys = single.partition("[profiles.live.retrieve]\n")
    head = head.replace(f'to = "{RECIPIENT}"\n', "")
    lost = "lost@receiver.example"
    for address, deadline in ((RECIPIENT, 20), (lost, 0.5)):
        keys = mailbox_keys if address == RECIPIENT else 'kind = "maildir"\npath = "none"\n'
        keys = keys.replace("deadline = 20", "") + f"deadline = {deadline}\n"
        head += f'[[profiles.live.to]]\naddress = "{address}"\n[profiles.live.to.retrieve]\n{keys}'
    (tmp_path / "mailproof.toml").write_text(head)
    run = probe(world, "-f", "json", "-o", "report.md")
    facts = report_of(run.out)["facts"]
    assert [each["result"] for each in facts["placements"]] == ["found", "error"]
    assert [each["receiver"] for each in facts["recipients"]] == ["receiver.example"] * 2
    assert facts["delivery"]["recipient"] == RECIPIENT
    assert "| receiver | folder |" in (tmp_path / "report.md").read_text()
    one = probe(world, "--to", RECIPIENT, "-f", "json")
    assert one.code == 0, one.out + one.err
    only = report_of(one.out)["facts"]
    assert only["recipients"] == []
    assert len(only["placements"]) == 1
    other = probe(world, "--to", "x@y.example")
    assert other.code == 2
    assert other.err.count("\n") == 1
    assert f"the profile's recipients are {RECIPIENT}, {lost}" in other.err
    mailbox_given = probe(world, "--maildir", "x")
    assert mailbox_given.code == 2
    assert "each recipient of the profile has its own mailbox" in mailbox_given.err


def test_smtp_beside_a_profile_is_the_profile_at_another_port(world: DemoWorld, tmp_path: Path) -> None:
    port = str(world.submission.port)
    text = configuration(world).replace(f"port = {port}", "port = 9", 1)
    (tmp_path / "mailproof.toml").write_text(text)
    run = probe(world, "--smtp", f"127.0.0.1:{port}", "--smtp-security", "starttls", "-f", "json")
    assert run.code == 0, run.out + run.err
    assert report_of(run.out)["facts"]["delivery"]["profile"] == "live"


def test_the_credentials_of_a_profile_are_for_its_own_server(world: DemoWorld, tmp_path: Path) -> None:
    config = parse_config(configuration(world), tmp_path / "mailproof.toml")
    other = chosen_profile(config, "", ProbeOptions(smtp="other.example:2525"))
    assert (other.submit.host, other.submit.port) == ("other.example", 2525)
    assert (other.submit.username, other.submit.password) == ("", None)
    assert other.message == config.profile().message
    assert other.retrieve == config.profile().retrieve
    named = chosen_profile(config, "live", ProbeOptions(smtp="other.example:2525"))
    assert named.submit.username == USER
    alone = chosen_profile(
        config, "", ProbeOptions(smtp="other.example", sender="a@b.example", to="c@d.example")
    )
    assert (alone.name, alone.retrieve) == ("options", None)


def configuration(world: DemoWorld) -> str:
    return f"""
nameservers = ["{world.dns.address}"]
[profiles.live.submit]
host = "127.0.0.1"
port = {world.submission.port}
security = "starttls"
username = "{USER}"
password = {{ env = "PW" }}
ca_file = "{world.authorities}"
[profiles.live.message]
from = "{USER}"
to = "{RECIPIENT}"
[profiles.live.retrieve]
kind = "imap"
host = "127.0.0.1"
port = {world.imap.port}
security = "tls"
username = "{RECIPIENT}"
password = {{ env = "PW" }}
ca_file = "{world.authorities}"
deadline = 20
remove = true
"""


def deliver_copies(world: DemoWorld, deliver: Callable[[bytes], None]) -> Callable[[], None]:
    """Pass each message that reaches the demo's mailbox to ``deliver``; return a function that stops this."""
    seen = {id(message) for folder in world.mailbox.folders.values() for message in folder.messages}
    over = threading.Event()

    def copy() -> None:
        while not over.wait(0.05):
            for message in [m for folder in world.mailbox.folders.values() for m in folder.messages]:
                if id(message) not in seen:
                    seen.add(id(message))
                    deliver(message.raw)

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()

    def stop() -> None:
        over.set()
        thread.join(5)

    return stop


def check_fetched(run: Run, method: str) -> None:
    assert run.code == 0, run.out + run.err
    report = report_of(run.out)
    assert report["facts"]["delivery"]["retrieval"]["result"] == "found"
    assert report["facts"]["delivery"]["retrieval"]["method"] == method
    assert {verdict["result"] for verdict in report["facts"]["message"]["dkim"]} == {"pass"}


def test_fetched_from_a_maildir(world: DemoWorld, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")

    def deliver(raw: bytes) -> None:
        box.add(raw.replace(b"\r\n", b"\n"))

    stop = deliver_copies(world, deliver)
    run = probe(
        world,
        *(*submission_options(world), "--maildir", str(tmp_path / "Maildir"), "--deadline", "20"),
        *("-f", "json"),
    )
    stop()
    check_fetched(run, "maildir")


def test_fetched_from_an_mbox(world: DemoWorld, tmp_path: Path) -> None:
    path = tmp_path / "inbox"
    path.touch()

    def append(raw: bytes) -> None:
        with path.open("ab") as file:
            file.write(b"From bounce@acme.example Mon Jan  1 00:00:00 2024\n")
            file.write(raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ") + b"\n")

    stop = deliver_copies(world, append)
    run = probe(world, *submission_options(world), "--mbox", str(path), "--deadline", "20", "-f", "json")
    stop()
    check_fetched(run, "mbox")


@contextmanager
def api_in_a_thread() -> Iterator[MailApi]:
    """A fake Microsoft Graph in a separate thread."""
    ready: Future[MailApi] = Future()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def live() -> None:
        async with mail_api() as api:
            ready.set_result(api)
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()), daemon=True)
    thread.start()
    try:
        yield ready.result(10)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


def test_fetched_through_graph(world: DemoWorld, tmp_path: Path) -> None:
    with api_in_a_thread() as api:
        head = configuration(world).partition("[profiles.live.retrieve]\n")[0]
        (tmp_path / "mailproof.toml").write_text(
            f'''{head}[profiles.live.retrieve]
kind = "graph"
username = "b@b.example"
account = "tenant"
key_id = "client"
key = {{ env = "PW" }}
url = "{api.url}"
token_url = "{api.url}/token"
poll_interval = 0.2
deadline = 20
'''
        )
        stop = deliver_copies(world, lambda raw: api.messages.update(new=Kept(raw, focus="other")))
        run = probe(world, "-f", "json")
        stop()
    check_fetched(run, "graph")
    assert report_of(run.out)["facts"]["placements"][0]["tab"] == "Other"
    assert world.password not in run.out + run.err


def test_taken_by_the_listener(world: DemoWorld) -> None:
    port = free_port()

    def forward(raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.sendmail("bounce@acme.example", [RECIPIENT], raw)

    stop = deliver_copies(world, forward)
    run = probe(
        world,
        *(*submission_options(world), "--listen", f"127.0.0.1:{port}", "--deadline", "20", "-f", "json"),
    )
    stop()
    assert run.code in (0, 1, 3), run.err
    report = report_of(run.out)
    assert report["facts"]["delivery"]["retrieval"]["result"] == "found"
    assert report["facts"]["delivery"]["retrieval"]["method"] == "listener"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_finding_goes_before_what_is_unknown(form: str) -> None:
    """Exit code 1 takes precedence over 3 in every format: refused by the server, and DKIM unknown."""
    with demo_world("refused") as world:
        run = probe(world, *submission_options(world), *mailbox_options(world), "-f", form)
    assert run.code == 1
    assert "SMTP019" in run.out
    assert "not possible" in run.out or '"unknown"' in run.out
    assert "nothing to wait for" in " ".join(run.out.split())
