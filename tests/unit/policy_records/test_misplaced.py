"""Records at wrong names: their type, where they belong, and the number of queries to find them."""

from __future__ import annotations

import pytest

from mailproof.checks import registry
from mailproof.dns import MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.misplaced import collect_misplaced
from mailproof.model import Finding, Outcome, RecordKind, Severity, Status
from mailproof.records.misplaced import LABELS, alias_target, misplaced, read
from tests.support.resolvers import FailingResolver, zone

D = "shop.example"
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
LONG = "k=rsa; p=" + "MIGfMA0GCSqGSIb3DQEBAQUAA4GN" * 5
POLICY = "v=DMARC1; p=quarantine; rua=mailto:d@shop.example"
REPORTS = "v=TLSRPTv1; rua=mailto:d@shop.example"
LOGO = "v=BIMI1; l=https://shop.example/l.svg"


@pytest.mark.parametrize(
    ("name", "text", "kind", "belongs", "value"),
    [
        # at the domain itself
        (D, POLICY, "dmarc", f"_dmarc.{D}", POLICY),
        (D, "v=dmarc1; p=none", "dmarc", f"_dmarc.{D}", "v=DMARC1; p=none"),
        (D, KEY, "dkim", "", KEY),
        (D, LONG, "dkim", "", ""),
        (D, "v=STSv1; id=1", "mta_sts", f"_mta-sts.{D}", "v=STSv1; id=1"),
        (D, REPORTS, "tls_rpt", f"_smtp._tls.{D}", REPORTS),
        (D, LOGO, "bimi", f"default._bimi.{D}", LOGO),
        # with the record's name in the value
        (D, "_dmarc: v=DMARC1; p=none;", "dmarc", f"_dmarc.{D}", "v=DMARC1; p=none"),
        (D, f'_dmarc.{D}. IN TXT "{POLICY}"', "dmarc", f"_dmarc.{D}", POLICY),
        (D, f"_dmarc.{D} 3600 IN TXT {POLICY}", "dmarc", f"_dmarc.{D}", POLICY),
        (D, f"{D}: {POLICY}", "dmarc", f"_dmarc.{D}", POLICY),
        (D, f"k1._domainkey {KEY}", "dkim", f"k1._domainkey.{D}", KEY),
        (D, f"k1._domainkey.{D}. {KEY}", "dkim", f"k1._domainkey.{D}", KEY),
        (D, f"k1._domainkey={KEY}", "dkim", f"k1._domainkey.{D}", KEY),
        (D, f"_domainkey {KEY}", "dkim", "", KEY),
        (D, "_mta-sts v=STSv1; id=1", "mta_sts", f"_mta-sts.{D}", "v=STSv1; id=1"),
        (D, f"_smtp._tls {REPORTS}", "tls_rpt", f"_smtp._tls.{D}", REPORTS),
        (f"mail.{D}", f"{D} = v=spf1 mx -all", "spf", D, "v=spf1 mx -all"),
        (f"_dmarc.{D}", f"{D}. IN TXT v=spf1 mx -all", "spf", D, "v=spf1 mx -all"),
        (D, f"v=spf1 mx -all;{POLICY}", "dmarc", f"_dmarc.{D}", POLICY),
        # for another name or domain
        (D, f"_dmarc.news.{D} {POLICY}", "dmarc", f"_dmarc.news.{D}", POLICY),
        (D, f"_dmarc.other.example. {POLICY}", "dmarc", "", POLICY),
        # below the doubled domain
        (f"{D}.{D}", "v=spf1 mx -all", "spf", D, "v=spf1 mx -all"),
        (f"_dmarc.{D}.{D}", POLICY, "dmarc", f"_dmarc.{D}", POLICY),
        (f"_mta-sts.{D}.{D}", "v=STSv1; id=1", "mta_sts", f"_mta-sts.{D}", "v=STSv1; id=1"),
        (f"_smtp._tls.{D}.{D}", REPORTS, "tls_rpt", f"_smtp._tls.{D}", REPORTS),
        (f"k1._domainkey.{D}.{D}", KEY, "dkim", f"k1._domainkey.{D}", KEY),
        (f"default._bimi.{D}.{D}", LOGO, "bimi", f"default._bimi.{D}", LOGO),
        # at a similar name
        (f"dmarc.{D}", POLICY, "dmarc", f"_dmarc.{D}", POLICY),
        (f"_dmarc._dmarc.{D}", POLICY, "dmarc", f"_dmarc.{D}", POLICY),
        (f"_domainkey.{D}", KEY, "dkim", "", KEY),
        (f"k1.domainkey.{D}", KEY, "dkim", f"k1._domainkey.{D}", KEY),
        (f"k1.{D}", KEY, "dkim", f"k1._domainkey.{D}", KEY),
        (f"k1._domainkeys.{D}", KEY, "dkim", f"k1._domainkey.{D}", KEY),
        (f"k1_domainkey.{D}", KEY, "dkim", f"k1._domainkey.{D}", KEY),
        (f"_domainkey.k1.{D}", KEY, "dkim", f"k1._domainkey.{D}", KEY),
        (D, f"v=spf1 -all {KEY}", "dkim", "", KEY),
        (f"dmarc.{D}", KEY, "dkim", "", KEY),
        (f"_dmarc.{D}", REPORTS, "tls_rpt", f"_smtp._tls.{D}", REPORTS),
        (f"_bimi.{D}", LOGO, "bimi", f"default._bimi.{D}", LOGO),
    ],
)
def test_where_a_record_belongs(name: str, text: str, kind: RecordKind, belongs: str, value: str) -> None:
    found = misplaced(name, text, D)
    assert found is not None
    assert (found.kind, found.belongs, found.value) == (kind, belongs, value)


@pytest.mark.parametrize(
    ("name", "text", "belongs"),
    [
        (f"news.{D}.{D}", "v=spf1 mx -all", f"news.{D}"),
        (f"_dmarc.news.{D}.{D}", POLICY, f"_dmarc.news.{D}"),
        (f"k1._domainkey.news.{D}.{D}", KEY, f"k1._domainkey.news.{D}"),
        (f"news.{D}", f"_dmarc.news {POLICY}", f"_dmarc.news.{D}"),
        (f"news.{D}", f"k1._domainkey.news IN TXT {KEY}", f"k1._domainkey.news.{D}"),
        (f"news.{D}", f"_dmarc {POLICY}", f"_dmarc.news.{D}"),
        (f"news.{D}", f"_dmarc.{D} {POLICY}", ""),
    ],
)
def test_a_subdomain_in_the_zone_of_its_parent(name: str, text: str, belongs: str) -> None:
    """RFC 1035 section 5.1: a name without a final dot is relative to the zone, not to the subdomain."""
    found = misplaced(name, text, f"news.{D}")
    assert found is not None
    assert found.belongs == belongs


async def test_a_subdomain_is_looked_for_below_its_doubled_zone() -> None:
    world = zone(
        f"""
$ORIGIN {D}.
@ 300 SOA ns h 1 1 1 1 300
news 300 MX 10 mail
news.{D} 300 TXT "v=spf1 mx -all"
_dmarc.news.{D} 300 TXT "{POLICY}"
"""
    )
    facts = await collect_misplaced(f"news.{D}", MemoResolver(world), ("spf", "dmarc"))
    assert {(each.name, each.belongs) for each in facts.records} == {
        (f"news.{D}.{D}", f"news.{D}"),
        (f"_dmarc.news.{D}.{D}", f"_dmarc.news.{D}"),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (D, "v=spf1 mx -all"),
        (D, "google-site-verification=abc"),
        (D, "v=verifydomain MS=12345"),
        (D, "k=rsa; p=none"),
        (D, "p=none"),
        (D, "id=2024"),
        (D, "_dmarc is at the provider"),
        (f"_dmarc.{D}", POLICY),
        (f"_dmarc.{D}", f"_dmarc {POLICY}"),  # the name is right: DMARC003 reports the value
        (f"k1._domainkey.{D}", KEY),
        (f"_smtp._tls.{D}", REPORTS),
        (D, "x" * 9000),
    ],
)
def test_what_is_not_misplaced(name: str, text: str) -> None:
    assert misplaced(name, text, D) is None


def test_a_name_that_only_looks_like_one_is_not_taken_off() -> None:
    found = read("token=abc v=DMARC1; p=none")
    assert found is None or found.pasted == ""


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("shop.example.dmarc.provider.example", "shop.example.dmarc.provider.example"),
        ('"shop.dmarc.provider.example."', "shop.dmarc.provider.example"),
        ("provider.example", ""),
        ("192.0.2.10", ""),
        ("a.b.c d.e.f", ""),
        ("v=DMARC1; p=none", ""),
    ],
)
def test_a_host_name_typed_as_txt(text: str, target: str) -> None:
    assert alias_target(text) == target


HEAD = f"$ORIGIN {D}.\n@ IN A 192.0.2.1\n@ IN MX 10 mx\nmx IN A 192.0.2.2\n"
CHECKS = registry.of_topics("spf", "dkim", "dmarc", "mta_sts", "tls_rpt", "bimi")
RULES = ("SPF036", "DKIM025", "DMARC022", "STS021", "TLSRPT008", "BIMI019")


async def judged(
    text: str, *selectors: str, failures: dict[tuple[str, str], Status] | None = None
) -> dict[str, Outcome]:
    resolver = MemoResolver(FailingResolver(zone(HEAD + text), failures or {}))
    named = tuple((selector, "given") for selector in selectors)
    options = DomainOptions(collectors=(*LABELS, "misplaced"), selectors=named, discover=False)
    facts = await collect_domain(D, resolver, options)
    return {each.check: each for each in judge(CHECKS, facts, D, facts.failures)}


async def found(text: str, *selectors: str) -> dict[str, tuple[Finding, ...]]:
    outcomes = await judged(text, *selectors)
    return {rule: outcomes[rule].findings for rule in RULES if outcomes[rule].findings}


def published(finding: Finding) -> list[tuple[str, str, str]]:
    assert finding.fix is not None
    return [(each.action, each.name, each.value) for each in finding.fix.records]


async def test_a_misplaced_record_is_moved_where_nothing_is_yet() -> None:
    ((finding,),) = (await found(f'@ IN TXT "_dmarc: {POLICY}"\n')).values()
    assert (finding.rule, finding.severity) == ("DMARC022", Severity.ERROR)
    assert published(finding) == [
        ("remove", D, f"_dmarc: {POLICY}"),
        ("publish", f"_dmarc.{D}", POLICY),
    ]
    assert finding.fix is not None
    assert finding.fix.kind == "repair"
    assert "p=quarantine" in finding.fix.summary  # it would become effective


async def test_a_misplaced_record_is_removed_where_there_is_one() -> None:
    ((finding,),) = (await found(f'@ IN TXT "{POLICY}"\n_dmarc IN TXT "v=DMARC1; p=none"\n')).values()
    assert finding.severity is Severity.INFO
    assert published(finding) == [("remove", D, POLICY)]


async def test_what_a_wildcard_may_have_answered_is_unknown() -> None:
    made_up = (f"mailproof-wildcard-test.{D}", "TXT")
    outcomes = await judged(f'* IN TXT "{POLICY}"\n_dmarc IN A 192.0.2.1\n', failures={made_up: "servfail"})
    assert (outcomes["DMARC022"].status, outcomes["DMARC022"].findings) == ("unknown", ())


async def test_each_kind_is_found_below_the_doubled_domain() -> None:
    rules = await found(
        f'{D} IN TXT "v=spf1 mx -all"\n_dmarc.{D} IN TXT "{POLICY}"\n_mta-sts.{D} IN TXT "v=STSv1; id=1"\n'
        f'_smtp._tls.{D} IN TXT "{REPORTS}"\nk1._domainkey.{D} IN TXT "{KEY}"\n'
        f'default._bimi.{D} IN TXT "{LOGO}"\n',
        "k1",
    )
    assert sorted(rules) == sorted(RULES)
    for (finding,) in rules.values():
        assert [action for action, _, _ in published(finding)] == ["remove", "publish"]


async def test_a_key_without_a_selector_is_told_in_words() -> None:
    ((finding,),) = (await found(f'@ IN TXT "{KEY}"\n')).values()
    assert (finding.rule, published(finding)) == ("DKIM025", [])
    assert f"<selector>._domainkey.{D}" in finding.message
    ((named,),) = (await found(f'@ IN TXT "k1._domainkey {KEY}"\n')).values()
    assert published(named)[1] == ("publish", f"k1._domainkey.{D}", KEY)


async def test_of_two_records_for_one_name_none_is_chosen() -> None:
    ((one, two),) = (await found(f'@ IN TXT "{POLICY}"\n@ IN TXT "v=DMARC1; p=reject"\n')).values()
    assert published(one) == published(two) == []


async def test_no_record_is_put_beside_an_alias() -> None:
    text = f'@ IN TXT "{POLICY}"\n_dmarc IN CNAME gone.provider.test.\n'
    ((finding,),) = (await found(text)).values()
    assert published(finding) == []
    assert finding.fix is not None
    assert "gone.provider.test" in finding.fix.summary


async def test_a_record_of_another_domain_is_not_ours_to_publish() -> None:
    ((finding,),) = (await found(f'@ IN TXT "_dmarc.other.example. {POLICY}"\n')).values()
    assert published(finding) == []


async def test_what_a_wildcard_answers_is_nobodys_mistake() -> None:
    assert await found(f'* IN TXT "{POLICY}"\n') == {}
    assert await found("* IN A 192.0.2.9\n") == {}


async def test_a_missing_record_is_not_told_beside_a_misplaced_one() -> None:
    outcomes = await judged(f'@ IN TXT "{POLICY}"\n@ IN TXT "v=STSv1; id=1"\n')
    for rule in ("DMARC001", "STS001"):
        assert (outcomes[rule].status, outcomes[rule].findings) == ("skipped", ())


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_wrong_name_that_cannot_be_asked_for_is_unknown(status: Status) -> None:
    outcomes = await judged("", failures={(f"{D}.{D}", "TXT"): status})
    assert {outcomes[rule].status for rule in RULES} == {"unknown"}
    # With the record also at its right name, there is nothing to explain.
    outcomes = await judged(f'_dmarc IN TXT "{POLICY}"\n', failures={(f"{D}.{D}", "TXT"): status})
    assert outcomes["DMARC022"].status == "pass"


async def asked(text: str, kinds: tuple[RecordKind, ...] = tuple(LABELS)) -> list[str]:
    resolver = FailingResolver(zone(HEAD + text), {})
    await collect_misplaced(D, MemoResolver(resolver), kinds, ("k1",))
    return sorted({name for name, _ in resolver.asked})


async def test_few_questions_are_asked() -> None:
    usual = ["mailproof-wildcard-test", D, "_dmarc", "_mta-sts", "_smtp._tls", "_domainkey", "default._bimi"]
    keys = ["domainkey", "k1", "k1._domainkeys", "k1_domainkey", "_domainkey.k1"]
    neighbours = [*keys, "dmarc", "_dmark", "_dmarc._dmarc", "mta-sts", "_tls", "_bimi"]
    nothing = await asked("")
    # Nothing is queried below names that do not exist.
    assert set(nothing) <= {D, *(f"{each}.{D}" for each in (*usual, *neighbours))}
    assert f"_dmarc.{D}.{D}" not in nothing
    assert f"_dmarc._dmarc.{D}" not in nothing
    assert f"_dmarc.{D}.{D}" in await asked(f'k9._domainkey.{D} IN TXT "x"\n')
    assert f"dmarc.{D}" not in await asked(f'_dmarc IN TXT "{POLICY}"\n', ("dmarc",))
    assert f"_mta-sts.{D}" not in await asked("", ("dmarc",))


async def test_a_host_name_at_the_name_of_a_record_is_told() -> None:
    text = f'_dmarc IN TXT "{D}.dmarc.provider.example"\n_mta-sts IN TXT "{D}.sts.provider.example"\n'
    outcomes = await judged(text)
    (finding,) = outcomes["DMARC021"].findings
    target = f"{D}.dmarc.provider.example"
    assert finding.severity is Severity.ERROR
    assert published(finding) == [
        ("remove", f"_dmarc.{D}", target),
        ("publish", f"_dmarc.{D}", f"{target}."),
    ]
    assert finding.fix is not None
    assert "CNAME" in finding.fix.summary
    assert outcomes["DMARC001"].findings == ()
    (finding,) = outcomes["STS003"].findings
    assert "CNAME" in finding.message


async def test_a_wildcard_of_the_zone_is_no_mistake_below_a_subdomain() -> None:
    world = zone(
        f"""
$ORIGIN {D}.
@ 300 SOA ns h 1 1 1 1 300
* 300 TXT "v=spf1 -all"
_dmarc.news 300 TXT "v=DMARC1; p=none"
"""
    )
    facts = await collect_misplaced(f"news.{D}", MemoResolver(world), ("spf", "dkim", "dmarc", "mta_sts"))
    assert facts.records == ()
