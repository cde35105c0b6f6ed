"""The tree walk, the organizational domain and policy discovery (RFC 9989 section 4.10, its own examples)."""

from __future__ import annotations

import pytest

from mailproof.auth.dmarc_walk import discover, domain_exists, walk, walk_names
from mailproof.dns import MemoResolver
from mailproof.model import Status
from tests.support.resolvers import FailingResolver, zone

NONE = "v=DMARC1; p=none"


def records(**at: str) -> str:
    """A zone with DMARC records at these names (dots written as two underscores)."""
    lines = ["$ORIGIN ."]
    for name, text in at.items():
        lines.append(f'_dmarc.{name.replace("__", ".")}. 3600 IN TXT "{text}"')
    return "\n".join(lines)


def test_a_long_name_is_cut_to_seven_labels() -> None:
    assert walk_names("a.b.c.d.e.f.g.h.i.j.mail.example.com") == (
        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "g.h.i.j.mail.example.com",
        "h.i.j.mail.example.com",
        "i.j.mail.example.com",
        "j.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
    )
    assert walk_names("mail.a.b.c.d.e.f.g.example.com")[1] == "c.d.e.f.g.example.com"


@pytest.mark.parametrize(("labels", "queries"), [(1, 1), (2, 2), (3, 3), (7, 7), (8, 8), (9, 8), (60, 8)])
def test_at_most_eight_queries(labels: int, queries: int) -> None:
    names = walk_names(".".join(f"l{i}" for i in range(labels)))
    assert len(names) == queries
    assert len(set(names)) == queries


@pytest.mark.parametrize(
    ("zonetext", "start", "organizational"),
    [
        (records(mail__example__com=NONE, example__com=NONE), "a.mail.example.com", "example.com"),
        (
            records(mail__example__com=NONE + "; psd=n", example__com=NONE),
            "a.mail.example.com",
            "mail.example.com",
        ),
        (records(com=NONE + "; psd=y"), "a.mail.example.com", "example.com"),
        (records(example__com=NONE + "; psd=y"), "mail.example.com", "mail.example.com"),
        (records(b__example__com=NONE, example__com=NONE), "a.b.example.com", "example.com"),
        (records(com=NONE + "; psd=y", example__com=NONE), "a.example.com", "example.com"),
        (records(gov=NONE + "; psd=y"), "gov", "gov"),
        (records(a__example__com=NONE), "a.example.com", "a.example.com"),
        (records(), "a.example.com", "a.example.com"),
        (records(example__com="v=dmarc1; p=none"), "a.example.com", "a.example.com"),
        (records(example__com="v=DMARC1; p=bad"), "a.example.com", "example.com"),
        (
            '$ORIGIN example.com.\n_dmarc IN TXT "v=DMARC1; p=none"\n_dmarc IN TXT "v=DMARC1; p=reject"',
            "a.example.com",
            "a.example.com",
        ),
    ],
)
async def test_organizational_domain(zonetext: str, start: str, organizational: str) -> None:
    walked = await walk(start, zone(zonetext))
    assert walked.organizational_domain == organizational
    assert walked.unknown is None


async def test_the_steps_are_those_of_a_walk_one_by_one() -> None:
    text = records(b__example__com=NONE + "; psd=n", example__com=NONE)
    walked = await walk("a.b.example.com", zone(text))
    assert [step.name for step in walked.steps] == ["a.b.example.com", "b.example.com"]
    assert walked.steps[1].note == "psd=n: the walk stops"


async def test_stray_txt_and_several_records_are_discarded() -> None:
    text = '$ORIGIN acme.example.\n_dmarc IN TXT "hello"\n_dmarc IN TXT "v=DMARC1; p=reject"'
    step = (await walk("acme.example", zone(text))).steps[0]
    assert step.records == ("v=DMARC1; p=reject",)
    assert step.other_txt == ("hello",)
    assert step.record is not None


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_step_makes_the_walk_unknown_unless_it_stopped_before(status: Status) -> None:
    text = records(example__com=NONE)
    failing = FailingResolver(zone(text), {("_dmarc.b.example.com", "TXT"): status})
    walked = await walk("a.b.example.com", failing)
    assert walked.unknown is not None
    assert walked.unknown.status == status
    stopped = records(a__example__com=NONE + "; psd=n")
    failing = FailingResolver(zone(stopped), {("_dmarc.example.com", "TXT"): status})
    assert (await walk("a.example.com", failing)).unknown is None


async def test_the_domain_with_the_fewest_labels_gives_the_policy() -> None:
    text = records(b__example__com="v=DMARC1; p=none", example__com="v=DMARC1; p=reject; sp=quarantine")
    found = await discover("a.b.example.com", zone(text + "\na.b.example.com. IN A 192.0.2.1"))
    assert (found.policy_domain, found.policy, found.source) == ("example.com", "quarantine", "sp")


async def test_own_record_comes_first_and_by_p() -> None:
    text = records(b__example__com="v=DMARC1; p=quarantine; sp=none", example__com="v=DMARC1; p=reject")
    found = await discover("b.example.com", zone(text))
    assert (found.policy_domain, found.policy, found.source) == ("b.example.com", "quarantine", "p")
    assert found.walk.organizational_domain == "example.com"


SP_NP = records(example__com="v=DMARC1; p=reject; sp=quarantine; np=none")


async def test_np_is_for_nxdomain_only() -> None:
    nodata = await discover("a.example.com", zone(SP_NP + '\na.example.com. IN TXT "x"'))
    empty = await discover("a.example.com", zone(SP_NP + '\nx.a.example.com. IN TXT "x"'))
    missing = await discover("a.example.com", zone(SP_NP))
    assert (nodata.source, nodata.policy, nodata.exists) == ("sp", "quarantine", True)
    assert (empty.source, empty.policy, empty.exists) == ("sp", "quarantine", True)
    assert (missing.source, missing.policy, missing.exists) == ("np", "none", False)


@pytest.mark.parametrize(
    ("record", "source", "policy"),
    [
        ("v=DMARC1; p=reject; sp=none", "sp", "none"),
        ("v=DMARC1; p=reject", "p", "reject"),
        ("v=DMARC1; p=none; np=reject", "np", "reject"),
    ],
)
async def test_np_falls_to_sp_then_to_p(record: str, source: str, policy: str) -> None:
    found = await discover("a.example.com", zone(records(example__com=record)))
    assert (found.source, found.policy) == (source, policy)


async def test_unknown_existence_leaves_the_policy_open_only_where_it_matters() -> None:
    gone: dict[tuple[str, str], Status] = {("a.example.com", "*"): "servfail"}
    found = await discover("a.example.com", FailingResolver(zone(SP_NP), gone))
    assert found.policy_domain == "example.com"
    assert (found.policy, found.source, found.exists) == (None, None, None)
    same = records(example__com="v=DMARC1; p=reject")
    found = await discover("a.example.com", FailingResolver(zone(same), gone))
    assert found.policy == "reject"


async def test_existence() -> None:
    acme = zone("$ORIGIN acme.example.\n@ IN A 192.0.2.1")
    assert await domain_exists("acme.example", acme) is True
    assert await domain_exists("none.acme.example", acme) is False
    dead = FailingResolver(acme, {("acme.example", "*"): "timeout"})
    assert await domain_exists("acme.example", dead) is None
    half = FailingResolver(acme, {("acme.example", "SOA"): "servfail"})
    assert await domain_exists("acme.example", half) is True


async def test_the_public_suffix_is_last() -> None:
    psd = records(com="v=DMARC1; p=none; sp=quarantine; np=reject; psd=y")
    found = await discover("a.example.com", zone(psd))
    assert (found.policy_domain, found.policy, found.source) == ("com", "reject", "np")
    both = psd + "\n" + records(example__com="v=DMARC1; p=none")
    found = await discover("a.example.com", zone(both))
    assert found.policy_domain == "example.com"
    between = psd + "\n" + records(b__example__com="v=DMARC1; p=reject")
    found = await discover("a.b.example.com", zone(between + "\na.b.example.com. IN A 192.0.2.1"))
    assert (found.walk.organizational_domain, found.policy_domain) == ("example.com", "com")
    assert found.policy == "quarantine"


async def test_a_record_without_usable_policy_is_not_passed_over() -> None:
    text = records(a__example__com="v=DMARC1; p=bad", example__com="v=DMARC1; p=reject")
    found = await discover("a.example.com", zone(text))
    assert found.policy_domain == "a.example.com"
    assert found.record is not None
    assert not found.record.valid
    assert found.policy is None


async def test_own_record_is_certain_even_where_the_rest_failed() -> None:
    text = records(a__example__com="v=DMARC1; p=reject")
    failing = FailingResolver(zone(text), {("_dmarc.example.com", "TXT"): "servfail"})
    found = await discover("a.example.com", failing)
    assert (found.policy, found.unknown) == ("reject", None)


async def test_a_failure_at_the_domain_itself_is_not_no_record() -> None:
    text = records(example__com="v=DMARC1; p=reject")
    failing = FailingResolver(zone(text), {("_dmarc.a.example.com", "TXT"): "servfail"})
    found = await discover("a.example.com", failing)
    assert found.policy_domain == ""
    assert found.unknown is not None
    assert "SERVFAIL" in found.reason


async def test_every_question_of_a_walk_is_asked_once() -> None:
    inner = FailingResolver(zone(records(example__com=NONE)), {})
    await discover("a.b.example.com", MemoResolver(inner))
    assert len(inner.asked) == len(set(inner.asked))
    assert sum(rrtype == "TXT" and name.startswith("_dmarc.") for name, rrtype in inner.asked) == 4


async def test_what_is_discarded_is_named_where_nothing_applies() -> None:
    two = '_dmarc.acme.example. IN TXT "v=DMARC1; p=reject"\n_dmarc.acme.example. IN TXT "v=DMARC1; p=none"\n'
    found = await discover("acme.example", zone(two))
    assert (
        found.reason
        == "no DMARC record applies to acme.example: _dmarc.acme.example has 2 records, so all are discarded"
    )
    low = await discover("acme.example", zone('_dmarc.acme.example. IN TXT "v=dmarc1; p=reject"\n'))
    assert "does not start as a DMARC record must" in low.reason
    assert (await discover("acme.example", zone(""))).reason == "no DMARC record applies to acme.example"
