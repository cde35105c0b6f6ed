"""From a real SMTP session to the findings: each problem is reported by exactly one rule."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Unpack

import msgspec
import pytest

from mailproof.checks import registry
from mailproof.config import Credential, RetrieveSettings, SubmitSettings
from mailproof.engine.judge import judge
from mailproof.model import (
    DeliveryFacts,
    HttpSubmission,
    Outcome,
    ProgramSubmission,
    RetrievalFacts,
    SmtpSubmission,
    SubmissionFacts,
    SubmissionStage,
    TlsFacts,
)
from mailproof.structs import replace
from tests.support.mail_servers import Peer, Store, Where, submission_server, talking
from tests.support.sending import submit
from tests.support.settings import SubmitChanges
from tests.support.tls import Authority

MESSAGE = b"From: a@acme.example\r\nSubject: x\r\n\r\nbody\r\n"


def outcomes(
    submission: SubmissionFacts | None, retrieval: RetrievalFacts | None = None
) -> dict[str, Outcome]:
    facts = DeliveryFacts(
        "p", "a@acme.example", "b@r.example", "a@acme.example", "mp-1", "<mp-1@acme.example>"
    )
    facts = replace(facts, submission=submission, retrieval=retrieval)  # type: ignore[arg-type] # of any sender
    return {o.check: o for o in judge(registry.checks("delivery"), facts, "acme.example")}


def findings(submission: SmtpSubmission, *, ignoring: tuple[str, ...] = ("SMTP015",)) -> set[str]:
    """The rules with findings; most tests use plain text on purpose."""
    found = outcomes(submission)
    assert not [o for o in found.values() if o.status == "error"]
    return {o.check for o in found.values() if o.findings} - set(ignoring)


async def send(port: int, to: str = "b@r.example", **more: Unpack[SubmitChanges]) -> SmtpSubmission:
    base = SubmitSettings(host="127.0.0.1", port=port, security="plain", timeout=1.0, retry_for=0.0)
    settings = msgspec.structs.replace(base, **more)
    return await submit(settings, MESSAGE, "a@acme.example", [to])


async def test_success_has_no_finding_and_all_pass(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.issue("127.0.0.1").context()
    async with submission_server(Store(), tls=context) as port:
        facts = await send(port, security="starttls", ca_file=authority.ca_file, every_address=True)
    found = outcomes(facts)
    smtp = {o.status for o in found.values() if o.check.startswith("SMTP")}
    assert smtp == {"pass"}


async def test_no_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert findings(await send(unused.getsockname()[1])) == {"SMTP002"}

    async def nowhere(host: str) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    settings = SubmitSettings(host="smtp.nowhere.example", retry_for=0.0)
    facts = await submit(settings, MESSAGE, "a@acme.example", ["b@r.example"], resolve=nowhere)
    assert findings(facts) == {"SMTP001"}


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"days": -3}, "SMTP008"),
        ({"names": ("other.example",)}, "SMTP009"),
        ({"self_signed": True}, "SMTP010"),
        ({"age_days": -2}, "SMTP011"),
        ({"days": 5}, "SMTP012"),
    ],
)
async def test_certificates(tmp_path: Path, how: dict[str, object], rule: str) -> None:
    authority = Authority(tmp_path)
    wanted = {key: value for key, value in how.items() if key != "names"}
    certificate = authority.issue(*how.get("names", ("127.0.0.1",)), **wanted)  # type: ignore[misc, arg-type] # keywords by their names
    async with submission_server(Store(), tls=certificate.context()) as port:
        facts = await send(port, security="starttls", ca_file=authority.ca_file)
    assert findings(facts) == {rule}


async def test_a_chain_that_passes_only_without_strictness(tmp_path: Path) -> None:
    careless = Authority(tmp_path, careless=True)
    async with submission_server(Store(), tls=careless.issue("127.0.0.1").context()) as port:
        facts = await send(port, security="starttls", ca_file=careless.ca_file)
    assert facts.accepted
    assert findings(facts) == {"SMTP025"}
    mailbox = outcomes(None, retrieval(result="found", tls=facts.tls))["SMTP025"]
    assert [f.message.split(" verifies")[0] for f in mailbox.findings] == [
        "The certificate of the mailbox i.example:993"
    ]
    assert facts.tls is not None
    for tls, status in (
        (replace(facts.tls, strict_faults=None), "unknown"),
        (replace(facts.tls, strict_faults=None, verified=False), "skipped"),
        (replace(facts.tls, strict_faults=None, verified=None, verification_off=True), "skipped"),
    ):
        assert outcomes(replace(facts, tls=tls))["SMTP025"].status == status


async def test_tls_modes(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.issue("127.0.0.1").context()
    async with submission_server(Store()) as port:
        assert findings(await send(port, security="starttls")) == {"SMTP005"}
        assert findings(await send(port, security="tls")) == {"SMTP006"}
    async with submission_server(Store(), tls=context, implicit=True) as port:
        assert findings(await send(port, security="starttls", timeout=0.5)) == {"SMTP006"}
    async with submission_server(Store(), tls=context) as port:
        assert findings(await send(port, security="starttls", verification="off")) == {"SMTP013"}


async def test_logins(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.issue("127.0.0.1").context()
    more: SubmitChanges = {"security": "starttls", "ca_file": authority.ca_file}
    more |= {"username": "u", "password": Credential.of("wrong")}
    async with submission_server(Store(), tls=context, password="right") as port:
        assert findings(await send(port, **more)) == {"SMTP016"}
        more["mechanism"] = "CRAM-MD5"
        assert findings(await send(port, **more)) == {"SMTP017"}
        without_login = await send(port, security="starttls", ca_file=authority.ca_file)
        assert findings(without_login) == {"SMTP018"}


@pytest.mark.parametrize(
    ("where", "reply", "rule"),
    [
        ("at_mail", "553 5.1.8 no such domain", "SMTP018"),
        ("at_rcpt", "550 5.1.1 no such user", "SMTP019"),
        ("at_data", "550 5.7.26 unauthenticated - gsmtp", "SMTP020"),
        ("at_mail", "451 4.3.0 later", "SMTP021"),
        ("at_rcpt", "450 4.2.0 greylisted", "SMTP021"),
        ("at_data", "421 4.7.0 slow down", "SMTP021"),
    ],
)
async def test_refusals(where: Where, reply: str, rule: str) -> None:
    async with submission_server(Store.refusing(where, reply)) as port:
        facts = await send(port)
    assert findings(facts) == {rule}
    message = outcomes(facts)[rule].findings[0].message
    assert reply[4:].split(" ", 1)[1] in message


@pytest.mark.parametrize(
    ("where", "reply", "advice"),
    [
        ("at_mail", "530 5.7.0 Must issue a STARTTLS command first", "use STARTTLS"),
        ("at_mail", "530 5.7.0 Authentication required", "sign in"),
        ("at_mail", "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org", "check.spamhaus.org"),
        ("at_rcpt", "554 5.7.1 Relay access denied", "sign in"),
        ("at_rcpt", "550 5.2.1 You may not send to this list", "Ask the recipient"),
        ("at_data", "552 5.3.4 Message size exceeds fixed limit", "Send a link"),
        ("at_data", "554 5.3.0 no", "Make the message smaller"),
    ],
)
async def test_what_to_do_is_what_the_words_ask_for(where: Where, reply: str, advice: str) -> None:
    async with submission_server(Store.refusing(where, reply)) as port:
        found = [each for one in outcomes(await send(port)).values() for each in one.findings]
    (fix,) = (
        each.fix.summary for each in found if each.rule in ("SMTP018", "SMTP019", "SMTP020") and each.fix
    )
    assert advice in fix


async def test_greylisted_then_taken() -> None:
    async with submission_server(Store(at_rcpt=["450 4.2.0 greylisted"])) as port:
        assert findings(await send(port, retry_for=5.0, retry_interval=0.1)) == {"SMTP022"}


async def test_extensions_and_broken_dialogues() -> None:
    async with submission_server(Store(), utf8=False) as port:
        assert findings(await send(port, to="jörg@r.example")) == {"SMTP023"}

    async def drops(peer: Peer) -> None:
        await peer.say("220 hi")
        await peer.hear()
        await peer.say("250 hi")
        await peer.hear()

    async def refuses(peer: Peer) -> None:
        await peer.say("554 5.7.1 not for you")
        await peer.hear()

    async def silent(peer: Peer) -> None:
        await peer.hear()

    async with talking(drops) as port:
        assert findings(await send(port)) == {"SMTP024"}
    async with talking(refuses) as port:
        assert findings(await send(port)) == {"SMTP004"}
    async with talking(silent) as port:
        assert findings(await send(port)) == {"SMTP004"}


def retrieval(**more: object) -> RetrievalFacts:
    base = RetrievalFacts("imap", RetrieveSettings(kind="imap", host="i.example").server, "error")
    return replace(base, **more)  # type: ignore[arg-type] # keywords by their names


def test_an_unusable_mailbox_leaves_the_arrival_unknown() -> None:
    sent = SmtpSubmission("s.example", 587, accepted=True)
    for kind, rule in (("login", "RECV004"), ("connect", "RECV005")):
        found = outcomes(sent, retrieval(kind=kind, reason="why"))
        assert found[rule].status == "warn"
        assert found["RECV001"].status == "unknown"
        assert "why" in found["RECV001"].reason
    found = outcomes(sent, retrieval(result="interrupted"))
    assert found["RECV001"].status == "unknown"


def test_nothing_is_judged_without_facts() -> None:
    found = outcomes(None)
    assert {o.status for o in found.values()} == {"skipped"}


def test_another_kind_of_sender_is_judged_by_what_all_senders_have() -> None:
    sent = SubmissionFacts(
        "api.example", 443, tls=TlsFacts(verified=False, problem="it has expired", problem_code="expired")
    )
    found = outcomes(replace(sent, stages=(SubmissionStage("tls", False, kind="certificate"),)))
    assert found["SMTP008"].status == "fail"
    assert "api.example port 443" in found["SMTP008"].findings[0].message
    by_smtp_alone = (
        "004",
        "005",
        "006",
        "015",
        "016",
        "017",
        "018",
        "019",
        "020",
        "021",
        "022",
        "023",
        "024",
    )
    for number in by_smtp_alone:
        assert found[f"SMTP{number}"].status == "skipped"
        assert found[f"SMTP{number}"].reason == "the message was not sent by SMTP"
    deferred = SubmissionStage("data", False, code=429, kind="deferred", text="slow down")
    assert outcomes(replace(sent, stages=(deferred,)))["SMTP021"].status == "skipped"  # API005 reports it
    taken = outcomes(replace(sent, accepted=True), retrieval(result="deadline", kind=""))
    [lost] = taken["RECV001"].findings
    assert lost.message.startswith("api.example accepted the message, ")
    posted = HttpSubmission("api.example", 443, accepted=True, provider="Acme Send")
    [lost] = outcomes(posted, retrieval(result="deadline", kind=""))["RECV001"].findings
    assert lost.message.startswith("Acme Send accepted the message, ")
    handed = ProgramSubmission(accepted=True, kind="command", program="/srv/send")
    [lost] = outcomes(handed, retrieval(result="deadline", kind=""))["RECV001"].findings
    assert lost.message.startswith("/srv/send accepted the message, ")
    doubt = outcomes(replace(handed, accepted=False, in_doubt=True), retrieval(result="deadline", kind=""))
    assert "final dot" not in doubt["RECV001"].reason
