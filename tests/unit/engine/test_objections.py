"""Objections to proposing a change of the zone: the domain compared with and without the change."""

from __future__ import annotations

import dns.rdata
import pytest

from mailproof.dns.answer import Key
from mailproof.engine.owned import why_foreign
from mailproof.engine.proof import Change, objection
from mailproof.model import Report
from tests.support.engine import audit_async
from tests.support.resolvers import zone

BASE = {
    ("@", "TXT"): ['"v=spf1 mx -all"'],
    ("@", "MX"): ["10 mail.acme.example."],
    ("mail", "A"): ["192.0.2.25"],
    ("www", "A"): ["192.0.2.80"],
    ("_dmarc", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:d@acme.example"'],
    ("s1._domainkey", "TXT"): ['"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'],
    ("s2._domainkey", "CNAME"): ["key.esp.example."],
}
OTHERS = """$ORIGIN esp.example.
@ IN TXT "v=spf1 ip4:198.51.100.0/24 -all"
half IN TXT "v=spf1 ip4:198.51.100.0/25 -all"
key2 IN CNAME key
key IN TXT "v=DKIM1; k=ed25519; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
"""
World = dict[tuple[str, str], list[str]]


async def audited(world: World) -> Report:
    lines = [f"{name} IN {rrtype} {data}" for (name, rrtype), each in world.items() for data in each]
    text = "$ORIGIN acme.example.\n$TTL 60\n" + "\n".join(lines) + "\n" + OTHERS
    return await audit_async("acme.example", zone(text), selectors=("s1", "s2"), prove=False)


def rdata(rrtype: str, data: list[str]) -> tuple[dns.rdata.Rdata, ...]:
    return tuple(dns.rdata.from_text("IN", rrtype, each) for each in data)


async def reason(was: World, new: World, *, decision: bool = False, alias: str = "") -> str:
    """Why the change from one zone to the other may not be proposed; "" if it may."""
    before, after = await audited(was), await audited(new)
    changes: dict[Key, Change] = {}
    for name, rrtype in dict.fromkeys((*was, *new)):
        old, late = was.get((name, rrtype), []), new.get((name, rrtype), [])
        if old != late:
            full = "acme.example" if name == "@" else f"{name}.acme.example"
            changes[full, rrtype] = Change(rdata(rrtype, old), rdata(rrtype, late), 60, alias)
    found = objection(before, after, changes, {}, decision=decision, accepted=before)
    return found.reason if found else ""


def spf(text: str) -> World:
    return {**BASE, ("@", "TXT"): [f'"{text}"']}


@pytest.mark.parametrize(
    ("was", "new", "why"),
    [
        ("v=spf1 mx -all", "v=spf1 mx ip4:192.0.2.7 -all", ""),
        ("v=spf1 mx -all", "v=spf1 ip4:192.0.2.25 -all", ""),
        ("v=spf1 mx -all", "v=spf1 -all", "no host could send mail as acme.example any more"),
        ("v=spf1 mx -all", "v=spf1 mx +all", "every host could send mail as acme.example"),
        ("v=spf1 mx -all", "v=spf1 mx all", "every host could send mail as acme.example"),
        ("v=spf1 mx -all", "v=spf1 mx ip6:2000::/3 -all", "every host could send mail as acme.example"),
        (
            "v=spf1 mx -all",
            "v=spf1 ip4:192.0.2.80 -all",
            "192.0.2.25/32 could no longer send mail as acme.example",
        ),
        (
            "v=spf1 mx ip4:192.0.2.7 -all",
            "v=spf1 ip4:192.0.2.80 -all",
            "192.0.2.7/32 and 1 more range could no longer send mail as acme.example",
        ),
        (
            "v=spf1 include:esp.example -all",
            "v=spf1 include:half.esp.example -all",
            "198.51.100.128/25 could no longer send mail as acme.example",
        ),
        ("v=spf1 include:half.esp.example -all", "v=spf1 include:esp.example -all", ""),
        (
            "v=spf1 mx -all",
            "v=spf1 mx ~all",
            "the SPF record of acme.example would treat all other hosts differently than today",
        ),
        (
            "v=spf1 mx",
            "v=spf1 mx -all",
            "the SPF record of acme.example would treat all other hosts differently than today",
        ),
        ("v=spf1 mx ?all", "v=spf1 mx", "it would cause SPF008"),
        (
            "v=spf1 mx -all",
            "v=spf1 mx moo -all",
            "the SPF record of acme.example would still be a permerror: 'moo' is not a mechanism",
        ),
        (
            "v=spf1 mx -all",
            "v=spf1 mx include:none.example -all",
            "the SPF record of acme.example would still be a permerror: none.example has no SPF record",
        ),
        (
            "v=spf1 mx -all",
            "v=spf1 mx " + "a:www.acme.example " * 10 + "-all",
            "the SPF record of acme.example would still be a permerror: 11 DNS lookups, and the limit is 10",
        ),
        ("v=spf1 mx -all", "v=spf1 mx " + "a:www.acme.example " * 9 + "-all", "it would cause SPF023"),
        ("v=spf1 mx -all", "v=spf1 mx " + "a:www.acme.example " * 6 + "-all", ""),
        (
            "v=spf1 mx -all",
            "v=spf1 mx a:g1.acme.example a:g2.acme.example a:g3.acme.example -all",
            "the SPF record of acme.example would still be a permerror: more than 2 void lookups",
        ),
        ("v=spf1 mx -all", "v=spf1 mx a:g1.acme.example a:g2.acme.example -all", ""),
        # A broken record is compared by its intended meaning.
        ("v=spf1, mx, -all", "v=spf1 mx -all", ""),
        ("v=spf1 mx; include:esp.example; -all", "v=spf1 mx include:esp.example -all", ""),
        (
            "v=spf1 mx; include:esp.example; -all",
            "v=spf1 mx -all",
            "include:esp.example could no longer send mail as acme.example",
        ),
        (
            "v=spf1 mx; -all",
            "v=spf1 mx ~all",
            "the SPF record of acme.example would treat all other hosts differently than today",
        ),
        ("v=spf1 redirect=esp.example", "v=spf1 include:esp.example -all", ""),
    ],
)
async def test_of_an_spf_record(was: str, new: str, why: str) -> None:
    found = await reason(spf(was), spf(new))
    assert (found.startswith(why), bool(found)) == (True, bool(why)), found


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("v=spf1 ip4:192.0.2.80 -all", ""),
        ("v=spf1 mx ~all", ""),
        ("v=spf1 mx +all", "every host could send mail as acme.example"),
        ("v=spf1 -all", "no host could send mail as acme.example any more"),
    ],
)
async def test_what_the_owner_may_decide(new: str, why: str) -> None:
    assert await reason(spf("v=spf1 mx -all"), spf(new), decision=True) == why


CHANGES = "the policy at _dmarc.acme.example would change"


@pytest.mark.parametrize(
    ("was", "new", "why"),
    [
        ("v=DMARC1; p=none", "v=DMARC1; p=reject", CHANGES),
        ("v=DMARC1; p=reject; sp=none", "v=DMARC1; p=reject", CHANGES),
        ("v=DMARC1; p=reject; np=none", "v=DMARC1; p=reject", CHANGES),
        ("v=DMARC1; p=reject; sp=reject", "v=DMARC1; p=reject", ""),
        ("v=DMARC1; p=reject; np=reject", "v=DMARC1; p=reject", ""),
        ("v=DMARC1; p=reject; pct=0", "v=DMARC1; p=reject; t=y", ""),
        ("v=DMARC1; p=reject; pct=50", "v=DMARC1; p=reject; t=y", CHANGES),
        ("v=DMARC1; p=none; t=y", "v=DMARC1; p=none", ""),
        ("v=DMARC1; p=reject; t=y", "v=DMARC1; p=reject", CHANGES),
        ("v=DMARC1; p=reject; adkim=s", "v=DMARC1; p=reject", CHANGES),
        ("v=DMARC1; p=reject; aspf=s", "v=DMARC1; p=reject", CHANGES),
        ("v=DMARC1; p=reject; adkim=r; aspf=r", "v=DMARC1; p=reject", ""),
        (
            "v=DMARC1; p=rejct; rua=mailto:d@acme.example",
            "v=DMARC1; p=reject; rua=mailto:d@acme.example",
            CHANGES,
        ),
        ("v=DMARC1; p=xyz", "v=DMARC1; p=reject", CHANGES),
        (
            "v=dmarc1; p=reject; rua=mailto:d@acme.example",
            "v=DMARC1; p=reject; rua=mailto:d@acme.example",
            "",
        ),
        ("v=dmarc1; p=none", "v=DMARC1; p=reject", CHANGES),
        (
            "v=DMARC1; p=reject; rua=mailto:d@acme.example",
            "v=DMARC1; p=reject",
            "reports would no longer go to d@acme.example",
        ),
        (
            "v=DMARC1; p=reject; rua=mailto:D@acme.example",
            "v=DMARC1; p=reject; rua=mailto:d@acme.example",
            "",
        ),
        ("v=DMARC1; p=reject", "words", "no DMARC policy would apply to acme.example any more"),
    ],
)
async def test_of_a_policy(was: str, new: str, why: str) -> None:
    worlds = [{**BASE, ("_dmarc", "TXT"): [f'"{text}"']} for text in (was, new)]
    assert await reason(*worlds) == why


NEW_KEY = '"v=DKIM1; k=ed25519; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="'
SAME_KEY = '"k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapi" "MlrwIaaPcHURo="'


@pytest.mark.parametrize(
    ("name", "rrtype", "new", "decision", "why"),
    [
        ("@", "MX", [], False, "acme.example would have no mail host"),
        ("@", "MX", ["10 www.acme.example."], False, ""),
        ("s1._domainkey", "TXT", [], False, "a key at s1._domainkey.acme.example would be lost"),
        ("s1._domainkey", "TXT", [NEW_KEY], False, "a key at s1._domainkey.acme.example would be lost"),
        ("s1._domainkey", "TXT", [NEW_KEY], True, "a key at s1._domainkey.acme.example would be lost"),
        ("s1._domainkey", "TXT", [SAME_KEY], False, ""),
        ("s2._domainkey", "CNAME", [], False, "the selector at s2._domainkey.acme.example would be lost"),
        ("s2._domainkey", "CNAME", [], True, "it would cause DKIM001"),
        ("s2._domainkey", "CNAME", ["key2.esp.example."], False, ""),
    ],
)
async def test_what_must_not_be_lost(
    name: str, rrtype: str, new: list[str], decision: bool, why: str
) -> None:
    was = spf("v=spf1 ip4:192.0.2.25 -all")
    world = {key: each for key, each in was.items() if key != (name, rrtype)}
    if new:
        world[name, rrtype] = new
    found = await reason(was, world, decision=decision)
    assert (found.startswith(why), bool(found)) == (True, bool(why)), found


async def test_nothing_stands_beside_an_alias() -> None:
    was = {**BASE, ("other", "TXT"): ['"a"']}
    new = {**BASE, ("other", "TXT"): ['"b"']}
    why = "other.acme.example is an alias (CNAME) for x.example, and a CNAME allows no other record"
    assert await reason(was, new, alias="x.example") == why
    assert await reason(was, BASE, alias="x.example") == "", "what goes stands nowhere"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("acme.example", ""),
        ("www.acme.example", ""),
        (
            "_dc-mx.0123456789ab.acme.example",
            "_dc-mx.0123456789ab.acme.example is written by your DNS provider",
        ),
        ("notacme.example", "notacme.example is not in your zone"),
        ("esp.example", "esp.example is not in your zone"),
        ("example", "example is not in your zone"),
    ],
)
async def test_where_the_owner_can_publish(name: str, why: str) -> None:
    assert why_foreign(await audited(BASE), name) == why


async def test_the_owner_of_a_subdomain_has_the_organizational_domain() -> None:
    text = '$ORIGIN acme.example.\n_dmarc IN TXT "v=DMARC1; p=reject"\nsub IN TXT "v=spf1 -all"\n'
    report = await audit_async("sub.acme.example", zone(text), prove=False)
    assert why_foreign(report, "_dmarc.acme.example") == ""
    assert why_foreign(report, "_dmarc.example") != ""
