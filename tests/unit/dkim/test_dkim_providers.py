"""Providers identified by MX, SPF and DMARC records, and their selectors."""

import pytest

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.data.providers import is_below, known_providers
from mailproof.data.selectors import known_selectors
from mailproof.facts.dkim import collect_dkim
from mailproof.facts.dkim_providers import MOST_GUESSES
from mailproof.model import DkimProvider, DomainFacts, Severity, Status
from tests.support.checks import findings_of, reported
from tests.support.dkim import PUBLIC
from tests.support.resolvers import FailingResolver, zone

KEY = f'"v=DKIM1; k=rsa; p={PUBLIC["rsa1024"]}"'
M365 = "@ IN MX 0 acme-example.mail.protection.outlook.com.\n"
SOME = "other._domainkey IN TXT x\n"


async def facts_of(text: str, **failures: Status) -> tuple[DomainFacts, FailingResolver]:
    keys = {(f"{name.replace('__', '.')}.acme.example", "TXT"): status for name, status in failures.items()}
    resolver = FailingResolver(zone("$TTL 300\n$ORIGIN acme.example.\n@ IN A 192.0.2.1\n" + text), keys)
    selectors, discovery = await collect_dkim("acme.example", resolver)
    return DomainFacts("acme.example", dkim=selectors, dkim_discovery=discovery), resolver


async def providers(text: str) -> dict[str, DkimProvider]:
    facts, _ = await facts_of(text)
    assert facts.dkim_discovery is not None
    return {each.name: each for each in facts.dkim_discovery.providers}


def test_the_list_is_dated_sourced_and_consistent() -> None:
    known = known_providers()
    assert known.date == "2026-11-23"
    assert len({each.name for each in known.providers}) == len(known.providers) >= 40
    for each in known.providers:
        assert each.source
        assert each.mx or each.spf or each.rua
        assert each.selectors or each.form  # one of the two can be shown to the user
        assert each.selectors or not each.always
    # The list of unguessable selectors names the same providers.
    forms = {each.name: each.form for each in known.providers}
    for other in known_selectors().unguessable:
        assert other.form == forms[other.provider]


def test_suffixes_match_whole_labels() -> None:
    assert is_below("mx.zoho.com", ("zoho.com",))
    assert is_below("zoho.com", ("zoho.com",))
    assert not is_below("my-zoho.com", ("zoho.com",))
    assert not is_below("zoho.com.acme.example", ("zoho.com",))


@pytest.mark.parametrize(
    ("records", "name", "why"),
    [
        (M365, "Microsoft 365", "MX acme-example.mail.protection.outlook.com"),
        ("@ IN MX 1 SMTP.Google.COM.\n", "Google Workspace", "MX smtp.google.com"),
        ('@ IN TXT "v=spf1 include:amazonses.com -all"\n', "Amazon SES", "SPF amazonses.com"),
        ('@ IN TXT "v=spf1 redirect=spf.mailjet.com"\n', "Mailjet", "SPF spf.mailjet.com"),
        (
            '_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:a@acme.example,mailto:rua@dmarc.brevo.com"\n',
            "Brevo",
            "DMARC reports to dmarc.brevo.com",
        ),
        (
            '@ IN TXT "v=spf1 include:_spf.acme.example -all"\n'
            '_spf IN TXT "v=spf1 include:sendgrid.net -all"\n',
            "SendGrid",
            "SPF sendgrid.net",
        ),
    ],
)
async def test_each_sign(records: str, name: str, why: str) -> None:
    found = await providers(records)
    assert set(found) == {name}
    assert found[name].why == (why,)


@pytest.mark.parametrize(
    "records",
    [
        "",
        '@ IN TXT "v=spf1 include:sendgrid.net -all"\n@ IN TXT "v=spf1 include:amazonses.com -all"\n',
        '@ IN TXT "v=spf1 include:%{i}.sendgrid.net a:sendgrid.net -all"\n',
        "@ IN MX 0 .\n",
        '_dmarc IN TXT "v=DMARC1; p=none; rua=https://dmarc.brevo.com@acme.example/"\n',
    ],
)
async def test_no_provider_is_made_up(records: str) -> None:
    assert await providers(records) == {}


async def test_selectors_of_a_provider_are_tried_beside_the_usual_ones() -> None:
    record = '@ IN TXT "v=spf1 include:_spf.mx.cloudflare.net -all"\n'
    facts, _ = await facts_of(f"{record}cf2024-1._domainkey IN TXT {KEY}\n")
    assert [(each.selector, each.origin) for each in facts.dkim] == [("cf2024-1", "Cloudflare Email")]
    assert facts.dkim_discovery is not None
    assert facts.dkim_discovery.known == len(known_selectors().selectors) + 2
    assert facts.dkim_discovery.providers[0].published == ("cf2024-1",)
    unhinted, resolver = await facts_of(f"cf2024-1._domainkey IN TXT {KEY}\n")
    assert unhinted.dkim == ()
    assert ("cf2024-1._domainkey.acme.example", "TXT") not in resolver.asked


async def test_selectors_of_the_domains_providers_are_tried_first() -> None:
    """Those of mailbox.org are far down in the list."""
    listed = [each.name for each in known_selectors().selectors]
    assert listed.index("mbo0004") >= MOST_GUESSES
    facts, resolver = await facts_of(f"@ IN MX 10 mx1.mailbox.org.\nmbo0004._domainkey IN TXT {KEY}\n")
    assert [(each.selector, each.origin) for each in facts.dkim] == [("mbo0004", "mailbox.org")]
    asked = [name for name, _ in resolver.asked if name.endswith("._domainkey.acme.example")]
    assert asked[1:5] == [f"mbo000{i}._domainkey.acme.example" for i in (1, 2, 3, 4)]
    assert asked[5].startswith("selector1.")


async def test_what_was_not_tried_of_a_provider_is_not_missing() -> None:
    everybody = " ".join(f"include:{each.spf[0]}" for each in known_providers().providers if each.spf)
    text = "".join(f'"{everybody[i : i + 250]}" ' for i in range(0, len(everybody), 250))
    facts, _ = await facts_of(f'{SOME}@ IN TXT "v=spf1 " {text} " -all"\n')
    assert facts.dkim_discovery is not None
    more = facts.dkim_discovery.tried - MOST_GUESSES
    assert 0 <= more <= len(known_selectors().less_common)
    left_out = [each for each in facts.dkim_discovery.providers if each.untried]
    assert left_out
    report = reported("DKIM024", facts)
    assert "was not tried: use --all-selectors" in str(report.undetermined)
    assert report.findings
    assert not any(each.name in found.message for each in left_out for found in report.findings)


async def test_a_failed_look_up_tells_of_no_provider_and_hinders_none() -> None:
    text = f"{M365}google._domainkey IN TXT {KEY}\n" + '@ IN TXT "v=spf1 include:sendgrid.net -all"\n'
    resolver = FailingResolver(
        zone("$TTL 300\n$ORIGIN acme.example.\n" + text), {("acme.example", "MX"): "servfail"}
    )
    selectors, discovery = await collect_dkim("acme.example", resolver)
    assert [each.selector for each in selectors] == ["google"]
    assert [each.name for each in discovery.providers] == ["SendGrid"]
    with pytest.raises(Undetermined, match=r"MX acme\.example"):
        findings_of("DKIM024", DomainFacts("acme.example", dkim=selectors, dkim_discovery=discovery))


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
@pytest.mark.parametrize(
    ("name", "rrtype"),
    [
        ("acme.example", "MX"),
        ("acme.example", "TXT"),
        ("_dmarc.acme.example", "TXT"),
        ("_spf.acme.example", "TXT"),
    ],
)
async def test_each_look_up_that_fails_is_told(name: str, rrtype: str, status: Status) -> None:
    text = SOME + '@ IN TXT "v=spf1 include:_spf.acme.example -all"\n_spf IN TXT "v=spf1 -all"\n'
    resolver = FailingResolver(zone("$TTL 300\n$ORIGIN acme.example.\n" + text), {(name, rrtype): status})
    selectors, discovery = await collect_dkim("acme.example", resolver)
    assert [(each.rrtype, each.name) for each in discovery.providers_unknown] == [(rrtype, name)]
    with pytest.raises(Undetermined, match=name.replace(".", r"\.")):
        findings_of("DKIM024", DomainFacts("acme.example", dkim=selectors, dkim_discovery=discovery))


TARGET = "._domainkey IN CNAME {}-acme-example._domainkey.acme.onmicrosoft.com.\n"
BOTH = "".join(name + TARGET.format(name) for name in ("selector1", "selector2"))
EXISTS = "$ORIGIN _domainkey.acme.onmicrosoft.com.\n"


async def test_microsoft_in_use() -> None:
    facts, _ = await facts_of(
        f"{M365}{BOTH}{EXISTS}selector1-acme-example IN TXT {KEY}\nselector2-acme-example IN TXT {KEY}\n"
    )
    assert facts.dkim_discovery is not None
    (provider,) = facts.dkim_discovery.providers
    assert (provider.published, provider.tenant) == (("selector1", "selector2"), "acme.onmicrosoft.com")
    assert findings_of("DKIM024", facts) == []


async def test_microsoft_never_enabled() -> None:
    facts, _ = await facts_of(BOTH)  # no MX host of theirs: identified by the aliases
    assert facts.dkim_discovery is not None
    (provider,) = facts.dkim_discovery.providers
    assert provider.dangling == ("selector1", "selector2")
    assert provider.why[0].startswith("CNAME selector1._domainkey.acme.example to selector1-acme-example.")
    findings = findings_of("DKIM011", facts)
    assert [each.severity for each in findings] == [Severity.WARNING] * 2
    assert findings[0].fix is not None
    assert findings[0].fix.summary == (
        "Enable DKIM for acme.example in Microsoft 365, tenant acme.onmicrosoft.com"
    )
    assert findings[0].fix.records == ()


async def test_microsoft_before_the_first_rotation() -> None:
    facts, _ = await facts_of(f"{M365}{BOTH}{EXISTS}selector1-acme-example IN TXT {KEY}\n")
    (finding,) = findings_of("DKIM011", facts)
    assert finding.severity is Severity.INFO
    assert "selector2" in finding.message
    assert findings_of("DKIM024", facts) == []


async def test_microsofts_newer_form() -> None:
    (provider,) = (
        await providers(
            "selector1._domainkey IN CNAME selector1-acme-example._domainkey.acme.n-v1.dkim.mail.microsoft.\n"
        )
    ).values()
    assert (provider.name, provider.tenant) == ("Microsoft 365", "acme.n-v1.dkim.mail.microsoft")


async def test_an_mx_alone_is_a_hint_and_spf_a_warning() -> None:
    facts, _ = await facts_of(M365 + SOME)
    (hint,) = findings_of("DKIM024", facts)
    assert hint.severity is Severity.INFO
    facts, _ = await facts_of(SOME + '@ IN TXT "v=spf1 include:spf.protection.outlook.com -all"\n')
    (warning,) = findings_of("DKIM024", facts)
    assert warning.severity is Severity.WARNING


async def test_failures_are_never_missing_keys() -> None:
    facts, _ = await facts_of(M365 + SOME, selector1___domainkey="servfail")
    with pytest.raises(Undetermined, match=r"selector1\._domainkey"):
        findings_of("DKIM024", facts)
    facts, _ = await facts_of(M365 + SOME, _domainkey="timeout")
    with pytest.raises(Undetermined, match="in time"):
        findings_of("DKIM024", facts)


async def test_where_selectors_are_free_nothing_is_concluded() -> None:
    facts, _ = await facts_of(SOME + '@ IN TXT "v=spf1 include:amazonses.com include:_spf.google.com -all"\n')
    with pytest.raises(NotApplicable):
        findings_of("DKIM024", facts)
    facts, _ = await facts_of(M365)
    with pytest.raises(NotApplicable, match="DKIM003"):
        findings_of("DKIM024", facts)
