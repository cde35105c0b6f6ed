"""Several recipients: one message each or one to all, awaited concurrently."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from mailproof.config import (
    Credential,
    MessageSettings,
    Profile,
    RecipientSettings,
    RetrieveSettings,
    SubmitSettings,
)
from mailproof.errors import CredentialError
from mailproof.mail.probes import Probes
from mailproof.structs import replace
from tests.support.mail_servers import Store, submission_server

NAMES = ("a", "b", "c")


def maildir(folder: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True)
    return folder


def profile(port: int, folder: Path, **changes: object) -> Profile:
    to = tuple(
        RecipientSettings(
            f"{name}@{name}.example",
            retrieve=RetrieveSettings(kind="maildir", path=maildir(folder / name), deadline=4.0),
        )
        for name in NAMES
    )
    submit = SubmitSettings(host="127.0.0.1", port=port, security="plain", timeout=3.0, retry_for=0.0)
    made = Profile("several", submit, MessageSettings("news@acme.example"), to=to)
    return replace(made, **changes)  # type: ignore[arg-type]


def delivering(folder: Path, *, but: str = "") -> Store:
    def deliver(envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        for recipient in envelope.rcpt_tos:
            name = recipient.partition("@")[0]
            if name != but:
                (folder / name / "new" / f"m{time.monotonic_ns()}").write_bytes(envelope.content)

    return Store(on_message=deliver)


async def run(settings: Profile) -> Probes:
    probes = Probes(settings)
    await probes.run()
    return probes


def results(probes: Probes) -> list[str]:
    found = [each.result.delivery.retrieval for each in probes.each]
    return [each.result if each is not None else "" for each in found]


async def test_one_message_each(tmp_path: Path) -> None:
    store = delivering(tmp_path)
    async with submission_server(store) as port:
        probes = await run(profile(port, tmp_path))
    assert results(probes) == ["found"] * 3
    assert sorted(envelope.rcpt_tos for envelope in store.messages) == [[f"{n}@{n}.example"] for n in NAMES]
    assert len({each.message.token for each in probes.each}) == 3
    for each in probes.each:
        arrived = each.result.arrived
        assert arrived is not None
        assert each.message.token.encode() in arrived
        assert f"To: {each.result.delivery.recipient}".encode() in arrived


async def test_one_message_for_all(tmp_path: Path) -> None:
    store = delivering(tmp_path)
    async with submission_server(store) as port:
        probes = await run(profile(port, tmp_path, send="once"))
    assert results(probes) == ["found"] * 3
    [envelope] = store.messages
    assert envelope.rcpt_tos == [f"{name}@{name}.example" for name in NAMES]
    assert isinstance(envelope.content, bytes)
    assert re.search(rb"^To: a@a.example, b@b.example, c@c.example\r$", envelope.content, re.MULTILINE)
    assert [each.result.delivery.recipient for each in probes.each] == envelope.rcpt_tos


@pytest.mark.parametrize("send", ["each", "once"])
async def test_a_refused_recipient_costs_its_own_outcome_only(tmp_path: Path, send: str) -> None:
    store = delivering(tmp_path)
    store.at_rcpt = ["550 5.1.1 no such user"]
    async with submission_server(store) as port:
        probes = await run(profile(port, tmp_path, send=send))
    assert sorted(results(probes)) == ["found", "found", "skipped"]
    [refused] = [each for each in probes.each if each.result.arrived is None]
    sent = refused.result.delivery.submission
    assert sent is not None
    assert sent.failure is not None
    assert (sent.accepted, sent.failure.stage, sent.failure.enhanced) == (False, "rcpt", "5.1.1")
    for each in probes.each:
        own = each.result.delivery.submission
        assert own is not None
        assert len([stage for stage in own.stages if stage.stage == "rcpt"]) == 1


async def test_a_message_that_is_lost_does_not_delay_the_others(tmp_path: Path) -> None:
    async with submission_server(delivering(tmp_path, but="b")) as port:
        chosen = profile(port, tmp_path)
        short = replace(
            chosen.to[1], retrieve=RetrieveSettings(kind="maildir", path=tmp_path / "b", deadline=0.3)
        )
        probes = await run(replace(chosen, to=(chosen.to[0], short, chosen.to[2])))
    assert results(probes) == ["found", "deadline", "found"]


@pytest.mark.parametrize(("name", "result"), [("b", "deadline"), ("a", "bounced")])
async def test_a_bounce_about_another_recipient_is_not_this_ones(
    tmp_path: Path, name: str, result: str
) -> None:
    def bounce(envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        head = f"From: <>\nX-Failed-Recipients: {name}@{name}.example\n\n550 5.1.1 unknown\n"
        notice = head.encode() + b"\n--- original message ---\n" + envelope.content
        (tmp_path / "a" / "new" / "0").write_bytes(notice)

    async with submission_server(Store(on_message=bounce)) as port:
        chosen = profile(port, tmp_path, send="once")
        short = tuple(
            replace(each, retrieve=replace(each.retrieve, deadline=0.5))
            for each in chosen.to[:2]
            if each.retrieve
        )
        probes = await run(replace(chosen, to=short))
    assert results(probes) == [result, "deadline"]


async def test_a_password_that_is_not_there_sends_nothing(tmp_path: Path) -> None:
    store = Store()
    async with submission_server(store) as port:
        chosen = profile(port, tmp_path)
        mailbox = RetrieveSettings(
            kind="imap", host="127.0.0.1", username="u", password=Credential("env", ("NOT_SET_HERE",))
        )
        broken = replace(chosen, to=(*chosen.to[:2], replace(chosen.to[2], retrieve=mailbox)))
        with pytest.raises(CredentialError, match="NOT_SET_HERE"):
            await run(broken)
    assert not store.messages


async def test_no_server_takes_it(tmp_path: Path) -> None:
    probes = await run(profile(1, tmp_path, send="once"))
    assert results(probes) == ["skipped"] * 3
