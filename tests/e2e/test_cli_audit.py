"""``mailproof audit`` and the options all commands share."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from docs.schema import PUBLISHED
from jsonschema import Draft202012Validator

from tests.support.cli import mailproof, report_of, reports_of

GOOD = """
$ORIGIN acme.example.
$TTL 3600
@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ IN NS ns1
@ IN NS ns2
ns1 IN A 192.0.2.53
ns2 IN A 198.51.100.53
@ IN MX 10 mx1
@ IN MX 20 mx2
mx1 IN A 192.0.2.26
mx1 IN AAAA 2001:db8::26
mx2 IN A 198.51.100.26
@ IN TXT "v=spf1 mx -all"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
s1._domainkey IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
$ORIGIN 2.0.192.in-addr.arpa.
26 IN PTR mx1.acme.example.
$ORIGIN 100.51.198.in-addr.arpa.
26 IN PTR mx2.acme.example.
$ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.
6.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 IN PTR mx1.acme.example.
"""


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "world.zone"
    path.write_text("$ORIGIN .\n" + GOOD)
    return str(path)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.zone"
    path.write_text("$ORIGIN .\n" + GOOD.replace("v=spf1 mx -all", "v=spf1 mx +all"))
    return str(path)


def test_clean_domain(good: str) -> None:
    run = mailproof("audit", "acme.example", "--zone", good, "--offline", "-s", "s1")
    assert run.code == 0, run.out
    assert run.out.startswith("✓ Mail from acme.example should be delivered\n  SPF ✓  DKIM ✓  DMARC ✓")
    assert run.out.endswith("checks passed · exit code 0\n")
    assert run.err == ""


def test_findings_come_with_file_line_and_fix(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = mailproof("audit", "acme.example", "--zone", Path(bad).name, "--offline", "-s", "s1")
    assert run.code == 1
    assert run.out.startswith("✗ ")
    assert re.search(r"bad\.zone:15 acme\.example TXT\n +v=spf1 mx \+all\n +\^{4}\n", run.out)
    assert 'acme.example. 3600 IN TXT "v=spf1 mx ~all"' in run.out


@pytest.mark.parametrize(("option", "code"), [("error", 1), ("warning", 1), ("never", 0)])
def test_fail_on(bad: str, option: str, code: int) -> None:
    run = mailproof("audit", "acme.example", "--zone", bad, "--offline", "-s", "s1", "--fail-on", option)
    assert run.code == code


def test_ignore_and_select(bad: str) -> None:
    base = ("audit", "acme.example", "--zone", bad, "--offline", "-s", "s1", "-f", "json")
    ignored = mailproof(*base, "--ignore", "SPF006")
    assert ignored.code == 0
    report = report_of(ignored.out)
    assert [finding["rule"] for finding in report["suppressed"]] == ["SPF006"]
    assert report["score"]["grade"] == "A"
    selected = report_of(mailproof(*base, "--select", "dmarc").out)
    assert {outcome["check"][:5] for outcome in selected["outcomes"]} == {"DMARC"}
    assert mailproof(*base, "--select", "NOPE").code == 2
    sections = mailproof(*base[:-2], "--select", "dmarc").out
    assert "DMARC  policy reject" in sections
    assert "lookups" not in sections.partition("Evidence")[0]


def test_a_subdomain_counts_in_the_marks(good: str) -> None:
    run = mailproof("audit", "acme.example", "--zone", good, "--offline", "--subdomain", "no.acme.example")
    assert "SPF001 SPF: no record · no.acme.example" in run.out
    assert run.out.splitlines()[1].startswith("  SPF ✗")


def test_unknown_is_exit_3_and_never_missing(tmp_path: Path) -> None:
    """A dead name server: nothing is reported missing, and the reason is given."""
    run = mailproof("audit", "acme.example", "--nameserver", "127.0.0.1:9", "--timeout", "5", "-f", "json")
    report = report_of(run.out)
    assert run.code == 3
    assert not [finding for outcome in report["outcomes"] for finding in outcome["findings"]]
    assert {outcome["status"] for outcome in report["outcomes"]} <= {"unknown", "skipped"}
    assert report["score"]["grade"] is None
    text = mailproof("audit", "acme.example", "--nameserver", "127.0.0.1:9", "--timeout", "5")
    assert "Could not check" in text.out
    assert "missing" not in text.out


@pytest.mark.once
def test_json_matches_the_published_schema(good: str, bad: str) -> None:
    published = Draft202012Validator(json.loads(PUBLISHED.read_text()))
    for zone in (good, bad):
        run = mailproof(
            "audit", "acme.example", "--zone", zone, "--offline", "-f", "json", "--ip", "192.0.2.26"
        )
        published.validate(json.loads(run.out))
    published.validate(json.loads(mailproof("demo", "-f", "json", "--scenario", "footer").out))


def test_several_domains_are_an_array(good: str) -> None:
    run = mailproof("audit", "acme.example", "mx1.acme.example", "--zone", good, "--offline", "-f", "json")
    assert [report["subject"] for report in reports_of(run.out)] == ["acme.example", "mx1.acme.example"]


def test_record_and_replay_give_the_same_report(good: str, tmp_path: Path) -> None:
    tape = tmp_path / "tape.json"
    shown = [
        mailproof("audit", "acme.example", *given, "-f", "json")
        for given in (
            ("--zone", good, "--offline"),
            ("--zone", good, "--offline", "--record", str(tape)),
            ("--replay", str(tape)),
            ("--replay", str(tape)),
        )
    ]
    assert {run.code for run in shown} == {0}
    reports = [report_of(run.out) for run in shown]
    assert reports[0]["facts"]["dns"]["dkim_discovery"]["listed"]
    for report in reports:
        assert report["outcomes"] == reports[0]["outcomes"]
        assert report["facts"]["dns"]["dkim"] == reports[0]["facts"]["dns"]["dkim"]
    reports[2].pop("elapsed_s"), reports[3].pop("elapsed_s")
    assert reports[2] == reports[3]
    other = mailproof("audit", "other.example", "--replay", str(tape))
    assert other.out.startswith("? other.example could not be checked: not in the recording\n")
    assert "offline" not in other.out


def test_output_files(good: str, tmp_path: Path) -> None:
    names = [tmp_path / f"report{ending}" for ending in (".txt", ".json", ".svg")]
    run = mailproof(
        "audit", "acme.example", "--zone", good, "--offline", "-s", "s1", *(f"-o{name}" for name in names)
    )
    assert run.code == 0
    assert names[0].read_text().startswith("✓")
    assert report_of(names[1].read_text())["subject"] == "acme.example"
    picture = names[2].read_text()
    assert picture.startswith("<svg")
    assert "url(http" not in picture


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_width_is_respected(bad: str, columns: int) -> None:
    run = mailproof("audit", "acme.example", "--zone", bad, "--offline", "-v", columns=columns)
    pasted = re.compile(r"^\s+(; remove: )?\S+\. \d+ IN ")
    too_long = [line for line in run.out.splitlines() if len(line) > columns and not pasted.match(line)]
    assert not too_long
    assert max(len(line) for line in run.out.splitlines()) >= columns - 1, "section rules use the whole width"


def test_colour_only_where_wanted(bad: str) -> None:
    base = ("audit", "acme.example", "--zone", bad, "--offline")
    assert "\x1b[" not in mailproof(*base).out
    assert "\x1b[" in mailproof(*base, environment={"FORCE_COLOR": "1"}).out
    assert "\x1b[" in mailproof(*base, "--color", "always").out
    assert "\x1b[" not in mailproof(*base, environment={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
    assert "\x1b[" not in mailproof(*base, "--color", "never", environment={"FORCE_COLOR": "1"}).out


def test_hostile_records_cannot_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.zone"
    path.write_text(
        '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 \\027[31m\\027]0;owned\\007 -all"\n'
        '_dmarc 60 IN TXT "v=DMARC1; p=none; \\226\\128\\174evil=[bold]x[/bold]"\n'
    )
    run = mailproof("audit", "acme.example", "--zone", str(path), "--offline", "-vv")
    assert "\x1b" not in run.out
    assert "\x07" not in run.out
    assert "\u202e" not in run.out
    assert "\\x1b[31m" in run.out


BAD_DOMAINS = {
    "": "empty",
    "192.0.2.1": "is an address, not a domain",
    "[2001:db8::1]": "is an address, not a domain",
    "localhost": "single label",
    "a..b.example": "empty label",
    "x" * 64 + ".example": "63 characters",
    "ac me.example": "may not contain",
    "\u202eacme.example": "internationalized",
}


@pytest.mark.parametrize("domain", BAD_DOMAINS)
def test_bad_domain_is_one_line_and_exit_2(domain: str) -> None:
    run = mailproof("audit", "--nameserver", "127.0.0.1:9", "--", domain)
    assert run.code == 2
    assert run.out == ""
    assert run.err.count("\n") == 1
    assert BAD_DOMAINS[domain] in run.err


@pytest.mark.parametrize(
    "given",
    [
        "ada@Acme.example",
        "Ada <ada@acme.example>",
        "https://acme.example/login?x=1",
        "acme.example/",
        "mailto:a@acme.example",
    ],
)
def test_an_address_or_a_url_is_taken_for_its_domain(good: str, given: str) -> None:
    run = mailproof("audit", given, "--zone", good, "--offline", "-q")
    assert run.out.startswith("✓ Mail from acme.example should be delivered")
    assert run.err == f"{given}: checking the domain acme.example\n"


def test_a_list_of_domains(good: str, tmp_path: Path) -> None:
    path = tmp_path / "domains.txt"
    path.write_text("\ufeff# ours\nacme.example\n\nhttps://acme.example/ # too\nmx1.acme.example\n", "utf-8")
    run = mailproof("audit", f"@{path}", "--zone", good, "--offline", "-f", "json")
    assert [each["subject"] for each in reports_of(run.out)] == ["acme.example", "mx1.acme.example"]
    path.write_text("acme.example\nac me.example\n")
    bad = mailproof("audit", f"@{path}", "--zone", good, "--offline")
    assert (bad.code, bad.out) == (2, "")
    assert bad.err.startswith(f"mailproof: {path}:2: ")
    assert mailproof("audit", "@/nowhere", "--zone", good, "--offline").code == 2


def test_the_zones_say_the_domains(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / "acme.example.zone").write_text(GOOD.partition("$ORIGIN 2.0")[0])
    (tmp_path / "zones" / "db.corp.example").write_text('$ORIGIN corp.example.\n@ 60 IN TXT "v=spf1 -all"\n')
    (tmp_path / "zones" / "README").write_text("no zone")
    run = mailproof("audit", "--zone", str(tmp_path / "zones"), "--offline", "-f", "json")
    assert [each["subject"] for each in reports_of(run.out)] == ["acme.example", "corp.example"]
    (tmp_path / "all.zone").write_text('$ORIGIN .\n@ 60 IN TXT "of everything"\n')
    for zones in (["--zone", str(tmp_path / "all.zone")], []):
        bad = mailproof("audit", *zones)
        assert (bad.code, bad.out) == (2, "")
        assert bad.err.startswith("mailproof: no domain given: ")
    (tmp_path / "empty").mkdir()
    none = mailproof("audit", "--zone", str(tmp_path / "empty"))
    assert none.code == 2
    assert none.err.startswith(f"mailproof: {tmp_path / 'empty'}: no zone file in this directory")


def test_idn_is_audited_by_its_a_label(tmp_path: Path) -> None:
    path = tmp_path / "idn.zone"
    path.write_text('$ORIGIN xn--bcher-kva.example.\n@ 60 IN TXT "v=spf1 -all"\n')
    run = mailproof("audit", "Bücher.example", "--zone", str(path), "--offline")
    assert "bücher.example (xn--bcher-kva.example)" in run.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "acme.example", "--offline"), "--zone"),
        (("audit", "acme.example", "--zone", "/nonexistent.zone", "--offline"), "/nonexistent.zone"),
        (("audit", "acme.example", "--replay", "/nonexistent.json"), "/nonexistent.json"),
        (("audit", "acme.example", "--replay", "x", "--record", "y"), "--replay"),
        (("audit", "acme.example", "--nameserver", "not an address"), "not an address"),
        (("audit", "acme.example", "--ip", "999.1.1.1"), "--ip"),
        (("audit", "acme.example", "-s", ""), "'' is not a valid selector"),
        (("audit", "acme.example", "-s", "a b"), "'a b' is not a valid selector"),
        (("audit", "acme.example", "-o", "report.docx"), ".docx"),
        (("audit", "http://[x"), "is not a URL"),
        (("audit", "acme.example", "-o", "/nonexistent/report.json"), "/nonexistent"),
        (("audit", "acme.example", "--config", "/nonexistent.toml"), "/nonexistent.toml"),
        (("verify", "/nonexistent.eml"), "/nonexistent.eml"),
        (("spf", "acme.example", "--ip", "not-an-ip"), "--ip"),
        (("explain", "nonsense"), "nonsense"),
        (("explain", "SPF003", "SPF999"), "there is no rule SPF999"),
        (("explain", "spf"), "spf is the beginning of several rules: mailproof rules spf lists them"),
        (("explain", "/"), "/ is a folder"),
        (("explain", "/dev/null"), "/dev/null is empty"),
        (("rules", "nonsense"), "nonsense"),
        (("probe", "--smtp", "mail.acme.example"), "--from"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = mailproof(*arguments)
    assert run.code == 2, run
    assert run.out == ""
    assert run.err.count("\n") == 1, run.err
    assert said in run.err
    assert "Traceback" not in run.err


def test_broken_zone_file_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "broken.zone"
    path.write_text("$ORIGIN acme.example.\n@ 60 IN A 192.0.2.1\n@ 60 IN A 999.0.0.1\n")
    run = mailproof("audit", "acme.example", "--zone", str(path), "--offline")
    assert run.code == 2
    assert re.search(r"broken\.zone:3:\d+: ", run.err)
    assert run.err.count("\n") == 1


def test_spf_command(good: str) -> None:
    base = ("--zone", good, "--offline")
    passed = mailproof("spf", "acme.example", "--ip", "192.0.2.26", *base)
    assert passed.code == 0
    assert passed.out.startswith("SPF pass for 192.0.2.26 as acme.example")
    mapped = mailproof("spf", "acme.example", "--ip", "::ffff:192.0.2.26", *base)
    assert mapped.out == passed.out
    failed = mailproof("spf", "acme.example", "--ip", "203.0.113.9", *base, "-f", "json")
    assert failed.code == 1
    assert json.loads(failed.out)["result"] == "fail"
    second = mailproof("spf", "acme.example", "--ip", "192.0.2.26", *base, "--second-opinion")
    assert "pyspf agrees: pass" in second.out
    unknown = mailproof("spf", "acme.example", "--ip", "192.0.2.1", "--nameserver", "127.0.0.1:9")
    assert unknown.code == 3
    assert "temperror" in unknown.out


def test_rules_and_explain() -> None:
    listing = mailproof("rules")
    assert listing.code == 0
    assert "SPF003" in listing.out
    page = mailproof("explain", "spf003")
    other = mailproof("explain", "SPF004")
    assert mailproof("explain", "SPF003,", "spf004", "SPF003").out == f"{page.out}\n{other.out}"
    both = json.loads(mailproof("explain", "SPF003", "SPF004", "-f", "json").out)
    assert [each["id"] for each in both] == ["SPF003", "SPF004"]
    assert page.code == 0
    for heading in ("What it checks", "Why it matters", "How to fix", "References"):
        assert heading in page.out
    reply = mailproof(
        "explain", "550 5.7.26 This mail has been blocked because the sender is unauthenticated"
    )
    assert reply.code == 0
    assert "SPF" in reply.out


@pytest.mark.parametrize("given", ["mta-sts", "MTA", "mta_sts", "STS"])
def test_rules_of_a_topic_as_it_is_usually_written(given: str) -> None:
    run = mailproof("rules", given, "-f", "json")
    assert {each["topic"] for each in json.loads(run.out)} == {"mta_sts"}


def test_help_names_every_command_and_the_exit_codes() -> None:
    run = mailproof("--help")
    for command in (
        "audit",
        "check",
        "probe",
        "monitor",
        "watch",
        "inbound",
        "verify",
        "spf",
        "explain",
        "rules",
        "init",
        "demo",
    ):
        assert re.search(rf"^[│\s]+{command}\s", run.out, re.MULTILINE)
    assert "130 interrupted" in run.out
    assert mailproof("--version").out.startswith("mailproof ")


def test_a_picture_holds_all_reports(good: str, tmp_path: Path) -> None:
    domains = ("acme.example", "mx1.acme.example")
    path = tmp_path / "report.svg"
    several = mailproof("audit", *domains, "--zone", good, "--offline", "-o", str(path))
    assert several.code == 1
    assert all(name in path.read_text() for name in domains)
    one = mailproof("audit", domains[0], "--zone", good, "--offline", "-f", "svg")
    assert one.out.startswith("<svg")


def test_several_reports_are_the_same_on_the_screen_and_in_a_file(good: str, tmp_path: Path) -> None:
    domains = ("acme.example", "mx1.acme.example")
    path = tmp_path / "report.txt"
    run = mailproof("audit", *domains, "--zone", good, "--offline", "-o", str(path), columns=100)
    assert run.out == path.read_text()
    assert run.out.count("\n\n\n") == 2  # below the table, and between the reports
