"""Blocklists: a listing, a refusal, a dead list and no answer are four different results."""

from __future__ import annotations

import pytest

import mailproof
from mailproof.checks import registry
from mailproof.data.blocklists import blocklists, is_answer
from mailproof.dns import Resolver
from mailproof.engine.arguments import checked_blocklists
from mailproof.engine.judge import judge
from mailproof.errors import UsageError
from mailproof.facts.blocklists import collect_blocklists
from mailproof.model import BlocklistFacts, DomainFacts, Outcome, Status
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone

MAIL = "$ORIGIN acme.example.\n@ 1 IN MX 10 mx\nmx 1 IN A 192.0.2.26\nmx 1 IN AAAA 2001:db8::26\n"
TEST_ENTRIES = """$ORIGIN zen.spamhaus.org.
2.0.0.127 60 IN A 127.0.0.2
$ORIGIN dbl.spamhaus.org.
dbltest.com 60 IN A 127.0.1.2
"""
SPAMHAUS = ("spamhaus-zen", "spamhaus-dbl")


async def collect(
    text: str, ips: tuple[str, ...] = ("192.0.2.25",), options: tuple[str, ...] = SPAMHAUS
) -> BlocklistFacts:
    return await collect_blocklists("acme.example", ips, zone(MAIL + TEST_ENTRIES + text), options)


def status(found: BlocklistFacts, subject: str, name: str = "spamhaus-zen") -> str:
    return next(each.status for each in found.listings if (each.subject, each.blocklist) == (subject, name))


def judged(found: BlocklistFacts) -> dict[str, Outcome]:
    facts = DomainFacts("acme.example", blocklists=found)
    return {each.check: each for each in judge(registry.checks("domain"), facts, facts.domain)}


async def test_not_listed() -> None:
    found = await collect("")
    assert {each.status for each in found.listings} == {"clear"}
    for rule in ("RBL001", "RBL002", "RBL003", "RBL004", "RBL005", "RBL006"):
        assert judged(found)[rule].status == "pass"


async def test_listed_with_codes_and_the_lists_own_words() -> None:
    found = await collect(
        "$ORIGIN zen.spamhaus.org.\n25.2.0.192 60 IN A 127.0.0.4\n25.2.0.192 60 IN A 127.0.0.10\n"
        '25.2.0.192 60 IN TXT "https://check.spamhaus.org/query/ip/192.0.2.25"\n'
    )
    outcomes = judged(found)
    (finding,) = outcomes["RBL001"].findings
    assert "XBL" in finding.message
    assert "PBL" in finding.message
    assert finding.evidence[-1] == "https://check.spamhaus.org/query/ip/192.0.2.25"
    assert outcomes["RBL006"].status == "pass"  # also listed for abuse, which takes precedence


async def test_policy_alone_is_told_apart() -> None:
    found = await collect("$ORIGIN zen.spamhaus.org.\n25.2.0.192 60 IN A 127.0.0.11\n")
    outcomes = judged(found)
    assert (outcomes["RBL001"].status, outcomes["RBL006"].status) == ("pass", "fail")


async def test_ipv6_is_asked_nibble_by_nibble() -> None:
    nibbles = ".".join(reversed("20010db8000000000000000000000026"))
    found = await collect(f"$ORIGIN zen.spamhaus.org.\n{nibbles} 60 IN A 127.0.0.2\n")
    assert status(found, "2001:db8::26") == "listed"
    assert judged(found)["RBL002"].status == "warn"


async def test_the_domain() -> None:
    found = await collect("$ORIGIN dbl.spamhaus.org.\nacme.example 60 IN A 127.0.1.4\n")
    assert "phishing" in judged(found)["RBL003"].findings[0].message


@pytest.mark.parametrize("code", ["127.255.255.252", "127.255.255.254", "127.255.255.255", "127.255.255.77"])
async def test_you_may_not_ask_is_no_listing(code: str) -> None:
    text = "$ORIGIN zen.spamhaus.org.\n" + f"25.2.0.192 60 IN A {code}\n26.2.0.192 60 IN A {code}\n"
    found = await collect(text)
    assert status(found, "192.0.2.25") == "refused"
    outcomes = judged(found)
    assert not outcomes["RBL001"].findings
    assert outcomes["RBL001"].status == "unknown"
    assert outcomes["RBL004"].findings


async def test_uribl_refuses_with_the_code_of_its_first_bit() -> None:
    options = ("uribl",)
    found = await collect("$ORIGIN multi.uribl.com.\nacme.example 60 IN A 127.0.0.1\n", (), options)
    assert status(found, "acme.example", "uribl") == "refused"


async def test_bits() -> None:
    text = "$ORIGIN multi.surbl.org.\ntest.surbl.org 60 IN A 127.0.0.254\nacme.example 60 IN A 127.0.0.80\n"
    found = await collect(text, (), ("surbl",))
    (finding,) = judged(found)["RBL003"].findings
    assert finding.message == "acme.example is listed by surbl: MW: malware; ABUSE: spam and other abuse."


async def test_a_list_that_lists_everything_is_not_believed() -> None:
    options = ("psbl",)
    found = await collect("$ORIGIN psbl.surriel.com.\n* 60 IN A 127.0.0.2\n", options=options)
    assert status(found, "192.0.2.25", "psbl") == "unusable"
    outcomes = judged(found)
    assert outcomes["RBL001"].status == "pass"
    assert "127.0.0.1" in outcomes["RBL005"].findings[0].message


async def test_a_list_without_its_test_entry_is_not_believed() -> None:
    found = await collect("", options=("psbl",))
    assert status(found, "192.0.2.25", "psbl") == "unusable"


async def test_an_ordinary_address_is_no_listing() -> None:
    found = await collect("$ORIGIN zen.spamhaus.org.\n25.2.0.192 60 IN A 198.51.100.7\n")
    assert status(found, "192.0.2.25") == "unusable"


@pytest.mark.parametrize("failure", ["timeout", "servfail", "bogus"])
async def test_no_answer_is_unknown(failure: Status) -> None:
    failures: dict[tuple[str, str], Status] = {("25.2.0.192.zen.spamhaus.org", "A"): failure}
    resolver: Resolver = FailingResolver(zone(MAIL + TEST_ENTRIES), failures)
    found = await collect_blocklists("acme.example", ("192.0.2.25",), resolver, SPAMHAUS)
    assert status(found, "192.0.2.25") == "unknown"
    assert judged(found)["RBL001"].status == "unknown"
    assert judged(found)["RBL002"].status == "pass"


async def test_refused_is_you_may_not_ask() -> None:
    failures: dict[tuple[str, str], Status] = {("25.2.0.192.zen.spamhaus.org", "A"): "refused"}
    resolver: Resolver = FailingResolver(zone(MAIL + TEST_ENTRIES), failures)
    found = await collect_blocklists("acme.example", ("192.0.2.25",), resolver, SPAMHAUS)
    assert status(found, "192.0.2.25") == "refused"


async def test_private_addresses_are_never_asked_about() -> None:
    resolver = FailingResolver(zone(MAIL + TEST_ENTRIES), {})
    found = await collect_blocklists("acme.example", ("10.0.0.1", "fe80::1"), resolver, SPAMHAUS)
    assert found.addresses_left_out == ("10.0.0.1", "fe80::1")
    assert not [name for name, _ in resolver.asked if name.startswith("1.0.0.10.")]


async def test_nothing_is_asked_unless_wanted() -> None:
    resolver = FailingResolver(zone(MAIL), {})
    report = await audit_async("acme.example", resolver, ips=("192.0.2.25",))
    zones = tuple(each.zone for each in blocklists().lists)
    assert not [name for name, _ in resolver.asked if name.endswith(zones)]
    assert {each.status for each in report.outcomes if each.check.startswith("RBL")} == {"skipped"}


async def test_all_open_lists_leave_out_those_with_terms() -> None:
    report = await audit_async("acme.example", zone(MAIL), blocklists=("open",))
    assert report.facts.dns is not None
    found = report.facts.dns.blocklists
    assert found is not None
    assert "spamcop" in found.asked
    assert "spamhaus-zen" not in found.asked
    assert "spamhaus-zen" in dict(found.left_out)


def test_an_unknown_list_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="spamhaus-zen"):
        checked_blocklists(("open", "no-such-list"))
    assert checked_blocklists(("open",)) == ("open",)


def test_the_lists_are_whole() -> None:
    found = blocklists()
    assert len({each.name for each in found.lists}) == len(found.lists)
    for each in found.lists:
        assert each.why or not each.restricted
        assert each.page.startswith("https://")
        assert each.removal.startswith("https://")
        assert all(is_answer(code.code) for code in each.codes) or each.bits
        assert not any(each.refusal(code.code) for code in each.codes)


async def test_the_library_takes_names() -> None:
    report = await mailproof.audit_async("acme.example", zone(MAIL), blocklists=("open", "surbl"))
    assert report.facts.dns is not None
    assert report.facts.dns.blocklists is not None
    assert {"spamcop", "surbl"} <= set(report.facts.dns.blocklists.asked)
