"""``mailproof diff``: senders that lose permission, providers added and removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import mailproof
from tests.support.sides import (
    ALL,
    DMARC,
    KEY,
    MX,
    OPEN,
    OTHER,
    SPF,
    Sides,
    short,
    swapped,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "changes.md"


def test_migration_to_another_provider(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """SendGrid, then both, then only Postmark: each step shows what is added and removed."""
    alias = "s1._domainkey 60 IN CNAME s1.domainkey.u1.wl.sendgrid.net."
    key = f'20261126pm._domainkey 60 IN TXT "v=DKIM1; k=ed25519; {OTHER}"'
    both = SPF.replace("-all", "include:spf.mtasv.net -all")
    one, two, three = "one.zone", "two.zone", "three.zone"
    sides.zone(one, MX, SPF, DMARC, alias)
    sides.zone(two, MX, both, DMARC, alias, key)
    sides.zone(three, MX, both.replace("include:sendgrid.net ", ""), DMARC, key)
    monkeypatch.chdir(sides.folder)

    first = sides.diff(one, two)
    assert first.code == 0
    assert "Postmark (include:spf.mtasv.net) may send now" in first.out
    assert "50.31.156.0/24 (256 IPv4 addresses)" in first.out
    assert "✓ 20261126pm: published (ed25519 256)" in first.out

    second = sides.diff(two, three)
    assert second.code == 1
    assert "✗ SendGrid (include:sendgrid.net) may no longer send" in second.out
    assert "167.89.0.0/17 and 208.117.48.0/20 (36,864 IPv4 addresses)" in second.out
    assert "✗ s1: gone (SendGrid)" in second.out
    assert "2 for the worse · exit code 1 (something gets worse)" in second.out

    assert f"$ mailproof diff two.zone three.zone\n{second.out}" in PAGE.read_text("utf-8")

    meant = sides.diff(two, three, "--leaving", "sendgrid")
    assert meant.code == 0
    assert "- SendGrid (include:sendgrid.net) may no longer send (on purpose)" in meant.out
    assert "- s1: gone (SendGrid) (on purpose)" in meant.out

    text = sides.diff(one, three, "--explain-change").out.splitlines()
    assert text[0] == (
        "- **acme.example**: SendGrid (include:sendgrid.net) may no longer send from 167.89.0.0/17 and "
        "208.117.48.0/20 (36,864 IPv4 addresses)."
    )
    assert any(
        "The DKIM key of SendGrid at s1.\\_domainkey.acme.example is gone: mail that" in each for each in text
    )


def test_migration_offline(sides: Sides) -> None:
    """Without the provider's zones its include and its alias are compared by their names."""
    alias = "s1._domainkey 60 IN CNAME s1.domainkey.u1.wl.sendgrid.net."
    old = sides.zone("old.zone", MX, SPF, DMARC, alias)
    new = sides.zone(
        "new.zone", MX, SPF.replace("sendgrid.net", "spf.mtasv.net"), DMARC, KEY.replace("s1", "pm")
    )
    run = mailproof("diff", old, new, "--offline", "-f", "json")
    assert short(run) == [
        ("senders", "worse", "SendGrid (include:sendgrid.net) is removed"),
        ("senders", "neutral", "Postmark (include:spf.mtasv.net) is added"),
        ("dkim", "worse", "s1: gone (SendGrid)"),
        ("dkim", "better", "pm: published (ed25519 256)"),
    ]
    assert run.code == 1
    assert mailproof("diff", old, new, "--offline", "--leaving", "sendgrid").code == 0
    back = mailproof("diff", new, old, "--offline", "-f", "json")
    published = "s1: published (an alias of s1.domainkey.u1.wl.sendgrid.net, which was not looked up)"
    assert ("dkim", "better", published) in short(back)


@pytest.mark.parametrize(
    ("leaving", "code"),
    [
        ("SendGrid", 0),
        ("sendgrid.net", 0),
        ("include:sendgrid.net", 0),
        ("0.0.0.0/0", 0),
        ("167.89.0.0/17", 1),
        ("Mailgun", 1),
        ("spf009", 1),
    ],
)
def test_leaving(leaving: str, code: int, sides: Sides) -> None:
    old, new = (
        sides.zone("old.zone", *ALL),
        sides.zone("new.zone", *swapped(SPF, SPF.replace("include:sendgrid.net ", ""))),
    )
    run = sides.diff(old, new, "--leaving", leaving)
    assert run.code == code
    assert (f"--leaving {leaving}: it names nothing that is lost" in run.err) is bool(code)


def test_an_include_that_is_not_known_here(sides: Sides) -> None:
    old = sides.zone("old.zone", *swapped(SPF, SPF.replace("sendgrid.net", "hidden.test")))
    same = sides.zone(
        "same.zone",
        *swapped(SPF, SPF.replace("sendgrid.net", "hidden.test").replace("mx", "a:mx1.acme.example")),
    )
    assert sides.diff(old, same).code == 0
    gone = sides.zone("gone.zone", *swapped(SPF, SPF.replace("include:sendgrid.net ", "")))
    run = sides.diff(old, gone, "--explain-change")
    assert run.code == 1
    assert "include:hidden.test is removed: its hosts may no longer send (which addresses" in run.out


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (
            "v=spf1 ipv4:1 -all",
            "v=spf1 mx -all",
            [("better", "the SPF record can be read again"), ("neutral", "mx may send now")],
        ),
        ("v=spf1 ipv4:1 -all", "v=spf1 ipv4:2 -all", []),
        (
            "v=spf1 mx -all",
            "v=spf1 -all mx",
            [("worse", "mx may no longer send")],
        ),
        ("v=spf1 ipv4:1 -all", "", [("neutral", "no SPF record any more, and the old one had a fault")]),
        ("", "v=spf1 ipv4:1 -all", [("worse", "no one may send: the SPF record has a syntax error")]),
        ("v=spf1 mx a:mx1.acme.example", "v=spf1 a:mx1.acme.example", []),
        ("v=spf1 mx", "v=spf1 -a:mx1.acme.example mx", [("worse", "mx may no longer send")]),
        ("v=spf1 ~mx", "v=spf1 ?mx", []),
        ("v=spf1 redirect=sendgrid.net", "v=spf1 include:sendgrid.net ~all", []),
        (
            "v=spf1 redirect=sendgrid.net",
            "v=spf1 ~all",
            [("worse", "SendGrid (redirect=sendgrid.net) may no longer send")],
        ),
        (
            "v=spf1 redirect=hidden.test",
            "v=spf1 mx",
            [("worse", "redirect=hidden.test is removed"), ("neutral", "mx may send now")],
        ),
        (
            "v=spf1 include:sendgrid.net",
            "v=spf1 include:hidden.test",
            [
                ("unknown", f"SendGrid (include:sendgrid.net) may no longer send{OPEN}"),
                ("neutral", "include:hidden.test is added"),
            ],
        ),
        (
            "v=spf1 include:hidden.test",
            "v=spf1 include:hidden.test mx",
            [("neutral", "mx may send now")],
        ),
    ],
)
def test_who_may_send(before: str, after: str, found: list[tuple[str, str]], sides: Sides) -> None:
    old, new = (
        sides.zone(name, MX, DMARC, f'@ 60 IN TXT "{text}"' if text else "")
        for name, text in (("old.zone", before), ("new.zone", after))
    )
    run = sides.diff(old, new, "-f", "json")
    assert [(effect, what) for part, effect, what in short(run) if part == "senders"] == found


def test_hostile_records(sides: Sides) -> None:
    """Record contents are not interpreted, in the page or the sentences."""
    evil = '@ 60 IN TXT "v=spf1 mx include:sendgrid.net exists:\\027[31m`<img>`.%{i}.acme.example -all"'
    rua = '_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:[x](http://evil.example)@acme.example"'
    old = sides.zone("old.zone", *ALL)
    new = sides.zone("new.zone", MX, evil, rua, KEY)
    for more in ((), ("--explain-change",)):
        run = sides.diff(old, new, *more)
        assert "\x1b" not in run.out
    literal = run.out.replace("\\<", "").replace("\\[", "")
    assert "[x](http" not in literal
    assert "<img" not in literal
