"""The DKIM rules beyond the fixtures of tests/rules: unknown facts, parked domains, edited records."""

import pytest

from mailproof.checks import registry
from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.facts.dkim import collect_dkim
from mailproof.facts.misplaced import collect_misplaced
from mailproof.model import DomainFacts, Finding, Lookup, Severity, SpfFacts, SpfNode, Status
from mailproof.records.dkim_key import parse_dkim_key
from tests.support.checks import findings_of, reported
from tests.support.dkim import PUBLIC
from tests.support.resolvers import FailingResolver, zone

KEY = f'"v=DKIM1; k=rsa; p={PUBLIC["rsa1024"]}"'
APEX = "$ORIGIN acme.example.\n@ 3600 IN A 192.0.2.1\n"
RULES = {check.rule.id: check for check in registry.of_topics("dkim")}
OF_SELECTORS = (
    *("DKIM001", "DKIM002", "DKIM003", "DKIM010", "DKIM011", "DKIM016", "DKIM017", "DKIM020"),
    "DKIM025",
)
OF_KEYS = sorted(set(RULES).difference(OF_SELECTORS))


async def facts(text: str, *selectors: str, spf: str = "", **failures: Status) -> DomainFacts:
    keys = {(f"{name.replace('__', '.')}.acme.example", "TXT"): status for name, status in failures.items()}
    resolver = FailingResolver(zone(APEX + text), keys)
    dkim, discovery = await collect_dkim("acme.example", resolver, tuple((s, "given") for s in selectors))
    misplaced = await collect_misplaced("acme.example", resolver, ("dkim",), selectors)
    node = SpfNode("acme.example", "ok", Lookup("acme.example", "TXT", "ok"), records=(spf,))
    return DomainFacts(
        "acme.example",
        dkim=dkim,
        dkim_discovery=discovery,
        misplaced=misplaced,
        spf=SpfFacts("acme.example", node) if spf else None,
    )


def run(rule: str, given: DomainFacts) -> list[Finding]:
    return findings_of(rule, given)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_facts_that_could_not_be_collected_are_unknown(rule: str) -> None:
    with pytest.raises(Undetermined):
        run(rule, DomainFacts("acme.example"))


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"DKIM002", "DKIM003", "DKIM017", "DKIM024"}))
async def test_a_named_selector_that_fails_is_unknown_never_missing(rule: str) -> None:
    statuses: tuple[Status, ...] = ("servfail", "timeout", "refused", "bogus")
    for status in statuses:
        with pytest.raises(Undetermined, match=r"s1\._domainkey\.acme\.example"):
            run(rule, await facts(f"s1._domainkey IN TXT {KEY}\n", "s1", s1___domainkey=status))


async def test_what_is_known_is_told_beside_what_is_not() -> None:
    text = f"s1._domainkey IN TXT {KEY}\ns2._domainkey IN TXT {KEY}\n"
    given = await facts(text, "s1", "s2", s2___domainkey="timeout")
    report = reported("DKIM006", given)
    assert ["s1._domainkey" in each.message for each in report.findings] == [True]
    assert "s2" in str(report.undetermined)


async def test_a_guess_that_fails_leaves_the_other_rules_alone() -> None:
    given = await facts(f"s1._domainkey IN TXT {KEY}\n", "s1", google___domainkey="servfail")
    assert len(run("DKIM006", given)) == 1
    with pytest.raises(Undetermined, match="google"):
        run("DKIM020", given)


@pytest.mark.parametrize("rule", OF_KEYS)
async def test_without_a_key_there_is_nothing_to_judge(rule: str) -> None:
    with pytest.raises(NotApplicable):
        run(rule, await facts("secret._domainkey IN TXT x\n"))


async def test_none_of_the_tried_ones_is_unknown_with_a_hint() -> None:
    given = await facts(f"secret._domainkey IN TXT {KEY}\n")
    with pytest.raises(Undetermined, match="--selector"):
        run("DKIM002", given)
    with pytest.raises(NotApplicable):
        run("DKIM001", given)
    assert run("DKIM003", given) == []


async def test_a_revoked_leftover_does_not_make_a_selector_known() -> None:
    with pytest.raises(Undetermined, match="usable key"):
        run("DKIM002", await facts('google._domainkey IN TXT "v=DKIM1; p="\n'))
    assert run("DKIM002", await facts(f"google._domainkey IN TXT {KEY}\n")) == []
    assert run("DKIM002", await facts("secret._domainkey IN TXT x\n", "s1")) == []


@pytest.mark.parametrize("rule", ["DKIM002", "DKIM003", "DKIM020"])
async def test_an_unanswered_domainkey_is_unknown(rule: str) -> None:
    with pytest.raises(Undetermined, match=r"_domainkey\.acme\.example"):
        run(rule, await facts("", _domainkey="servfail"))


async def test_a_parked_domain_needs_no_key() -> None:
    with pytest.raises(NotApplicable, match="no mail"):
        run("DKIM003", await facts("", spf="v=spf1 -all"))
    assert len(run("DKIM003", await facts("", spf="v=spf1 mx -all"))) == 1


async def test_a_wildcard_above_is_told_by_its_own_name() -> None:
    for record, severity in (('TXT "hello"', "info"), ("CNAME gone.esp.example.", "warning")):
        (finding,) = run("DKIM017", await facts(f"* IN {record}\n"))
        assert finding.location is not None
        assert finding.location.name == "*.acme.example"
        assert finding.severity == severity
        assert finding.fix is not None
        assert "_domainkey.acme.example" in finding.fix.summary
        assert finding.fix.records == ()


async def test_a_wildcard_above_hides_no_missing_key() -> None:
    (finding,) = run("DKIM003", await facts('* IN TXT "v=spf1 -all"\n'))
    assert "the wildcard that answers there gives no key: acme.example has no DKIM key" in finding.message
    assert len(run("DKIM003", await facts('* IN TXT "v=spf1 -all"\n', "s1"))) == 1
    assert run("DKIM003", await facts(f"* IN TXT {KEY}\n")) == []
    assert run("DKIM003", await facts("* IN CNAME k.esp.example.\nk.esp.example. IN TXT x\n")) == []
    assert run("DKIM003", await facts('*._domainkey IN TXT "v=spf1 -all"\n')) == []
    assert run("DKIM003", await facts("_domainkey IN TXT o=~\n*._domainkey IN TXT x\n")) == []
    assert run("DKIM003", await facts(f"* IN TXT x\ns1._domainkey IN TXT {KEY}\n", "s1")) == []


async def test_what_a_wildcard_answers_is_no_key_of_a_selector_in_use() -> None:
    given = await facts('*._domainkey IN TXT "v=spf1 -all"\n', "s1")
    (finding,) = run("DKIM001", given)
    assert "from a wildcard" in finding.message
    assert run("DKIM016", given) == []
    assert run("DKIM001", await facts(f"*._domainkey IN TXT {KEY}\n", "s1")) == []


async def test_a_wildcard_with_a_key_is_the_owners_to_remove() -> None:
    for record in (f"TXT {KEY}", "CNAME k.esp.example.\nk.esp.example. IN TXT x"):
        (finding,) = run("DKIM017", await facts(f"*._domainkey IN {record}\n"))
        assert finding.severity == "warning"
        assert finding.fix is not None
        assert finding.fix.kind == "decision"
        assert [record.action for record in finding.fix.records] == ["remove"]


async def test_an_unanswered_control_is_unknown() -> None:
    resolver_failure: dict[str, Status] = {"mailproof-q7x2k9-no-such-selector___domainkey": "servfail"}
    with pytest.raises(Undetermined):
        run("DKIM017", await facts("", **resolver_failure))
    revoked = await facts('*._domainkey IN TXT "v=DKIM1; p="\n', **resolver_failure)
    with pytest.raises(Undetermined):  # the selectors that are guessed may all be the wildcard's
        run("DKIM004", revoked)


async def test_a_key_at_a_provider_is_to_be_changed_there() -> None:
    key = PUBLIC["rsa1024"]
    text = f's1._domainkey IN CNAME k.esp.example.\nk.esp.example. IN TXT "v=DKIM1; t=y; p={key}"\n'
    (finding,) = run("DKIM009", await facts(text, "s1"))
    assert finding.fix is not None
    assert (finding.fix.records, finding.fix.kind) == ((), "decision")
    assert "its owner must change it" in finding.fix.summary


@pytest.mark.parametrize(
    ("rule", "record"),
    [
        ("DKIM007", f"v=DKIM1; p={PUBLIC['ed25519']}"),
        ("DKIM007", f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519_der']}"),
        ("DKIM008", f"v=DKIM1; k=RSA; p={PUBLIC['rsa1024']}"),
        ("DKIM009", f"v=DKIM1; t=y; p={PUBLIC['rsa1024']}"),
        ("DKIM012", f"v=DKIM1; h=sha1; p={PUBLIC['rsa1024']}"),
        ("DKIM013", f"v=DKIM1; s=other; p={PUBLIC['rsa1024']}"),
        ("DKIM014", f"v=DKIM1\\\\; p={PUBLIC['rsa1024']}"),
        ("DKIM015", f"p={PUBLIC['rsa1024']}; v=DKIM1"),
        ("DKIM019", f"v=DKIM1; g=*; p={PUBLIC['rsa1024']}"),
        ("DKIM023", f"v=DKIM1; k=rsa;; p={PUBLIC['rsa1024']}"),
    ],
)
async def test_the_record_to_paste_is_free_of_the_fault(rule: str, record: str) -> None:
    text = f's1._domainkey IN TXT "{record[:200]}" "{record[200:]}"\n'
    (finding,) = run(rule, await facts(text, "s1"))
    assert finding.fix is not None
    mended = next(each for each in finding.fix.records if each.action == "publish")
    parsed = parse_dkim_key(mended.value)
    assert parsed.valid
    again = await facts(f's1._domainkey IN TXT "{mended.value[:200]}" "{mended.value[200:]}"\n', "s1")
    assert run(rule, again) == []


async def test_information_never_fails() -> None:
    given = await facts(f'google._domainkey IN TXT "v=DKIM1; p="\ns1._domainkey IN TXT {KEY}\n', "s1")
    (finding,) = run("DKIM004", given)
    assert finding.severity is Severity.INFO
