"""The exit codes: the same for every format, with and without -o, and 1 before 3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bad_servers import dns_server
from tests.support.cli import mailproof

BASE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN NS ns2
ns1 60 IN A 192.0.2.53
ns2 60 IN A 198.51.100.53
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
$ORIGIN 2.0.192.in-addr.arpa.
26 60 IN PTR mx1.acme.example.
$ORIGIN acme.example.
s1._domainkey 60 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
@ 60 IN TXT """
ZONES = {
    "clean": '"v=spf1 mx -all"',
    "error": '"v=spf1 mx +all"',
    "warning": '"v=spf1 mx ptr -all"',
    "unknown": '"v=spf1 include:esp.example -all"',
    "error and unknown": '"v=spf1 include:esp.example +all"',
}
#: zone, --fail-on, exit code
TABLE = (
    ("clean", "error", 0),
    ("clean", "warning", 0),
    ("error", "error", 1),
    ("error", "never", 0),
    ("warning", "error", 0),
    ("warning", "warning", 1),
    ("unknown", "error", 3),
    ("unknown", "never", 3),
    ("error and unknown", "error", 1),
    ("error and unknown", "never", 3),
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A name server that fails, so that names in no zone file stay unknown."""
    with dns_server(lambda question: question[:2] + b"\x81\x82" + question[4:]) as address:
        yield address


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(("zone", "fail_on", "code"), TABLE, ids=lambda value: str(value))
def test_table(zone: str, fail_on: str, code: int, form: str, server: str, tmp_path: Path) -> None:
    file = tmp_path / "acme.zone"
    file.write_text(BASE + ZONES[zone] + "\n")
    live = ("--nameserver", server) if "unknown" in zone else ("--offline",)
    run = mailproof(
        *("audit", "acme.example", "--zone", str(file), *live, "-s", "s1", "--no-connect"),
        *(
            "--fail-on",
            fail_on,
            "-f",
            form,
            "-o",
            str(tmp_path / "report.json"),
            "--select",
            "SPF,DKIM,MX,DOM",
        ),
    )
    assert run.code == code, run.out
    assert run.err == ""
    assert (tmp_path / "report.json").stat().st_size > 1000


@pytest.mark.parametrize("form", ["text", "json"])
def test_one_domain_of_several_decides(form: str, tmp_path: Path) -> None:
    """The worst of several reports: one clean, one in no zone."""
    file = tmp_path / "acme.zone"
    file.write_text(BASE + ZONES["clean"] + "\n")
    options = ("--zone", str(file), "--offline", "-s", "s1", "-f", form)
    assert mailproof("audit", "acme.example", *options).code == 0
    assert mailproof("audit", "acme.example", "else.example", *options).code == 3


@pytest.mark.parametrize("command", ["audit", "verify", "probe", "demo", "spf", "explain", "rules", "init"])
def test_help_shows_no_insides(command: str) -> None:
    run = mailproof(command, "--help")
    assert run.code == 0
    assert not re.search(
        r"mailproof\.(?!toml)\w|<int>|<function|<class|\(dynamic\)|Struct|None\]", run.out
    ), run.out


@pytest.mark.parametrize("given", [("--select", "AUTH"), ("--select", "SPF", "--ignore", "SPF")])
def test_where_no_rule_applies_nothing_passes(given: tuple[str, ...], tmp_path: Path) -> None:
    """A wrong selection in a pipeline must not claim that the domain passes."""
    file = tmp_path / "acme.zone"
    file.write_text(BASE + ZONES["clean"] + "\n")
    for form, words in (("text", "? Nothing to check in acme.example"), ("github", "only) (nothing found)")):
        run = mailproof("audit", "acme.example", "--zone", str(file), "--offline", *given, "-f", form)
        assert run.code == 0
        assert words in run.out
    unknown = mailproof("audit", "else.example", "--zone", str(file), "--offline", "--select", "SPF")
    assert unknown.code == 3
    assert unknown.out.startswith("? else.example could not be checked completely (SPF only)")


def test_what_could_not_be_checked_may_be_allowed(tmp_path: Path) -> None:
    zone = tmp_path / "acme.zone"
    zone.write_text(
        "$ORIGIN acme.example.\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 NS ns1\nns1 60 A 192.0.2.1\n@ 60 MX 0 ns1\n"
        '@ 60 TXT "v=spf1 include:_spf.provider.example -all"\n_dmarc 60 TXT "v=DMARC1; p=reject"\n'
    )
    given = ("audit", "--zone", str(zone), "--offline")
    strict, allowed = mailproof(*given), mailproof(*given, "--allow-incomplete")
    assert (strict.code, allowed.code) == (3, 0)
    assert "_spf.provider.example" in allowed.out
    zone.write_text(zone.read_text().replace("-all", "+all"))
    assert mailproof(*given, "--allow-incomplete").code == 1
