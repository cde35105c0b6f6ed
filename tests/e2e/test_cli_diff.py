"""``mailproof diff``: what changes for mail, and which changes are regressions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import mailproof
from tests.support.sides import (
    ALL,
    BASE,
    DMARC,
    KEY,
    MX,
    ONE,
    OPEN,
    OTHER,
    SPF,
    Sides,
    changes,
    short,
    swapped,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "changes.md"


def recorded(zone: str, tape: Path) -> str:
    """A recording of the SPF checks only."""
    mailproof(
        "audit", "acme.example", "--zone", zone, "--offline", "--select", "SPF001", "--record", str(tape)
    )
    return str(tape)


def test_what_neither_side_holds_is_no_change(tmp_path: Path) -> None:
    """A domain without a DMARC record, offline: there is assumed to be none above it."""
    (tmp_path / "old.zone").write_text(f"{BASE}{MX}\n")
    (tmp_path / "new.zone").write_text(f"{BASE}{MX}\n@ 60 IN TXT x\n")
    old, new = str(tmp_path / "old.zone"), str(tmp_path / "new.zone")
    run = mailproof("diff", old, new, "--offline")
    assert run.code == 0
    assert "  nothing changes for its mail\n" in run.out
    tapes = [recorded(old, tmp_path / "old.rec"), recorded(new, tmp_path / "new.rec")]
    unasked = mailproof("diff", *tapes, "-d", "acme.example")
    assert unasked.code == 3, "a recording may lack what changed"
    (tmp_path / "new.zone").write_text(f"{BASE}{MX}\n{DMARC}\n")
    assert "policy no record → reject" in mailproof("diff", old, new, "--offline").out


def test_nothing_changes(sides: Sides) -> None:
    run = sides.diff(sides.zone("old.zone", *ALL), sides.zone("new.zone", *reversed(ALL)))
    assert run.code == 0
    assert "nothing changes for its mail" in run.out
    assert run.out.endswith("0 changes, 0 for the worse · exit code 0\n")


#: old text, replacement, the changes, the exit code
TABLE: tuple[tuple[str, str, list[tuple[str, str, str]], int], ...] = (
    (SPF, SPF.replace("mx ", "a:mx1.acme.example "), [], 0),
    (SPF, SPF.replace("mx ", ""), [("senders", "worse", "mx may no longer send")], 1),
    (
        SPF,
        SPF.replace("-all", "ip4:192.0.2.99 -all"),
        [("senders", "neutral", "ip4:192.0.2.99 may send now")],
        0,
    ),
    (
        SPF,
        SPF.replace("mx include:sendgrid.net", "redirect=sendgrid.net mx").replace(" -all", ""),
        [
            ("senders", "neutral", "all other hosts: fail → softfail"),
        ],
        0,
    ),
    (SPF, SPF.replace("-all", "~all"), [("senders", "neutral", "all other hosts: fail → softfail")], 0),
    (SPF, SPF.replace("-all", "?all"), [("senders", "worse", "all other hosts: fail → neutral")], 1),
    (
        SPF,
        SPF.replace("-all", "+all"),
        [("senders", "worse", "all other hosts: fail → pass")],
        1,
    ),
    (SPF, "", [("senders", "worse", "no SPF record any more")], 1),
    (
        SPF,
        SPF.replace("mx ", "ipv4:192.0.2.1 "),
        [("senders", "worse", "no one may send: the SPF record has a syntax error")],
        1,
    ),
    (
        SPF,
        f"{SPF}\n{SPF.replace('mx ', '')}",
        [("senders", "worse", "no one may send: there is more than one SPF record")],
        1,
    ),
    (
        SPF,
        SPF.replace("sendgrid.net", "hidden.test"),
        [
            ("senders", "unknown", f"SendGrid (include:sendgrid.net) may no longer send{OPEN}"),
            ("senders", "neutral", "include:hidden.test is added"),
        ],
        3,
    ),
    (
        SPF,
        SPF.replace("-all", "exists:%{i}.acme.example -all"),
        [("senders", "neutral", "exists:%{i}.acme.example is added")],
        0,
    ),
    (KEY, "", [("dkim", "worse", "s1: gone")], 1),
    (KEY, KEY.replace(ONE, "p="), [("dkim", "worse", "s1: revoked")], 1),
    (KEY, KEY.replace(ONE, "p=%%%"), [("dkim", "worse", "s1: can't be used any more")], 1),
    (KEY, KEY.replace(ONE, OTHER), [("dkim", "worse", "s1: another key under the same selector")], 1),
    (
        KEY,
        f"{KEY}\n{KEY.replace('s1', 's2').replace(ONE, OTHER)}",
        [("dkim", "better", "s2: published (ed25519 256)")],
        0,
    ),
    (DMARC, DMARC.replace("reject", "none"), [("dmarc", "worse", "policy reject → none")], 1),
    (
        DMARC,
        DMARC.replace("reject", "reject; t=y"),
        [("dmarc", "worse", "policy reject → reject (t=y, test mode)")],
        1,
    ),
    (
        DMARC,
        DMARC.replace("reject", "reject; pct=0"),
        [("dmarc", "worse", "policy reject → reject (pct=0)")],
        1,
    ),
    (DMARC, "", [("dmarc", "worse", "policy reject → no record")], 1),
    (
        DMARC,
        DMARC.replace("reject", "reject; sp=none"),
        [("dmarc", "worse", "policy for subdomains reject → none")],
        1,
    ),
    (
        DMARC,
        DMARC.replace("reject", "reject; adkim=s"),
        [("dmarc", "worse", "DKIM alignment relaxed → strict")],
        1,
    ),
    (
        DMARC,
        DMARC.replace("; rua=mailto:d@acme.example", ""),
        [("dmarc", "worse", "reports to d@acme.example → no one")],
        1,
    ),
    (
        DMARC,
        DMARC.replace("d@", "e@"),
        [("dmarc", "neutral", "reports to d@acme.example → e@acme.example")],
        0,
    ),
    (
        DMARC,
        DMARC.replace("mailto:d@", "d@"),
        [("dmarc", "worse", "reports to d@acme.example → no one")],
        1,
    ),
    (
        DMARC,
        DMARC.replace("mailto:d@acme.example", "https://acme.example/r"),
        [("dmarc", "neutral", "reports to d@acme.example → https://acme.example/r")],
        0,
    ),
    (
        MX,
        "@ 60 IN MX 10 mx2",
        [
            ("senders", "worse", "mx may no longer send"),
            ("senders", "neutral", "mx may send now"),
            ("mx", "neutral", "10 mx1.acme.example → 10 mx2.acme.example"),
        ],
        1,
    ),
)


@pytest.mark.parametrize(
    ("what", "by", "found", "code"), TABLE, ids=[str(number) for number in range(len(TABLE))]
)
def test_change(what: str, by: str, found: list[tuple[str, str, str]], code: int, sides: Sides) -> None:
    old, new = sides.zone("old.zone", *ALL), sides.zone("new.zone", *swapped(what, by))
    run = sides.diff(old, new, "-f", "json", "--ignore", "SPF,DKIM,DMARC,MX,PARK")
    assert short(run) == found
    assert run.code == code


@pytest.mark.parametrize(
    ("what", "by", "found"),
    [
        (SPF, "", [("senders", "better", "an SPF record"), ("senders", "neutral", "mx may send now")]),
        (KEY, KEY.replace(ONE, "p="), [("dkim", "better", "s1: published (ed25519 256)")]),
        (DMARC, "", [("dmarc", "better", "policy no record → reject")]),
        (DMARC, DMARC.replace("reject", "none"), [("dmarc", "better", "policy none → reject")]),
        (
            DMARC,
            DMARC.replace("reject", "reject; pct=50"),
            [("dmarc", "better", "policy reject (pct=50) → reject")],
        ),
    ],
)
def test_the_way_back_is_better(what: str, by: str, found: list[tuple[str, str, str]], sides: Sides) -> None:
    old, new = sides.zone("old.zone", *swapped(what, by)), sides.zone("new.zone", *ALL)
    run = sides.diff(old, new, "-f", "json")
    assert short(run)[: len(found)] == found
    assert run.code == 0


def test_test_mode_says_to_current_receivers_what_pct_0_says_to_older_ones(sides: Sides) -> None:
    """The repair of DMARC020; RFC 9989 section 4.7 (t), RFC 7489 section 6.6.4."""
    old = sides.zone("old.zone", DMARC.replace("reject", "reject; pct=0"))
    new = sides.zone("new.zone", DMARC.replace("reject", "reject; t=y; pct=0"))
    run = sides.diff(old, new, "-f", "json", "--ignore", "DMARC")
    assert short(run) == [("dmarc", "neutral", "policy reject (pct=0) → reject (t=y, test mode)")]
    assert run.code == 0


def test_mx_gone(sides: Sides) -> None:
    old = sides.zone("old.zone", MX, DMARC)
    run = sides.diff(
        old, sides.zone("new.zone", "@ 60 IN MX 0 .", DMARC), "-f", "json", "--ignore", "PARK,MX"
    )
    assert ("mx", "worse", "10 mx1.acme.example → 0 .") in short(run)
    assert run.code == 1
    assert "it will get no mail" in run.out
    none = sides.diff(old, sides.zone("none.zone", "@ 60 IN A 192.0.2.80", DMARC), "-f", "json")
    assert ("mx", "worse", "10 mx1.acme.example → none") in short(none)
    assert "its mail goes to its own addresses" in none.out  # RFC 5321 section 5.1


def test_what_has_no_object_any_more_is_not_fixed(sides: Sides) -> None:
    """If the mail host is removed, the finding that it lacks an IPv6 address is not "fixed"."""
    found = changes(sides.diff(sides.zone("old.zone", *ALL), sides.zone("new.zone", *ALL[1:]), "-f", "json"))
    assert [each["effect"] for each in found if each["rule"] == "MX013"] == ["neutral"]


def test_announcements(sides: Sides) -> None:
    sts = '_mta-sts 60 IN TXT "v=STSv1; id=1"'
    rpt = '_smtp._tls 60 IN TXT "v=TLSRPTv1; rua=mailto:t@acme.example"'
    old = sides.zone("old.zone", *ALL, sts, rpt)
    assert short(sides.diff(old, sides.zone("new.zone", *ALL), "-f", "json")) == [
        ("mta_sts", "worse", "no MTA-STS record any more"),
        ("tls_rpt", "worse", "no TLS-RPT record any more"),
    ]
    moved = sides.zone("moved.zone", *ALL, sts, rpt.replace("t@", "u@"))
    found = short(sides.diff(old, moved, "-f", "json"))
    assert found == [("tls_rpt", "neutral", "reports to mailto:t@acme.example → mailto:u@acme.example")]


def test_findings_come_and_go(sides: Sides) -> None:
    old = sides.zone("old.zone", *ALL)
    new = sides.zone("new.zone", *swapped(SPF, SPF.replace("mx", "mx ptr")))
    only = ("--select", "SPF", "-f", "json")
    came = [c for c in changes(sides.diff(old, new, *only)) if c["part"] == "findings"]
    assert [(c["rule"], c["effect"], c["severity"]) for c in came] == [("SPF009", "worse", "warning")]
    assert sides.diff(old, new, "--select", "SPF").code == 0
    assert sides.diff(old, new, "--select", "SPF", "--fail-on", "warning").code == 1
    assert sides.diff(old, new, "--ignore", "SPF009", "--fail-on", "warning").code == 0
    went = [c for c in changes(sides.diff(new, old, *only)) if c["part"] == "findings"]
    assert [(c["rule"], c["effect"]) for c in went] == [("SPF009", "better")]


def test_a_finding_elsewhere_in_the_record_is_the_same(sides: Sides) -> None:
    old = sides.zone("old.zone", *swapped(SPF, SPF.replace("mx", "mx ptr")))
    new = sides.zone("new.zone", *swapped(SPF, SPF.replace("mx", "ptr:acme.example mx")))
    found = [c for c in changes(sides.diff(old, new, "-f", "json")) if c["rule"] == "SPF009"]
    assert found == []


def test_never(sides: Sides) -> None:
    old, new = sides.zone("old.zone", *ALL), sides.zone("new.zone", *swapped(KEY, ""))
    assert sides.diff(old, new, "--fail-on", "never").code == 0


def test_a_policy_that_is_removed_is_worse_without_the_zones_above(sides: Sides) -> None:
    old, new = sides.zone("old.zone", *ALL), sides.zone("new.zone", *swapped(DMARC, ""))
    run = mailproof("diff", old, new, "--offline", "-f", "json", "--select", "DMARC002")
    assert (run.code, ("dmarc", "worse", "policy reject → no record") in short(run)) == (1, True)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("p=none; sp=reject", "p=none; sp=reject; t=y", "subdomains reject → reject (t=y, test mode)"),
        ("p=none; sp=reject", "p=none; sp=reject; pct=0", "subdomains reject → reject (pct=0)"),
        (
            "p=quarantine; sp=reject",
            "p=quarantine; sp=reject; np=none",
            "subdomains that don't exist reject → none",
        ),
    ],
)
def test_the_policy_for_subdomains_gets_weaker(before: str, after: str, what: str, sides: Sides) -> None:
    records = [DMARC.replace("p=reject", each) for each in (before, after)]
    one, other = (sides.zone(f"{n}.zone", MX, SPF, KEY, each) for n, each in enumerate(records))
    run = sides.diff(one, other, "-f", "json")
    assert (run.code, ("dmarc", "worse", f"policy for {what}") in short(run)) == (1, True)


def test_sentences_to_paste_make_no_links_and_mention_no_one(sides: Sides) -> None:
    old = sides.zone("old.zone", *ALL)
    new = sides.zone("new.zone", *swapped(SPF, '@ 60 IN TXT "v=spf1 (@octocat https://evil.example) -all"'))
    run = sides.diff(old, new, "--explain-change")
    shown = [text in run.out for text in ("octocat", "evil.example", "@octocat", "https://evil")]
    assert shown == [True, True, False, False]
