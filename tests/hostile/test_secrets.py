"""Servers that echo the secret: no output of mailproof contains it in any form."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from mailproof.cli.output import show
from mailproof.cli.streams import complain, note
from mailproof.config import (
    Credential,
    MessageSettings,
    Profile,
    SubmitSettings,
)
from mailproof.dns import SnapshotResolver
from mailproof.engine.hiding import without_secrets
from mailproof.engine.probe import probe
from mailproof.engine.session import Session
from mailproof.redaction import hide, learn, own_secrets
from mailproof.redaction.limits import MOST_SECRETS
from mailproof.render.formats import FORMATS
from mailproof.render.look import Look
from tests.support.canary import CANARY, FORMS, USER, b64, traces
from tests.support.cli import mailproof
from tests.support.echoing import EchoingImap, EchoingSmtp
from tests.support.mail_servers import Peer, talking
from tests.support.repeating import WORLDS, ZONE, S, World, assert_silent, fields, probed, running
from tests.support.resolvers import zone
from tests.support.tls import Authority

#: A PDF is the page of ``html``, compressed by a browser.
TEXTS = tuple(each for each in FORMATS if not each.printed)


def test_the_search_finds_every_form() -> None:
    """Shows that the tests can detect the secret."""
    for name, form in FORMS.items():
        assert traces(f"550 5.7.1 {form()} is wrong"), name
    assert not traces("550 5.7.1 an answer without it: 2001:db8::1, AAAAAAAAAAAAAAAA==")


def folded(text: str, between: str, width: int = 7) -> str:
    return between.join(text[at : at + width] for at in range(0, len(text), width))


@pytest.mark.parametrize(
    "form",
    [
        *(
            folded(CANARY, between)
            for between in ("\n> ", "\n| ", "<br>", "&nbsp;", "%0D%0A", "\x1b[0m", "\u202c")
        ),
        *(folded(b64(f"xy{CANARY}"), between) for between in ("\n> ", '" "', "<wbr/>", "&#10;", "=\r\n")),
        folded(CANARY, "?= =?utf-8?q?"),
        "".join(f"\\u{{{ord(each):x}}}" for each in CANARY),
        "".join(f"%u{ord(each):04x}" for each in CANARY),
        "".join(f"+{ord(each):02X}" for each in CANARY),
        "".join(f"&#x{ord(each):08x}" for each in CANARY),
        CANARY.replace("&", "&AMP;").replace("+", "&plus;").replace("/", "&sol;").replace("=", "&equals;"),
        quote(quote(quote(CANARY))),
        b64(quote(CANARY, safe="")),
        *(CANARY.encode().hex(between) for between in "._|/"),
    ],
)
def test_it_is_found_however_it_is_folded_and_escaped(form: str) -> None:
    with own_secrets():
        learn(CANARY)
        kept = hide(f"550 {form} is wrong")
    assert "***" in kept
    assert kept.endswith(" is wrong")
    assert not [form[at : at + 14] for at in range(len(form) - 13) if form[at : at + 14] in kept]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--smtp", "ada:{}@127.0.0.1:1"),
        ("--smtp", "smtp://ada:{}@127.0.0.1:1"),
        ("--imap", "ada:{}@127.0.0.1:1"),
        ("--rspamd", "http://ada:{}@127.0.0.1:1"),
        ("--smtp-password-env", "{}"),
        ("--smtp-password-command", "echo '{}"),
    ],
)
def test_a_password_given_in_the_wrong_place_is_not_repeated(option: str, value: str, tmp_path: Path) -> None:
    (tmp_path / "acme.zone").write_text(ZONE)
    run = mailproof(
        *("probe", "--smtp", "127.0.0.1:1", "--smtp-user", USER, "--from", USER, "--to", USER),
        *("--zone", str(tmp_path / "acme.zone"), "--offline", option, value.format("hunter2Xq9")),
    )
    assert run.code == 2
    assert run.err
    assert "hunter2" not in run.out + run.err


async def test_no_form_of_it_passes() -> None:
    lines = [f"535-5.7.8 {name} {form()} is wrong".replace("\n", " ") for name, form in FORMS.items()]
    report, told = await probed(World(EchoingSmtp({"AUTH": (*lines, "535 5.7.8 no")})))
    assert_silent(report, told)
    assert report.facts.delivery is not None
    assert report.facts.delivery.submission is not None
    shown = [line for line in report.facts.delivery.submission.dialogue if line.startswith("S: 535-")]
    for name, line in zip(FORMS, shown, strict=True):  # and only the secret is hidden
        assert line.startswith(f"S: 535-5.7.8 {name} "), line
        assert line.endswith(" is wrong"), line
        assert "***" in line


@pytest.mark.parametrize("name", WORLDS)
async def test_a_server_repeats_it(name: str) -> None:
    report, told = await probed(WORLDS[name]())
    assert_silent(report, told, ("json",))  # a superset of the other formats; all of them are tested below


async def test_the_greeting_of_a_retry_repeats_it() -> None:
    server = EchoingSmtp(
        {"MAIL": (f"451 4.7.1 {CANARY} later",)}, greetings=[("220 a",), (f"220 {S} {CANARY}",)]
    )
    report, told = await probed(World(server), retry=True)
    assert_silent(report, told)
    assert report.facts.delivery is not None
    assert report.facts.delivery.submission is not None
    assert report.facts.delivery.submission.attempts > 1
    assert any("trying again" in each for each in told)


async def test_a_certificate_holds_it(tmp_path: Path) -> None:
    name = f"{CANARY.encode().hex()}.acme.example"
    context = Authority(tmp_path).issue(name, f"x{CANARY.encode().hex()}.example").context()
    report, told = await probed(World(tls=context))
    assert_silent(report, told)
    assert report.facts.delivery is not None
    assert report.facts.delivery.submission is not None
    assert report.facts.delivery.submission.tls is not None
    assert "***.acme.example" in repr(report.facts.delivery.submission.tls)


@pytest.mark.parametrize("mechanism", ["CRAM-MD5", "SCRAM-SHA-256"])
async def test_what_is_computed_of_it_is_hidden_too(mechanism: str) -> None:
    """The challenge and its response allow an offline attack on the password."""
    answers: list[str] = []

    async def talk(peer: Peer) -> None:
        await peer.say("220 a")
        await peer.hear()
        await peer.say("250-a", f"250 AUTH {mechanism}")
        words = (await peer.hear()).split()
        if mechanism == "CRAM-MD5":
            await peer.say("334 " + b64("<1.2@a>"))
        else:
            first = words[2] if len(words) > 2 else ""
            nonce = base64.b64decode(first).decode().rpartition("r=")[2]
            await peer.say("334 " + b64(f"r={nonce}x,s={b64('salt' * 4)},i=4096"))
        answer = base64.b64decode(await peer.hear()).decode()
        proof = answer.split()[-1] if mechanism == "CRAM-MD5" else answer.rpartition("p=")[2]
        answers.append(proof)
        await peer.say(f"535-5.7.8 {answer}", f"535 5.7.8 {b64(answer)} is wrong")
        await peer.hear()

    async with talking(talk) as port, Session(zone(ZONE)) as session:
        submit = SubmitSettings(
            *("127.0.0.1", port),
            security="plain",
            allow_plaintext_auth=True,
            username=USER,
            password=Credential.of(CANARY),
            retry_for=0.0,
        )
        message = MessageSettings("News <news@acme.example>", "probe@r.example")
        report = await probe(Profile("test", submit, message), session)
    (proof,) = answers
    assert proof, report.facts.delivery
    assert "is wrong" in repr(report)
    assert proof not in repr(report)
    assert b64(proof)[:12] not in repr(report)


async def test_no_output_of_the_command_line_holds_it(tmp_path: Path) -> None:
    """Every format on standard output and in a file; the recording; standard error; all verbosities."""
    # A name that contains the secret is looked up in the DNS.
    secret = "cAnary7Xq9wZkK3bb"
    received = (
        f"Received: from {secret}.example ({secret}.example [192.0.2.9]) by mx.r.example; Mon, 23 Nov 2026"
    )
    echo = f"{secret} {b64(secret)} {b64(f'{USER} {secret}')}"
    (tmp_path / "acme.zone").write_text(ZONE)
    world = World(
        EchoingSmtp({"greeting": (f"220 {secret}.example",), "message": (f"250 2.0.0 queued as {echo}",)}),
        EchoingImap(folder=f"Junk {echo}"),
        on_the_way=fields(
            f"Return-Path: <a@{secret}.example>", f"{received} 12:00:00 +0000", f"X-Spam: {echo}"
        ),
    )
    async with running(world) as (profile, _):
        assert profile.retrieve is not None
        servers = (
            *("--smtp", f"127.0.0.1:{profile.submit.port}", "--smtp-security", "plain"),
            *("--imap", f"127.0.0.1:{profile.retrieve.port}", "--mailbox-security", "plain"),
            *("--smtp-user", USER, "--mailbox-user", USER, "--allow-plaintext-auth", "--deadline", "1"),
            *("--smtp-password-env", "PW", "--mailbox-password-env", "PW"),
            *("--from", "news@acme.example", "--to", "probe@r.example"),
            *("--zone", str(tmp_path / "acme.zone"), "--offline", "--record", str(tmp_path / "recording")),
        )
        outputs: list[str] = []
        for form in TEXTS:
            file = tmp_path / f"report.{form.name}"
            run = await asyncio.to_thread(
                mailproof,
                "probe",
                *servers,
                "-f",
                form.name,
                "-o",
                f"{form.name}:{file}",
                "-vv",
                environment={"PW": secret},
            )
            assert run.code in (1, 3), run.err
            outputs += [run.out, run.err, file.read_text(), (tmp_path / "recording").read_text()]
    assert any("192.0.2.9" in output for output in outputs)
    pieces = [secret[:10], secret[-10:], b64(secret)[:14], b64(f"{USER} {secret}")[26:40]]
    for output in outputs:
        flat = "".join(output.split()).lower()
        assert not [
            flat[max(0, at - 60) : at + 30] for piece in pieces if (at := flat.find(piece.lower())) >= 0
        ]
    assert SnapshotResolver.load(tmp_path / "recording").snapshot.answers  # it is still valid


def test_errors_hold_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    learn(CANARY)
    complain(f"internal: ValueError: {CANARY}")
    note(f"first {b64(CANARY)}\nsecond {CANARY!r}")
    assert traces(capsys.readouterr().err) == set()


async def test_a_secret_that_is_a_common_word_costs_no_report() -> None:
    """With each text of a report as the secret of another run, all formats can still be written."""
    report, _ = await probed(WORLDS["rspamd-symbols"]())
    words = {
        word
        for text in re.findall(r"'([^'\\]{4,60})'", repr(report))
        for word in text.split()
        if len(word) > 3
    }
    for word in sorted(words)[::90]:
        with own_secrets():
            learn(word)
            hidden = without_secrets(report)
            assert [each.status for each in hidden.outcomes] == [each.status for each in report.outcomes]
            assert [each.rule for each in hidden.findings] == [each.rule for each in report.findings]
            assert hidden.rules == report.rules
            for form in FORMATS[:2]:
                assert form.render((hidden,), Look(verbose=2))


@pytest.mark.parametrize("secret", ["", "a", "abc"])
def test_what_is_too_short_is_left_alone(secret: str) -> None:
    learn(secret)
    assert hide("abc a") == "abc a"


def test_runs_know_their_own_secrets_and_not_all_of_a_program() -> None:
    with own_secrets():
        learn("first-secret")
        assert hide("first-secret") == "***"
    assert hide("first-secret") == "first-secret"
    for number in range(MOST_SECRETS + 1):
        learn(f"{number:04}-token")
    assert hide("0000-token 0064-token") == "0000-token ***"


def test_a_secret_that_is_fetched_again_is_not_the_first_to_be_forgotten() -> None:
    """A monitor that fetches its password for each probe, and gets a new token each time."""
    for number in range(2 * MOST_SECRETS):
        learn("password-of-all")
        learn(f"{number:04}-token")
        assert hide("password-of-all") == "***"


@pytest.mark.parametrize("before", ["a\n", "\u2028", "\\", "\t", '"'])
@pytest.mark.parametrize("form", [CANARY, b64(CANARY), folded(b64(CANARY), "\n"), CANARY.encode().hex()])
def test_json_stays_json_where_a_secret_is_hidden(
    before: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_secrets():
        learn(CANARY)
        show("json", "auto", {"one": f"{before}{form} b", "more": ["x", *form.split("\n")]}, str)
    out = capsys.readouterr().out
    assert json.loads(out)["one"].endswith("*** b")
    assert traces(out) == set()
