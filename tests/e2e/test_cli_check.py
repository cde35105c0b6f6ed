"""``mailproof check``: the settings of mailproof.toml, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.acme import HOSTS
from tests.support.cli import Run, mailproof, reports_of

ZONE = f"""{HOSTS}@ 60 TXT "v=spf1 mx include:_spf.google.com -all"
_dmarc 60 TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey 60 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
CONFIG = """zones = ["zones"]
offline = true
select = ["SPF00", "EXP"]

[[domains]]
name = "acme.example"
profile = "sending"

[domains.expect]
spf.senders = ["google", "192.0.2.26"]
spf.rest = "fail"
dmarc.policy = "reject"
dkim.selectors = ["s1"]
mx = ["mx1.acme.example"]
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zones").mkdir()
    write(ZONE, CONFIG)


def write(zone: str = ZONE, config: str = CONFIG) -> None:
    Path("zones/acme.zone").write_text(zone)
    Path("mailproof.toml").write_text(config)


def findings(run: Run) -> list[dict[str, Any]]:
    return [each for report in reports_of(run.out) for one in report["outcomes"] for each in one["findings"]]


def test_a_zone_as_expected_passes_without_a_network() -> None:
    run = mailproof("check")
    assert (run.code, run.err) == (0, ""), run.out


def test_a_change_that_no_one_planned_fails_on_its_line() -> None:
    write(ZONE.replace("google.com -all", "google.com include:sendgrid.net -all"))
    run = mailproof("check", "-f", "json")
    (found,) = findings(run)
    assert run.code == 1
    assert (found["rule"], found["location"]["file"], found["location"]["line"]) == (
        "EXP001",
        "zones/acme.zone",
        9,
    )
    assert "include:sendgrid.net" in found["message"]
    write()
    assert mailproof("check").code == 0


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("include:_spf.google.com", "", "EXP001"),
        ("-all", "~all", "EXP002"),
        ("s1._domainkey", "s2._domainkey", "EXP003"),
        ("p=reject", "p=none", "EXP004"),
        ("MX 10 mx1", "MX 10 ns1", "EXP005"),
    ],
)
def test_each_expectation_is_compared(old: str, new: str, rule: str) -> None:
    write(ZONE.replace(old, new))
    run = mailproof("check", "-f", "json")
    assert run.code == 1
    assert rule in {each["rule"] for each in findings(run)}


def test_an_audit_compares_with_no_expectation() -> None:
    write(ZONE.replace("p=reject", "p=none"))
    run = mailproof("audit", "acme.example", "--zone", "zones", "--offline", "-f", "json")
    assert not [each for each in findings(run) if each["rule"].startswith("EXP")]


def test_what_could_not_be_looked_up_is_not_fine() -> None:
    write(config=CONFIG.replace("offline = true", 'nameservers = ["127.0.0.1:9"]').replace('"zones"', ""))
    run = mailproof("check", "--timeout", "5", "--no-connect")
    assert run.code == 3
    assert "?" in run.out


def test_a_severity_by_rule_changes_the_exit_code() -> None:
    write(ZONE.replace("-all", "~all"))
    assert mailproof("check").code == 1
    write(ZONE.replace("-all", "~all"), f'{CONFIG}\n[severities]\nEXP = "error"\nEXP002 = "info"\n')
    run = mailproof("check", "-f", "json")
    (found,) = findings(run)
    assert (run.code, found["severity"]) == (0, "info")


def test_one_of_the_domains_is_checked_alone() -> None:
    write(config=f'{CONFIG}\n[[domains]]\nname = "other.example"\n')
    both = mailproof("check", "-f", "json")
    assert [each["subject"] for each in reports_of(both.out)] == ["acme.example", "other.example"]
    assert mailproof("check", "acme.example").code == 0
    run = mailproof("check", "third.example")
    assert run.code == 2
    assert "third.example is not in [[domains]] (there are: acme.example, other.example)" in run.err


def test_an_environment_changes_zones_and_threshold() -> None:
    Path("staging").mkdir()
    Path("staging/acme.zone").write_text(ZONE.replace("p=reject", "p=none"))
    write(config=f'{CONFIG}\n[environments.staging]\nzones = ["staging"]\nfail_on = "never"\n')
    run = mailproof("check", "--environment", "staging", "-f", "json")
    assert (run.code, [each["rule"] for each in findings(run)]) == (0, ["EXP004"])
    run = mailproof("check", "-e", "stagin")
    assert run.code == 2
    assert "there is no environment 'stagin' (there are: staging)" in run.err


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "mailproof.toml: no [[domains]] to check"),
        ('[[domains]]\nname = "acme"', ":2:1: 'acme' is a single label"),
        (
            '[[domains]]\nname = "a.example"\n[[domains]]\nname = "A.example."',
            ":4:1: A.example. is in [[domains]] tw",
        ),
        (
            '[[domains]]\nname = "a.example"\n[[domains]]\nname = "b.example"\nexpect.dmarc.polcy = "x"',
            ":5:1: unknown key 'domains.expect.dmarc.polcy': did you mean 'policy'?",
        ),
        (
            '[[domains]]\nname = "a.example"\n  expect.dmarc.policy = "rejct"',
            ":3:3: 'domains.expect.dmarc.policy': input should be 'none', 'quarantine' or 'reject'",
        ),
        (
            '[[domains]]\nname = "a.example"\nexpect.spf.senders = ["gogle"]',
            ":3:1: 'gogle' is no address, network, domain",
        ),
        ('[[domains]]\nname = "a.example"\nexpect.spf.max_lookups = 11', ":3:1: 'max_lookups' should be"),
        (
            '[[domains]]\nname = "a.example"\nexpect.dkim.selectors.s1.min_bits = 7',
            ":3:1: 'min_bits' should be a number",
        ),
        (
            '[[domains]]\nname = "a.example"\nexpect.dkim.selectors.s1 = 7',
            ":3:1: 'domains.0.expect.dkim.selectors.s1' must be a table",
        ),
        ('[[domains]]\nname = "a.example"\nips = ["192.0.2"]', ":3:1: '192.0.2' "),
        ('[[domains]]\nname = "a.example"\nreceivers = ["gmial"]', ":3:1: 'gmial' is not one of"),
        ('[[domains]]\nname = "a.example"\nexpect.mx = ["mx1"]', ":3:1: 'mx1' is a single label"),
        (
            '[[domains]]\nname = "a.example"\nexpect.dmarc.reports_to = ["x"]',
            ":3:1: 'x' is not an address like",
        ),
        ('domains = "a.example"', ":1:1: 'domains': input should be an array of tables"),
        (
            '[environments.x]\ndomains = ["b.example"]',
            ":2:1: b.example is not the name of any of the [[domains]]",
        ),
        ('[severities]\nSPF003 = "eror"', ":2:1: 'severities.SPF003': input should be 'error', "),
        (
            '[severities]\nSPX = "error"\n[[domains]]\nname = "a.example"',
            "[severities] SPX: no rule ID starts",
        ),
        ('zones = ["zones"]\noffline = true\n[[domains]]\nname = "b.example"', ""),
        (
            'zones = ["nowhere"]\noffline = true\n[[domains]]\nname = "b.example"',
            "mailproof.toml:1:1: zones: nowhere does not exist",
        ),
    ],
)
def test_bad_configurations_get_one_line(table: str, words: str) -> None:
    Path("mailproof.toml").write_text(table)
    run = mailproof("check")
    if not words:
        assert run.code == 3  # a domain that is in none of the zones is unknown
        return
    assert run.code == 2
    assert run.err.count("\n") == 1
    assert words in run.err
    assert run.out == ""


LIVE = """# what we own
select = ["DMARC001", "SPF001"]

[[domains]]
name = "other.example"

[[domains]]
name = "acme.example"

[environments.one]
domains = ["acme.example"]
"""


def test_what_is_live_is_at_the_line_of_its_domain() -> None:
    write(zone="$ORIGIN acme.example.\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 MX 10 mx\n", config=LIVE)
    Path("zones/other.zone").write_text("$ORIGIN other.example.\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 MX 10 mx\n")
    mailproof("check", "--zone", "zones", "--offline", "--record", "r.json")
    files = ("-o", "github:g", "-o", "r.sarif", "-o", "gitlab:gl")
    run = mailproof("check", "--replay", "r.json", "-f", "concise", *files)
    assert run.code == 1
    shown = {line.split(" ")[1]: line for line in run.out.splitlines() if "acme.example" in line}
    assert shown["DMARC001"].startswith("mailproof.toml:7:1: ")
    assert "mailproof.toml:4:1: DMARC001" in run.out
    assert "file=mailproof.toml,line=7,col=1,title=DMARC001" in Path("g").read_text()
    sarif = json.loads(Path("r.sarif").read_text())["runs"][0]["results"]
    places = [each["locations"][0]["physicalLocation"] for each in sarif]
    assert {each["artifactLocation"]["uri"] for each in places} == {"mailproof.toml"}
    assert {each["region"]["startLine"] for each in places} == {4, 7}
    issues = json.loads(Path("gl").read_text())
    assert {each["location"]["lines"]["begin"] for each in issues} == {4, 7}
    chosen = mailproof("check", "--replay", "r.json", "-f", "concise", "-e", "one").out
    assert "mailproof.toml:7:1: DMARC001" in chosen
    assert "mailproof.toml:4:" not in chosen


@pytest.mark.parametrize(
    ("record", "mode", "code", "status"),
    [
        ('_mta-sts 60 TXT "v=STSv1; id=1;"\n', "enforce", 0, "skipped"),
        ('_mta-sts 60 TXT "v=STSv1; id=1;"\n', "none", 0, "skipped"),
        ("", "enforce", 1, "fail"),
        ("", "none", 0, "pass"),
    ],
)
def test_offline_the_mode_of_a_policy_is_skipped_and_its_record_is_not(
    record: str, mode: str, code: int, status: str
) -> None:
    config = 'zones = ["zones"]\noffline = true\nselect = ["EXP006"]\n[[domains]]\nname = "acme.example"\n'
    write(ZONE + record, f'{config}[domains.expect]\nmta_sts = "{mode}"\n')
    run = mailproof("check", "-f", "json")
    (outcome,) = (each for each in reports_of(run.out)[0]["outcomes"] if each["check"] == "EXP006")
    assert (run.code, outcome["status"]) == (code, status)
    if status == "skipped":
        assert outcome["reason"].startswith("the policy was not fetched: ")


def test_what_departs_says_nothing_of_how_mail_fares() -> None:
    config = CONFIG.replace('select = ["SPF00", "EXP"]\n', "").replace(
        "mx = [", 'dmarc.subdomain_policy = "reject"\nmx = ['
    )
    google = '$ORIGIN _spf.google.com.\n@ 60 TXT "v=spf1 ip4:198.51.100.0/24 -all"\n'
    write(f"{ZONE.replace('p=reject', 'p=none')}{google}", config)
    ignored = [word for topic in ("DKIM", "DMARC", "DNS", "MX") for word in ("--ignore", topic)]
    lines = mailproof("check", *ignored, columns=120).out.splitlines()
    assert lines[0] == "✗ acme.example is not as mailproof.toml expects"
    assert not any("the same fix" in line for line in lines), "there is none"


def test_without_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "other"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    run = mailproof("check")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(
        "mailproof: no mailproof.toml here or above, so no [[domains]] to check: write it with"
    )
