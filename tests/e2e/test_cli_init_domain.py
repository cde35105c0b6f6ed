"""``mailproof init --domain``: writes a domain's current records as expectations for ``mailproof check``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.acme import HOSTS
from tests.support.cli import mailproof

ZONE = f"""{HOSTS}_25._tcp.mx1 60 TLSA 3 1 1 0d6fce13243aa7aa94d9ad5a4a2c9d3ea8f8bd7e8d6f7a1d0a5b9f6d2c4e8a10
@ 60 TXT "v=spf1 mx ip4:192.0.2.0/24 -ip4:198.51.100.1 ip4:198.51.100.1 ~all"
_dmarc 60 TXT "v=DMARC1; p=reject; sp=none; t=y; rua=mailto:d@acme.example"
s1._domainkey 60 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
s.2._domainkey 60 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
_smtp._tls 60 TXT "v=TLSRPTv1; rua=mailto:t@acme.example"
"""
INIT = ("init", "--domain", "acme.example", "--zone", "acme.zone", "--offline")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(ZONE)


def write(zone: str) -> None:
    Path("acme.zone").write_text(zone)


def written() -> dict[str, Any]:
    return tomllib.loads(Path("mailproof.toml").read_text())


def test_what_is_published_is_expected_and_checks_clean() -> None:
    run = mailproof(*INIT, "-s", "s.2")
    assert (run.code, run.err) == (0, "")
    assert run.out == "Wrote mailproof.toml. Compare with it: mailproof check\n"
    assert (written()["zones"], written()["offline"]) == (["acme.zone"], True)
    (domain,) = written()["domains"]
    assert (domain["name"], domain["profile"]) == ("acme.example", "sending")
    assert domain["expect"] == {
        "spf": {"senders": ["mx", "192.0.2.0/24"], "max_lookups": 10, "rest": "softfail"},
        "dkim": {"selectors": {"s1": {}, "s.2": {}}},
        "dmarc": {"policy": "quarantine", "subdomain_policy": "none", "reports_to": ["d@acme.example"]},
        "mx": ["mx1.acme.example"],
        "tlsa": True,
        "tls_rpt": True,
    }
    clean = mailproof("check", "--select", "EXP")
    assert (clean.code, clean.err) == (0, ""), clean.out
    write(ZONE.replace("~all", "ip4:203.0.113.1 ~all"))
    assert mailproof("check", "--select", "EXP").code == 1


def test_a_domain_without_anything_expects_no_sender() -> None:
    write(ZONE[: ZONE.index("@ 60 MX")])
    assert mailproof(*INIT).code == 0
    (domain,) = written()["domains"]
    assert domain["expect"] == {"mx": []}


def test_what_is_broken_or_unknown_is_left_out_and_said() -> None:
    write(ZONE.replace("v=spf1 mx", "v=spf1 mxx").replace("TLSRPT", "TLS").replace("@ 60 MX", "; @ 60 MX"))
    run = mailproof(*INIT)
    assert run.code == 0
    assert "acme.example: not expected: the SPF record cannot be evaluated" in run.err
    assert "# not expected: the SPF record cannot be evaluated" in Path("mailproof.toml").read_text()
    assert "spf" not in written()["domains"][0]["expect"]
    write(ZONE.replace("v=spf1 mx", "v=spf1 include:_spf.google.com"))
    run = mailproof(*INIT, "--force")
    assert run.code == 3
    assert "could not be looked up: the number of DNS lookups" in run.err
    assert written()["domains"][0]["expect"]["spf"]["senders"] == ["Google Workspace", "192.0.2.0/24"]


def test_a_domain_that_nothing_is_known_of() -> None:
    run = mailproof("init", "--domain", "other.example", "--zone", "acme.zone", "--offline")
    assert run.code == 3
    assert "other.example: could not be looked up: the SPF record" in run.err
    assert written()["domains"][0]["expect"] == {}


def test_several_domains_in_one_file_elsewhere() -> None:
    Path("other.zone").write_text(ZONE.replace("acme.example", "other.example"))
    Path("conf").mkdir()
    run = mailproof(*INIT, "--domain", "other.example", "--zone", "other.zone", "-o", "conf/mailproof.toml")
    assert run.code == 0
    found = tomllib.loads(Path("conf/mailproof.toml").read_text())
    assert [each["name"] for each in found["domains"]] == ["acme.example", "other.example"]
    assert found["zones"] == [str(Path("acme.zone").absolute()), str(Path("other.zone").absolute())]
    assert mailproof("check", "--config", "conf/mailproof.toml", "--select", "EXP").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("init", "--zone", "acme.zone"), "need --domain"),
        (("init", "-s", "s1"), "need --domain"),
        (("init", "--domain", "acme"), "'acme' is a single label"),
        (("init", "--domain", "acme.example", "--offline"), "--offline needs zone files"),
        (
            (*INIT, "--kind", "ses"),
            "--domain connects to no mail server: remove --kind, --ca-file and --probe",
        ),
        ((*INIT, "-o", "no/mailproof.toml"), "the folder no does not exist"),
    ],
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    run = mailproof(*arguments)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert words in run.err
    assert not Path("mailproof.toml").exists()


def test_a_file_that_is_there_is_not_written_over() -> None:
    Path("mailproof.toml").write_text("timeout = 5\n")
    run = mailproof(*INIT)
    assert run.code == 2
    assert "--force" in run.err
    assert written() == {"timeout": 5}
