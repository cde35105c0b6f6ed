"""Lookups in a zone: RFC 1034, 4592, 6672, 2308."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.dns import Answer, ZoneFile, ZoneResolver
from mailproof.dns.text import record_text
from tests.support.places import place

ACME = """\
$ORIGIN acme.example.
$TTL 600
@       IN SOA ns1 hostmaster 1 7200 900 1209600 120
        IN NS ns1
        IN NS ns2.other.example.
        IN MX 10 mx1
        IN TXT "v=spf1 " "mx -all"
ns1     IN A 192.0.2.53
mx1     300 IN A 192.0.2.25
        IN AAAA 2001:db8::25
www     IN CNAME web
web     60 IN CNAME mx1
broken  IN CNAME nothing.here
circle  IN CNAME circle2
circle2 IN CNAME circle
self    IN CNAME self
away    IN CNAME www.elsewhere.example.
a.deep.name IN A 192.0.2.1
*.wild  IN TXT "star"
        IN MX 5 mx1
real.wild IN A 192.0.2.9
below.ent.wild IN A 192.0.2.10
*.alias IN CNAME mx1
sub     IN NS ns.sub
ns.sub  IN A 192.0.2.54
sub     IN DS 12345 8 2 0011223344556677889900112233445566778899001122334455667788990011
into    IN CNAME host.sub
old     IN DNAME new
x.new   IN TXT "renamed"
far     IN DNAME elsewhere.example.
"""


@pytest.fixture(scope="module")
def acme() -> ZoneResolver:
    return ZoneResolver.from_text(ACME, origin="acme.example", file="acme.zone")


def ask(zone: ZoneResolver, name: str, rrtype: str) -> Answer:
    answer = zone.known(name, rrtype)
    assert answer.name == name.lower().rstrip(".") or name == "."
    assert answer.secure == "unknown"
    assert bool(answer.records) == (answer.status == "ok")
    return answer


def texts(answer: Answer) -> list[str]:
    return [record_text(record) for record in answer.records]


async def test_the_resolver_protocol(acme: ZoneResolver) -> None:
    answer = await acme.query("ACME.example.", "txt")
    assert answer == Answer("acme.example", "TXT", "ok", answer.records, ttl=600, server="zone acme.zone")
    assert texts(answer) == ["v=spf1 mx -all"]


def test_nodata_is_not_nxdomain(acme: ZoneResolver) -> None:
    assert ask(acme, "mx1.acme.example", "TXT").status == "nodata"
    assert ask(acme, "nothing.acme.example", "TXT").status == "nxdomain"


def test_negative_answers_carry_the_soa_minimum(acme: ZoneResolver) -> None:
    assert ask(acme, "mx1.acme.example", "TXT").ttl == 120
    assert ask(acme, "nothing.acme.example", "TXT").ttl == 120


def test_an_empty_non_terminal_exists(acme: ZoneResolver) -> None:
    assert ask(acme, "deep.name.acme.example", "A").status == "nodata"
    assert ask(acme, "name.acme.example", "A").status == "nodata"
    assert ask(acme, "other.name.acme.example", "A").status == "nxdomain"


def test_outside_the_zone(acme: ZoneResolver) -> None:
    for name in ("other.example", "example", "notacme.example", "."):
        answer = ask(acme, name, "A")
        assert (answer.status, answer.records) == ("unasked", ())
        assert answer.reason


def test_outside_the_zone_of_a_closed_world() -> None:
    closed = ZoneResolver.from_text("@ TXT x", origin="acme.example", strict=True)
    answer = ask(closed, "other.example", "A")
    assert answer.status == "nxdomain"
    assert "none of the given zones" in answer.server
    assert ask(closed, "nothing.acme.example", "A").status == "nxdomain"


def test_a_dmarc_record_above_a_zone_is_taken_to_be_absent(acme: ZoneResolver) -> None:
    assert ask(acme, "_dmarc.example", "TXT").status == "nxdomain"
    assert ask(acme, "_dmarc.other.example", "TXT").status == "unasked"


def test_a_chain_of_aliases(acme: ZoneResolver) -> None:
    answer = ask(acme, "www.acme.example", "A")
    assert texts(answer) == ["192.0.2.25"]
    assert answer.chain == ("web.acme.example", "mx1.acme.example")
    assert answer.owner == "mx1.acme.example"
    assert answer.ttl == 60, "the least of the chain"
    assert ask(acme, "www.acme.example", "TXT").status == "nodata"


def test_the_alias_itself(acme: ZoneResolver) -> None:
    answer = ask(acme, "www.acme.example", "CNAME")
    assert (texts(answer), answer.chain) == (["web.acme.example"], ())


def test_an_alias_to_nothing(acme: ZoneResolver) -> None:
    answer = ask(acme, "broken.acme.example", "A")
    assert (answer.status, answer.chain) == ("nxdomain", ("nothing.here.acme.example",))


def test_an_alias_out_of_all_zones(acme: ZoneResolver) -> None:
    answer = ask(acme, "away.acme.example", "A")
    assert (answer.status, answer.chain) == ("unasked", ("www.elsewhere.example",))


@pytest.mark.parametrize("name", ["circle.acme.example", "self.acme.example"])
def test_a_circle_of_aliases_is_a_failure(acme: ZoneResolver, name: str) -> None:
    answer = ask(acme, name, "A")
    assert answer.status == "servfail"
    assert "form a loop" in answer.server
    assert len(answer.chain) <= 2


def test_a_very_long_chain_is_a_failure() -> None:
    lines = [f"n{i} CNAME n{i + 1}" for i in range(40)] + ["n40 A 192.0.2.1"]
    zone = ZoneResolver.from_text("$ORIGIN a.example.\n" + "\n".join(lines) + "\n")
    assert zone.known("n0.a.example", "A").status == "servfail"
    assert zone.known("n30.a.example", "A").status == "ok"


def test_wildcards(acme: ZoneResolver) -> None:
    assert texts(ask(acme, "any.wild.acme.example", "TXT")) == ["star"]
    assert texts(ask(acme, "two.labels.wild.acme.example", "MX")) == ["5 mx1.acme.example"]
    assert ask(acme, "any.wild.acme.example", "A").status == "nodata"
    assert texts(ask(acme, "*.wild.acme.example", "TXT")) == ["star"]


def test_a_wildcard_does_not_reach_names_that_exist_or_lie_below_them(acme: ZoneResolver) -> None:
    # RFC 4592 section 2.2.1
    assert ask(acme, "real.wild.acme.example", "TXT").status == "nodata"
    assert ask(acme, "under.real.wild.acme.example", "TXT").status == "nxdomain"
    assert ask(acme, "ent.wild.acme.example", "TXT").status == "nodata"
    assert ask(acme, "x.ent.wild.acme.example", "TXT").status == "nxdomain"
    assert ask(acme, "wild.acme.example", "TXT").status == "nodata"


def test_a_wildcard_alias(acme: ZoneResolver) -> None:
    answer = ask(acme, "anything.alias.acme.example", "A")
    assert (texts(answer), answer.chain) == (["192.0.2.25"], ("mx1.acme.example",))


@pytest.mark.parametrize("name", ["sub.acme.example", "host.sub.acme.example", "ns.sub.acme.example"])
@pytest.mark.parametrize("rrtype", ["TXT", "A", "NS"])
def test_below_a_delegation_nothing_is_known(acme: ZoneResolver, name: str, rrtype: str) -> None:
    answer = ask(acme, name, rrtype)
    assert answer.status == "unasked"
    assert "delegates sub.acme.example" in answer.reason
    assert not acme.covers(name)


def test_an_alias_into_a_delegation_is_not_known(acme: ZoneResolver) -> None:
    answer = ask(acme, "into.acme.example", "A")
    assert (answer.status, answer.chain) == ("unasked", ("host.sub.acme.example",))


def test_the_ds_of_a_delegation_is_the_parents(acme: ZoneResolver) -> None:
    assert ask(acme, "sub.acme.example", "DS").status == "ok"


def test_the_child_zone_answers_where_it_is_given(acme: ZoneResolver, tmp_path: Path) -> None:
    parent, child = tmp_path / "acme.example.zone", tmp_path / "sub.acme.example.zone"
    parent.write_text(ACME)
    child.write_text("@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\n@ TXT child\nhost A 192.0.2.77\n")
    both = ZoneResolver(ZoneFile.open(parent), ZoneFile.open(child))
    assert texts(both.known("sub.acme.example", "TXT")) == ["child"]
    assert texts(both.known("into.acme.example", "A")) == ["192.0.2.77"]
    assert both.known("ns.sub.acme.example", "A").status == "nxdomain", "glue is not the child's data"
    assert both.known("sub.acme.example", "DS").status == "ok"
    assert both.known("host.sub.acme.example", "A").server == "zone sub.acme.example.zone"
    assert both.covers("host.sub.acme.example")


def test_dname(acme: ZoneResolver) -> None:
    answer = ask(acme, "x.old.acme.example", "TXT")
    assert (texts(answer), answer.chain) == (["renamed"], ("x.new.acme.example",))
    assert texts(ask(acme, "x.old.acme.example", "CNAME")) == ["x.new.acme.example"]
    assert ask(acme, "old.acme.example", "TXT").status == "nodata", "the owner itself is not renamed"
    assert ask(acme, "y.old.acme.example", "TXT").status == "nxdomain"
    assert ask(acme, "h.far.acme.example", "A").chain == ("h.elsewhere.example",)


def test_a_dname_to_a_name_too_long() -> None:
    long = ".".join(["a" * 60] * 3)
    zone = ZoneResolver.from_text(f"$ORIGIN z.example.\nd DNAME {long}\n")
    name = f"{'b' * 60}.{'c' * 60}.d.z.example"
    assert zone.known(name, "A").status == "servfail"


def test_names_that_cannot_be(acme: ZoneResolver) -> None:
    for name in ("x" * 64 + ".acme.example", "a..acme.example", ("a" * 50 + ".") * 5 + "acme.example"):
        assert acme.known(name, "A").status == "nxdomain"
        assert not acme.covers(name)


def test_types_that_cannot_be(acme: ZoneResolver) -> None:
    assert acme.known("acme.example", "BANANA").status == "servfail"
    assert acme.known("acme.example", "ANY").status == "servfail"


def test_escapes_in_names() -> None:
    zone = ZoneResolver.from_text(
        '$ORIGIN e.example.\na\\.b TXT "dot"\n\\065\\064x TXT "esc"\nsp\\ ace TXT "s"\n'
    )
    assert texts(zone.known("a\\.b.e.example", "TXT")) == ["dot"]
    assert zone.known("a.b.e.example", "TXT").status == "nxdomain"
    assert texts(zone.known("a@x.e.example", "TXT")) == ["esc"]
    assert texts(zone.known("A\\064X.e.example", "TXT")) == ["esc"]
    assert texts(zone.known("sp\\032ace.e.example", "TXT")) == ["s"]


def test_the_world_in_one_file() -> None:
    world = ZoneResolver.from_text(
        """\
$ORIGIN acme.example.
@ NS ns1
@ TXT "v=spf1 include:esp.example -all"
ns1 A 192.0.2.1
$ORIGIN esp.example.
@ TXT "v=spf1 ip4:192.0.2.0/24 -all"
"""
    )
    assert world.known("acme.example", "TXT").status == "ok", "NS without a SOA above is no delegation"
    assert world.known("acme.example", "NS").status == "ok"
    assert world.known("esp.example", "TXT").status == "ok"
    assert world.known("example", "TXT").status == "nodata"
    assert world.known("missing.test", "TXT").status == "nxdomain"
    assert world.covers("missing.test")
    assert world.known(".", "TXT").status == "nodata"


def test_a_zone_with_soa_in_the_world_does_delegate() -> None:
    world = ZoneResolver.from_text(
        "$ORIGIN acme.example.\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nsub NS ns.other.test.\n"
    )
    assert world.known("acme.example", "NS").status == "ok"
    assert world.known("x.sub.acme.example", "A").status == "unasked"


def test_the_real_root() -> None:
    root = ZoneResolver.from_text(". SOA a. b. 1 2 3 4 5\n. NS a.\nexample. NS ns.example.\n")
    assert root.known(".", "NS").status == "ok"
    assert root.known("acme.example", "A").status == "unasked"


def test_repeated_records_are_one() -> None:
    zone = ZoneResolver.from_text(
        "$ORIGIN d.example.\n@ 60 A 192.0.2.1\n@ 30 A 192.0.2.1\n@ 90 A 192.0.2.2\n"
    )
    answer = zone.known("d.example", "A")
    assert (texts(answer), answer.ttl) == (["192.0.2.1", "192.0.2.2"], 30)


def test_positions(acme: ZoneResolver) -> None:
    assert place(acme.position("acme.example", "TXT", "v=spf1 mx -all")) == ("acme.zone", 7)
    at_the_end = acme.position("www.acme.example", "A", "192.0.2.25")
    assert place(at_the_end) == ("acme.zone", 9)
    assert place(acme.position("any.wild.acme.example", "TXT", "star")) == ("acme.zone", 19)
    assert acme.position("acme.example", "TXT", "v=spf1 -all") is None
    assert acme.position("nothing.acme.example", "TXT", "x") is None
    assert acme.position("x" * 64, "TXT", "x") is None


def test_comments_for_mailproof_are_kept() -> None:
    zone = ZoneResolver.from_text(
        "$ORIGIN c.example.\n; mailproof: ignore[SPF001] whole file\n"
        '@ TXT ( "v=spf1" ; mailproof: ignore[SPF003] why\n'
        ' " -all" ) ; another\nx A 192.0.2.1 ; no\n',
        file="c.zone",
    )
    assert [(c.file, c.line, c.owner, c.text) for c in zone.comments] == [
        ("c.zone", 2, "", "mailproof: ignore[SPF001] whole file"),
        ("c.zone", 3, "c.example", "mailproof: ignore[SPF003] why"),
    ]
