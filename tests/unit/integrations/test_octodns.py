"""The validator inside octoDNS, run by its Manager together with octoDNS' own MailZoneValidator."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

octodns_manager = pytest.importorskip("octodns.manager")

from octodns.zone import Zone  # noqa: E402
from octodns.zone.exception import ValidationError  # noqa: E402
from octodns.zone.mail import MailZoneValidator  # noqa: E402

from mailproof.integrations.octodns import MAX_NAMES, MailproofValidator  # noqa: E402
from tests.support.dnsserver import DnsServer  # noqa: E402

KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8463 appendix A
GOOD = f"""---
'':
- type: MX
  values:
  - {{exchange: mx1.acme.example., preference: 10}}
  - {{exchange: mx2.acme.example., preference: 20}}
- type: TXT
  value: v=spf1 ip4:192.0.2.0/24 include:_spf.acme.example -all
_dmarc:
  type: TXT
  value: v=DMARC1\\; p=reject
_spf:
  type: TXT
  value: v=spf1 ip4:198.51.100.0/24 -all
mx1: {{type: A, value: 192.0.2.1}}
mx2: {{type: A, value: 198.51.100.2}}
s1._domainkey:
  type: TXT
  value: v=DKIM1\\; k=ed25519\\; p={KEY}
"""
CONFIG = """---
manager:
  validators: {zone: {validators: []}}
validators:
  mailproof:
    class: mailproof.integrations.octodns.MailproofValidator
  mail:
    class: octodns.zone.mail.MailZoneValidator
providers:
  config: &yaml
    class: octodns.provider.yaml.YamlProvider
    directory: FOLDER
    escaped_semicolons: true
    enforce_order: false
  other: {<<: *yaml, directory: FOLDER/other}
zones:
  '*': {sources: [config], targets: [other]}
"""


def written(folder: Path, text: str, name: str = "acme.example", config: str = CONFIG) -> Path:
    (folder / "other").mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text)
    file = folder / "octodns.yaml"
    file.write_text(config.replace("FOLDER", str(folder)).replace("'*'", f"{name}."))
    return file


def zone_of(folder: Path, text: str, name: str = "acme.example") -> Zone:
    from octodns.provider.yaml import YamlProvider

    written(folder, text, name)
    zone = Zone(f"{name}.", [])
    YamlProvider("config", str(folder), escaped_semicolons=True, enforce_order=False).populate(
        zone, lenient=True
    )
    return zone


def reasons(zone: Zone, **options: Any) -> list[str]:
    return [str(each) for each in MailproofValidator("mailproof", **options).validate(zone)]


def test_a_zone_without_faults_is_accepted_by_octodns(tmp_path: Path) -> None:
    octodns_manager.Manager(str(written(tmp_path, GOOD))).validate_configs()


@pytest.mark.parametrize(
    ("before", "after", "rule", "line"),
    [
        ("include:_spf", "ipv4:192.0.2.9 include:_spf", "SPF004", 7),
        ("p=reject", "p=rejct", "DMARC007", 10),
        (f"p={KEY}", f'p="{KEY}"', "DKIM014", 18),
        ("include:_spf.acme.example", "include:_spf.acme.example include:_spf.acme.example", "SPF025", 7),
    ],
    ids=["syntax error", "policy", "quoted key", "repeated include"],
)
def test_what_octodns_own_validator_misses(
    tmp_path: Path, before: str, after: str, rule: str, line: int
) -> None:
    assert before in GOOD
    zone = zone_of(tmp_path, GOOD.replace(before, after))
    assert MailZoneValidator("mail").validate(zone) == []
    found = [each for each in reasons(zone, min_severity="info") if each.startswith(rule)]
    assert len(found) == 1
    assert found[0].endswith(f"({tmp_path}/acme.example.yaml, line {line}, column 3), via: mailproof")


def test_octodns_refuses_an_error_and_names_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("p=reject", "p=rejct"))
    with pytest.raises(ValidationError) as refused:
        octodns_manager.Manager(str(file)).validate_configs()
    first, reason = str(refused.value).splitlines()
    assert first.startswith('Invalid zone "acme.example."')
    assert reason.startswith("  - DMARC007 error: ")
    assert "acme.example.yaml, line 10, column 3), via: mailproof" in reason


def test_sync_changes_nothing_where_there_is_an_error(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("p=reject", "p=rejct"))
    with pytest.raises(ValidationError):
        octodns_manager.Manager(str(file)).sync(dry_run=False)
    assert list((tmp_path / "other").iterdir()) == []
    written(tmp_path, GOOD)
    octodns_manager.Manager(str(file)).sync(dry_run=False)
    assert (tmp_path / "other" / "acme.example.yaml").exists()


def test_a_lenient_record_is_a_warning_of_octodns_alone(tmp_path: Path) -> None:
    lenient = GOOD.replace("p=reject", "p=rejct").replace(
        "_dmarc:\n", "_dmarc:\n  octodns: {lenient: true}\n"
    )
    zone = zone_of(tmp_path, lenient)
    (found,) = MailproofValidator("mailproof").validate(zone)
    assert found.lenient
    octodns_manager.Manager(str(written(tmp_path, lenient))).validate_configs()


def test_severity_select_and_ignore(tmp_path: Path) -> None:
    zone = zone_of(tmp_path, GOOD.replace("p=reject", "p=rejct").replace("include:", "ipv4:1 include:"))

    def rules(**options: Any) -> list[str]:
        return sorted(each.split()[0] for each in reasons(zone, **options))

    assert rules() == ["DMARC007", "SPF004"]
    assert rules(select="DMARC") == ["DMARC007"]
    assert rules(ignore=["DMARC007"]) == ["SPF004"]
    assert set(rules(min_severity="info")) > set(rules(min_severity="error"))


def test_a_selector_that_has_to_be_there(tmp_path: Path) -> None:
    zone = zone_of(tmp_path, GOOD)
    (found,) = reasons(zone, selectors="s9")
    assert found.startswith("DKIM001 error: ")
    assert reasons(zone, selectors=["s1"]) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"min_severity": "fatal"}, "min_severity 'fatal' is none of error, warning, info"),
        ({"select": ["SPQ"]}, "'SPQ' is no rule"),
        ({"ignore": "X1"}, "'X1' is no rule"),
    ],
)
def test_a_wrong_option_is_a_line(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match="validator mailproof: ") as refused:
        MailproofValidator("mailproof", **options)
    assert words in str(refused.value)


def test_what_is_outside_the_zone_is_not_an_error(tmp_path: Path) -> None:
    outside = GOOD.replace("include:_spf.acme.example", "include:spf.other.example").replace(
        "mx2.acme.example.", "mx.other.example."
    )
    assert reasons(zone_of(tmp_path, outside)) == []


async def test_with_name_servers_it_is_looked_up(tmp_path: Path) -> None:
    outside = GOOD.replace("include:_spf.acme.example", "include:spf.other.example")
    zone = zone_of(tmp_path, outside)
    async with DnsServer(
        lambda asked: asked.reply('spf.other.example. 60 TXT "v=spf1 ipv4:192.0.2.1 -all"')
    ) as server:
        found = await asyncio.to_thread(reasons, zone, nameservers=[server.address])
    assert any("spf.other.example" in each for each in found)


def test_a_dmarc_record_above_the_zone_is_not_missing(tmp_path: Path) -> None:
    text = GOOD.replace("_dmarc:", "_other:")
    assert any(each.startswith("DMARC001") for each in reasons(zone_of(tmp_path, text)))
    below = text.replace("acme.example", "mail.acme.example")
    assert reasons(zone_of(tmp_path, below, "mail.acme.example")) == []


def test_names_below_that_send_are_checked_too(tmp_path: Path) -> None:
    text = GOOD + "sub: {type: TXT, value: v=spf1 ipv4:192.0.2.1 -all}\n"
    (found,) = reasons(zone_of(tmp_path, text), select="SPF")
    assert found.startswith("SPF004 error: ")
    assert "sub.acme.example" in found
    assert MAX_NAMES >= 100


@pytest.mark.parametrize("name", ["2.0.192.in-addr.arpa", "example"])
def test_zones_that_have_no_mail_are_left_alone(tmp_path: Path, name: str) -> None:
    assert reasons(zone_of(tmp_path, "'1': {type: PTR, value: a.acme.example.}\n", name)) == []


def test_inside_a_running_loop(tmp_path: Path) -> None:
    zone = zone_of(tmp_path, GOOD)

    async def within() -> list[str]:
        return reasons(zone)

    assert asyncio.run(within()) == []
