"""``mailproof audit --fix-zone``: from findings to a fragment, and the fragment applied to the zone."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from docs.schema import PUBLISHED

from mailproof.dns.patch import MARK
from mailproof.render.fix_zone import FIRST_LINE
from tests.support.cli import mailproof, report_of

BAD = """
$ORIGIN acme.example.
@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 3600 IN NS ns1
@ 3600 IN NS ns2
ns1 3600 IN A 192.0.2.53
ns2 3600 IN A 198.51.100.53
@ 3600 IN MX 10 mail
@ 3600 IN MX 20 gone
mail 3600 IN A 192.0.2.25
@ 3600 IN TXT "site-verification=keep-me"
@ 3600 IN TXT "v=spf1 ip4:192.0.2.9/24 ptr +all"
_dmarc 3600 IN TXT "v=dmarc1 p=reject"
"""


PAGE = Path(__file__).resolve().parents[2] / "docs" / "fixing.md"
#: The zone of the page's example.
SHOWN = (
    BAD.replace("@ 3600 IN MX 20 gone\n", "")
    .replace("ptr +all", "-all")
    .replace("v=dmarc1 p=reject", "v=DMARC1; p=reject; rua=dmarc@acme.example")
    + """mail 3600 IN AAAA 2001:db8::25
mail 3600 IN TXT "v=spf1 a -all"
s1._domainkey 3600 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
)


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    path = tmp_path / "acme.zone"
    path.write_text(BAD)
    return path


def test_the_page_shows_what_is_written(zone: Path) -> None:
    zone.write_text(SHOWN)
    fix = zone.with_name("fix.zone")
    mailproof("audit", "acme.example", "--zone", str(zone), "--offline", "--fix-zone", str(fix))
    assert f"```\n{fix.read_text().rstrip()}\n```\n" in PAGE.read_text("utf-8")


def errors(output: str) -> set[str]:
    report = report_of(output)
    found = [finding for outcome in report["outcomes"] for finding in outcome["findings"]]
    return {f["rule"] for f in found if f["severity"] == "error"}


KINDS = ("--fix-kind", "repair", "--fix-kind", "improvement", "--fix-kind", "decision")


def test_a_record_set_keeps_its_ttl(zone: Path) -> None:
    zone.write_text(BAD.replace("@ 3600 IN TXT", "@ 60 IN TXT"))
    fix = zone.with_name("fix.zone")
    mailproof("audit", "acme.example", "--zone", str(zone), "--offline", "--fix-zone", str(fix), *KINDS)
    lines = fix.read_text().splitlines()
    assert 'acme.example. 60 IN TXT "site-verification=keep-me"' in lines
    assert [line for line in lines if "acme.example. 3600 IN TXT" in line and "_dmarc" not in line] == [
        'mail.acme.example. 3600 IN TXT "v=spf1 a -all"'
    ]


def test_the_fragment_laid_over_the_zone_fixes_it(zone: Path, tmp_path: Path) -> None:
    fix = tmp_path / "fix.zone"
    arguments = ("audit", "acme.example", "--zone", str(zone), "--offline", "-f", "json")
    before = mailproof(*arguments, "--fix-zone", str(fix), *KINDS)
    assert before.code == 1
    assert {"SPF006", "DMARC003", "MX005"} <= errors(before.out)
    text = fix.read_text()
    assert text.startswith(MARK + "\n")
    assert 'acme.example. 3600 IN TXT "site-verification=keep-me"' in text
    assert "; remove: acme.example. 3600 IN MX 20 gone.acme.example." in text
    after = mailproof(*arguments, "--zone", str(fix))
    assert errors(after.out) == set()


def test_decisions_are_written_only_when_they_are_asked_for(zone: Path, tmp_path: Path) -> None:
    fix = tmp_path / "fix.zone"
    arguments = ("audit", "acme.example", "--zone", str(zone), "--offline", "--fix-zone", str(fix))
    run = mailproof(*arguments)
    text = fix.read_text()
    written = [line for line in text.splitlines() if not line.startswith(";")]
    assert '_dmarc.acme.example. 3600 IN TXT "v=DMARC1; p=reject"' in written  # only the intended change
    assert any("+all" in line for line in written)  # who may send is the owner's decision
    assert not any("MX" in line for line in written)
    # The terminal shows what was written, and what was not and why.
    assert '+ _dmarc.acme.example. 3600 IN TXT "v=DMARC1; p=reject"' in run.err
    assert "not fixed: SPF006 (error): of the kind decision: --fix-kind decision writes it" in run.err
    assert "Next step:" in run.out
    bad = mailproof(*arguments, "--fix-kind", "everything")
    assert bad.code == 2


def test_only_what_is_bad_enough_and_selected(zone: Path, tmp_path: Path) -> None:
    fix = tmp_path / "fix.zone"
    arguments = ("audit", "acme.example", "--zone", str(zone), "--offline", "--fix-zone", str(fix))
    mailproof(*arguments, *KINDS, "--fix-level", "error", "--ignore", "DMARC")
    text = fix.read_text()
    assert "ptr" in text.split("IN TXT")[-1]  # a warning: unchanged
    assert "_dmarc" not in text


def test_a_file_that_cannot_be_written_is_said_before_any_work(zone: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "no" / "fix.zone"
    run = mailproof("audit", "acme.example", "--zone", str(zone), "--offline", "--fix-zone", str(nowhere))
    assert (run.code, run.out) == (2, "")
    assert "--fix-zone" in run.err


def test_renderer_and_reader_agree_on_the_mark() -> None:
    assert FIRST_LINE == MARK


def test_profiles_subdomains_and_receivers(zone: Path) -> None:
    arguments = ("audit", "acme.example", "--zone", str(zone), "--offline", "-f", "json")
    run = mailproof(*arguments, "--profile", "parked", "--subdomain", "news", "--receiver", "gmail,apple")
    report = report_of(run.out)
    assert report["facts"]["dns"]["profile"] == "parked"
    assert [each["receiver"] for each in report["facts"]["dns"]["receivers"]] == ["gmail", "apple"]
    assert [each["domain"] for each in report["facts"]["domains"]] == ["news.acme.example"]
    assert {"PARK001", "PARK002", "PARK003"} <= {f["rule"] for o in report["outcomes"] for f in o["findings"]}
    jsonschema.validate(json.loads(run.out), json.loads(PUBLISHED.read_text()))


def test_text_says_what_a_domain_is_for(zone: Path) -> None:
    run = mailproof("audit", "acme.example", "--zone", str(zone), "--offline", "--profile", "parked")
    assert "✗ acme.example is parked, with faults in its records" in run.out
    assert "Profile ─" in run.out


@pytest.mark.parametrize(
    "option", [("--receiver", "hooli"), ("--subdomain", "acme.example"), ("--profile", "empty")]
)
def test_wrong_names_are_usage_errors(zone: Path, option: tuple[str, str]) -> None:
    run = mailproof("audit", "acme.example", "--zone", str(zone), "--offline", *option)
    assert (run.code, run.out) == (2, "")
    assert option[0] in run.err


def test_what_is_not_fixed_is_said_once_and_names_stay_whole(zone: Path, tmp_path: Path) -> None:
    policy = "https://mta-sts.acme.example/.well-known/mta-sts.txt"
    zone.write_text(f'{BAD}_mta-sts 3600 IN TXT "v=STSv1; id=-; a b; c d"\n')
    fix = tmp_path / "fix.zone"
    run = mailproof("audit", "--zone", str(zone), "--offline", "--fix-zone", str(fix))
    (line,) = [line for line in run.err.splitlines() if "not fixed: STS004" in line]
    assert policy in line
    assert policy in fix.read_text()
