"""Verifying a whole message: unknown stays unknown, and a failing part affects only itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.checks import registry
from mailproof.dns import Answer
from mailproof.engine.judge import judge
from mailproof.errors import MessageError, UsageError
from mailproof.facts.message import MessageOptions, collect_message
from mailproof.model import MessageFacts, Outcome, Status
from tests.rules.message_parts import (
    HEADERS,
    compose,
    deliver,
    esp,
    forwarded,
    from_esp,
    having,
    seal,
    sign,
    without,
    zone,
)
from tests.support.examples import examples
from tests.support.resolvers import FailingResolver
from tests.support.resolvers import zone as resolver_of

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


async def collect(
    raw: bytes, text: str = "", failures: dict[tuple[str, str], Status] | None = None, **options: str
) -> MessageFacts:
    resolver = FailingResolver(resolver_of(text or zone()), failures or {})
    given = MessageOptions(source="test.eml", **options)  # type: ignore[arg-type] # keywords by their names
    return await collect_message(raw, resolver, given, now=NOW)


def outcomes(facts: MessageFacts) -> dict[str, Outcome]:
    return {
        outcome.check: outcome for outcome in judge(registry.checks("message"), facts, "x", facts.failures)
    }


def first(facts: MessageFacts) -> str:
    """The first rule in the report."""
    found = [f for o in judge(registry.checks("message"), facts, "x", facts.failures) for f in o.findings]
    return min(found, key=lambda finding: finding.severity.rank).rule


async def test_healthy_message() -> None:
    facts = await collect(deliver(sign(compose())))
    assert facts.spf
    assert facts.spf_helo
    assert facts.dmarc
    assert facts.arc
    assert (facts.spf.result, facts.spf_helo.result, facts.dmarc.result) == ("pass", "pass", "pass")
    assert [v.result for v in facts.dkim] == ["pass"]
    assert facts.arc.result == "none"
    assert all(m.agrees for result in facts.authentication_results for m in result.methods)
    assert not facts.forwarded
    assert not facts.failures
    assert facts.subject == "Your order"
    assert facts.from_domain == "acme.example"
    assert ("acme.example", "TXT") in {(lookup.name, lookup.rrtype) for lookup in facts.lookups}
    assert not [f for outcome in outcomes(facts).values() for f in outcome.findings]


async def test_saved_with_lf_ends_it_still_verifies() -> None:
    facts = await collect(deliver(sign(compose())).replace(b"\r\n", b"\n"))
    assert [v.result for v in facts.dkim] == ["pass"]
    assert not facts.shape.bare_lf


async def test_headers_alone_leave_the_body_unknown_and_dmarc_open() -> None:
    head = from_esp(esp(sign(compose()))).partition(b"\r\n\r\n")[0] + b"\r\n"
    facts = await collect(head)
    assert not facts.has_body
    assert {(v.result, v.code) for v in facts.dkim} == {("neutral", "no-body")}
    assert facts.dmarc
    assert facts.dmarc.result == "temperror"
    assert "without the body" in facts.dmarc.reason
    judged = outcomes(facts)
    assert {judged[rule].status for rule in ("AUTH007", "AUTH014", "AUTH019", "MSG006")} == {"unknown"}
    assert {judged[rule].status for rule in ("AUTH002", "AUTH003", "AUTH008")} == {"pass"}


async def test_headers_alone_with_aligned_spf_pass_dmarc() -> None:
    facts = await collect(deliver(sign(compose())).partition(b"\r\n\r\n")[0])
    assert facts.dmarc
    assert facts.dmarc.result == "pass"


async def test_unknown_address_leaves_spf_unknown_and_never_failed() -> None:
    facts = await collect(compose(), text=zone())
    assert facts.spf is None
    assert facts.dmarc
    assert facts.dmarc.result == "temperror"
    assert "SPF could not be evaluated" in facts.dmarc.reason
    judged = outcomes(facts)
    assert {judged[rule].status for rule in ("AUTH001", "AUTH010", "AUTH011", "AUTH014", "MSG008")} == {
        "unknown"
    }
    assert "no Received header" in judged["AUTH010"].reason


async def test_unaligned_return_path_settles_dmarc_without_an_address() -> None:
    raw = b"Return-Path: <b@esp.test>\r\n" + compose()
    facts = await collect(raw)
    assert facts.dmarc
    assert facts.dmarc.result == "fail"


async def test_options_are_taken_before_the_message() -> None:
    facts = await collect(compose(), ip="192.0.2.10", helo="mail.acme.example", mail_from="a@acme.example")
    assert facts.spf
    assert facts.spf.result == "pass"
    with pytest.raises(UsageError):
        await collect(compose(), ip="not-an-address")


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_dns_trouble_is_unknown_never_a_failure(status: Status) -> None:
    failures: dict[tuple[str, str], Status] = {
        ("acme.example", "TXT"): status,
        ("s1._domainkey.acme.example", "TXT"): status,
    }
    facts = await collect(deliver(sign(compose())), failures=failures)
    assert facts.spf
    assert facts.dmarc
    assert facts.spf.result == "temperror"
    assert facts.dkim[0].result == "temperror"
    assert facts.dmarc.result == "temperror"
    judged = outcomes(facts)
    assert {judged[rule].status for rule in ("AUTH001", "AUTH002", "AUTH010", "AUTH014")} == {"unknown"}
    assert not any(outcome.status == "fail" for outcome in judged.values())
    assert {m.agrees for m in facts.authentication_results[0].methods} == {None}


async def test_policy_lookup_failure_is_unknown() -> None:
    facts = await collect(deliver(sign(compose())), failures={("_dmarc.acme.example", "TXT"): "servfail"})
    assert facts.dmarc
    assert facts.dmarc.result == "temperror"
    assert outcomes(facts)["AUTH015"].status == "unknown"


class Exploding:
    """A resolver with a bug for one name."""

    def __init__(self, name: str) -> None:
        self.name, self.inner = name, resolver_of(zone())

    async def query(self, name: str, rrtype: str) -> Answer:
        if name == self.name:
            raise RuntimeError("boom")
        return await self.inner.query(name, rrtype)


async def test_one_failing_part_costs_only_its_own() -> None:
    resolver = Exploding("s1._domainkey.acme.example")
    facts = await collect_message(deliver(sign(compose())), resolver, now=NOW)
    assert [failure.collector for failure in facts.failures] == ["dkim"]
    assert facts.spf
    assert facts.dmarc
    assert (facts.spf.result, facts.dmarc.result) == ("pass", "pass")
    assert outcomes(facts)["AUTH002"].status == "unknown"
    unaligned = await collect_message(from_esp(sign(compose())), resolver, now=NOW)
    assert unaligned.dmarc
    assert unaligned.dmarc.result == "temperror"


async def test_several_author_domains_never_pass() -> None:
    facts = await collect(deliver(sign(compose(having("From", "a@acme.example, b@esp.test")))))
    assert [v.result for v in facts.dkim] == ["pass"]
    assert facts.dmarc
    assert facts.dmarc.result == "permerror"
    assert first(facts) == "MSG001"


async def test_group_and_idn_author() -> None:
    facts = await collect(deliver(compose(having("From", "Team: a@bücher.example;"))))
    assert facts.from_domain == "xn--bcher-kva.example"


async def test_null_return_path_is_judged_by_helo() -> None:
    facts = await collect(deliver(sign(compose()), mail_from=""))
    assert facts.spf
    assert (facts.spf.scope, facts.spf.domain, facts.spf.result) == ("helo", "mail.acme.example", "pass")


async def test_forwarding_is_seen_and_told_from_a_wrong_server() -> None:
    survived = await collect(forwarded(sign(compose())))
    assert survived.forwarded
    assert survived.dmarc
    assert survived.dmarc.result == "pass"
    assert outcomes(survived)["AUTH010"].status == "pass"
    assert outcomes(survived)["AUTH009"].findings[0].severity.value == "warning"
    wrong = await collect(deliver(sign(compose()), ip="192.0.2.77", host="web.acme.example"))
    assert not wrong.forwarded
    assert first(wrong) == "AUTH010"


@pytest.mark.parametrize(
    ("head", "sign_of"),
    [
        (b"X-Forwarded-For: a@x.test b@y.test\r\n", "x-forwarded-for"),
        (b"Resent-From: a@x.test\r\n", "resent-from"),
        (b"List-Post: <mailto:l@list.test>\r\n", "mailing list"),
    ],
)
async def test_signs_of_forwarding(head: bytes, sign_of: str) -> None:
    facts = await collect(deliver(head + sign(compose()), ip="203.0.113.30", mail_from="bounce@list.test"))
    assert sign_of in facts.forwarding[0]


async def test_srs_and_arc_are_signs_of_forwarding() -> None:
    srs = await collect(
        deliver(sign(compose()), ip="203.0.113.30", mail_from="SRS0=a=b=acme.example=alice@list.test")
    )
    assert "SRS" in srs.forwarding[0]
    sealed = await collect(deliver(seal(sign(compose())), ip="203.0.113.30", mail_from="bounce@list.test"))
    assert sealed.arc
    assert sealed.arc.result == "pass"
    assert "list.test" in sealed.forwarding[0]
    nameless = b"ARC-Authentication-Results: i=1; mx.rcpt.test; dkim=pass\r\n"
    alone = await collect(deliver(nameless + sign(compose()), ip="203.0.113.30"))
    assert alone.forwarding == ()


WHOLE = deliver(seal(sign(compose())))
FOOTER = b"\r\n-- \r\nScanned.\r\n"
TWO_SPF = zone().replace("s1._domainkey", '@ 3600 IN TXT "v=spf1 -all"\ns1._domainkey', 1)
VOIDS = zone(spf="v=spf1 a:x.acme.example mx:y.acme.example a:z.acme.example -all")
LOOKUPS = zone(spf="v=spf1 " + " ".join(["a:mail.acme.example"] * 11) + " -all")


@pytest.mark.parametrize(
    ("raw", "text", "cause"),
    [
        (lambda: deliver(compose(), ip="203.0.113.1"), LOOKUPS, "AUTH001"),
        (lambda: deliver(compose()), TWO_SPF, "AUTH001"),
        (lambda: deliver(compose(), ip="203.0.113.1"), VOIDS, "AUTH001"),
        (lambda: from_esp(esp(compose())), zone(), "AUTH013"),
        (lambda: from_esp(sign(compose(), selector="wrong")), zone(), "AUTH002"),
        (lambda: from_esp(sign(compose())), zone(key='"v=DKIM1; p=MIIB'.replace('"', "")), "AUTH003"),
        (lambda: from_esp(sign(compose()) + FOOTER), zone(), "AUTH007"),
        (lambda: from_esp(sign(esp(compose())) + FOOTER), zone(), "AUTH007"),
        (lambda: from_esp(sign(compose(), key="other")), zone(), "AUTH008"),
        (lambda: from_esp(sign(compose(), algorithm="rsa-sha1")), zone(), "AUTH005"),
        (lambda: forwarded(compose()), zone(), "AUTH009"),
        (lambda: deliver(compose(), ip="203.0.113.66", host="evil.test"), zone(), "AUTH010"),
        (lambda: deliver(compose(), ip="203.0.113.66"), zone(spf="v=spf1 ip4:192.0.2.10 ~all"), "AUTH011"),
        (lambda: from_esp(compose()), zone(), "AUTH012"),
        (lambda: deliver(sign(compose()), mail_from="alice@acme.example", tls=""), zone(), "MSG008"),
        (lambda: deliver(sign(compose((*HEADERS, ("Subject", "again"))))), zone(), "MSG002"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 8 else "",
)
async def test_the_true_cause_stands_first(raw: Callable[[], bytes], text: str, cause: str) -> None:
    facts = await collect(raw(), text=text)
    assert first(facts) == cause


async def test_dmarc_failure_names_every_cause() -> None:
    facts = await collect(from_esp(sign(esp(compose())) + FOOTER))
    message = outcomes(facts)["AUTH014"].findings[0].message
    for word in (
        "SPF pass for esp.test",
        "not aligned",
        "d=acme.example",
        "body-hash",
        "d=esp.test",
        "reject",
    ):
        assert word in message


async def test_missing_from_date_and_message_id() -> None:
    facts = await collect(deliver(compose(without("From", "Date", "Message-ID"))))
    assert facts.from_domain == ""
    judged = outcomes(facts)
    assert judged["MSG001"].status == "fail"
    assert len(judged["MSG003"].findings) == 2


@pytest.mark.parametrize("raw", [b"", b"\0\1\2" * 100, b"\n\n\n"])
async def test_no_message_is_one_clear_error(raw: bytes) -> None:
    with pytest.raises(MessageError):
        await collect(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"X: y\r\n" * 10_000 + compose(),
        b"Received: from a by b; x\r\n" * 10_000 + compose(),
        b"Authentication-Results: mx.rcpt.test; spf=pass (((((\r\n" * 10_000 + compose(),
        b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from; bh=x; b=y\r\n" * 10_000
        + compose(),
        b"From: " + b"(" * 1_000_000 + b"\r\n\r\n",
        b"From: " + b"a@b.test, " * 100_000 + b"\r\n\r\n",
        b"From: \xff\xfe caf\xe9 <\xe9@acme.example>\r\nSubject: \x00\x80\r\n\r\n\x00\xff",
        deliver(sign(compose()))[:700],
        compose() + b"x" * 50_000_000,
        compose() + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 200_000,
    ],
    ids=["headers", "received", "results", "signatures", "comments", "from", "bytes", "cut", "50MB", "MIME"],
)
@pytest.mark.once
async def test_hostile_messages_take_bounded_time(raw: bytes) -> None:
    facts = await collect(raw)
    statuses = {outcome.status for outcome in outcomes(facts).values()}
    assert "error" not in statuses
    assert not facts.failures


async def test_missing_key_tells_whether_there_are_others() -> None:
    some = await collect(deliver(sign(compose(), selector="s2")))
    assert "publishes other DKIM keys" in " ".join(outcomes(some)["AUTH002"].findings[0].evidence)
    none = await collect(deliver(sign(compose()), results=()), text=zone(key=None))
    assert "no DKIM key at all" in " ".join(outcomes(none)["AUTH002"].findings[0].evidence)


async def test_a_foreign_signature_that_fails_is_not_the_cause() -> None:
    facts = await collect(from_esp(esp(compose()) + FOOTER))
    assert first(facts) == "AUTH013"
    assert outcomes(facts)["AUTH007"].status == "warn"


@given(
    st.integers(0, 1300),
    st.integers(0, 40),
    st.binary(max_size=30),
    st.sampled_from([b"", b"\r\n", b"\0", b"("]),
)
@examples(60)
@pytest.mark.once
def test_a_damaged_message_raises_nothing_but_our_own(start: int, cut: int, junk: bytes, more: bytes) -> None:
    whole = WHOLE
    damaged = whole[:start] + junk + more + whole[start + cut :]
    try:
        facts = asyncio.run(collect(damaged))
    except MessageError:
        return
    assert not facts.failures
    assert "error" not in {outcome.status for outcome in outcomes(facts).values()}


async def test_two_from_headers_of_one_domain_never_pass() -> None:
    facts = await collect(deliver(b"From: Eve <eve@acme.example>\r\n" + sign(compose(), oversign=False)))
    assert facts.dmarc
    assert (facts.dmarc.result, facts.dmarc.domain) == ("permerror", "acme.example")
    assert "2 From headers" in facts.dmarc.reason
    assert first(facts) == "MSG001"
    assert outcomes(facts)["AUTH015"].status == "skipped"


@pytest.mark.parametrize("sender", [b"", b"Sender: alice@acme.example\r\n"])
async def test_two_addresses_of_one_domain_can_pass(sender: bytes) -> None:
    two = having("From", "Alice <alice@acme.example>, eve@acme.example")
    facts = await collect(deliver(sign(sender + compose(two))))
    assert facts.dmarc
    assert facts.dmarc.result == "pass"
    (finding,) = outcomes(facts)["MSG001"].findings
    assert finding.severity == "warning"
    assert ("Sender" in finding.message) == (not sender)


async def test_what_a_partial_paste_lacks_is_unknown() -> None:
    facts = await collect(b"Received: from a by b; " + b"Sun, 01 Nov 2026 11:59:00 +0000\r\nSubject: x\r\n")
    judged = outcomes(facts)
    assert {judged[rule].status for rule in ("MSG001", "MSG003", "AUTH012")} == {"unknown"}
    assert not any(outcome.status == "fail" for outcome in judged.values())
