"""Record sets replaced over the data of another resolver."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.dns import MemoResolver, ZoneResolver
from mailproof.dns.inputs.forms import read_input
from mailproof.dns.patch import MARK, Patch, PatchResolver, merged, read_patches, record_of
from mailproof.dns.text import record_text
from mailproof.dns.written import Written
from mailproof.errors import ZoneFileError
from tests.support.places import place
from tests.support.resolvers import FailingResolver, zone

WORLD = """
$ORIGIN acme.example.
@ 300 IN TXT "v=spf1 -all"
@ 300 IN MX 10 mail
mail 300 IN A 192.0.2.1
www 300 IN CNAME web.host.example.
*._domainkey 300 IN TXT "v=spf1 -all"
s1._domainkey 300 IN TXT "v=DKIM1; p="
$ORIGIN host.example.
web 300 IN A 192.0.2.80
"""


async def asked(fragment: str, name: str, rrtype: str) -> tuple[str, list[str], tuple[str, ...]]:
    answer = await PatchResolver(zone(WORLD), read_patches(fragment)).query(name, rrtype)
    assert answer.name == name
    return answer.status, [record_text(record) for record in answer.records], answer.chain


async def test_a_record_set_is_replaced_and_the_other_types_stay() -> None:
    new = 'acme.example. 60 IN TXT "v=spf1 mx -all"'
    assert await asked(new, "acme.example", "TXT") == ("ok", ["v=spf1 mx -all"], ())
    assert await asked(new, "acme.example", "MX") == ("ok", ["10 mail.acme.example"], ())


async def test_a_removal_leaves_the_name_without_the_type() -> None:
    gone = '; remove: acme.example. 300 IN TXT "v=spf1 -all"'
    assert await asked(gone, "acme.example", "TXT") == ("nodata", [], ())
    assert await asked(gone, "acme.example", "MX") == ("ok", ["10 mail.acme.example"], ())


async def test_a_new_name_exists_and_so_do_the_names_above_it() -> None:
    new = 'a.b.acme.example. 60 IN TXT "x"'
    assert (await asked(new, "b.acme.example", "A"))[0] == "nodata"
    assert (await asked(new, "c.acme.example", "A"))[0] == "nxdomain"


async def test_what_stays_is_the_very_answer_with_all_that_was_made_of_it() -> None:
    world = MemoResolver(zone(WORLD))
    patched = PatchResolver(world, read_patches('acme.example. 60 IN TXT "v=spf1 mx -all"'))
    assert await patched.query("acme.example", "MX") is await world.query("acme.example", "MX")


async def test_aliases_lead_in_and_out() -> None:
    assert await asked("web.host.example. 60 IN A 192.0.2.81", "www.acme.example", "A") == (
        "ok",
        ["192.0.2.81"],
        ("web.host.example",),
    )
    moved = "www.acme.example. 60 IN CNAME mail.acme.example."
    assert await asked(moved, "www.acme.example", "A") == ("ok", ["192.0.2.1"], ("mail.acme.example",))
    gone = "; remove: www.acme.example. 60 IN CNAME web.host.example."
    assert await asked(gone, "www.acme.example", "A") == ("nodata", [], ())


async def test_a_circle_ends() -> None:
    circle = "a.example. 60 IN CNAME b.example.\nb.example. 60 IN CNAME a.example."
    assert (await asked(circle, "a.example", "A"))[0] == "servfail"


async def test_a_wildcard_can_be_given_changed_and_taken_away() -> None:
    gone = '; remove: *._domainkey.acme.example. 300 IN TXT "v=spf1 -all"'
    assert (await asked(gone, "any._domainkey.acme.example", "TXT"))[0] == "nxdomain"
    assert (await asked(gone, "s1._domainkey.acme.example", "TXT"))[1] == ["v=DKIM1; p="]
    new = '*._domainkey.acme.example. 300 IN TXT "v=DKIM1; p="'
    assert (await asked(new, "any._domainkey.acme.example", "TXT"))[1] == ["v=DKIM1; p="]
    given = '*.sub.acme.example. 300 IN TXT "x"'
    assert (await asked(given, "any.sub.acme.example", "TXT"))[1] == ["x"]


async def test_a_new_name_ends_the_reach_of_a_wildcard() -> None:
    """RFC 4592 section 2.2.1: the zone in that section, and the effect of adding ghost and _tcp.host1."""
    wild = """
$ORIGIN wild.example.
@ 300 IN SOA ns h 1 1 1 1 1
* 300 IN MX 10 host1
* 300 IN TXT "this is a wildcard"
sub.* 300 IN TXT "this is not a wildcard"
host1 300 IN A 192.0.2.1
host2 300 IN MX 10 host1
host2 300 IN A 192.0.2.2
"""
    fragment = "\n".join(
        (
            '_dmarc.host3.wild.example. 60 IN TXT "v=DMARC1; p=none"',
            '_dmarc.host2.wild.example. 60 IN TXT "v=DMARC1; p=none"',
        )
    )
    after = PatchResolver(zone(wild), read_patches(fragment))
    statuses = {
        (name, kind): (await after.query(f"{name}.wild.example", kind)).status
        for name in ("host3", "foo.host3", "foo", "host2", "foo.host2")
        for kind in ("MX", "A")
    }
    assert statuses == {
        ("host3", "MX"): "nodata",
        ("host3", "A"): "nodata",
        ("foo.host3", "MX"): "nxdomain",
        ("foo.host3", "A"): "nodata",  # no wildcard answered this: the original answer is kept
        ("foo", "MX"): "ok",
        ("foo", "A"): "nodata",
        ("host2", "MX"): "ok",
        ("host2", "A"): "ok",
        ("foo.host2", "MX"): "nxdomain",
        ("foo.host2", "A"): "nxdomain",
    }


async def test_a_failure_of_the_data_beneath_stays_one() -> None:
    beneath = FailingResolver(zone(WORLD), {("acme.example", "MX"): "timeout"})
    resolver = PatchResolver(beneath, read_patches('acme.example. 60 IN TXT "x"'))
    assert (await resolver.query("acme.example", "MX")).status == "timeout"


@pytest.mark.parametrize(
    "line",
    [
        "acme.example 60 IN TXT x",
        "acme.example. IN TXT x",
        "acme.example. 60 IN A 192.0.2.999",
        "acme.example. 60 IN WHAT x",
        'acme.example. 60 IN TXT "open',
        "; remove: acme.example. 60 IN MX mail",
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ZoneFileError, match=r"fix\.zone:2: "):
        read_patches(f"{MARK}\n{line}", "fix.zone")


def test_fragments_are_told_from_zones_by_their_first_line(tmp_path: Path) -> None:
    fragment, plain = tmp_path / "fix.zone", tmp_path / "acme.zone"
    fragment.write_text(f"{MARK}\n;  a remark\n\nacme.example. 60 IN A 192.0.2.9\n")
    plain.write_text("$ORIGIN acme.example.\n")
    assert not read_input(plain).changes
    assert list(read_input(fragment).changes) == [("acme.example", "A")]


async def test_what_is_not_stated_is_neither_there_nor_missing() -> None:
    patches = {("acme.example", "MX"): Patch(unstated="the provider fills it in", server="x")}
    resolver = PatchResolver(zone(WORLD), patches)
    answer = await resolver.query("acme.example", "MX")
    assert (answer.status, answer.reason, answer.undetermined) == (
        "unstated",
        "the provider fills it in",
        True,
    )
    assert (await resolver.query("acme.example", "TXT")).found


async def test_part_of_a_set_leaves_the_rest_and_takes_away_what_goes() -> None:
    a, b, c = (record_of("TXT", text) for text in ("a", "b", "c"))
    inner = ZoneResolver.from_text("$ORIGIN t.example.\n@ TXT a\n@ TXT b\n")
    key = ("t.example", "TXT")
    assert (await PatchResolver(inner, {key: Patch((c,), part=True, gone=(a,))}).query(*key)).records == (
        c,
        b,
    )
    assert (await PatchResolver(inner, {key: Patch(part=True, gone=(a, b))}).query(*key)).status == "nodata"


async def test_part_of_a_set_of_which_the_rest_is_not_known() -> None:
    nothing = ZoneResolver()
    key = ("t.example", "TXT")
    other, spf = record_of("TXT", "site-verification"), record_of("TXT", '"v=spf1 -all"')
    assert (await PatchResolver(nothing, {key: Patch((other,), part=True)}).query(*key)).status == "unasked"
    answer = await PatchResolver(nothing, {key: Patch((spf,), part=True)}).query(*key)
    assert (answer.status, answer.records) == ("ok", (spf,))


def test_a_changed_record_is_placed_also_through_an_alias() -> None:
    patches = {
        ("a.example", "CNAME"): Patch((record_of("CNAME", "b.example."),), places=(Written("plan", 1),)),
        ("b.example", "TXT"): Patch((record_of("TXT", "x"),), places=(Written("plan", 7),)),
    }
    assert place(PatchResolver(ZoneResolver(), patches).position("a.example", "TXT", "x")) == ("plan", 7)
    assert PatchResolver(ZoneResolver(), patches).position("a.example", "TXT", "y") is None


async def test_parts_of_a_record_set_in_several_files_are_one_set() -> None:
    def part(*texts: str, gone: str = "", ttl: int = 300) -> dict[tuple[str, str], Patch]:
        records = tuple(record_of("TXT", f'"{text}"') for text in texts)
        lost = (record_of("TXT", f'"{gone}"'),) if gone else ()
        return {("acme.example", "TXT"): Patch(records, ttl, part=True, gone=lost)}

    changes = merged((part("v=spf1 mx"), part("verify=1", "v=spf1 mx", gone="v=spf1 -all", ttl=60)))
    answer = await PatchResolver(zone(WORLD), changes).query("acme.example", "TXT")
    assert (answer.lookup.records, answer.ttl) == (("v=spf1 mx", "verify=1"), 60)
    whole = {("acme.example", "TXT"): Patch((record_of("TXT", '"v=spf1 a"'),))}
    assert merged((part("verify=1"), whole)) == whole


@pytest.mark.parametrize(
    ("fragment", "name", "rrtype", "found"),
    [
        ("* 60 IN TXT x", "q", "TXT", ("ok", ["x"], ())),
        ("* 60 IN TXT x", "q._domainkey", "MX", ("nodata", [], ())),
        ("* 60 IN MX 5 mail", "q._domainkey", "MX", ("nodata", [], ())),
        ("*._domainkey 60 IN A 192.0.2.9", "q._domainkey", "A", ("ok", ["192.0.2.9"], ())),
        ("* 60 IN CNAME mail", "q", "A", ("ok", ["192.0.2.1"], ("mail.acme.example",))),
        ("* 60 IN MX 5 mail\ns1.new 60 IN TXT x", "q.new", "MX", ("nxdomain", [], ())),
    ],
)
async def test_a_new_wildcard_covers_what_no_name_hides(
    fragment: str, name: str, rrtype: str, found: tuple[str, list[str], tuple[str, ...]]
) -> None:
    lines = [
        f"{owner}.acme.example. {rest}"
        for owner, _, rest in map(str.partition, fragment.split("\n"), " " * 9)
    ]
    whole = "\n".join(lines).replace(" mail", " mail.acme.example.")
    inner = ZoneResolver.from_text(WORLD.partition("$ORIGIN host")[0], "acme.example")
    answer = await PatchResolver(inner, read_patches(whole)).query(f"{name}.acme.example", rrtype)
    assert (answer.status, [record_text(record) for record in answer.records], answer.chain) == found


async def test_an_alias_in_place_of_a_part_of_a_record_set() -> None:
    key = ("s1._domainkey.acme.example", "TXT")
    removed = Patch(part=True, gone=(record_of("TXT", '"v=DKIM1; p="'),))
    alias = Patch((record_of("CNAME", "mail.acme.example."),))
    world = PatchResolver(zone(WORLD), {key: removed, (key[0], "CNAME"): alias})
    assert (await world.query(*key)).chain == ("mail.acme.example",)


@pytest.mark.parametrize(
    ("text", "removed", "name", "status"),
    [
        ("s1._d TXT x", "s1._d TXT", "s1._d", "nxdomain"),
        ("s1._d TXT x", "s1._d TXT", "_d", "nxdomain"),
        ("s1._d TXT x\ns2._d TXT y", "s1._d TXT", "_d", "nodata"),
        ("s1._d TXT x\ns1._d A 192.0.2.1", "s1._d TXT", "s1._d", "nodata"),
        ("s1._d TXT x\n* TXT y", "s1._d TXT", "_d", "nodata"),
        ("s1._d CNAME x", "s1._d CNAME", "_d", "nxdomain"),
    ],
)
async def test_a_name_without_records_is_gone(text: str, removed: str, name: str, status: str) -> None:
    inner = ZoneResolver.from_text(f"@ SOA a b 1 1 1 1 1\n{text}\n", "acme.example")
    owner, rrtype = removed.split()
    world = PatchResolver(inner, {(f"{owner}.acme.example", rrtype): Patch()})
    assert (await world.query(f"{name}.acme.example", "TXT")).status == status
    if status == "nxdomain":
        assert world.names_below("acme.example") == ()
