"""The SPF rules on records that other tools are known to get wrong or miss, and on failing DNS."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.checks.base import MOST_FINDINGS
from mailproof.model import Finding, Status
from mailproof.records.spf import is_spf, parse_spf
from tests.support.spf import outcomes

RULES = Path(__file__).parents[2] / "rules"
FAILURES: tuple[Status, ...] = ("servfail", "timeout", "refused", "bogus")


async def found(
    record: str, more: str = "", failures: dict[tuple[str, str], Status] | None = None
) -> set[str]:
    """The rules with a finding on the one record of acme.example."""
    escaped = record.replace("\\", "\\\\").replace('"', '\\"')
    text = "".join(c if c.isascii() else "".join(f"\\{b:03d}" for b in c.encode()) for c in escaped)
    world = f'$ORIGIN acme.example.\n@ 60 IN TXT "{text}"\n{more}'
    return {rule for rule, outcome in (await outcomes(world, failures)).items() if outcome.findings}


async def finding(rule: str, record: str, more: str = "") -> Finding:
    chunks = " ".join(f'"{record[i : i + 200]}"' for i in range(0, len(record), 200))
    world = f"$ORIGIN acme.example.\n@ 60 IN TXT {chunks}\n{more}"
    return (await outcomes(world))[rule].findings[0]


# What checkdmarc gets wrong.


async def test_upper_case_is_no_syntax_error() -> None:
    assert (
        await found("V=SPF1 MX -ALL", "@ 60 IN MX 10 m.host.example.\nm.host.example. 60 IN A 192.0.2.1\n")
        == set()
    )


async def test_a_no_break_space_is_not_valid() -> None:
    assert await found("v=spf1 ip4:192.0.2.1\u00a0-all") == {"SPF018"}


@pytest.mark.parametrize("status", FAILURES)
async def test_an_include_that_fails_is_unknown_not_missing(status: Status) -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:esp.example -all"\n'
    result = await outcomes(world, {("esp.example", "TXT"): status})
    assert not any(outcome.findings for outcome in result.values())
    for rule in ("SPF003", "SPF005", "SPF010", "SPF012", "SPF023", "SPF024", "SPF030", "SPF031"):
        assert result[rule].status == "unknown", rule
        assert "esp.example" in result[rule].reason


@pytest.mark.parametrize("status", FAILURES)
async def test_an_address_that_fails_is_unknown_not_valid(status: Status) -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 a:www.acme.example -all"\n'
    result = await outcomes(world, {("www.acme.example", "A"): status})
    assert not any(outcome.findings for outcome in result.values())
    assert result["SPF024"].status == result["SPF032"].status == result["SPF005"].status == "unknown"


@pytest.mark.parametrize("status", FAILURES)
async def test_a_redirect_that_fails_is_unknown(status: Status) -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 redirect=esp.example"\n'
    result = await outcomes(world, {("esp.example", "TXT"): status})
    assert not any(outcome.findings for outcome in result.values())
    for rule in ("SPF006", "SPF007", "SPF008", "SPF011", "SPF028"):
        assert result[rule].status == "unknown", rule


@pytest.mark.parametrize("status", FAILURES)
async def test_a_domain_that_fails_is_unknown_in_every_rule(status: Status) -> None:
    result = await outcomes("", {("acme.example", "TXT"): status})
    assert {outcome.status for outcome in result.values()} == {"unknown"}


async def test_an_address_in_the_place_of_a_name_is_a_permerror() -> None:
    assert await found("v=spf1 a:192.0.2.1 -all") == {"SPF027"}


async def test_the_count_holds_past_the_limit() -> None:
    names = "".join(f"h{i} 60 IN A 192.0.2.{i}\n" for i in range(30))
    terms = " ".join(f"a:h{i}.acme.example" for i in range(23))
    message = (await finding("SPF003", f"v=spf1 {terms} -all", names)).message
    assert "needs 23 DNS lookups" in message
    assert "a:h10.acme.example is the first" in message


async def test_where_a_part_is_unknown_the_count_is_the_least_it_can_be() -> None:
    terms = " ".join(f"exists:%{{i}}.x{i}.y.z" for i in range(11))
    world = f'acme.example. 60 IN TXT "v=spf1 {terms} include:esp.example -all"\n'
    (told,) = (await outcomes(world, {("esp.example", "TXT"): "servfail"}))["SPF003"].findings
    assert "needs at least 12 DNS lookups" in told.message


async def test_a_missing_redirect_target_is_named() -> None:
    message = (await finding("SPF011", "v=spf1 redirect=_spf.gone.example")).message
    assert "_spf.gone.example does not exist" in message


# What checkdmarc misses.


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        ("v=spf1 ip4:192.0.2.1 +all", "SPF006"),
        ("v=spf1 ip4:192.0.2.1 all", "SPF006"),
        ("v=spf1 ip4:192.0.2.1 ?all", "SPF007"),
        ("v=spf1 ip4:192.0.2.1", "SPF008"),
        ("v=spf1 ip4:0.0.0.0/0 -all", "SPF015"),
        ("v=spf1 ip6:::/0 -all", "SPF015"),
        ("v=spf1 ip4:64.0.0.0/6 -all", "SPF015"),
        ("v=spf1 ip4:192.0.2.1 ip4:10.0.0.0/24 -all", "SPF016"),
        ("v=spf1 ip4:192.0.2.9/24 -all", "SPF017"),
        (
            "v=spf1 exists:a.acme.example exists:b.acme.example exists:c.acme.example ip4:192.0.2.1 -all",
            "SPF005",
        ),
    ],
)
async def test_what_others_miss(record: str, rule: str) -> None:
    assert await found(record) == {rule}


async def test_a_leading_space_is_no_record() -> None:
    assert await found(" v=spf1 ip4:192.0.2.1 -all") == {"SPF001", "SPF019"}


async def test_void_look_ups_are_named_one_by_one() -> None:
    message = (await finding("SPF005", "v=spf1 a:x.acme.example mx exists:y.acme.example -all")).message
    assert all(text in message for text in ("A x.acme.example", "MX acme.example", "A y.acme.example"))


# Documentation addresses are ordinary ones; a healthy record has no finding.


async def test_documentation_addresses_are_ordinary() -> None:
    record = "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.1 ip4:203.0.113.0/25 ip6:2001:db8::/32 -all"
    assert await found(record) == set()


async def test_a_domain_without_a_record_is_told_what_to_find_out_and_no_sender_is_made_up() -> None:
    null = (await outcomes("$ORIGIN acme.example.\n@ 60 IN MX 0 .\n"))["SPF001"].findings[0].fix
    assert null is not None
    assert (null.kind, [record.value for record in null.records]) == ("decision", ["v=spf1 -all"])
    mail = (
        (await outcomes("$ORIGIN acme.example.\n@ 60 IN MX 1 aspmx.l.google.com.\n"))["SPF001"]
        .findings[0]
        .fix
    )
    assert mail is not None
    assert not mail.records
    assert "Google Workspace (include:_spf.google.com)" in mail.summary
    assert (await outcomes(""))["SPF001"].status == "fail"


async def test_rules_without_a_record_are_skipped_with_the_reason() -> None:
    result = await outcomes("$ORIGIN acme.example.\n@ 60 IN A 192.0.2.1\n")
    judged = {rule for rule, outcome in result.items() if outcome.status != "skipped"}
    assert judged == {"SPF001", "SPF002", "SPF019", "SPF036", "SPF037"}
    assert {outcome.reason for rule, outcome in result.items() if rule not in judged} == {"no SPF record"}


async def test_the_policy_of_a_redirect_is_that_of_its_target() -> None:
    more = '$ORIGIN esp.example.\n@ 60 IN TXT "v=spf1 +all"\n'
    assert await found("v=spf1 redirect=esp.example", more) == {"SPF006"}


async def test_several_records_are_merged_where_they_agree() -> None:
    one = '@ 60 IN TXT "v=spf1 mx include:esp.example ~all"\n'
    other = "v=spf1 include:esp.example ip4:192.0.2.1 {} exp=why.acme.example"
    world = f'$ORIGIN acme.example.\n@ 60 IN TXT "{other}"\n'
    fix = (await outcomes(world.format("~all") + one))["SPF002"].findings[0].fix
    assert fix is not None
    new = next(record.value for record in fix.records if record.action == "publish")
    assert sorted(new.split()) == sorted(
        ["v=spf1", "mx", "include:esp.example", "ip4:192.0.2.1", "~all", "exp=why.acme.example"]
    )
    assert new.split()[-2:] == ["~all", "exp=why.acme.example"]
    assert sum(record.action == "remove" for record in fix.records) == 2
    for end in ("-all", "+all", "~all zzz"):
        fix = (await outcomes(world.format(end) + one))["SPF002"].findings[0].fix
        assert fix is not None
        assert fix.records == ()


async def test_a_long_record_of_scattered_addresses_is_split() -> None:
    addresses = " ".join(f"ip4:198.51.{i}.7" for i in range(60))
    half = len(addresses) // 4
    chunks = " ".join(f'"{addresses[i : i + half]}"' for i in range(0, len(addresses), half))
    world = f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 " {chunks} " -all"\n'
    fix = (await outcomes(world))["SPF020"].findings[0].fix
    assert fix is not None
    assert len(fix.records) == 4
    assert all(len(record.value) <= 450 for record in fix.records)
    mended_world = "\n".join(record.bind for record in fix.records)
    result = await outcomes(mended_world)
    assert not any(outcome.findings for outcome in result.values())


@pytest.mark.parametrize("folder", sorted(RULES.glob("SPF*")), ids=lambda path: path.name)
async def test_every_record_of_a_fix_is_a_valid_one(folder: Path) -> None:
    result = await outcomes((folder / "bad.zone").read_text())
    records = [
        record
        for outcome in result.values()
        for each in outcome.findings
        if each.fix
        for record in each.fix.records
        if record.rrtype == "TXT" and record.action == "publish"
    ]
    for record in records:
        assert is_spf(record.value)
        assert not [p for p in parse_spf(record.value).problems if p.code == "stray-space"]
    own = [each for each in result[folder.name].findings if each.fix and each.fix.records]
    for each in own:
        assert each.fix is not None
        assert all(parse_spf(r.value).valid for r in each.fix.records if r.action == "publish")


@pytest.mark.parametrize("folder", sorted(RULES.glob("SPF*")), ids=lambda path: path.name)
async def test_a_fix_mends_what_it_was_given_for(folder: Path) -> None:
    """With the records of the first fix in the zone, the finding is gone, and no new one appears."""
    world = (folder / "bad.zone").read_text()
    before = (await outcomes(world))[folder.name].findings
    fix = before[0].fix if before else None
    publish = [r for r in fix.records if r.action == "publish"] if fix else []
    if not publish or folder.name in ("SPF011",):
        return
    names = {record.name for record in publish}
    lines, origin = [], ""
    for line in world.splitlines():
        if line.startswith("$ORIGIN"):
            origin = line.split()[1].rstrip(".")
        owner = line.split(" ")[0]
        full = origin if owner == "@" else f"{owner}.{origin}"
        if not (" TXT " in line and full in names and ("spf" in line)):
            lines.append(line)
    after = (await outcomes("\n".join([*lines, *(record.bind for record in publish)])))[folder.name]
    assert before[0].fingerprint not in {each.fingerprint for each in after.findings}
    assert len(after.findings) < len(before)


@pytest.mark.parametrize(
    ("record", "theirs", "rule"),
    [
        ("v=spf1 redirect=esp.example", "v=spf1 ip4:192.0.2.1 +all", "SPF006"),
        ("v=spf1 redirect=esp.example", "v=spf1 ip4:192.0.2.1", "SPF008"),
        ("v=spf1 include:esp.example -all", "v=spf1 include:gone.example -all", "SPF010"),
        ("v=spf1 include:esp.example -all", "v=spf1 redirect=gone.example", "SPF011"),
        ("v=spf1 include:esp.example -all", "v=spf1 include:acme.example -all", "SPF012"),
    ],
)
async def test_no_record_is_given_to_publish_in_anothers_zone(record: str, theirs: str, rule: str) -> None:
    fix = (await finding(rule, record, f'$ORIGIN esp.example.\n@ 60 IN TXT "{theirs}"\n')).fix
    assert fix is not None
    assert fix.records == ()
    assert "Report it to the owner of esp.example" in fix.summary


async def test_a_record_above_is_not_anothers_to_correct() -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 mxx -all"\n'
    world += 'news 60 IN TXT "v=spf1 include:acme.example -all"\n'
    (broken,) = (await outcomes(world, domain="news.acme.example"))["SPF030"].findings
    assert broken.fix is not None
    assert broken.fix.summary == "Correct the record of acme.example; until then, remove include:acme.example"


async def test_a_fault_in_a_record_included_twice_is_told_once() -> None:
    world = (
        '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:a.example include:b.example -all"\n'
        '$ORIGIN a.example.\n@ 60 IN TXT "v=spf1 include:esp.example -all"\n'
        '$ORIGIN b.example.\n@ 60 IN TXT "v=spf1 include:esp.example -all"\n'
        '$ORIGIN esp.example.\n@ 60 IN TXT "v=spf1 include:gone.example mx -all"\n'
        + "".join(f"@ 60 IN MX {i} m{i}\n" for i in range(11))
    )
    result = await outcomes(world)
    assert len(result["SPF010"].findings) == 1
    assert len(result["SPF022"].findings) == 1


async def test_a_loop_is_found_whichever_way_round_it_is_entered() -> None:
    world = (
        '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:b.example include:c.example -all"\n'
        '$ORIGIN b.example.\n@ 60 IN TXT "v=spf1 include:c.example -all"\n'
        '$ORIGIN c.example.\n@ 60 IN TXT "v=spf1 include:b.example -all"\n'
    )
    assert (await outcomes(world))["SPF012"].status == "fail"


@pytest.mark.parametrize("term", ["ptr ", "moo ", "ip4:192.0.2.9/24 ", "foo=bar ", "include:x.example "])
async def test_a_hostile_record_has_no_thousands_of_findings(term: str) -> None:
    body = (term * 3000)[:40_000].strip()
    chunks = " ".join(f'"{body[i : i + 200]}"' for i in range(0, len(body), 200))
    result = await outcomes(f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 " {chunks}\n')
    assert not [outcome for outcome in result.values() if outcome.status == "error"]
    assert 0 < max(len(outcome.findings) for outcome in result.values()) <= MOST_FINDINGS


# An explanation that cannot be fetched.


@pytest.mark.parametrize(
    ("record", "more", "rules"),
    [
        ("v=spf1 ip4:192.0.2.1 -all exp=why.acme.example", 'why 60 IN TXT "go away"\n', set()),
        ("v=spf1 ip4:192.0.2.1 -all exp=why.acme.example", 'why 60 IN TXT "see x.test/?%{i}&%{c}"\n', set()),
        ("v=spf1 ip4:192.0.2.1 -all exp=why.acme.example", 'why 60 IN TXT "100% forged"\n', {"SPF039"}),
        ("v=spf1 ip4:192.0.2.1 -all exp=why.acme.example", 'why 60 IN TXT "f\\195\\188r"\n', {"SPF039"}),
        ("v=spf1 ip4:192.0.2.1 -all exp=why.%{d}", 'why 60 IN TXT "go away"\n', set()),
        ("v=spf1 ip4:192.0.2.1 -all exp=%{i}.acme.example", "", set()),
        ("v=spf1 ip4:192.0.2.1 -all exp=why.acme.example", "", {"SPF039"}),
        ("v=spf1 ip4:192.0.2.1 -all exp=why.acme.example", "why 60 IN A 192.0.2.1\n", {"SPF039"}),
        (
            "v=spf1 ip4:192.0.2.1 -all exp=why.acme.example",
            'why 60 IN TXT "go away"\nwhy 60 IN TXT "come back"\n',
            {"SPF039"},
        ),
        (
            "v=spf1 redirect=b.acme.example",
            'b 60 IN TXT "v=spf1 ip4:192.0.2.1 -all exp=why.acme.example"\n',
            {"SPF039"},
        ),
        (
            "v=spf1 include:b.acme.example -all",
            'b 60 IN TXT "v=spf1 ip4:192.0.2.1 -all exp=why.acme.example"\n',
            set(),
        ),
    ],
)
async def test_what_exp_leads_to(record: str, more: str, rules: set[str]) -> None:
    assert await found(record, more) == rules


@pytest.mark.parametrize("status", FAILURES)
async def test_an_explanation_that_cannot_be_looked_up_is_unknown(status: Status) -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.1 -all exp=why.acme.example"\n'
    outcome = (await outcomes(world, {("why.acme.example", "TXT"): status}))["SPF039"]
    assert (outcome.status, outcome.findings) == ("unknown", ())
    assert "why.acme.example" in outcome.reason
