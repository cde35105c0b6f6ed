"""A given zone lists all its selectors: none is guessed, and none is missed."""

from __future__ import annotations

from mailproof.data.selectors import known_selectors
from mailproof.dns import MemoResolver, OverlayResolver, ZoneResolver
from mailproof.dns.patch import PatchResolver, read_patches
from mailproof.facts.dkim import collect_dkim
from tests.support.resolvers import FailingResolver

KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
ZONE = f"""
$ORIGIN acme.example.
@ 3600 IN SOA ns1 host 1 7200 3600 1209600 300
@ 3600 IN NS ns1
oddly-named-2026._domainkey 3600 IN TXT "{KEY}"
s2._domainkey 3600 IN CNAME s2.keys.esp.example.
_adsp._domainkey 3600 IN TXT "dkim=all"
"""


async def test_the_zones_own_selectors_are_all_that_is_asked_for() -> None:
    zone = ZoneResolver.from_text(ZONE, origin="acme.example")
    asked = FailingResolver(zone, {})
    layered = MemoResolver(OverlayResolver(zone, asked))
    facts, discovery = await collect_dkim("acme.example", layered)
    assert {each.selector: each.origin for each in facts} == {"oddly-named-2026": "zone", "s2": "zone"}
    assert discovery.listed
    assert (discovery.tried, discovery.known) == (2, 2)
    # Only the target of the alias is not in the zone.
    assert all("esp.example" in name for name, rrtype in asked.asked if "_domainkey" in name)


async def test_a_proposed_record_is_listed_too() -> None:
    zone = ZoneResolver.from_text(ZONE, origin="acme.example")
    patches = read_patches(f'new._domainkey.acme.example. 3600 IN TXT "{KEY}"\n')
    facts, _ = await collect_dkim("acme.example", MemoResolver(PatchResolver(zone, patches)))
    assert "new" in {each.selector for each in facts}


async def test_a_delegated_part_cannot_be_listed() -> None:
    text = ZONE + "_domainkey 3600 IN NS ns.keys.example.\n"
    zone = ZoneResolver.from_text(text, origin="acme.example")
    _, discovery = await collect_dkim("acme.example", zone)
    assert not discovery.listed


async def test_a_file_without_a_zone_of_its_own_is_no_list() -> None:
    world = "\n".join(line for line in ZONE.splitlines() if "SOA" not in line)
    _, discovery = await collect_dkim("acme.example", ZoneResolver.from_text(world, origin="."))
    assert not discovery.listed
    assert discovery.tried == len(known_selectors().common + known_selectors().less_common)
