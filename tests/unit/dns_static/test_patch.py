"""Record sets replaced over the data of another resolver."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.dns.patch import MARK, PatchResolver, read_patch_files, read_patches
from mailproof.dns.text import record_text
from mailproof.errors import ZoneFileError
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
    zones, patches = read_patch_files([plain, fragment])
    assert zones == (plain,)
    assert list(patches) == [("acme.example", "A")]
