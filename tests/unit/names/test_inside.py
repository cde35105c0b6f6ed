"""Names within a domain: the domain and names below it, but not names that only end in the same letters."""

from __future__ import annotations

import pytest

from mailproof.checks.ownership import is_owned
from mailproof.checks.publishing import owner_note, replaced
from mailproof.data.providers import is_below
from mailproof.message.hosts import organizational, same_organization
from mailproof.model import Lookup
from mailproof.records.misplaced import alias_target, misplaced

INSIDE = [
    ("acme.example", True),
    ("a.acme.example", True),
    ("a.b.acme.example", True),
    ("notacme.example", False),
    ("x.notacme.example", False),
    ("example", False),
    ("acme.example.net", False),
    ("cme.example", False),
    ("", False),
]


@pytest.mark.parametrize(("name", "inside"), INSIDE)
def test_inside(name: str, inside: bool) -> None:
    assert is_owned("acme.example", name) is inside
    assert is_below(name, ("other.test", "acme.example")) is inside
    lookup = Lookup(name, "TXT", "ok", ("v=spf1 -all",))
    assert (owner_note(lookup, "acme.example") == "") is inside
    fix = replaced(lookup, "acme.example", "Do it.", ("v=spf1 -all", "v=spf1"), "v=spf1 mx -all")
    assert [(each.action, each.value) for each in fix.records] == (
        [("remove", "v=spf1 -all"), ("remove", "v=spf1"), ("publish", "v=spf1 mx -all")] if inside else []
    )


def test_a_name_that_a_provider_makes_is_not_the_owners() -> None:
    assert not is_owned("acme.example", "_dc-mx.0123456789ab.acme.example")
    assert is_owned("acme.example", "_dc-mx.acme.example")
    assert is_owned("acme.example", "x._dc-mx.0123456789ab.acme.example")


def test_a_record_behind_an_alias_is_its_owners() -> None:
    lookup = Lookup("a.acme.example", "TXT", "ok", ("v",), chain=("b.test", "c.test"))
    assert "alias of c.test" in owner_note(lookup, "acme.example")
    fix = replaced(lookup, "acme.example", "Do it.", ("v",), "w")
    assert fix.records == ()
    assert fix.summary.endswith("The record would be: w")
    assert "would be" not in replaced(lookup, "acme.example", "Do it.", ("v",), "").summary


def test_taking_a_record_away_leaves_nothing_to_publish() -> None:
    lookup = Lookup("acme.example", "TXT", "ok", ("v", "w"))
    assert [each.action for each in replaced(lookup, "acme.example", "x", ("v",), "").records] == ["remove"]
    same = replaced(lookup, "acme.example", "x", ("v", "w"), "w").records
    assert [(each.action, each.value) for each in same] == [("remove", "v"), ("publish", "w")]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.acme.example", "acme.example"),
        ("acme.example", "acme.example"),
        ("WWW.Acme.Example.", "acme.example"),
        ("a.b.acme.co.uk", "acme.co.uk"),
        ("acme.co.uk", "acme.co.uk"),
        ("co.uk", "co.uk"),
        ("a.acme.de", "acme.de"),
        ("a.b.de", "b.de"),
        ("a.acme.uk", "acme.uk"),
        ("www.acme.com.au", "acme.com.au"),
    ],
)
def test_about_the_registered_domain(host: str, domain: str) -> None:
    assert organizational(host) == domain


def test_an_address_is_of_its_own() -> None:
    assert same_organization("www.acme.example.", "MAIL.acme.example")
    assert same_organization("192.0.2.1", "192.0.2.1")
    assert not same_organization("192.0.2.1", "198.51.100.7")
    assert not same_organization("192.0.2.1", "acme.example")


@pytest.mark.parametrize(
    ("name", "text", "belongs"),
    [
        ("acme.example", "v=DMARC1; p=none", "_dmarc.acme.example"),
        ("_dmarc.acme.example", "v=DMARC1; p=none", None),
        ("dmarc.acme.example", "v=DMARC1; p=none", "_dmarc.acme.example"),
        ("_dmarc.acme.example.acme.example", "v=DMARC1; p=none", "_dmarc.acme.example"),
        ("acme.example", "_dmarc v=DMARC1; p=none", "_dmarc.acme.example"),
        ("acme.example", "_dmarc.acme.example v=DMARC1; p=none", "_dmarc.acme.example"),
        ("acme.example", "_dmarc.acme.example.acme.example v=DMARC1; p=none", "_dmarc.acme.example"),
        ("acme.example", "_dmarc.notacme.example v=DMARC1; p=none", ""),
        ("_spf.acme.example", "v=STSv1; id=1", "_mta-sts.acme.example"),
        ("acme.example", "v=TLSRPTv1; rua=mailto:a@acme.example", "_smtp._tls.acme.example"),
        ("acme.example", "just a text", None),
    ],
)
def test_where_a_record_belongs(name: str, text: str, belongs: str | None) -> None:
    found = misplaced(name, text, "acme.example")
    assert (found.belongs if found else None) == belongs


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("s1.domainkey.u1.wl.sendgrid.example", "s1.domainkey.u1.wl.sendgrid.example"),
        ("A.B.Example.", "a.b.example"),
        ("acme.example", ""),
        ("v=spf1 -all", ""),
        ("", ""),
    ],
)
def test_the_target_of_an_alias(text: str, target: str) -> None:
    assert alias_target(text) == target
