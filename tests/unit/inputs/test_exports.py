"""dnscontrol, and exports of providers and name servers: the records of a file, and one-line errors."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from mailproof.dns import Answer, ZoneResolver
from mailproof.dns.inputs.contents import Contents
from mailproof.dns.inputs.forms import read_input
from mailproof.dns.patch import PatchResolver
from mailproof.dns.written import span_of
from mailproof.errors import ZoneFileError

INPUTS = Path(__file__).parents[3] / "fixtures" / "inputs"
FORMS = ("dnscontrol", "route53", "cloudflare", "google", "powerdns")


def resolver_of(contents: Contents) -> PatchResolver:
    return PatchResolver(ZoneResolver(*contents.zones), contents.changes)


async def ask(contents: Contents, name: str, rrtype: str) -> Answer:
    return await resolver_of(contents).query(name, rrtype)


def line_of(file: str, line: int) -> str:
    return Path(file).read_text().splitlines()[line - 1]


def texts(answer: Answer) -> tuple[str, ...]:
    return answer.lookup.records


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_gives_the_records_and_their_lines(form: str) -> None:
    contents = read_input(INPUTS / f"{form}.json")
    assert texts(await ask(contents, "acme.example", "MX")) == ("10 mx.acme.example",)
    assert texts(await ask(contents, "mx.acme.example", "A")) == ("192.0.2.25",)
    assert "v=spf1 mx -all" in texts(await ask(contents, "acme.example", "TXT"))
    dmarc = texts(await ask(contents, "_dmarc.acme.example", "TXT"))
    assert dmarc == ("v=DMARC1; p=rejct; rua=mailto:d@acme.example",)
    place = resolver_of(contents).position("_dmarc.acme.example", "TXT", dmarc[0])
    assert place is not None
    assert "rejct" in line_of(*place[:2])
    assert (await ask(contents, "none.acme.example", "A")).status == "nxdomain" or form == "route53"
    apex = await ask(contents, "acme.example", "A")
    assert (apex.status, bool(apex.reason)) == ("unstated", True)


@pytest.mark.parametrize("form", FORMS)
def test_the_form_can_be_said_outright_and_another_is_refused(form: str) -> None:
    assert read_input(INPUTS / f"{form}.json", form).domains[0] == "acme.example"
    for other in FORMS:
        if other != form:
            with pytest.raises(ZoneFileError, match=rf"{form}\.json"):
                read_input(INPUTS / f"{form}.json", other)


@pytest.mark.parametrize("form", FORMS)
def test_every_truncation_is_refused_with_its_place(form: str, tmp_path: Path) -> None:
    text = (INPUTS / f"{form}.json").read_text().rstrip()
    cut = tmp_path / "cut.json"
    for size in range(1, len(text), 37):
        cut.write_text(text[:size])
        with pytest.raises(ZoneFileError, match=r"cut\.json:\d+:\d+: "):
            read_input(cut)


async def test_dnscontrol_structured_types_and_a_zone_with_more_than_is_listed() -> None:
    contents = read_input(INPUTS / "dnscontrol.json")
    assert texts(await ask(contents, "acme.example", "CAA")) == ('0 issue "ca.example"',)
    assert texts(await ask(contents, "_submission._tcp.acme.example", "SRV")) == ("1 2 587 mx.acme.example.",)
    assert (await ask(contents, "_25._tcp.mx.acme.example", "TLSA")).found
    assert texts(await ask(contents, "_dmarc.shared.example", "TXT")) == ("v=DMARC1; p=none",)
    assert (await ask(contents, "shared.example", "TXT")).status == "unasked"
    assert contents.left_out == (
        f"{INPUTS / 'dnscontrol.json'}:20: CF_WORKER_ROUTE acme.example is not a record and was not read",
    )


async def test_dnscontrol_long_texts_and_unicode_names(tmp_path: Path) -> None:
    key = "v=DKIM1; p=" + "A" * 400
    records = [
        {"type": "TXT", "name": "s._domainkey", "target": key},
        {"type": "A", "name": "bücher", "target": "192.0.2.1"},
    ]
    contents = read_input(_write(tmp_path, {"domains": [{"name": "acme.example", "records": records}]}))
    answer = await ask(contents, "s._domainkey.acme.example", "TXT")
    assert texts(answer) == (key,)
    assert (await ask(contents, "xn--bcher-kva.acme.example", "A")).found


async def test_route53_octal_escapes_and_sets_that_are_chosen_from() -> None:
    contents = read_input(INPUTS / "route53.json")
    assert texts(await ask(contents, "anything.acme.example", "TXT")) == ("wild!",)
    assert (await ask(contents, "www.acme.example", "A")).status == "unstated"


async def test_cloudflare_without_zone_names_and_the_list_alone(tmp_path: Path) -> None:
    whole = json.loads((INPUTS / "cloudflare.json").read_text())
    for record in whole["result"]:
        del record["zone_name"]
    contents = read_input(_write(tmp_path, whole["result"]))
    assert contents.domains == ("acme.example",)
    assert texts(await ask(contents, "_submission._tcp.acme.example", "SRV")) == ("1 2 587 mx.acme.example.",)


async def test_google_alias_and_routing_policy_and_the_reply_of_the_api(tmp_path: Path) -> None:
    sets = json.loads((INPUTS / "google.json").read_text())
    contents = read_input(_write(tmp_path, {"kind": "dns#resourceRecordSetsListResponse", "rrsets": sets}))
    assert (await ask(contents, "alias.acme.example", "AAAA")).status == "unstated"
    assert (await ask(contents, "acme.example", "A")).status == "unstated"
    assert (await ask(contents, "none.acme.example", "A")).status == "nxdomain"


async def test_powerdns_disabled_alias_and_lua_records() -> None:
    contents = read_input(INPUTS / "powerdns.json")
    assert (await ask(contents, "off.acme.example", "A")).status == "nxdomain"
    assert (await ask(contents, "acme.example", "AAAA")).status == "unstated"
    assert (await ask(contents, "lua.acme.example", "A")).status == "unstated"


#: As `pdnsutil list-zone acme.example` and `az network dns zone export` write them.
PDNSUTIL = """$ORIGIN .
acme.example\t3600\tIN\tSOA\tns1.acme.example hostmaster.acme.example 1 10800 3600 604800 3600
acme.example\t300\tIN\tMX\t10 mx.acme.example.
_dmarc.acme.example\t300\tIN\tTXT\t"v=DMARC1; p=rejct"
"""
AZURE = """;  Exported zone file
$ORIGIN acme.example.
$TTL 3600

@ 3600 IN SOA ns1-01.azure-dns.example. azuredns-hostmaster.microsoft.example. 1 3600 300 2419200 300
@ 300 IN MX 10 mx.acme.example.
_dmarc 300 IN TXT "v=DMARC1; p=rejct"
"""


@pytest.mark.parametrize("text", [PDNSUTIL, AZURE], ids=["pdnsutil", "azure"])
async def test_exports_that_are_zone_files(text: str, tmp_path: Path) -> None:
    (file := tmp_path / "export.txt").write_text(text)
    contents = read_input(file)
    assert ZoneResolver(*contents.zones).origins == ("acme.example",)
    assert texts(await ask(contents, "acme.example", "MX")) == ("10 mx.acme.example",)
    assert texts(await ask(contents, "_dmarc.acme.example", "TXT")) == ("v=DMARC1; p=rejct",)


def _write(folder: Path, value: object) -> Path:
    path = folder / "given.json"
    path.write_text(json.dumps(value, indent=1))
    return path


def _changed(form: str, *path: str | int, value: object) -> Any:
    whole = copy.deepcopy(json.loads((INPUTS / f"{form}.json").read_text()))
    at = whole
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return whole


FIRST = ("domains", 0, "records", 0)
RECORDS = "ResourceRecordSets"


@pytest.mark.parametrize(
    ("form", "path", "value", "said"),
    [
        ("google", (0, "type"), "TXT", "no SOA in it"),
        ("google", (2, "rrdatas"), None, "a record set without rrdatas"),
        ("google", (2, "rrdatas", 0), "10", "MX data cannot be read"),
        ("powerdns", ("rrsets", 0, "type"), "TXT", "no SOA in it"),
        ("powerdns", ("rrsets", 2, "records"), None, "a record set without records"),
        ("powerdns", ("rrsets", 2, "records", 0, "content"), 7, "MX data cannot be read"),
        ("powerdns", ("name",), "other.example.", "is outside the zone other.example"),
        ("dnscontrol", (*FIRST, "target"), "a b c", "MX data cannot be read"),
        ("dnscontrol", (*FIRST, "name"), "x" * 64, "is not a domain name"),
        ("dnscontrol", (*FIRST, "ttl"), -1, "ttl is not a whole number"),
        ("dnscontrol", (*FIRST, "target"), [], "target is not a text"),
        ("dnscontrol", ("domains", 0, "records"), 7, "records is not an array"),
        ("dnscontrol", ("domains", 1, "name"), "acme.example!internal", "more than once (split horizon)"),
        ("route53", ("IsTruncated",), True, "only the first page"),
        ("route53", (RECORDS, 0, "Type"), "TXT", "no SOA in it"),
        ("route53", (RECORDS, 3, "Name"), "other.example.", "is outside the zone acme.example"),
        ("route53", (RECORDS, 4, "ResourceRecords", 0, "Value"), '"open', "TXT data cannot be read"),
        ("cloudflare", ("result_info", "total_count"), 300, "7 of the 300 records of the zone"),
        ("cloudflare", ("result", 2, "content"), "300.1.1.1", "A data cannot be read"),
        ("cloudflare", ("result", 2, "content"), None, "record of type A without content"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_with_its_place(
    tmp_path: Path, form: str, path: tuple[str | int, ...], value: object, said: str
) -> None:
    file = _write(tmp_path, _changed(form, *path, value=value))
    with pytest.raises(ZoneFileError) as caught:
        read_input(file)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{file}:")
    assert caught.value.line > 0
    assert "\n" not in str(caught.value)


def test_json_of_no_known_form(tmp_path: Path) -> None:
    with pytest.raises(ZoneFileError, match="JSON of a form that is not known"):
        read_input(_write(tmp_path, {"secret": "hunter2"}))


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    with path.open("wb") as file:
        file.write(b'{"domains": [')
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(ZoneFileError, match="larger than the limit of 33554432 octets"):
        read_input(path)


def test_two_exports_of_one_zone_are_refused() -> None:
    zones = [zone for form in FORMS[1:] for zone in read_input(INPUTS / f"{form}.json").zones]
    with pytest.raises(ZoneFileError, match=r"the zone acme\.example was read already"):
        ZoneResolver(*zones)


@pytest.mark.parametrize("form", [*FORMS, "terraform-plan"])
def test_a_fault_has_its_column_in_the_file(form: str) -> None:
    file = INPUTS / f"{form}.json"
    record = "v=DMARC1; p=rejct; rua=mailto:d@acme.example"
    written = resolver_of(read_input(file)).position("_dmarc.acme.example", "TXT", record)
    assert written is not None
    span = span_of(written, "TXT", record, 12, 17)
    assert span is not None
    line = file.read_text().splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == "rejct"
