"""Each provider's API: the exact request, documented responses, and hostile ones; over TLS on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from mailproof.checks import registry
from mailproof.config.senders import NEEDS, sender_problems
from mailproof.engine.judge import judge
from mailproof.errors import UsageError
from mailproof.mail.senders import sender_for
from mailproof.mail.senders.catalogue import api_of, kinds
from mailproof.mail.senders.limits import MAX_REPLY
from mailproof.model import DeliveryFacts, HttpSubmission
from mailproof.redaction import own_secrets, redactor
from mailproof.structs import replace
from tests.support.api_server import ApiServer, Reply, api_server
from tests.support.providers import CASES as FIRST
from tests.support.providers import FROM, KEY, MESSAGE, TO, Case, Error
from tests.support.providers_more import MORE
from tests.support.tls import Authority

CASES = (*FIRST, *MORE)
pytestmark = pytest.mark.asyncio(loop_scope="module")
BY_KIND = pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(authority: Authority) -> AsyncIterator[ApiServer]:
    async with api_server(authority.issue("127.0.0.1").context()) as running:
        yield running


async def sent(case: Case, server: ApiServer, authority: Authority, **changes: Any) -> HttpSubmission:
    settings = replace(case.settings(server.url), ca_file=authority.ca_file, **changes)
    facts = await (await sender_for(settings)).send(MESSAGE, FROM, [TO])
    assert isinstance(facts, HttpSubmission)
    return facts


async def test_every_kind_is_known_to_the_configuration() -> None:
    assert {case.kind for case in CASES} == set(kinds())
    assert set(kinds()) | {"sendmail", "command"} == set(NEEDS)


@BY_KIND
async def test_it_asks_what_the_provider_documents(
    case: Case, server: ApiServer, authority: Authority
) -> None:
    server.will(case.good)
    facts = await sent(case, server, authority)
    assert facts.accepted, facts.dialogue
    assert (facts.kind, facts.queue_id, facts.status) == (case.kind, case.provider_id, case.good.status)
    assert [stage.stage for stage in facts.stages][-3:] == ["connect", "tls", "request"]
    assert facts.tls is not None
    assert facts.tls.verified is True
    case.check(server.asked[-1])
    assert list(sender_problems(case.settings(server.url))) == []


@BY_KIND
async def test_a_dry_run_sends_nothing_or_is_refused_before(
    case: Case, server: ApiServer, authority: Authority
) -> None:
    settings = replace(case.settings(server.url), ca_file=authority.ca_file)
    server.will(case.dry_reply or case.good)
    sender = await sender_for(settings)
    if api_of(case.kind).no_dry_run:
        with pytest.raises(UsageError, match="has no dry run"):
            await sender.dry_run(MESSAGE, FROM, [TO])
        assert server.asked == []
        return
    facts = await sender.dry_run(MESSAGE, FROM, [TO])
    assert isinstance(facts, HttpSubmission)
    assert (facts.accepted, facts.simulated, facts.dry_run) == (True, True, True)
    if case.json is not None:
        assert server.asked[-1].json == {**case.json, **case.dry_json}
    else:
        assert server.asked[-1].body.count(b"o:testmode") == 1


async def test_a_dry_run_that_was_not_heeded_is_said(server: ApiServer, authority: Authority) -> None:
    case = next(each for each in CASES if each.kind == "sendgrid")
    server.will(case.good)  # 202: sent, and not 200
    settings = replace(case.settings(server.url), ca_file=authority.ca_file)
    facts = await (await sender_for(settings)).dry_run(MESSAGE, FROM, [TO])
    assert isinstance(facts, HttpSubmission)
    assert (facts.accepted, facts.dry_run, facts.simulated) == (True, True, False)
    delivery = DeliveryFacts("p", FROM, TO, FROM, "mp-1", "<1@acme.example>", submission=facts)
    outcomes = judge(registry.checks("delivery"), delivery, "acme.example")
    found = {each.check: each.findings for each in outcomes if each.findings}
    assert "answers as if it had sent the message" in found["API009"][0].message


@pytest.mark.parametrize(
    ("case", "error"),
    [(case, error) for case in CASES for error in case.errors],
    ids=[f"{case.kind}-{number}-{error.cause}" for case in CASES for number, error in enumerate(case.errors)],
)
async def test_a_documented_error_has_its_cause(
    case: Case, error: Error, server: ApiServer, authority: Authority
) -> None:
    server.will(error.reply)
    facts = await sent(case, server, authority)
    assert not facts.accepted
    assert facts.in_doubt is (error.reply.status in (502, 504))
    assert (facts.cause, facts.status) == (error.cause, error.reply.status)
    assert facts.failure is not None
    assert facts.failure.kind in ("rejected", "deferred")
    assert bool(facts.advice) == bool(error.cause)
    if error.code:
        assert facts.code == error.code
    if error.words:
        assert facts.failure.text == error.words


@BY_KIND
async def test_it_tries_again_after_the_time_it_was_asked_to_wait(
    case: Case, server: ApiServer, authority: Authority
) -> None:
    server.will(Reply(429, {}, {"Retry-After": "0"}), Reply(503, b""), case.good)
    facts = await sent(case, server, authority, retry_for=30.0)
    assert facts.accepted
    assert facts.attempts == 3
    assert [each.code for each in facts.deferrals] == [429, 503]
    bodies = {asked.target for asked in server.asked}
    assert bodies == {case.target}


async def test_a_wait_that_is_too_long_ends_it(server: ApiServer, authority: Authority) -> None:
    server.will(Reply(429, {}, {"Retry-After": "3600"}))
    facts = await sent(CASES[0], server, authority, retry_for=30.0)
    assert (facts.accepted, facts.attempts, facts.retry_after_s) == (False, 1, 3600.0)


#: APIs that accept with only an HTTP status.
BODILESS = ("sendgrid",)
#: One for each kind of response parser.
READERS = [case for case in CASES if case.kind in ("ses", "mailgun", "sendgrid", "cloudflare", "graph")]
HOSTILE: dict[str, tuple[Reply, bool]] = {
    "a hundred megabytes": (Reply(200, b"", {"Content-Length": "100000000"}), True),
    "more than the bound, unannounced": (
        Reply(pieces=(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * (MAX_REPLY + 70_000))),
        True,
    ),
    "cut off": (Reply(pieces=(b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"Mess',)), True),
    "no HTTP": (Reply(pieces=(b"220 smtp.acme.example ESMTP\r\n",)), True),
    "nothing": (Reply(pieces=(b"",)), True),
    "redirect to another host": (Reply(307, b"", {"Location": "https://evil.example/v2"}), False),
    "redirect to a private address": (Reply(302, b"", {"Location": "http://169.254.169.254/"}), False),
    "an endless head": (Reply(pieces=(b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"y" * 900 + b"\r\n"] * 40)), True),
    "deep JSON": (Reply(200, b"[" * 50_000), True),
    "a list": (Reply(200, [1, 2]), True),
}


@pytest.mark.parametrize("case", READERS, ids=[case.kind for case in READERS])
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_reply_is_bounded_and_no_acceptance_with_an_id(
    name: str, case: Case, server: ApiServer, authority: Authority
) -> None:
    reply, doubtful = HOSTILE[name]
    server.will(reply)
    facts = await sent(case, server, authority)
    assert len(server.asked) == 1  # nothing was followed
    assert facts.queue_id == ""
    if name in ("deep JSON", "a list") and case.kind in BODILESS:
        assert facts.accepted
        return
    assert not facts.accepted
    assert facts.failure is not None
    assert facts.cause == (
        "region" if case.kind == "mailgun" and name in ("deep JSON", "a list") else "reply"
    )
    assert facts.in_doubt is (doubtful and facts.cause == "reply")


@BY_KIND
async def test_a_key_that_is_echoed_is_in_nothing_that_is_shown(
    case: Case, server: ApiServer, authority: Authority
) -> None:
    server.will(Reply(401, {"message": f"bad key {KEY}", "Message": KEY, "errors": [{"message": KEY}]}))
    with own_secrets():
        facts = await sent(case, server, authority)
        authorization = server.asked[-1].fields.get("authorization", KEY)
        shown = redactor().hide_lines(
            (*facts.dialogue, *(f"{each.text} {each.reason}" for each in facts.stages), authorization)
        )
    assert KEY not in "\n".join(shown)
    assert not any(KEY in line for line in facts.dialogue if line.startswith("C:"))
    if authorization.startswith("Basic"):
        assert shown[-1] == "Basic ***"
