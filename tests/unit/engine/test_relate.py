"""Which finding is caused by which: declared by rules, matched by their subjects."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mailproof.checks import registry
from mailproof.engine.relate import relate
from mailproof.model import CONSEQUENCES, Finding, Location, Outcome, Rule, Severity
from mailproof.model.causes import Cause, grouped, worst_first
from mailproof.structs import replace

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def _causes(findings: Iterable[Finding], rules: Iterable[Rule] = ()) -> tuple[Cause, ...]:
    return worst_first(grouped(findings), rules)


def rule(name: str, *because_of: str, severity: Severity = ERROR, topic: str = "spf") -> Rule:
    return Rule(name, name, severity, topic, ("RFC",), because_of=because_of)


def found(
    name: str,
    where: Location | None = None,
    *,
    severity: Severity = ERROR,
    subject: str = "acme.example",
    because_of: str = "",
) -> Finding:
    return Finding(name, severity, subject, name, location=where, because_of=because_of)


def related(rules: tuple[Rule, ...], *findings: Finding) -> dict[str, str]:
    """Rule -> the rule of its cause."""
    outcomes = relate([Outcome(each.rule, each.subject, "fail", (each,)) for each in findings], rules)
    told = [finding for outcome in outcomes for finding in outcome.findings]
    names = {finding.fingerprint: finding.rule for finding in told} | {"": ""}
    return {finding.rule: names[finding.because_of] for finding in told}


PAIR = (rule("CAUSE1"), rule("AFTER1", "CAUSE1"))


def test_without_a_cause_a_finding_stands_for_itself() -> None:
    assert related(PAIR, found("AFTER1")) == {"AFTER1": ""}


def test_a_rule_that_declares_nothing_has_no_cause() -> None:
    assert related((rule("CAUSE1"), rule("AFTER1")), found("CAUSE1"), found("AFTER1"))["AFTER1"] == ""


TXT, MX, A, CNAME, PTR, TLSA = "TXT", "MX", "A", "CNAME", "PTR", "TLSA"
SIGNED = "v=1; d=acme.example; s=s1"
#: subject of the cause, subject of the finding, whether they match
ABOUT = {
    "the same domain": (Location("acme.example", TXT), Location("_dmarc.acme.example", TXT), True),
    "a record at a wrong name": (
        Location("dmarc.acme.example", TXT),
        Location("_dmarc.acme.example", TXT),
        True,
    ),
    "a key below the domain twice": (
        Location("s1._domainkey.acme.example.acme.example", TXT),
        Location("s1._domainkey.acme.example", TXT),
        True,
    ),
    "a wildcard alias and a name that it answers for": (
        Location("*.acme.example", CNAME),
        Location("_mta-sts.acme.example", CNAME),
        True,
    ),
    "a mail host and mx of the SPF record": (
        Location("acme.example", MX, "10 mx1.acme.example"),
        Location("acme.example", TXT, "v=spf1 mx -all", 7, 9),
        True,
    ),
    "a mail host and another host of the SPF record": (
        Location("acme.example", MX, "10 mx1.acme.example"),
        Location("acme.example", TXT, "v=spf1 a:www.acme.example -all", 7, 25),
        False,
    ),
    "one mail host": (
        Location("acme.example", MX, "10 mx1.acme.example"),
        Location("mx1.acme.example", A, "192.0.2.1"),
        True,
    ),
    "one mail host, with its final dot": (
        Location("acme.example", MX, "10 MX1.acme.example."),
        Location("acme.example", MX, "10 mx1.acme.example"),
        True,
    ),
    "TLSA of the host": (
        Location("mx1.acme.example", A),
        Location("_25._tcp.mx1.acme.example", TLSA),
        True,
    ),
    "two mail hosts": (
        Location("acme.example", MX, "10 mx1.acme.example"),
        Location("acme.example", MX, "20 mx2.acme.example"),
        False,
    ),
    "one selector": (
        Location("s1._domainkey.acme.example", TXT),
        Location("s1._domainkey.acme.example", TXT, "v=DKIM1"),
        True,
    ),
    "two selectors": (
        Location("s1._domainkey.acme.example", TXT),
        Location("s2._domainkey.acme.example", TXT),
        False,
    ),
    "a selector of one kind of no selector": (
        Location("acme.example", TXT, "v=DKIM1"),
        Location("s1._domainkey.acme.example", TXT),
        True,
    ),
    "one signature": (
        Location("DKIM-Signature", "header", SIGNED),
        Location("DKIM-Signature", "header", SIGNED, 0, 3),
        True,
    ),
    "two signatures": (
        Location("DKIM-Signature", "header", SIGNED),
        Location("DKIM-Signature", "header", SIGNED.replace("s1", "s2")),
        False,
    ),
    "a signature and the message": (
        Location("DKIM-Signature", "header", SIGNED),
        Location("From", "header", "Ada <ada@acme.example>"),
        True,
    ),
    "an alias and what is missing behind it": (
        Location("_dmarc.acme.example", CNAME),
        Location("_dmarc.acme.example", TXT),
        True,
    ),
    "an alias and a host": (
        Location("mx1.acme.example", CNAME),
        Location("acme.example", MX, "10 mx1.acme.example"),
        True,
    ),
    "an alias somewhere else": (
        Location("www.acme.example", CNAME),
        Location("_dmarc.acme.example", TXT),
        False,
    ),
    "two addresses": (
        Location("1.2.0.192.in-addr.arpa", PTR),
        Location("2.2.0.192.in-addr.arpa", PTR),
        False,
    ),
    "a record of the organizational domain": (
        Location("_dmarc.example", TXT),
        Location("_dmarc.acme.example", TXT),
        True,
    ),
    "a policy that is fetched": (
        Location("https://mta-sts.acme.example/.well-known/mta-sts.txt", "HTTPS"),
        Location("_mta-sts.acme.example", TXT),
        True,
    ),
    "the zone of a mail host elsewhere": (
        Location("esp.test", "DNSKEY"),
        Location("_25._tcp.mx.esp.test", TLSA),
        True,
    ),
    "the zone of another mail host": (
        Location("esp.test", "DNSKEY"),
        Location("_25._tcp.mx.other.test", TLSA),
        False,
    ),
    "a mail host elsewhere and the domain": (
        Location("acme.example", TXT),
        Location("_25._tcp.mx.esp.test", TLSA),
        True,
    ),
    "nowhere": (None, None, True),
}


@pytest.mark.parametrize("name", ABOUT)
def test_both_are_about_one_thing(name: str) -> None:
    cause, finding, together = ABOUT[name]
    expected = "CAUSE1" if together else ""
    assert related(PAIR, found("CAUSE1", cause), found("AFTER1", finding))["AFTER1"] == expected


def test_another_domain_is_no_cause_even_of_one_report() -> None:
    """A probe checks the return path's domain besides the From domain."""
    cause = found("CAUSE1", Location("esp.example", TXT), subject="esp.example")
    assert related(PAIR, cause, found("AFTER1", Location("acme.example", TXT)))["AFTER1"] == ""


def test_what_a_message_says_of_anothers_record_follows_from_that_domains_finding() -> None:
    own = found("CAUSE1", Location("acme.example", TXT))
    theirs = found("CAUSE2", Location("esp.example", TXT), subject="esp.example")
    rules = (rule("CAUSE1"), rule("CAUSE2"), rule("AFTER1", "CAUSE1", "CAUSE2"))
    after = found("AFTER1", Location("esp.example", TXT))
    assert related(rules, own, theirs, after)["AFTER1"] == "CAUSE2"


def test_a_key_is_the_same_for_the_message_and_for_its_signers_domain() -> None:
    where = Location("k1._domainkey.esp.example", TXT)
    cause = found("CAUSE1", where, subject="esp.example")
    assert related(PAIR, cause, found("AFTER1", where))["AFTER1"] == "CAUSE1"


def test_the_worst_cause_goes_first_and_then_the_order_of_the_declaration() -> None:
    rules = (rule("CAUSE1", severity=WARNING), rule("CAUSE2"), rule("CAUSE3"))
    after = rule("AFTER1", "CAUSE1", "CAUSE3", "CAUSE2")
    findings = [found("CAUSE1", severity=WARNING), found("CAUSE2"), found("CAUSE3"), found("AFTER1")]
    assert related((*rules, after), *findings)["AFTER1"] == "CAUSE3"
    assert related((*rules, after), findings[0], findings[3])["AFTER1"] == "CAUSE1"


def test_of_equals_the_one_at_the_same_place_is_the_cause() -> None:
    rules = (rule("CAUSE1"), rule("CAUSE2"), rule("AFTER1", "CAUSE1", "CAUSE2"))
    here = Location("From", "header", "Ada <ada@acme.example>")
    assert related(rules, found("CAUSE1"), found("CAUSE2", here), found("AFTER1", here))["AFTER1"] == "CAUSE2"


def test_what_counts_less_than_its_rule_does_is_no_cause_of_something_worse() -> None:
    """For example, a list's broken signature could not have authenticated From anyway."""
    lessened = found("CAUSE1", severity=WARNING)
    assert related(PAIR, lessened, found("AFTER1"))["AFTER1"] == ""
    assert related(PAIR, lessened, found("AFTER1", severity=WARNING))["AFTER1"] == "CAUSE1"


def test_a_note_is_no_cause_of_a_fault() -> None:
    rules = (rule("CAUSE1", severity=INFO), rule("AFTER1", "CAUSE1"))
    note = found("CAUSE1", severity=INFO)
    assert related(rules, note, found("AFTER1", severity=WARNING))["AFTER1"] == ""
    assert related(rules, note, found("AFTER1", severity=INFO))["AFTER1"] == "CAUSE1"


def test_a_cause_that_the_check_knew_is_kept() -> None:
    known = found("CAUSE2")
    rules = (*PAIR, rule("CAUSE2"))
    after = found("AFTER1", because_of=known.fingerprint)
    assert related(rules, found("CAUSE1"), known, after)["AFTER1"] == "CAUSE2"


@pytest.mark.parametrize(
    ("cause", "finding", "evidence", "together"),
    [
        ("junk", "fo=9", "", False),
        ("p=reject rua=x", "rua=x", "", True),
        ('"', 'p="s"', "", True),
        ("fo=9", "junk", "TXT acme.example: the name does not exist", True),
        ("junk", "", "", True),
    ],
)
def test_other_characters_of_a_record_are_another_fault(
    cause: str, finding: str, evidence: str, together: bool
) -> None:
    record = 'v=DMARC1; p=reject rua=x; fo=9; aspf="r"; p="s"; junk'

    def at(name: str, part: str) -> Finding:
        start = record.index(part) if part else None
        where = Location("_dmarc.acme.example", TXT, record, start, start and start + len(part))
        return replace(found(name, where), evidence=(evidence,) if evidence else ())

    after = related(PAIR, at("CAUSE1", cause), at("AFTER1", finding))["AFTER1"]
    assert after == ("CAUSE1" if together else "")


def test_the_same_found_for_a_subdomain_follows_from_the_domains_finding() -> None:
    where = Location("_dmarc.acme.example", TXT, "v=DMARC1; p=reject; junk", 20, 24)
    own, below = found("ONE", where), found("ONE", where, subject="news.acme.example")
    other = found("ONE", where, subject="esp.example")
    outcomes = relate([Outcome("ONE", "acme.example", "fail", (own, below, other))], (rule("ONE"),))
    assert [each.because_of for each in outcomes[0].findings] == ["", own.fingerprint, ""]


# Causes with their consequences


def test_a_chain_is_told_under_its_beginning() -> None:
    first = found("ONE")
    second = found("TWO", because_of=first.fingerprint)
    third = found("THREE", because_of=second.fingerprint)
    alone = found("ALONE")
    told = _causes([third, alone, second, first])
    assert [cause.finding.rule for cause in told] == ["ALONE", "ONE"]
    assert {finding.rule for finding in told[1].consequences} == {"TWO", "THREE"}


def test_no_finding_is_lost_where_causes_go_in_a_circle() -> None:
    one, two = found("ONE"), found("TWO")
    circle = [
        found("ONE", because_of=two.fingerprint),
        found("TWO", because_of=one.fingerprint),
        found("THREE", because_of=one.fingerprint),
    ]
    assert sorted(finding.rule for cause in _causes(circle) for finding in cause.all) == [
        "ONE",
        "THREE",
        "TWO",
    ]


def test_a_cause_that_is_left_out_makes_the_consequence_a_cause() -> None:
    (only,) = _causes([found("TWO", because_of=found("ONE").fingerprint)])
    assert (only.finding.rule, only.consequences) == ("TWO", ())


def test_a_cause_stands_where_its_worst_consequence_would() -> None:
    mild = found("MILD", severity=WARNING)
    worse = found("WORSE", because_of=mild.fingerprint)
    told = _causes([found("OTHER", severity=WARNING), mild, worse])
    assert [cause.finding.rule for cause in told] == ["MILD", "OTHER"]
    assert told[0].severity is ERROR


def test_among_equals_what_loses_mail_goes_first() -> None:
    rules = [
        Rule(name, name, WARNING, topic, ("RFC",))
        for name, topic in (("R", "bimi"), ("T", "mta_sts"), ("F", "dmarc"), ("L", "spf"))
    ]
    told = _causes([found(each.id, severity=WARNING) for each in rules], rules)
    assert [cause.finding.rule for cause in told] == ["L", "F", "R", "T"]
    assert _causes([found("R"), found("L", severity=WARNING)], rules)[0].finding.rule == "R"


# All rules


def test_the_causes_that_rules_name_exist_and_lead_in_no_circle() -> None:
    named = {check.rule.id: check.rule.because_of for check in registry.every()}
    assert {cause for each in named.values() for cause in each} <= set(named)
    done: set[str] = set()

    def visit(rule_id: str, path: tuple[str, ...]) -> None:
        assert rule_id not in path, " <- ".join((*path, rule_id))
        if rule_id not in done:
            for cause in named[rule_id]:
                visit(cause, (*path, rule_id))
            done.add(rule_id)

    for each in named:
        visit(each, ())


def test_each_rule_says_what_it_leads_to() -> None:
    assert {check.rule.consequence for check in registry.every()} == set(CONSEQUENCES)


@pytest.mark.parametrize("topic", ["tls_rpt", "bimi", "mta_sts"])
def test_what_senders_take_for_no_record_loses_no_mail(topic: str) -> None:
    lost = {
        check.rule.id
        for check in registry.every()
        if check.rule.topic == topic and check.rule.consequence == "lost"
    }
    assert lost <= {"STS010", "STS011"}, "a policy in force that mail hosts do not meet does"
