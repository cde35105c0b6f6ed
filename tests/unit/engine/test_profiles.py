"""What a domain is for: told from its records, and what is then not judged."""

from __future__ import annotations

import pytest

from mailproof.engine.audit import audit_async
from mailproof.errors import UsageError
from mailproof.model import Report
from tests.support.resolvers import FailingResolver, zone

BASE = """
$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 60 IN NS ns1
@ 60 IN NS ns2
ns1 60 IN A 192.0.2.53
ns2 60 IN A 198.51.100.53
"""
PARKED = """
@ 60 IN MX 0 .
@ 60 IN TXT "v=spf1 -all"
_dmarc 60 IN TXT "v=DMARC1; p=reject"
*._domainkey 60 IN TXT "v=DKIM1; p="
"""
MAIL = "@ 60 IN MX 10 mail\nmail 60 IN A 192.0.2.25\n"


def profile(report: Report) -> str:
    assert report.facts.dns is not None
    return report.facts.dns.profile


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (PARKED, "parked"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 exp=why.acme.example -all"', "parked"),
        (MAIL + '@ 60 IN TXT "v=spf1 -all"', "receiving-only"),
        (MAIL + '@ 60 IN TXT "v=spf1 mx -all"', "sending"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 ~all"', "sending"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 -all redirect=esp.example"', "sending"),
        ('@ 60 IN TXT "v=spf1 -all"', "sending"),
        ("@ 60 IN MX 0 .", "sending"),
        (MAIL + '@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 -all"', "sending"),
    ],
)
async def test_told_from_the_records(records: str, told: str) -> None:
    assert profile(await audit_async("acme.example", zone(BASE + records))) == told


async def test_a_parked_domain_that_says_so_is_clean() -> None:
    report = await audit_async("acme.example", zone(BASE + PARKED))
    assert [f for f in report.findings if f.severity != "info"] == []
    dkim = next(outcome for outcome in report.outcomes if outcome.check == "DKIM003")
    assert (dkim.status, dkim.reason) == ("skipped", "parked domain: no mail is sent from it")


async def test_what_is_not_known_is_not_parked() -> None:
    for question in (("acme.example", "TXT"), ("acme.example", "MX")):
        report = await audit_async(
            "acme.example", FailingResolver(zone(BASE + PARKED), {question: "timeout"})
        )
        assert profile(report) == "sending"
        given = await audit_async(
            "acme.example", FailingResolver(zone(BASE + PARKED), {question: "timeout"}), profile="parked"
        )
        rule = "PARK002" if question[1] == "TXT" else "PARK001"
        assert next(o.status for o in given.outcomes if o.check == rule) == "unknown"


async def test_given_goes_before_told() -> None:
    report = await audit_async("acme.example", zone(BASE + MAIL), profile="parked")
    assert {"PARK001", "PARK002", "PARK003"} <= {f.rule for f in report.findings}
    assert not {"SPF001", "DMARC001", "DKIM003"} & {f.rule for f in report.findings}
    report = await audit_async("acme.example", zone(BASE + PARKED), profile="sending")
    assert not [f for f in report.findings if f.rule.startswith("PARK")]
    with pytest.raises(UsageError, match="--profile"):
        await audit_async("acme.example", zone(BASE), profile="empty")


async def test_subdomains_are_judged_beside_the_domain() -> None:
    world = BASE + MAIL + '@ 60 IN TXT "v=spf1 mx -all"\nnews 60 IN TXT "v=spf1 +all"\n'
    report = await audit_async("acme.example", zone(world), subdomains=("news", "shop.acme.example"))
    assert [facts.domain for facts in report.facts.domains] == ["news.acme.example", "shop.acme.example"]
    found = {(f.rule, f.subject) for f in report.findings}
    assert ("SPF006", "news.acme.example") in found
    assert ("SPF006", "acme.example") not in found
    assert not [o for o in report.outcomes if o.subject == "news.acme.example" and o.check.startswith("DKIM")]
    with pytest.raises(UsageError, match="--subdomain"):
        await audit_async("acme.example", zone(world), subdomains=("acme.example",))
