"""The DMARC facts: report destinations (RFC 9990 section 4)."""

from __future__ import annotations

import pytest

from mailproof.facts.dmarc import collect_dmarc
from mailproof.model import DmarcFacts, ReportDestination, Status
from tests.support.resolvers import FailingResolver, zone

ACME = '$ORIGIN acme.example.\n@ IN A 192.0.2.1\n_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:{}"\n'


async def destination(
    rua: str, more: str = "", failures: dict[tuple[str, str], Status] | None = None
) -> ReportDestination:
    resolver = FailingResolver(zone(ACME.format(rua) + more), failures or {})
    (found,) = (await collect_dmarc("acme.example", resolver)).destinations
    return found


@pytest.mark.parametrize("rua", ["d@acme.example", "d@reports.acme.example", "d@ACME.example!10m"])
async def test_own_destinations_need_no_consent(rua: str) -> None:
    found = await destination(rua)
    assert (found.external, found.authorized, found.lookup) == (False, True, None)


@pytest.mark.parametrize(
    ("record", "authorized"),
    [
        ('acme.example._report._dmarc IN TXT "v=DMARC1"', True),
        ('acme.example._report._dmarc IN TXT "v=DMARC1; rua=mailto:x@esp.test"', True),
        ('acme.example._report._dmarc IN TXT "hello"\nacme.example._report._dmarc IN TXT "v=DMARC1;"', True),
        ('*._report._dmarc IN TXT "v=DMARC1;"', True),
        ('acme.example._report._dmarc IN TXT "v=DMARC1; rua=mailto:x@victim.test"', False),
        ('acme.example._report._dmarc IN TXT "v=DMARC1; ruf=mailto:x@victim.test"', True),
        ('acme.example._report._dmarc IN TXT "v=dmarc1"', False),
        ('other.example._report._dmarc IN TXT "v=DMARC1"', False),
        ("@ IN A 192.0.2.1", False),
    ],
)
async def test_external_destinations(record: str, authorized: bool) -> None:
    found = await destination("d@esp.test", f"$ORIGIN esp.test.\n{record}\n")
    assert (found.external, found.authorized) == (True, authorized)
    assert found.lookup is not None
    assert found.lookup.name == "acme.example._report._dmarc.esp.test"


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_look_up_is_unknown_and_not_refused(status: Status) -> None:
    found = await destination(
        "d@esp.test", failures={("acme.example._report._dmarc.esp.test", "TXT"): status}
    )
    assert found.authorized is None
    found = await destination("d@r.acme.example", failures={("_dmarc.r.acme.example", "TXT"): status})
    assert found.authorized is None


async def test_the_records_above_a_destination_elsewhere_are_not_asked_for() -> None:
    """Its organizational domain is itself or above it, so it can't be that of the sender."""
    resolver = FailingResolver(
        zone('$ORIGIN acme.example.\n_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:d@in.esp.test"\n'), {}
    )
    await collect_dmarc("acme.example", resolver)
    assert [name for name, _ in resolver.asked if name.endswith("esp.test")] == [
        "acme.example._report._dmarc.in.esp.test",
        "in.esp.test",
    ]


async def test_a_part_of_the_tree_with_psd_n_is_external() -> None:
    found = await destination("d@r.acme.example", '_dmarc.r IN TXT "v=DMARC1; p=none; psd=n"\n')
    assert (found.external, found.authorized) == (True, False)


async def facts(text: str) -> DmarcFacts:
    return await collect_dmarc("acme.example", zone("$ORIGIN acme.example.\n@ IN A 192.0.2.1\n" + text))


async def test_an_alias_is_followed_and_shown() -> None:
    found = await facts(
        '_dmarc IN CNAME acme.service.test.\n$ORIGIN service.test.\nacme IN TXT "v=DMARC1; p=reject"'
    )
    assert found.policy == "reject"
    assert found.walk.steps[0].lookup.chain == ("acme.service.test",)
