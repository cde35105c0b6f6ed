"""Submission over real sockets: success, and every way in which a server can refuse or misbehave."""

from __future__ import annotations

import asyncio
import socket

import pytest

from mailproof.config import Credential
from mailproof.errors import CredentialError, UsageError
from mailproof.mail.senders import sender_for
from tests.support.mail_servers import Peer, Store, Where, submission_server, talking
from tests.support.sending import submit
from tests.support.submitting import MESSAGE, SECRET, failed, login, send, settings
from tests.support.tls import Authority


async def test_wrong_password(authority: Authority) -> None:
    context = authority.issue("127.0.0.1").context()
    async with submission_server(Store(), tls=context, password="other") as port:
        facts = await send(settings(port, authority, security="starttls", **login()))
    stage = failed(facts)
    assert (stage.stage, stage.code, stage.kind, stage.enhanced) == ("auth", 535, "rejected", "5.7.8")
    assert "user name, password or token is wrong" in stage.meaning


async def test_no_plaintext_password_without_the_opt_in() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        await peer.hear()
        await peer.say("250-hi", "250 AUTH PLAIN")
        assert await peer.hear() == "QUIT"
        await peer.say("221 bye")

    async with talking(talk) as port:
        facts = await send(settings(port, **login()))
    stage = failed(facts)
    assert (stage.stage, stage.kind) == ("auth", "local")


@pytest.mark.parametrize(
    ("where", "reply", "stage", "kind", "enhanced"),
    [
        ("at_mail", "553 5.7.60 not your address", "mail", "rejected", "5.7.60"),
        ("at_rcpt", "550 5.1.1 no such user", "rcpt", "rejected", "5.1.1"),
        ("at_data", "550-5.7.26 Unauthenticated email\r\n550 5.7.26 - gsmtp", "data", "rejected", "5.7.26"),
        ("at_rcpt", "450 4.2.0 Greylisted", "rcpt", "deferred", "4.2.0"),
    ],
)
async def test_refusals_at_each_stage(where: Where, reply: str, stage: str, kind: str, enhanced: str) -> None:
    store = Store.refusing(where, reply)
    async with submission_server(store) as port:
        facts = await send(settings(port))
    bad = failed(facts)
    assert (bad.stage, bad.kind, bad.enhanced) == (stage, kind, enhanced)
    assert bad.text
    assert bad.meaning


async def test_gmail_code_is_explained_as_gmail_means_it() -> None:
    store = Store(at_data=["550 5.7.26 Unauthenticated email from x - gsmtp"])
    async with submission_server(store) as port:
        facts = await send(settings(port))
    assert failed(facts).meaning.startswith("Gmail: neither SPF nor DKIM")


async def test_greylisting_is_retried_and_each_attempt_is_told() -> None:
    store = Store(at_rcpt=["450 4.2.0 Greylisted, come back", "450 4.2.0 Greylisted, come back"])
    told: list[str] = []
    async with submission_server(store) as port:
        facts = await submit(
            settings(port, retry_for=10.0, retry_interval=0.1),
            MESSAGE,
            "a@acme.example",
            ["b@receiver.example"],
            progress=lambda event, left: told.append(event),
        )
    assert facts.accepted
    assert facts.attempts == 3
    assert [d.code for d in facts.deferrals] == [450, 450]
    assert len(told) == 2
    assert "Greylisted" in told[0]


async def test_deferred_until_the_time_is_over() -> None:
    store = Store(at_rcpt=["451 4.7.1 later"] * 50)
    async with submission_server(store) as port:
        facts = await send(settings(port, retry_for=0.5, retry_interval=0.2))
    assert failed(facts).kind == "deferred"
    assert facts.attempts >= 2


async def test_refused_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        facts = await send(settings(unused.getsockname()[1]))
    assert (failed(facts).stage, failed(facts).kind) == ("connect", "refused")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "no-address"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "unresolved"),
    ],
)
async def test_a_host_without_address_and_a_lookup_that_fails(error: OSError, kind: str) -> None:
    async def nowhere(host: str) -> tuple[str, ...]:
        raise error

    base = settings(25, host="smtp.nowhere.example")
    facts = await submit(base, MESSAGE, "a@acme.example", ["b@c.example"], resolve=nowhere)
    assert failed(facts).kind == kind
    assert "smtp.nowhere.example" in failed(facts).reason


async def test_every_address_is_tried() -> None:
    async def two(host: str) -> tuple[str, ...]:
        return ("127.0.0.3", "127.0.0.1")

    async with submission_server(Store()) as port:
        chosen = settings(port, host="smtp.acme.example")
        facts = await submit(chosen, MESSAGE, "a@acme.example", ["b@c.example"], resolve=two)
    assert facts.accepted
    assert facts.address == "127.0.0.1"


async def test_silence_is_a_timeout_within_the_limit() -> None:
    async def talk(peer: Peer) -> None:
        await peer.hear()

    async with talking(talk) as port:
        facts = await send(settings(port, timeout=0.4))
    assert (failed(facts).stage, failed(facts).kind) == ("greeting", "timeout")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"SSH-2.0-OpenSSH_9\r\n", "not an SMTP reply"),
        (b"220-" + b"x" * 10_000 + b"\r\n", "more than 4096"),
        (b"220-a\r\n" * 300, "more than 200 lines"),
        (b"220-a\r\n550 b\r\n", "codes 220 and 550"),
        (b"\xff\x00\x01 \x1b[31m\r\n", "not an SMTP reply"),
        (b"", "dropped the connection"),
    ],
)
async def test_garbage_greetings(data: bytes, words: str) -> None:
    async def talk(peer: Peer) -> None:
        await peer.raw(data)

    async with talking(talk) as port:
        facts = await send(settings(port))
    assert words in failed(facts).reason
    assert not any("\x1b" in line or "\x00" in line for line in facts.dialogue)


async def test_a_dripping_server_is_cut_off() -> None:
    async def talk(peer: Peer) -> None:
        for _ in range(10_000):
            await peer.say("220-still here")
            await asyncio.sleep(0.05)

    async with talking(talk) as port:
        facts = await send(settings(port, timeout=0.5))
    assert failed(facts).kind == "timeout"


@pytest.mark.parametrize("stage", ["ehlo", "mail", "rcpt", "data"])
async def test_dropping_at_each_stage_names_the_stage(stage: str) -> None:
    verb = {"ehlo": "EHLO", "mail": "MAIL", "rcpt": "RCPT", "data": "DATA"}[stage]

    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        while not (await peer.hear()).startswith(verb):
            await peer.say("250 ok")

    async with talking(talk) as port:
        facts = await send(settings(port))
    assert (failed(facts).stage, failed(facts).kind) == (stage, "protocol")


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_reply_that_nothing_asked_for_is_not_taken_for_the_next(verb: str) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        while True:
            line = await peer.hear()
            code = 550 if line == "." else 354 if line == "DATA" else 250
            await peer.say(f"{code} yes", *(["250 and more"] if line.startswith(verb) else []))

    async with talking(talk) as port:
        facts = await send(settings(port))
    assert (failed(facts).kind, facts.in_doubt) == ("protocol", False)
    assert "no command asked for" in failed(facts).reason


async def test_a_reply_to_the_final_dot_that_is_neither_leaves_it_in_doubt() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        while (line := await peer.hear()) != ".":
            if line.partition(" ")[0] in ("EHLO", "MAIL", "RCPT", "DATA"):
                await peer.say("354 go on" if line == "DATA" else "250 ok")
        await peer.say("354 go on")

    async with talking(talk) as port:
        facts = await send(settings(port))
    assert (facts.accepted, facts.in_doubt) == (False, True)
    assert "after the final dot" in failed(facts).reason


async def test_last_words_before_a_drop_are_kept() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("421 4.7.0 too many connections from you")

    async with talking(talk) as port:
        facts = await send(settings(port))
    stage = failed(facts)
    assert (stage.stage, stage.code, stage.kind) == ("greeting", 421, "deferred")


async def test_helo_where_ehlo_is_not_known() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 old")
        await peer.hear()
        await peer.say("502 what")
        while not (line := await peer.hear()).startswith("DATA"):
            await peer.say("250 ok")
        assert line
        await peer.say("354 go")
        while await peer.hear() != ".":
            pass
        await peer.say("250 ok 1234 qp 5678")
        await peer.hear()
        await peer.say("221 bye")

    async with talking(talk) as port:
        facts = await send(settings(port))
    assert facts.accepted
    assert facts.extensions == ()
    assert facts.queue_id == "5678"


async def test_smtputf8_only_where_needed_and_refused_clearly() -> None:
    store = Store()
    async with submission_server(store) as port:
        plain = await send(settings(port), to="b@büro.example")
        needed = await send(settings(port), to="jörg@büro.example")
    assert plain.accepted
    assert needed.accepted
    assert store.messages[0].rcpt_tos == ["b@xn--bro-hoa.example"]
    assert "SMTPUTF8" not in store.messages[0].mail_options
    assert store.messages[1].rcpt_tos == ["jörg@büro.example"]
    assert "SMTPUTF8" in store.messages[1].mail_options
    async with submission_server(Store(), utf8=False) as port:
        refused = await send(settings(port), to="jörg@büro.example")
    assert (failed(refused).stage, failed(refused).kind) == ("mail", "unsupported")
    assert "SMTPUTF8" in failed(refused).reason


async def test_size_limit_is_honoured_before_sending() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        await peer.hear()
        await peer.say("250-hi", "250 SIZE 20")
        assert await peer.hear() == "QUIT"

    async with talking(talk) as port:
        facts = await send(settings(port))
    assert "20 at most" in failed(facts).reason


async def test_credentials_come_first_and_injection_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_SECRET", raising=False)
    chosen = settings(1, username="u", password=Credential("env", ("NO_SUCH_SECRET",)))
    with pytest.raises(CredentialError, match="NO_SUCH_SECRET"):
        await send(chosen)
    with pytest.raises(UsageError):
        await send(settings(1), to="x@y.example>\r\nRCPT TO:<z@y.example")


async def test_cancelling_ends_quickly() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        await peer.hear()
        await asyncio.sleep(600)

    async with talking(talk) as port:
        task = asyncio.create_task(send(settings(port, timeout=300.0)))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("username", ["probe\r\nRSET", "a\x01auth=Bearer x"])
async def test_control_characters_in_a_login_are_refused(username: str) -> None:
    with pytest.raises(CredentialError, match="control character"):
        await send(settings(1, username=username, password=Credential.of(SECRET)))
    with pytest.raises(UsageError):
        await send(settings(1, ehlo_name="x\r\nMAIL FROM:<>"))


async def test_a_dry_run_ends_before_the_message() -> None:
    store = Store()
    async with submission_server(store) as port:
        sender = await sender_for(settings(port))
        facts = await sender.dry_run(MESSAGE, "a@acme.example", ["b@receiver.example"])
        assert sender.facts == facts
    assert (facts.accepted, facts.dry_run, facts.in_doubt) == (True, True, False)
    assert [each.stage for each in facts.stages][-3:] == ["mail", "rcpt", "quit"]
    assert store.messages == []
    assert not any(line.startswith("C: DATA") for line in facts.dialogue)
