"""octoDNS zones, read by octoDNS itself: records with their line, and nothing from outside the folder."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

import pytest

from mailproof.dns import Answer, ZoneResolver
from mailproof.dns.inputs import octodns
from mailproof.dns.inputs.contents import Contents
from mailproof.dns.inputs.forms import read_input
from mailproof.dns.patch import PatchResolver
from mailproof.dns.written import span_of
from mailproof.errors import ZoneFileError
from tests.support.places import place

ZONE = Path(__file__).parents[3] / "fixtures" / "inputs" / "octodns" / "acme.example.yaml"


def resolver_of(contents: Contents) -> PatchResolver:
    return PatchResolver(ZoneResolver(*contents.zones), contents.changes)


async def ask(contents: Contents, name: str, rrtype: str) -> Answer:
    return await resolver_of(contents).query(name, rrtype)


def texts(answer: Answer) -> tuple[str, ...]:
    return answer.lookup.records


def written(folder: Path, text: str, name: str = "acme.example.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


async def test_records_and_their_lines() -> None:
    zone = read_input(ZONE)
    assert zone.domains == ("acme.example",)
    assert texts(await ask(zone, "acme.example", "MX")) == ("10 mx.acme.example",)
    assert set(texts(await ask(zone, "acme.example", "TXT"))) == {"v=spf1 mx -all", "site-verification=1"}
    dmarc = await ask(zone, "_dmarc.acme.example", "TXT")
    assert (texts(dmarc), dmarc.ttl) == (("v=DMARC1; p=rejct; rua=mailto:d@acme.example",), 600)
    assert place(resolver_of(zone).position("_dmarc.acme.example", "TXT", texts(dmarc)[0])) == (str(ZONE), 14)
    assert (await ask(zone, "none.acme.example", "A")).status == "nxdomain"


async def test_what_the_provider_answers_is_unstated(tmp_path: Path) -> None:
    text = """
'':
  type: ALIAS
  value: web.host.example.
geo:
  dynamic:
    pools: {one: {values: [{value: 192.0.2.1}]}}
    rules: [{pool: one}]
  type: A
  values: [192.0.2.1]
theirs:
  octodns: {ignored: true}
  type: TXT
  value: x
forward:
  type: URLFWD
  value: {code: 301, masking: 0, path: /, query: 0, target: 'http://x.example/'}
"""
    zone = read_input(written(tmp_path, text))
    for name, rrtype in (("acme.example", "A"), ("geo.acme.example", "A"), ("theirs.acme.example", "TXT")):
        assert (await ask(zone, name, rrtype)).status == "unstated"
    assert [each.partition("yaml")[2] for each in zone.left_out] == [
        ":16: URLFWD forward.acme.example is not a record and was not read"
    ]


@pytest.mark.parametrize("value", ["'v=DMARC1; p=none'", "v=DMARC1\\; p=none"])
async def test_semicolons_escaped_or_not(tmp_path: Path, value: str) -> None:
    zone = read_input(written(tmp_path, f"---\n_dmarc:\n  type: TXT\n  value: {value}\n"))
    assert texts(await ask(zone, "_dmarc.acme.example", "TXT")) == ("v=DMARC1; p=none",)


async def test_a_long_text_and_an_include(tmp_path: Path) -> None:
    key = "v=DKIM1; p=" + "A" * 400
    (tmp_path / "parts").mkdir()
    written(tmp_path / "parts", f"type: TXT\nvalue: {key}\n", "key.yaml")
    zone = read_input(written(tmp_path, "s._domainkey: !include parts/key.yaml\n"))
    answer = await ask(zone, "s._domainkey.acme.example", "TXT")
    assert texts(answer) == (key,)
    assert place(resolver_of(zone).position("s._domainkey.acme.example", "TXT", key)) == (
        str(tmp_path / "parts" / "key.yaml"),
        1,
    )


A = "a: {type: A, value: 192.0.2.1}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [\n", "acme.example.yaml:2:1: not YAML"),
        ("a:\n  type: A\n   value: x\n", "acme.example.yaml:3:9: not YAML"),
        ("a: \x01\n", "acme.example.yaml: not YAML: characters that it cannot hold"),
        ("a: {type: A, value: secret}\n", "acme.example.yaml:1:4: "),
        ("a: {value: 192.0.2.1}\n", "acme.example.yaml:1:4: "),
        ("a: text\n", "octoDNS can't read it"),
        ("a: !include /etc/hostname\n", ":1:4: !include /etc/hostname: only files in the folder"),
        ("a: !include ~/x\n", "only files in the folder"),
        ("a: !include ../x.yaml\n", "only files in the folder"),
        ("a: !include link.yaml\n", "only files in the folder"),
        ("a: !include none.yaml\n", "none.yaml cannot be read: No such file"),
        ("a: !include acme.example.yaml\n", "deep"),
        ("a: " + "[" * 200 + "\n", "values are more than 150 deep"),
        ("a: &x [1]\nb: [" + "*x, " * 10001 + "]\n", "uses of anchors"),
        (
            A + "a: {type: CNAME, value: b.acme.example.}\nc: !!python/object:os.system {}\n",
            "octoDNS can't read it",
        ),
        ("? ''\n: - {type: A, value: 192.0.2.1}\n  - {type: CNAME, value: b.example.}\n", "beside"),
    ],
)
def test_bad_input_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "zones").mkdir()
    written(tmp_path, A, "x.yaml")
    (tmp_path / "zones" / "link.yaml").symlink_to("../x.yaml")
    with pytest.raises(ZoneFileError) as caught:
        ZoneResolver(*read_input(written(tmp_path / "zones", text)).zones)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("zone.yaml", "no zone file, and YAML of octoDNS takes the zone from the file name"),
        ("$acme.example.yaml", "part of a zone that octoDNS splits into files, which is not read"),
    ],
)
def test_a_name_that_tells_no_zone(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ZoneFileError, match=f"{re.escape(name)}: {said}"):
        read_input(written(tmp_path, A, name))


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "octodns.provider.yaml", None)
    with pytest.raises(ZoneFileError, match=r"pip install 'mailproof\[octodns\]'"):
        read_input(written(tmp_path, A))


def test_the_log_of_octodns_stays_silent_and_that_of_others_does_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    read_input(written(tmp_path, "a: {type: TXT, value: 'x; y'}\n"))
    assert capfd.readouterr().err == ""
    assert logging.root.manager.disable < logging.CRITICAL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\n", True), ("# c\n\n'':\n", True), ("a.b: {type: A}\n", True), ("? ''\n: x\n", True),
        ("$ORIGIN acme.example.\n", False), ("; a: b\n", False), ("@ IN TXT a: b\n", False),
        ("acme.example. 60 IN TXT \"a: b\"\n", False), ("", False),
    ],
)  # fmt: skip
def test_yaml_is_told_from_zone_files(text: str, expected: bool) -> None:
    assert octodns.is_octodns(text) is expected


@pytest.mark.parametrize(
    "value",
    [
        r"v=DMARC1\; p=rejct",
        "'v=DMARC1; p=rejct'",
        r'"v=DMARC1\\; p=rejct"',
        "&a v=DMARC1; p=rejct",
        '\'"v=DMARC1; " "p=rejct"\'',
    ],
)
def test_a_fault_has_its_column_in_the_file(tmp_path: Path, value: str) -> None:
    text = f"other: {{type: TXT, value: p=rejct}}\n_dmarc:\n  type: TXT\n  value: {value}\n"
    zone = read_input(written(tmp_path, text))
    record = "v=DMARC1; p=rejct"
    at = resolver_of(zone).position("_dmarc.acme.example", "TXT", record)
    assert at is not None
    span = span_of(at, "TXT", record, 12, 17)
    assert span is not None
    assert span.line == 4
    assert text.splitlines()[3][span.column - 1 : span.end_column - 1] == "rejct"


def test_a_text_over_several_lines_has_the_line_of_its_record(tmp_path: Path) -> None:
    zone = read_input(written(tmp_path, "_dmarc:\n  type: TXT\n  value: >-\n    v=DMARC1;\n    p=rejct\n"))
    at = resolver_of(zone).position("_dmarc.acme.example", "TXT", "v=DMARC1; p=rejct")
    assert at is not None
    assert (at.line, span_of(at, "TXT", "v=DMARC1; p=rejct", 12, 17)) == (2, None)
