"""Selectors collected and discovered."""

import pytest

from mailproof.data.selectors import known_selectors
from mailproof.facts.dkim import CONTROL, collect_dkim
from mailproof.model import DkimDiscovery, DkimSelectorFacts, Status
from tests.support.dkim import PUBLIC
from tests.support.resolvers import FailingResolver, zone

KEY = f'"v=DKIM1; k=rsa; p={PUBLIC["rsa1024"]}"'
APEX = "$ORIGIN acme.example.\n@ 3600 IN A 192.0.2.1\n"
Collected = tuple[tuple[DkimSelectorFacts, ...], DkimDiscovery]


async def collect(text: str, *selectors: str, **failures: Status) -> tuple[Collected, FailingResolver]:
    keys = {(f"{name.replace('__', '.')}.acme.example", "TXT"): status for name, status in failures.items()}
    resolver = FailingResolver(zone(APEX + text), keys)
    pairs = tuple((selector, "given") for selector in selectors)
    return await collect_dkim("acme.example", resolver, pairs), resolver


def test_the_list_is_long_dated_and_sourced() -> None:
    known = known_selectors()
    assert len(known.selectors) >= 60
    assert len({each.name for each in known.selectors}) == len(known.selectors)
    assert known.date == "2026-11-26"
    assert all(each.provider and known.sources[each.source] for each in known.selectors)
    assert "Amazon SES" in [each.provider for each in known.unguessable]


async def test_given_selectors_are_always_reported_and_tried_ones_if_found() -> None:
    (facts, discovery), _ = await collect(f"google._domainkey IN TXT {KEY}\n", "s9")
    assert [(f.selector, f.status, f.origin) for f in facts] == [
        ("s9", "absent", "given"),
        ("google", "valid", "Google Workspace"),
    ]
    assert (discovery.found, discovery.unknown, discovery.wildcard) == (1, 0, False)
    assert (discovery.tried, discovery.known) == (
        len(known_selectors().common),
        len(known_selectors().selectors),
    )
    assert discovery.domainkey.status == "nodata"


async def test_nothing_below_domainkey_saves_the_questions() -> None:
    (facts, discovery), resolver = await collect("", "s9")
    assert [(f.selector, f.status) for f in facts] == [("s9", "absent")]
    assert (discovery.domainkey.status, discovery.tried) == ("nxdomain", 0)
    assert "does not exist" in discovery.skipped
    assert len(resolver.asked) == 6  # three of them identify providers, and are queried anyway


async def test_a_key_below_a_name_that_is_said_not_to_exist_is_believed() -> None:
    (facts, discovery), _ = await collect(
        f"s9._domainkey IN TXT {KEY}\ngoogle._domainkey IN TXT {KEY}\n", "s9", _domainkey="nxdomain"
    )
    assert [f.selector for f in facts] == ["s9", "google"]
    assert discovery.tried > 0


async def test_none_of_the_tried_ones() -> None:
    (facts, discovery), _ = await collect(f"secret._domainkey IN TXT {KEY}\n")
    assert facts == ()
    assert (discovery.found, discovery.domainkey.status) == (0, "nodata")


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_failures_are_unknown_never_absent(status: Status) -> None:
    (facts, discovery), _ = await collect(
        "s9._domainkey IN TXT x\n", "s9", s9___domainkey=status, google___domainkey=status
    )
    assert [(f.selector, f.status) for f in facts] == [("s9", "unknown"), ("google", "unknown")]
    assert (discovery.found, discovery.unknown) == (0, 1)


async def test_a_dead_server_is_not_asked_a_hundred_times() -> None:
    (_, discovery), resolver = await collect("", _domainkey="timeout")
    assert (discovery.tried, len(resolver.asked)) == (0, 5)
    assert "in time" in discovery.skipped


async def test_a_wildcard_finds_nothing() -> None:
    (facts, discovery), _ = await collect(
        f'*._domainkey IN TXT "v=spf1 -all"\ngoogle._domainkey IN TXT {KEY}\n', "s9"
    )
    assert discovery.wildcard
    assert discovery.wildcard_records == ("v=spf1 -all",)
    assert [(f.selector, f.status) for f in facts] == [("s9", "invalid"), ("google", "valid")]


async def test_aliases_show_their_target_and_dangling_ones_are_kept() -> None:
    (facts, _), _ = await collect(
        "selector1._domainkey IN CNAME key1.esp.example.\nselector2._domainkey IN CNAME key2.esp.example.\n"
        f"key1.esp.example. IN TXT {KEY}\n"
    )
    assert [(f.selector, f.status, f.target) for f in facts] == [
        ("selector1", "valid", "key1.esp.example"),
        ("selector2", "absent", "key2.esp.example"),
    ]


async def test_without_discovery_only_the_given_are_asked() -> None:
    resolver = FailingResolver(zone(APEX + f"google._domainkey IN TXT {KEY}\n"), {})
    facts, discovery = await collect_dkim("acme.example", resolver, (("s9", "message"),), discover=False)
    assert [(f.selector, f.origin) for f in facts] == [("s9", "message")]
    assert discovery.tried == 0
    assert {name for name, _ in resolver.asked} == {
        "_domainkey.acme.example",
        "s9._domainkey.acme.example",
        f"{CONTROL}._domainkey.acme.example",
    }


async def test_a_whole_name_is_taken_as_its_selector_and_rubbish_is_passed_over() -> None:
    (facts, _), _ = await collect(
        f"S9._domainkey IN TXT {KEY}\n", "S9._domainkey.acme.example", "a b", "x" * 300, ""
    )
    assert [(f.selector, f.status) for f in facts] == [("s9", "valid")]


async def test_the_likeliest_are_tried_and_all_where_all_are_asked_for() -> None:
    last = known_selectors().selectors[-1].name
    text = APEX + f"google._domainkey IN TXT {KEY}\n{last}._domainkey IN TXT {KEY}\n"
    for all_selectors, tried, found in ((False, 10, ["google"]), (True, 107, ["google", last])):
        resolver = FailingResolver(zone(text), {})
        facts, discovery = await collect_dkim("acme.example", resolver, all_selectors=all_selectors)
        assert [each.selector for each in facts] == found
        assert (discovery.tried, discovery.known, discovery.untried) == (tried, 107, 107 - tried)
        below = [name for name, _ in resolver.asked if name.endswith("._domainkey.acme.example")]
        assert len(below) == tried + 1  # and the invented one


async def test_more_are_tried_where_nothing_was_found() -> None:
    less = known_selectors().less_common
    (facts, discovery), _ = await collect(f"{less[-1]}._domainkey IN TXT {KEY}\n")
    assert [each.selector for each in facts] == [less[-1]]
    assert discovery.tried == len(known_selectors().common) + len(less)
    (_, discovery), resolver = await collect(f"{less[-1]}._domainkey IN TXT {KEY}\n", less[-1])
    assert discovery.tried == len(known_selectors().common)
    assert (f"{less[0]}._domainkey.acme.example", "TXT") not in resolver.asked


async def test_given_selectors_are_no_guesses() -> None:
    (_, discovery), resolver = await collect(f"s9._domainkey IN TXT {KEY}\n", "s9", "google", "selector1")
    assert (discovery.tried, discovery.known) == (8, 105)
    below = [name for name, _ in resolver.asked if name.endswith("._domainkey.acme.example")]
    assert len(below) == len(set(below)) == 8 + 3 + 1


@pytest.mark.parametrize(
    ("records", "synthesized"),
    [
        ('* IN TXT "v=spf1 -all"\n', True),
        ("* IN TXT x\n* IN TXT y\n", True),
        (f"* IN TXT {KEY}\n", False),
        ('* IN TXT "v=DKIM1; p="\n', False),
        ("* IN CNAME k.esp.example.\nk.esp.example. IN TXT x\n", False),
        ("*._domainkey IN TXT x\n", False),
        ("_domainkey IN TXT o=~\n*._domainkey IN TXT x\n", False),
        (f"* IN TXT x\ns9._domainkey IN TXT {KEY}\n", False),
        ("", False),
    ],
)
async def test_a_wildcard_above_shows_that_domainkey_does_not_exist(records: str, synthesized: bool) -> None:
    (_, discovery), resolver = await collect(records, "s9")
    assert discovery.synthesized is synthesized
    assert discovery.no_keys is (synthesized or not records)
    if synthesized:  # guessing is pointless, so nothing is guessed
        assert discovery.tried == 0
        assert ("google._domainkey.acme.example", "TXT") not in resolver.asked


@pytest.mark.parametrize("given", [(), ("s1",)])
async def test_what_comes_with_a_selector_is_tried_where_that_is_there(given: tuple[str, ...]) -> None:
    text = f"s1._domainkey IN TXT {KEY}\ns2._domainkey IN TXT {KEY}\n"
    (facts, discovery), _ = await collect(text, *given)
    assert [each.selector for each in facts] == ["s1", "s2"]
    assert "s2" in discovery.selectors
    assert len(discovery.selectors) == discovery.tried
    (facts, discovery), _ = await collect(f"s2._domainkey IN TXT {KEY}\n")
    assert facts == ()
    assert "s2" not in discovery.selectors
    assert discovery.untried == discovery.known - discovery.tried > 0


async def test_an_alias_shows_the_provider_whose_selectors_are_tried_next() -> None:
    text = (
        "selector1._domainkey IN CNAME selector1-acme-example._domainkey.acme.onmicrosoft.com.\n"
        f"selector1-acme-example._domainkey.acme.onmicrosoft.com. IN TXT {KEY}\n"
        f"selector2._domainkey IN TXT {KEY}\n"
    )
    (facts, discovery), _ = await collect(text)
    assert [each.selector for each in facts] == ["selector1", "selector2"]
    assert [each.name for each in discovery.providers] == ["Microsoft 365"]


def test_each_common_selector_is_listed_and_each_follower_has_one_before_it() -> None:
    known = known_selectors()
    names = {each.name for each in known.selectors}
    assert {*known.common, *known.less_common} <= names
    assert not {*known.common} & {*known.less_common}
    assert {each.after for each in known.selectors if each.after} <= names
