"""A domain's profile: detected from its records, and which rules it skips."""

from __future__ import annotations

import pytest

from mailproof.errors import UsageError
from mailproof.model import Report
from tests.support.dkim import PUBLIC
from tests.support.engine import audit_async
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
KEY = f'google._domainkey 60 IN TXT "v=DKIM1; k=ed25519; p={PUBLIC["ed25519"]}"\n'
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
        (
            '@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 ~all"',
            "parked",
        ),  # RFC 7505: it accepts no mail; it names no host
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 -all;"', "parked"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1-all"', "parked"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 ~all"\n' + KEY, "sending"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 mx -all;"', "sending"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 +all"', "sending"),
        ('@ 60 IN MX 0 .\n@ 60 IN TXT "v=spf1 -all redirect=esp.example"', "sending"),
        ('@ 60 IN TXT "v=spf1 -all"', "parked"),
        ('@ 60 IN TXT "v=spf1 -all"\n@ 60 IN A 192.0.2.1', "parked"),
        ('@ 60 IN TXT "v=spf1 -all"\n' + KEY, "sending"),
        (MAIL + '@ 60 IN TXT "v=spf1 -all"\n' + KEY, "sending"),
        (PARKED + KEY, "parked"),
        (MAIL + '@ 60 IN TXT "v=spf1 -all"\ngoogle._domainkey 60 IN TXT "v=DKIM1; p="', "receiving-only"),
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
    assert not {"SPF001", "DMARC001", "DKIM003", "MX005"} & {f.rule for f in report.findings}
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


async def test_a_fault_of_the_domains_policy_counts_once_for_all_subdomains() -> None:
    world = BASE + MAIL + '@ 60 IN TXT "v=spf1 mx -all"\nnews 60 IN TXT "v=spf1 mx -all"\n'
    world += '_dmarc 60 IN TXT "v=DMARC1; p=reject; sp=quarantine; junk"\n'
    report = await audit_async("acme.example", zone(world), subdomains=("news",))
    told = [(f.rule, f.subject) for f in report.findings if f.rule[:5] == "DMARC" and not f.because_of]
    assert ("DMARC009", "acme.example") in told
    assert ("DMARC012", "news.acme.example") in told
    assert not {(rule, "news.acme.example") for rule in ("DMARC009", "DMARC014", "DMARC017")} & set(told)


async def test_the_zone_behind_an_alias_is_not_the_domains() -> None:
    world = "acme.example. 60 IN CNAME esp.example.\n$ORIGIN esp.example.\n@ 60 IN SOA ns1 h 1 2 3 4 5\n"
    for more in ("", "@ 60 IN NS ns1\n"):
        report = await audit_async("acme.example", zone(world + more))
        assert {f.rule for f in report.findings} & {"DOM003", "DOM004", "DOM005"} == {"DOM005"}


@pytest.mark.parametrize(
    ("records", "severity", "kind"),
    [
        ("", "info", "improvement"),
        ("@ 60 IN A 192.0.2.1", "warning", "decision"),
        ("@ 60 IN AAAA 2001:db8::1", "warning", "decision"),
    ],
)
async def test_a_parked_domain_without_null_mx_is_judged_as_parked(
    records: str, severity: str, kind: str
) -> None:
    world = BASE + '@ 60 IN TXT "v=spf1 -all"\n_dmarc 60 IN TXT "v=DMARC1; p=none; ruf=mailto:f@esp.test"\n'
    report = await audit_async("acme.example", zone(world + records))
    found = {f.rule: f for f in report.findings}
    assert not {"MX001", "MX002", "SPF001", "DKIM003", "DMARC011"} & set(found)
    null = found["PARK001"]
    assert null.severity == severity
    assert null.fix is not None
    assert [record.value for record in null.fix.records] == ["0 ."]
    assert null.fix.kind == kind
    policy = found["PARK003"].fix
    assert policy is not None
    assert policy.kind == "decision"
    published = [record.value for record in policy.records if record.action == "publish"]
    assert published == ["v=DMARC1; p=reject; ruf=mailto:f@esp.test"]
    assert report.facts.dns is not None
    assert "neither an MX record nor a DKIM key" in report.facts.dns.profile_reason


async def test_mail_hosts_are_taken_away_from_a_parked_domain_by_decision_alone() -> None:
    report = await audit_async("acme.example", zone(BASE + MAIL), profile="parked")
    fixes = [f.fix for f in report.findings if f.rule in ("PARK001", "PARK002", "PARK003") and f.fix]
    assert [fix.kind for fix in fixes] == ["decision"] * 3


async def test_a_policy_at_an_alias_is_its_owners_to_change() -> None:
    world = PARKED.replace('_dmarc 60 IN TXT "v=DMARC1; p=reject"', "_dmarc 60 IN CNAME policy.esp.test.")
    world += 'policy.esp.test. 60 IN TXT "v=DMARC1; p=none"\n'
    report = await audit_async("acme.example", zone(BASE + world))
    (fix,) = [f.fix for f in report.findings if f.rule == "PARK003"]
    assert fix is not None
    assert fix.records == ()
    assert "policy.esp.test" in fix.summary


async def test_a_parked_subdomain_is_not_unknown_for_want_of_what_was_not_asked() -> None:
    world = BASE + MAIL + '@ 60 IN TXT "v=spf1 mx -all"\nold 60 IN TXT "v=spf1 -all"\n'
    report = await audit_async("acme.example", zone(world), subdomains=("old",))
    assert [facts.profile for facts in report.facts.domains] == ["parked"]
    states = {o.check: o.status for o in report.outcomes if o.subject == "old.acme.example"}
    assert "unknown" not in states.values()
    assert states["PARK004"] == "skipped"
    assert states["MX001"] == "skipped"


async def test_a_null_mx_with_a_preference_is_told_of_a_parked_domain() -> None:
    report = await audit_async("acme.example", zone(BASE + PARKED.replace("MX 0 .", "MX 10 .")))
    assert "MX020" in {f.rule for f in report.findings}
