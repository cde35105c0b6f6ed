"""The sides of ``mailproof diff``: zones, recordings, reports, live DNS; what can't be read or compared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mailproof.dns.patch import MARK
from tests.support.bad_servers import dns_server
from tests.support.cli import Run, mailproof, report_of
from tests.support.sides import (
    ALL,
    BASE,
    DMARC,
    KEY,
    MX,
    ONE,
    OPEN,
    OTHER,
    PROVIDERS,
    SPF,
    Sides,
    changes,
    recorded,
    reported,
    served,
    short,
    swapped,
)

RARE = f'rare-selector._domainkey 60 IN TXT "v=DKIM1; k=ed25519; t=y; {OTHER}"'


def of_live(recording: str) -> str:
    """The same recording as if made from live DNS, which lists no names."""
    path = Path(recording)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"listings": []}))
    return recording


def found_at_keys(run: Run) -> list[tuple[str, str]]:
    return [(each["rule"], each["effect"]) for each in changes(run) if each["rule"].startswith("DKIM")]


@pytest.mark.parametrize("old_kind", ["zone", "recording", "report", "reports", "lines"])
@pytest.mark.parametrize("new_kind", ["zone", "recording", "report"])
def test_each_kind_of_side(old_kind: str, new_kind: str, sides: Sides) -> None:
    """The result is the same for all kinds of sides."""
    paths = []
    weaker = DMARC.replace("reject", "none")
    states = {"old": ALL, "new": (MX, SPF.replace("include:sendgrid.net ", ""), weaker, KEY)}
    for (name, records), kind in zip(states.items(), (old_kind, new_kind), strict=True):
        zone = sides.zone(f"{name}.zone", *records)
        if kind == "recording":
            zone = recorded(sides, f"{name}.rec", zone)
        elif kind != "zone":
            zone = reported(sides, f"{name}.json", zone)
        if kind == "lines":
            line = json.dumps(report_of(Path(zone).read_text()))
            zone = sides.write("lines.jsonl", f"{line}\n\n{line.replace('acme', 'other')}\n")
        if kind == "reports":  # as one object with several
            document: object = {"schema_version": "2", "reports": [report_of(Path(zone).read_text())]}
            zone = sides.write("wrapped.json", json.dumps(document))
        paths.append(zone)
    run = sides.diff(*paths, "--domain", "acme.example", "-s", "s1", "-f", "json")
    assert short(run) == [
        ("senders", "worse", "SendGrid (include:sendgrid.net) may no longer send"),
        ("dmarc", "worse", "policy reject → none"),
    ]
    assert run.code == 1


def test_a_report_knows_where_a_redirect_leads(sides: Sides) -> None:
    """Read back, the redirect of its record and that of its tree are no longer one object."""
    redirect = SPF.replace("mx include:sendgrid.net", "redirect=sendgrid.net mx").replace(" -all", "")
    zone = sides.zone("acme.zone", MX, redirect, DMARC, KEY)
    assert short(sides.diff(reported(sides, "old.json", zone), zone, "-s", "s1", "-f", "json")) == []


def test_a_report_with_guessed_selectors_does_not_know_others(sides: Sides, tmp_path: Path) -> None:
    """If a key is unknown in it, neither findings nor the grade depend on it."""
    with_key = sides.zone("old.zone", MX, SPF, DMARC, KEY, RARE)
    recording = of_live(recorded(sides, "new.rec", sides.zone("new.zone", *ALL)))
    run = sides.diff(with_key, recording, "-f", "json")
    assert short(run) == [("dkim", "unknown", "rare-selector: could not be compared")]
    assert found_at_keys(run) == [("DKIM009", "unknown")]
    assert [json.loads(run.out)["domains"][0][f"{side}_grade"] for side in ("old", "new")] == ["B", None]
    assert run.code == 3
    back = sides.diff(recording, with_key, "-f", "json")
    assert short(back) == [("dkim", "unknown", "rare-selector: could not be compared")]
    assert found_at_keys(back) == [("DKIM009", "unknown")]
    assert back.code == 3  # it may be another key under the same selector


def test_a_key_that_the_other_side_names_is_checked_on_both(sides: Sides) -> None:
    """A selector that is not guessed: the rules see its key if it can be looked up."""
    zone = sides.zone("old.zone", MX, SPF, DMARC, KEY, RARE)
    run = sides.diff(zone, of_live(recorded(sides, "new.rec", zone)), "-f", "json")
    assert changes(run) == []
    assert run.code == 0


def test_a_recording_of_a_zone_knows_all_its_selectors(sides: Sides) -> None:
    with_key = sides.zone("old.zone", MX, SPF, DMARC, KEY, RARE)
    recording = recorded(sides, "new.rec", sides.zone("new.zone", *ALL))
    assert short(sides.diff(with_key, recording, "-f", "json")) == [("dkim", "worse", "rare-selector: gone")]


def test_an_include_that_one_side_alone_looked_up(sides: Sides) -> None:
    """Nothing counts as removed or added if its lookup failed."""
    zone = sides.zone("old.zone", *ALL)
    known = recorded(sides, "known.rec", zone)
    open_one = str(sides.folder / "open.rec")
    mailproof("audit", "acme.example", "--zone", zone, "--offline", "-s", "s1", "--record", open_one)
    arguments = ("--domain", "acme.example", "-s", "s1", "-f", "json")
    lost = sides.diff(known, open_one, *arguments)
    assert [each for each in short(lost) if each[1] != "neutral"] == [
        ("senders", "unknown", f"SendGrid (include:sendgrid.net) may no longer send{OPEN}"),
    ]
    assert lost.code == 3
    came = sides.diff(open_one, known, *arguments)
    assert short(came) == [("senders", "unknown", "SendGrid (include:sendgrid.net) may send now")]
    assert came.code == 3


def test_pipes_of_the_shell(sides: Sides) -> None:
    """``mailproof diff <(git show HEAD:acme.zone) acme.zone``."""
    old, new = sides.zone("old.zone", *ALL), sides.zone("new.zone", *swapped(KEY, ""))
    script = f'"$0" -m mailproof diff <(cat {old}) {new} --offline'
    ran = subprocess.run(["bash", "-c", script, sys.executable], capture_output=True, text=True, check=False)
    assert "✗ s1: gone" in ran.stdout
    assert ran.returncode == 1, ran.stderr
    bad = f'"$0" -m mailproof diff <(echo "@ 60 IN TXT") {new} --offline'
    ran = subprocess.run(["bash", "-c", bad, sys.executable], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("mailproof: /dev/fd/")
    assert "mailproof-" not in ran.stderr


@pytest.mark.parametrize("side", [0, 1])
def test_a_report_does_not_know_selectors_it_did_not_try(side: int, sides: Sides) -> None:
    """A report on live DNS: its selectors were guessed, so others may exist."""
    world = str(sides.folder / "world.zone")
    sides.write("world.zone", "$ORIGIN .\n" + BASE + "\n".join((*ALL, "")) + PROVIDERS)
    report = str(sides.folder / "live.json")
    with served(world) as address:
        mailproof("audit", "acme.example", "--nameserver", address, "--no-connect", "-q", "-o", report)
    rare = KEY.replace("s1", "rare-selector").replace(ONE, OTHER)
    zone = sides.zone("acme.zone", MX, SPF, DMARC, KEY, rare)
    run = sides.diff(*((report, zone), (zone, report))[side], "-f", "json")
    assert short(run) == [("dkim", "unknown", "rare-selector: could not be compared")]
    assert run.code == 3


def test_directories(sides: Sides) -> None:
    (sides.folder / "before").mkdir()
    (sides.folder / "after").mkdir()
    other = BASE.replace("acme", "other") + "\n".join((MX, DMARC))
    sides.zone("before/acme.example.zone", *ALL)
    sides.write("before/other.example.zone", other)
    sides.zone("after/acme.example.zone", *swapped(MX, f"{MX}\n@ 60 IN MX 20 mx2"))
    sides.write("after/third.example.zone", other.replace("other", "third"))
    both = (str(sides.folder / "before"), str(sides.folder / "after"))
    run = sides.diff(*both, "-f", "json")
    found = {
        d["domain"]: [(c["effect"], c["what"]) for c in d["changes"]] for d in json.loads(run.out)["domains"]
    }
    assert list(found) == ["acme.example", "other.example", "third.example"]
    assert ("neutral", "10 mx1.acme.example → 10 mx1.acme.example, 20 mx2.acme.example") in found[
        "acme.example"
    ]
    assert found["other.example"] == [("unknown", "in OLD only")]
    assert found["third.example"][0] == ("neutral", "in NEW only")
    assert run.code == 1  # the new state has an error: no SPF record
    assert sides.diff(*both, "--fail-on", "never").code == 3
    shared = f"--zone={sides.folder / 'before/other.example.zone'}"  # then it is on both sides, as it was
    assert "in OLD only" not in sides.diff(*both, shared).out


def test_a_proposal_over_the_zone(sides: Sides) -> None:
    old = sides.zone("old.zone", *swapped(SPF, SPF.replace("-all", "+all")))
    fragment = str(sides.folder / "fix.zone")
    mailproof("audit", "--zone", old, "--offline", "-q", "--fix-kind", "decision", "--fix-zone", fragment)
    run = sides.diff(old, fragment, "-f", "json")
    assert ("senders", "neutral", "+all may send now") not in short(run)
    assert any(c["rule"] == "SPF006" and c["effect"] == "better" for c in changes(run))


def test_a_proposal_without_changes(sides: Sides) -> None:
    old, fragment = sides.zone("old.zone", *ALL), sides.write("fix.zone", f"{MARK}\n; ==== acme.example: 0\n")
    run = sides.diff(old, fragment, "-f", "json")
    assert (run.code, changes(run)) == (0, [])


def test_live(sides: Sides) -> None:
    """Both sides query the live DNS: anything not in the zone is the same on both."""
    world = str(sides.folder / "world.zone")
    live = BASE + "\n".join((*ALL, "")) + PROVIDERS
    sides.write("world.zone", "$ORIGIN .\n" + live)
    with served(world) as address:
        new = sides.zone("acme.zone", *swapped(DMARC, DMARC.replace("reject", "quarantine")))
        run = mailproof("diff", "live", new, "--nameserver", address, "-f", "json")
    assert short(run) == [("dmarc", "worse", "policy reject → quarantine")]
    assert run.code == 1


def test_a_dead_name_server_is_not_a_change(sides: Sides) -> None:
    new = sides.zone("acme.zone", *ALL)
    with dns_server(lambda question: question[:2] + b"\x81\x82" + question[4:]) as address:
        run = mailproof("diff", "live", new, "--nameserver", address, "-f", "json")
    effects = {change["effect"] for change in changes(run) if change["part"] != "findings"}
    assert effects == {"unknown"}
    assert run.code == 3


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("cut.json", '{"schema_version": "1", ', "cut.json:1:25: the JSON ends too early"),
        ("deep.json", "[" * 100_000, "deep.json: the JSON is nested too deep"),
        (
            "odd.json",
            '{"schema_version": "2", "tool": 5}',
            "odd.json: not a report that this mailproof reads: ",
        ),
        ("old.json", '{"schema_version": "9", "reports": []}', "schema_version '9': only '2' is read"),
        ("cut.jsonl", '{"schema_version": "1"}\n{"schema_', "cut.jsonl:2: not JSON: "),
        ("none.json", '{"schema_version": "2", "reports": []}', "none.json: no report in it"),
        (
            "rec.json",
            '{"mailproof-snapshot": 99}',
            "rec.json: version 99 of the format; this mailproof reads 1",
        ),
        ("bad.zone", "$ORIGIN acme.example.\n@ 60 IN TXT\n", "bad.zone:2"),
        ("empty.zone", "", "empty.zone: has no record of acme.example"),
    ],
)
def test_a_side_that_cannot_be_read(name: str, text: str, line: str, sides: Sides) -> None:
    old = sides.zone("old.zone", *ALL)
    bad = sides.write(name, text)
    for run in (sides.diff(bad, old), sides.diff(old, bad)):
        assert (run.code, run.out) == (2, "")
        assert line in run.err
        assert run.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("{old}", "no-such.zone"), "no-such.zone: cannot be read: No such file or directory"),
        (("{old}", "{old}"), "OLD and NEW are both "),
        (("live", "{old}", "--offline"), "--offline queries no live DNS"),
        (("{old}", "{new}", "--offline", "--nameserver", "127.0.0.1"), "remove --nameserver"),
        (("{old}", "{new}", "--select", "NOPE"), "--select NOPE: no rule"),
        (("{fix}", "{new}", "--offline"), "proposed changes are not a complete state: give them as NEW"),
        (("{report}", "{fix}", "--offline"), "proposed changes need zones, a recording or live as OLD"),
        (("{recording}", "{other}"), "names a domain: give --domain"),
        (("{old}",), "missing argument 'NEW'"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], line: str, sides: Sides, tmp_path: Path) -> None:
    old = sides.zone("old.zone", *ALL)
    known = {
        "old": old,
        "new": sides.zone("new.zone", *ALL),
        "fix": sides.write("fix.zone", f"{MARK}\nacme.example. 60 IN MX 10 mx2.acme.example.\n"),
        "report": reported(sides, "report.json", old),
        "recording": recorded(sides, "old.rec", old),
        "other": recorded(sides, "other.rec", old),
    }
    run = mailproof("diff", *(each.format(**known) for each in arguments))
    assert (run.code, run.out) == (2, "")
    assert line in run.err
    assert run.err.count("\n") == 1


def test_a_report_on_a_message(sides: Sides) -> None:
    message = sides.write(
        "mail.eml", "From: a@acme.example\nDate: Thu, 26 Nov 2026 20:00:00 +0000\n\nHello\n"
    )
    path = str(sides.folder / "message.json")
    mailproof("verify", message, "--zone", sides.zone("old.zone", *ALL), "--offline", "-q", "-o", path)
    run = sides.diff(path, str(sides.folder / "old.zone"))
    assert run.code == 2
    assert "is not on a domain: use mailproof audit" in run.err


@pytest.mark.parametrize(("rule", "effect"), [("SPF009", "unknown"), ("STS001", "neutral")])
@pytest.mark.parametrize(("at", "side"), [(0, "NEW"), (1, "OLD")])
def test_a_finding_that_one_side_could_not_check(
    rule: str, effect: str, at: int, side: str, sides: Sides
) -> None:
    """It counts neither as new nor as fixed; an info does not change the exit code here either."""
    zone = sides.zone("old.zone", MX, SPF.replace("mx", "mx ptr"), DMARC, KEY)
    whole = recorded(sides, "whole.rec", zone)
    document = json.loads(Path(whole).read_text())
    hidden = {"SPF009": ("acme.example", "TXT"), "STS001": ("_mta-sts.acme.example", "TXT")}[rule]
    document["dns"] = [each for each in document["dns"] if (each["name"], each["rrtype"]) != hidden]
    partial = sides.write("partial.rec", json.dumps(document))
    pair = ((whole, partial), (partial, whole))[at]
    run = sides.diff(*pair, "-d", "acme.example", "-s", "s1", "-f", "json")
    found = [(c["effect"], c["what"]) for c in changes(run) if c["rule"] == rule]
    assert len(found) == 1
    assert found[0][0] == effect
    assert f"could not be checked in {side}: {rule}" in found[0][1]


def test_what_knotc_reads_is_a_zone_and_no_json(tmp_path: Path) -> None:
    records = ("SOA ns h 1 2 3 4 5", "MX 10 mail.acme.example.", 'TXT "v=spf1 -all"')
    old, new = tmp_path / "old.zone", tmp_path / "new.zone"
    old.write_text("".join(f"[acme.example.] acme.example. 60 {each}\n" for each in records))
    new.write_text(old.read_text().replace("[acme.example.] ", ""))
    run = mailproof("diff", str(old), str(new), "--offline")
    assert "nothing changes for its mail" in run.out, run.err
