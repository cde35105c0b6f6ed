"""The DMARC rules beyond their fixtures: unknown stays unknown, and one fault has one finding."""

from __future__ import annotations

import asyncio

import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.TXT import TXT
from hypothesis import given
from hypothesis import strategies as st

from mailproof.checks import registry
from mailproof.dns import Answer, MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.dmarc import collect_dmarc
from mailproof.facts.misplaced import collect_misplaced
from mailproof.model import DomainFacts, Outcome, Status
from tests.support.examples import examples
from tests.support.resolvers import FailingResolver, zone

Failures = dict[tuple[str, str], Status]
STATUSES = ["servfail", "timeout", "refused", "bogus"]


async def judged(
    text: str, failures: Failures | None = None, domain: str = "acme.example"
) -> dict[str, Outcome]:
    head = "$ORIGIN acme.example.\n@ IN A 192.0.2.1\n"
    resolver = MemoResolver(FailingResolver(zone(head + text), failures or {}))
    facts = DomainFacts(
        domain=domain,
        dmarc=await collect_dmarc(domain, resolver),
        misplaced=await collect_misplaced(domain, resolver, ("dmarc",)),
    )
    return {outcome.check: outcome for outcome in judge(registry.of_topics("dmarc"), facts, domain)}


def found(outcomes: dict[str, Outcome]) -> set[str]:
    return {rule for rule, outcome in outcomes.items() if outcome.findings}


def txt(record: str) -> str:
    escaped = record.replace("\\", "\\\\").replace('"', '\\"')
    return f'_dmarc IN TXT "{escaped}"\n'


GOOD = "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"


async def test_a_good_record_has_no_finding() -> None:
    outcomes = await judged(txt(GOOD))
    assert found(outcomes) == set()
    # DMARC036 also needs SPF and DKIM, which were not collected here.
    assert {outcome.status for rule, outcome in outcomes.items() if rule != "DMARC036"} == {"pass"}


@pytest.mark.parametrize("status", STATUSES)
async def test_a_failed_look_up_is_unknown_in_every_rule(status: Status) -> None:
    outcomes = await judged(txt(GOOD), {("_dmarc.acme.example", "TXT"): status})
    assert found(outcomes) == set()
    assert {outcome.status for outcome in outcomes.values()} == {"unknown"}


@pytest.mark.parametrize("status", STATUSES)
async def test_a_failure_above_leaves_missing_open(status: Status) -> None:
    outcomes = await judged("", {("_dmarc.example", "TXT"): status})
    assert outcomes["DMARC001"].status == "unknown"
    assert outcomes["DMARC011"].status == "unknown"
    own = await judged(txt(GOOD), {("_dmarc.example", "TXT"): status})
    assert own["DMARC001"].status == "pass"
    assert own["DMARC011"].status == "pass"


@pytest.mark.parametrize(
    ("record", "rules"),
    [
        ("v=dmarc1; p=reject; rua=mailto:d@acme.example", {"DMARC003"}),
        ("V=SPF1", {"DMARC001", "DMARC021"}),
        ("V=DMARC1; p=reject; rua=mailto:d@acme.example", {"DMARC009"}),
        (" " + GOOD, {"DMARC003"}),
        ("p=reject; v=DMARC1", {"DMARC003"}),
        ("v=DMARC1 p=reject", {"DMARC005"}),
        ("v=DMARC1; p=reject rua=mailto:d@acme.example", {"DMARC005"}),
        ('"' + GOOD + '"', {"DMARC004"}),
        ("v=DMARC1\\; p=reject", {"DMARC004"}),
        ("v=DMARC1; p=none\\; rua=mailto:dmarc@acme.example", {"DMARC004"}),
        ("v=DMARC1; P=reject; rua=mailto:dmarc@acme.example", {"DMARC006", "DMARC026"}),
        ("v=DMARC1; sp=none; p=reject; rua=mailto:dmarc@acme.example", {"DMARC014"}),
        ("v=DMARC1; p=none; sp=reject; rua=mailto:dmarc@acme.example", {"DMARC011"}),
        ("v=DMARC1; p=reject; t=y; rua=mailto:dmarc@acme.example", {"DMARC013"}),
        ("v=DMARC1; p=none; t=y; rua=mailto:dmarc@acme.example", {"DMARC011"}),
        ("v=DMARC1; p=reject; sp=reject; np=none; rua=mailto:dmarc@acme.example", {"DMARC015"}),
        ("v=DMARC1; p=block; rua=mailto:dmarc@acme.example", {"DMARC007"}),
        ("v=DMARC1; p=reject; fo=x; rua=mailto:d@acme.example; ruf=mailto:d@acme.example", {"DMARC025"}),
        ("v=DMARC1; p=reject; rua=mailto:d\u00e9@acme.example", {"DMARC009", "DMARC018"}),
        ("v=DMARC1; p=reject; rua=mail:d@acme.example", {"DMARC018"}),
        ("v=DMARC1; p=reject; rua=mailto:d@acme.example.", {"DMARC018"}),
        ("v=DMARC1; p=reject; pct=25; pct=0; rua=mailto:d@acme.example", {"DMARC010"}),
        ("v=DMARC1; p=reject; PCT=0; rua=mailto:d@acme.example", {"DMARC026"}),
        ("v=DMARC1; p=reject; pct=0 rua=mailto:d@acme.example", {"DMARC005"}),
    ],
)
async def test_one_fault_has_one_finding(record: str, rules: set[str]) -> None:
    assert found(await judged(txt(record))) == rules


@pytest.mark.parametrize(
    ("record", "rule", "cause"),
    [
        ("v=DMARC1; reject; rua=mailto:d@acme.example", "DMARC006", "DMARC009"),
        ("v=DMARC1; P=reject; rua=mailto:d@acme.example", "DMARC006", "DMARC026"),
        ("v=DMARC1; foo=1; junk; rua=mailto:d@acme.example", "DMARC006", ""),
        ("v=DMARC1; p=r; rej\u00e9ct; rua=mailto:d@acme.example", "DMARC007", ""),
        ("v=DMARC1; p=rej\u00e9ct; rua=mailto:d@acme.example", "DMARC007", "DMARC009"),
        ("v=DMARC1; p=; reject; rua=mailto:d@acme.example", "DMARC007", "DMARC009"),
        ("v=DMARC1; p=reject; rua=mailto:bad; junk", "DMARC018", ""),
        ("v=DMARC1; p=reject; rua=; mailto:d@acme.example", "DMARC018", "DMARC009"),
        ("v=DMARC1; p=reject; rua=mailto:d\u00e9@acme.example", "DMARC018", "DMARC009"),
    ],
)
async def test_a_skipped_part_is_the_cause_of_what_it_may_have_been(
    record: str, rule: str, cause: str
) -> None:
    outcomes = await judged(txt(record))
    (finding,) = outcomes[rule].findings
    causes = {each.fingerprint: each.rule for o in outcomes.values() for each in o.findings}
    assert causes.get(finding.because_of, "") == cause


@pytest.mark.parametrize(
    ("record", "fixed"),
    [
        ("v=DMARC1; p=none; rua", "v=DMARC1; p=none"),
        ("v=DMARC1; p=none; rua; rua=mailto:d@acme.example", "v=DMARC1; p=none; rua=mailto:d@acme.example"),
        ("v=DMARC1;; p=none;;; np=none", "v=DMARC1; p=none; np=none"),
    ],
)
async def test_a_damaged_part_is_told_once_and_leaves_no_empty_tag(record: str, fixed: str) -> None:
    (finding,) = (await judged(txt(record)))["DMARC009"].findings
    assert finding.fix is not None
    assert [each.value for each in finding.fix.records if each.action == "publish"] == [fixed]


async def test_a_record_above_that_is_of_no_use_is_named() -> None:
    world = txt("v=DMARC1 p=reject") + "news IN MX 10 mx.esp.test.\n"
    (finding,) = (await judged(world, domain="news.acme.example"))["DMARC001"].findings
    assert "can't use the one at _dmarc.acme.example" in finding.message
    assert finding.fix is not None
    assert not finding.fix.records
    several = await judged(txt(GOOD) + txt("v=DMARC1; p=none"), domain="news.acme.example")
    assert found(several) == {"DMARC002"}
    assert several["DMARC002"].findings[0].severity == "error"


async def test_a_tag_that_was_removed_is_not_written_anew() -> None:
    (finding,) = (await judged(txt("v=DMARC1; p=reject; PCT=0; rua=mailto:d@acme.example")))[
        "DMARC026"
    ].findings
    assert finding.fix is not None
    assert finding.fix.kind == "decision"
    assert "add t=y" in finding.fix.summary
    values = [each.value for each in finding.fix.records if each.action == "publish"]
    assert values == ["v=DMARC1; p=reject; rua=mailto:d@acme.example"]


async def test_pct_of_a_policy_for_subdomains_alone() -> None:
    outcomes = await judged(txt("v=DMARC1; p=none; sp=reject; pct=0; rua=mailto:d@acme.example"))
    message = outcomes["DMARC020"].findings[0].message
    assert "reject to all mail of subdomains, older ones quarantine" in message


async def test_a_stray_txt_is_a_note_and_no_error() -> None:
    outcomes = await judged(txt(GOOD) + txt("hello"))
    assert found(outcomes) == {"DMARC021"}
    assert outcomes["DMARC021"].status == "pass"


async def test_a_wildcard_spf_record_is_named_as_such() -> None:
    outcomes = await judged('* IN TXT "v=spf1 -all"\n')
    assert found(outcomes) == {"DMARC001", "DMARC021"}
    assert "wildcard" in outcomes["DMARC021"].findings[0].message


async def test_several_records_are_one_error() -> None:
    assert found(await judged(txt(GOOD) + txt("v=DMARC1; p=none"))) == {"DMARC002"}


async def test_a_dangling_alias_is_one_error() -> None:
    outcomes = await judged("_dmarc IN CNAME acme.gone.test.\n")
    assert found(outcomes) == {"DMARC023"}
    assert "does not exist" in outcomes["DMARC023"].findings[0].message


@pytest.mark.parametrize("status", STATUSES)
async def test_an_alias_whose_target_fails_is_not_dangling(status: Status) -> None:
    failures: Failures = {("_dmarc.acme.example", "TXT"): status}
    outcomes = await judged("_dmarc IN CNAME acme.gone.test.\n", failures)
    assert outcomes["DMARC023"].status == "unknown"


async def test_a_record_at_the_apex_only() -> None:
    outcomes = await judged(f'@ IN TXT "{GOOD}"\n')
    assert found(outcomes) == {"DMARC022"}
    assert outcomes["DMARC022"].status == "fail"
    both = await judged(f'@ IN TXT "{GOOD}"\n' + txt(GOOD))
    assert both["DMARC022"].status == "pass"


@pytest.mark.parametrize("status", STATUSES)
async def test_report_consent_that_cannot_be_looked_up_is_unknown(status: Status) -> None:
    text = txt("v=DMARC1; p=reject; rua=mailto:d@esp.test") + "esp.test. IN MX 10 mail.esp.test.\n"
    name = "acme.example._report._dmarc.esp.test"
    assert (await judged(text))["DMARC019"].status == "warn"
    assert (await judged(text, {(name, "TXT"): status}))["DMARC019"].status == "unknown"


async def test_report_consent_is_unknown_where_the_tree_walk_failed() -> None:
    text = txt("v=DMARC1; p=reject; rua=mailto:d@in.acme.example")
    outcome = (await judged(text, {("_dmarc.in.acme.example", "TXT"): "servfail"}))["DMARC019"]
    assert outcome.status == "unknown"
    assert outcome.reason == "the tree walk from in.acme.example failed"


async def test_np_decides_for_a_name_that_does_not_exist() -> None:
    text = txt("v=DMARC1; p=reject; np=none; rua=mailto:dmarc@acme.example")
    outcomes = await judged(text, domain="gone.acme.example")
    assert "np=none" in outcomes["DMARC011"].findings[0].message


async def test_the_record_that_rfc_9989_takes_and_not_the_nearest() -> None:
    text = txt(GOOD) + 'a.b IN A 192.0.2.7\n_dmarc.b IN TXT "v=DMARC1; p=none"\n'
    outcomes = await judged(text, domain="a.b.acme.example")
    assert found(outcomes) == {"DMARC027", "DMARC030"}
    assert "_dmarc.acme.example applies" in outcomes["DMARC027"].findings[0].message


async def test_a_domain_that_does_not_exist_is_not_asked_for_a_record() -> None:
    outcomes = await judged("", domain="gone.test")
    assert outcomes["DMARC001"].status == "skipped"


async def test_hostile_records_are_bounded() -> None:
    many = "".join(f'_dmarc IN TXT "v=DMARC1; p=none; x{i}=1"\n' for i in range(200))
    outcomes = await judged(many)
    assert len(outcomes["DMARC002"].findings[0].evidence) == 10
    uris = ",".join(f"mailto:a@d{i}.test" for i in range(400))
    chunks = " ".join(f'"{uris[i : i + 200]}"' for i in range(0, len(uris), 200))
    outcomes = await judged(f'_dmarc IN TXT "v=DMARC1; p=reject; rua=" {chunks}\n')
    assert len(outcomes["DMARC019"].findings) <= 20


class OneText:
    """Answers every TXT query below acme.example with the same text."""

    def __init__(self, text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")[:2000]
        chunks = [raw[i : i + 255] for i in range(0, len(raw), 255)] or [b""]
        self.record = TXT(RdataClass.IN, RdataType.TXT, chunks)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        if rrtype == "TXT" and name.endswith("acme.example"):
            return Answer(name, rrtype, "ok", (self.record,))
        return Answer(name, rrtype, "nodata")


HOSTILE = st.text(max_size=120) | st.text(alphabet='vDMARC1=; ps\\"rua:mailto@,!np%é\u00a0', max_size=120)


@examples(150)
@given(HOSTILE, st.sampled_from(["", "v=DMARC1;", "v=DMARC1; p=reject; rua="]))
def test_no_text_makes_a_rule_raise(text: str, head: str) -> None:
    resolver = OneText(head + text)
    facts = DomainFacts(
        "acme.example",
        dmarc=asyncio.run(collect_dmarc("acme.example", resolver)),
        misplaced=asyncio.run(collect_misplaced("acme.example", resolver, ("dmarc",))),
    )
    for outcome in judge(registry.of_topics("dmarc"), facts, "acme.example"):
        assert outcome.status != "error", outcome.reason
        for finding in outcome.findings:
            where = finding.location
            if where is not None and where.start is not None and where.end is not None:
                assert 0 <= where.start <= where.end <= len(where.record)


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ("@ IN MX 10 mx.esp.test.", "pass"),
        ("@ IN A 192.0.2.9", "pass"),
        ("@ IN AAAA 2001:db8::9", "pass"),
        ("@ IN MX 0 .", "warn"),
        ("@ IN MX 0 .\n@ IN A 192.0.2.9", "warn"),
        ('@ IN TXT "no mail here"', "warn"),
        ("other IN A 192.0.2.9", "warn"),
    ],
)
async def test_whether_a_report_mailbox_can_take_mail(records: str, status: str) -> None:
    consent = '$ORIGIN esp.test.\nacme.example._report._dmarc IN TXT "v=DMARC1"\n'
    text = txt("v=DMARC1; p=reject; rua=mailto:d@esp.test") + consent + records + "\n"
    outcomes = await judged(text)
    assert outcomes["DMARC035"].status == status
    assert found(outcomes) == ({"DMARC035"} if status == "warn" else set())


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("rrtype", ["MX", "A", "AAAA"])
async def test_a_report_mailbox_that_cannot_be_looked_up_is_unknown(rrtype: str, status: Status) -> None:
    more = '$ORIGIN esp.test.\n@ IN TXT "no mail here"\nacme.example._report._dmarc IN TXT "v=DMARC1"\n'
    text = txt("v=DMARC1; p=reject; rua=mailto:d@esp.test") + more
    outcome = (await judged(text, {("esp.test", rrtype): status}))["DMARC035"]
    assert (outcome.status, outcome.findings) == ("unknown", ())
    assert f"{rrtype} esp.test" in outcome.reason


async def test_a_web_address_for_reports_needs_no_mailbox() -> None:
    text = txt("v=DMARC1; p=reject; rua=https://acme.example/r,mailto:d@acme.example")
    outcomes = await judged(text.replace("acme.example/r", "web.acme.example/r"))
    assert outcomes["DMARC035"].status == "pass"
