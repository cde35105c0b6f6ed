"""``mailproof inbound`` against a server whose policy each test sets, into a Maildir."""

from __future__ import annotations

import asyncio
import email
import email.policy
import mailbox
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailproof.config import load_config
from mailproof.dns import ZoneResolver
from mailproof.engine.inbound import inbound
from mailproof.engine.session import Session
from mailproof.facts.stop import Stop
from mailproof.model import Report
from tests.support.cli import Run, mailproof, report_of
from tests.support.inbound_server import InboundServer, inbound_server

#: 198.51.100.7 is the address that the server writes into Received.
ZONE = """\
$ORIGIN honest.example.
@ 3600 IN TXT "v=spf1 ip4:198.51.100.7 -all"
$ORIGIN acme.example.
@ 3600 IN TXT "v=spf1 -all"
_dmarc 3600 IN TXT "v=DMARC1; p=reject"
s1._domainkey 3600 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
$ORIGIN mild.example.
@ 3600 IN TXT "v=spf1 ~all"
_dmarc 3600 IN TXT "v=DMARC1; p=none"
$ORIGIN silent.example.
@ 3600 IN MX 0 .
$ORIGIN nomail.example.
@ 3600 IN MX 0 .
"""
REFUSED = "550 5.7.1 not wanted here"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InboundServer]:
    with inbound_server(tmp_path_factory.mktemp("inbound") / "Maildir") as server:
        yield server


@pytest.fixture
def server(shared: InboundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InboundServer:
    shutil.rmtree(shared.folder)
    mailbox.Maildir(shared.folder)
    shared.taken.clear()
    shared.at_rcpt, shared.policy = "", lambda words: "INBOX" if "control" in words else REFUSED
    monkeypatch.chdir(tmp_path)
    (tmp_path / "world.zone").write_text(ZONE)
    return shared


def configure(
    server: InboundServer,
    inbound: str = 'mail_from = "test@honest.example"\nnull_mx_sender = "silent.example"',
    *,
    sender: str = "Boss <boss@acme.example>",
    retrieve: str = "deadline = 0.5\npoll_interval = 0.1",
    place: str = "",
) -> None:
    Path("mailproof.toml").write_text(
        f"""
[selectors]
"acme.example" = ["old", "s1"]
[profiles.here.submit]
host = "127.0.0.1"
port = 9
retry_for = 0
[profiles.here.message]
from = "{sender}"
to = "test@rcpt.example"
[profiles.here.retrieve]
kind = "maildir"
path = "{server.folder}"
{retrieve}
[profiles.here.inbound]
server = "{place or f"127.0.0.1:{server.port}"}"
{inbound}
"""
    )


def run(*options: str) -> Run:
    done = mailproof("inbound", "--zone", "world.zone", "--offline", *options)
    assert "internal error" not in done.err, done.err
    return done


def places(done: Run) -> dict[str, str]:
    return {each["name"]: each["place"] for each in report_of(done.out)["facts"]["inbound"]["cases"]}


def reasons(done: Run) -> dict[str, str]:
    return {each["name"]: each["reason"] for each in report_of(done.out)["facts"]["inbound"]["cases"]}


def rules(done: Run) -> set[str]:
    return {f["rule"] for each in report_of(done.out)["outcomes"] for f in each["findings"]}


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_all_refused(server: InboundServer) -> None:
    configure(server)
    done = run("here")
    assert done.code == 0, done.out + done.err
    assert done.out.startswith(
        "✓ None of 6 messages that should be refused reached the inbox of\n  test@rcpt.example\n"
    )
    assert REFUSED in done.out
    assert done.err == ""


def test_what_is_sent(server: InboundServer) -> None:
    """Each message has its fault and no other: read back with Python's own parser."""
    configure(server)
    run("--eicar")
    sent = {str(m["Subject"]).partition(": ")[2].partition(" [")[0]: m for m in map(parsed, server.taken)}
    assert list(sent) == sorted(sent, key=lambda words: words != "harmless control message")
    assert sent["harmless control message"]["From"] == "test@honest.example"
    assert sent["forged From"].get_all("From") == ["boss@acme.example"]
    assert "DKIM-Signature" not in sent["forged From"]
    signature = str(sent["broken DKIM signature"]["DKIM-Signature"])
    assert "d=acme.example; s=s1;" in signature
    assert "a=ed25519-sha256" in signature
    raw = next(raw for raw in server.taken if b"two From fields [" in raw)
    assert raw.split(b"\r\n\r\n")[0].lower().count(b"\nfrom:") + raw.lower().startswith(b"from:") == 2
    shown = sent["forged display name"]["From"].addresses[0]
    assert (shown.display_name, shown.addr_spec) == ("test@rcpt.example", "test@honest.example")
    assert sent["sender with a null MX"]["From"] == "postmaster@silent.example"
    (file,) = sent["EICAR test file"].iter_attachments()
    content = file.get_content()
    assert len(content) == 68  # eicar.org: 68 octets
    assert content.startswith(b"X5O!P%@AP[4")
    assert content.endswith(b"!$H+H*")
    assert {m["To"] for m in sent.values()} == {"test@rcpt.example"}


def test_each_place(server: InboundServer) -> None:
    where = {
        "forged From": "Junk",
        "SPF fail": "",
        "broken DKIM signature": "451 4.7.1 try later",
        "two From fields": "INBOX",
    }
    server.policy = lambda words: where.get(words, "INBOX" if "control" in words else REFUSED)
    configure(server)
    done = run("-f", "json")
    assert places(done) == {
        "control": "inbox",
        "dmarc": "junk",
        "dkim": "unknown",
        "spf": "missing",
        "two-from": "inbox",
        "display-name": "refused",
        "null-mx-sender": "refused",
    }
    assert "451 4.7.1 try later" in reasons(done)["dkim"]
    assert rules(done) == {"INB004", "INB008", "INB010"}
    assert done.code == 1
    text = run().out
    assert text.startswith("✗ 1 of 5 messages that should be refused reached the inbox of test@rcpt.example")
    assert "1 could not be followed" in text
    assert "accepted, and in no folder after 0.5 s" in text


def test_a_refusal_of_any_message_says_nothing_of_this_one(server: InboundServer) -> None:
    blocked = "554 5.7.1 Client host [198.51.100.7] blocked: too many errors, rate limit exceeded"
    server.policy = lambda words: (
        blocked if "null MX" in words else "INBOX" if "control" in words else REFUSED
    )
    configure(server)
    done = run("-f", "json")
    assert places(done)["null-mx-sender"] == "unknown"
    assert reasons(done)["null-mx-sender"] == f"refused, but not for what it is: {blocked}"


def test_a_refusal_of_the_same_envelope_says_nothing_of_what_was_not_sent(server: InboundServer) -> None:
    server.at_rcpt = "550 5.7.1 no"
    configure(server)
    done = run("-f", "json")
    assert done.code == 3
    found = places(done)
    assert (found["spf"], found["null-mx-sender"]) == ("refused", "refused")
    assert {found[name] for name in ("dmarc", "dkim", "two-from", "display-name")} == {"unknown"}
    assert reasons(done)["two-from"] == "rcpt: 550 5.7.1 no"


def test_messages_are_removed_where_the_profile_says_so(server: InboundServer) -> None:
    server.policy = lambda words: "Junk" if "display" in words else "INBOX"
    configure(server, retrieve="deadline = 5\npoll_interval = 0.1\nremove = true")
    done = run("-f", "json")
    assert set(places(done).values()) == {"inbox", "junk"}
    assert all(each["removed"] for each in report_of(done.out)["facts"]["inbound"]["cases"])
    box = mailbox.Maildir(server.folder)
    assert not list(box)
    assert not list(box.get_folder("Junk"))


@pytest.mark.parametrize(
    ("fate", "place", "words"),
    [
        (REFUSED, "refused", "was refused"),
        ("", "missing", "did not arrive"),
        ("452 4.3.1 full", "unknown", "could not be sent or found"),
    ],
)
def test_without_the_control_nothing_else_is_sent(
    server: InboundServer, fate: str, place: str, words: str
) -> None:
    server.policy = lambda _: fate
    configure(server)
    done = run("-f", "json")
    assert places(done) == {"control": place}
    assert done.code == 3
    assert rules(done) == set()
    assert len(server.taken) == 1
    assert words in run().out.partition("\n")[0]


def test_a_control_in_junk_weakens_what_junk_means(server: InboundServer) -> None:
    server.policy = lambda _: "Junk"
    configure(server)
    done = run("-f", "json")
    assert set(places(done).values()) == {"junk"}
    assert rules(done) == {"INB009"}


def test_what_makes_no_sense_is_skipped_with_the_reason(server: InboundServer) -> None:
    configure(server, 'null_mx_sender = "honest.example"', sender="boss@mild.example")
    done = run("-f", "json")
    found, why = places(done), reasons(done)
    assert {name for name, place in found.items() if place == "skipped"} == {
        "dmarc",
        "dkim",
        "spf",
        "null-mx-sender",
    }
    assert why["dmarc"] == "the DMARC policy of mild.example is none: it asks for no refusal"
    assert why["spf"] == "SPF of mild.example gives softfail for 198.51.100.7, not fail"
    assert why["null-mx-sender"] == "honest.example has no null MX"
    assert done.code == 0


def test_a_sender_that_may_send_is_no_forger(server: InboundServer) -> None:
    Path("world.zone").write_text(ZONE + '$ORIGIN honest.example.\n_dmarc 3600 IN TXT "v=DMARC1; p=reject"\n')
    configure(server, "", sender="test@honest.example")
    why = reasons(run("-f", "json"))
    assert why["dmarc"].startswith("SPF of honest.example allows 198.51.100.7")
    assert why["null-mx-sender"] == "no domain with a null MX is named (null_mx_sender)"


def test_a_policy_that_cannot_be_looked_up_is_not_none(server: InboundServer) -> None:
    configure(server, 'forged_from = "boss@elsewhere.test"\nmail_from = "test@honest.example"')
    why = reasons(run("-f", "json"))
    assert why["dmarc"].startswith("the DMARC policy of elsewhere.test could not be looked up")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"retrieve": 'username = "x"\nfolders = "None"', "place": "127.0.0.1:99999"}, "inbound.server"),
        ({"inbound": 'mail_from = "nonsense"'}, "'nonsense' is not an address"),
        ({"sender": "boss@acme.example>"}, "is not an address"),
        ({"inbound": 'sever = "x"'}, "sever"),
    ],
)
def test_settings_that_cannot_be_used(server: InboundServer, settings: dict[str, str], words: str) -> None:
    configure(server, **settings)
    done = run()
    assert done.code == 2
    assert words in done.err
    assert done.err.count("\n") == 1
    assert not server.taken


@pytest.mark.parametrize("host", ["127.0.0.1.", r"\091::1\093.", "::1."])
def test_an_mx_that_is_a_private_address_is_not_connected_to(server: InboundServer, host: str) -> None:
    Path("world.zone").write_text(f"{ZONE}$ORIGIN rcpt.example.\n@ 3600 IN MX 0 {host}\n")
    configure(server)
    config = Path("mailproof.toml")
    config.write_text(config.read_text().replace("server = ", "# "))
    done = run("--config", str(config), "-f", "json")
    assert done.err == ""
    assert "no address on the public Internet" in reasons(done)["control"]


def test_interrupted_while_it_waits(server: InboundServer) -> None:
    server.policy = lambda words: "INBOX" if "control" in words else ""
    configure(server, retrieve="deadline = 60")
    stop = Stop()

    def show(event: str, _: float) -> None:
        if event.startswith("waiting") and len(server.taken) > 1:
            stop.interrupt()

    async def work() -> Report:
        config = load_config(Path("mailproof.toml"))
        resolver = ZoneResolver.from_text(ZONE, origin=".")
        async with Session(resolver, config, stop=stop) as session:
            return await inbound(config.profile(), session, progress=show)

    report = asyncio.run(work())
    assert report.interrupted
    assert report.facts.inbound is not None
    found = {each.name: (each.place, each.reason) for each in report.facts.inbound.cases}
    assert found["control"] == ("inbox", "")
    assert found["dmarc"] == ("unknown", "interrupted")


def test_a_mailbox_that_cannot_be_read(server: InboundServer) -> None:
    configure(server)
    text = Path("mailproof.toml").read_text().replace('kind = "maildir"', 'kind = "imap"\nhost = "127.0.0.1"')
    text = text.replace(f'path = "{server.folder}"', 'port = 9\nusername = "u"\npassword = { env = "PW" }')
    Path("mailproof.toml").write_text(text)
    done = mailproof("inbound", "--zone", "world.zone", "--offline", environment={"PW": "secret-9"})
    assert done.code == 2
    assert done.err.startswith("mailproof: the mailbox 127.0.0.1:9 cannot be read (")
    assert done.err.endswith("nothing was sent\n")
    assert not server.taken


def test_a_profile_without_a_mailbox(server: InboundServer) -> None:
    configure(server)
    head, _, rest = Path("mailproof.toml").read_text().partition("[profiles.here.retrieve]")
    Path("mailproof.toml").write_text(head + "[profiles.here.inbound]" + rest.partition("here.inbound]")[2])
    done = run()
    assert done.code == 2
    assert "the profile 'here' has no mailbox to read" in done.err
    assert not server.taken


def test_an_untrusted_file_sends_no_forgeries(server: InboundServer) -> None:
    configure(server, place="mx.rcpt.example")
    done = run()
    assert done.code == 2
    assert "profiles.here.inbound sends forged messages to mx.rcpt.example" in done.err
    assert "mailproof trust" in done.err
    assert not server.taken


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ("test@nomail.example", "nomail.example takes no mail (null MX): nothing was sent"),
        ("test@elsewhere.test", "the MX records of elsewhere.test could not be looked up"),
    ],
)
def test_a_recipient_without_a_server(server: InboundServer, recipient: str, words: str) -> None:
    configure(server, place="REMOVED")
    text = Path("mailproof.toml").read_text().replace('server = "REMOVED"\n', "")
    Path("mailproof.toml").write_text(text.replace("test@rcpt.example", recipient))
    done = run("--config", "mailproof.toml")
    assert done.code == 2
    assert words in done.err


def test_an_mx_that_is_not_public_is_not_connected_to(server: InboundServer) -> None:
    Path("world.zone").write_text(ZONE + "$ORIGIN rcpt.example.\n@ 3600 IN MX 10 localhost.\n")
    configure(server, place="REMOVED")
    text = Path("mailproof.toml").read_text().replace('server = "REMOVED"\n', "")
    Path("mailproof.toml").write_text(text)
    done = run("--config", "mailproof.toml", "-f", "json")
    assert places(done) == {"control": "unknown"}
    assert "it has no address on the public Internet" in reasons(done)["control"]
    assert done.code == 3


def test_without_a_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = mailproof("inbound")
    assert (done.code, done.out) == (2, "")
    assert "no profile is configured: run mailproof init" in done.err
