"""What providers publish for what their tools write: escapes, omitted zeros, aliases, repeated zones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailproof.dns import Answer, ZoneResolver
from mailproof.dns.answer import position
from mailproof.dns.inputs.forms import read_input
from mailproof.dns.written import span_of
from mailproof.errors import ZoneFileError

BASE = "acme.example. 3600 IN SOA ns hostmaster 1 7200 3600 1209600 300\n"
EXPORT = """\
;; SOA Record
acme.example\t3600\tIN\tSOA\tns.cloudflare.com. dns.cloudflare.com. 1 10000 2400 604800 3600

;; A Records
mail.acme.example.\t1\tIN\tA\t192.0.2.7 ; cf_tags=cf-proxied:false
web.acme.example.\t1\tIN\tA\t192.0.2.7 ; a note cf_tags=cf-proxied:true

;; CNAME Records
acme.example.\t1\tIN\tCNAME\tacme.pages.example. ; cf_tags=cf-proxied:false
www.acme.example.\t1\tIN\tCNAME\tacme.example. ; cf_tags=cf-proxied:true
alias.acme.example.\t1\tIN\tCNAME\tmail.acme.example. ; cf_tags=cf-proxied:false

;; MX Records
acme.example.\t1\tIN\tMX\t10 mail.acme.example.
"""


async def ask(file: Path, name: str, rrtype: str) -> Answer:
    contents = read_input(file)
    base = None if contents.zones else ZoneResolver.from_text(BASE, "acme.example")
    return await contents.over(base).query(name, rrtype)


def written(folder: Path, content: object, name: str = "input.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return file


def state(kind: str, **values: Any) -> dict[str, Any]:
    resource = {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "values": values}
    return {
        "format_version": "1.0",
        "terraform_version": "1.9.8",
        "values": {"root_module": {"resources": [resource]}},
    }


@pytest.mark.parametrize(
    ("name", "rrtype", "status", "ttl"),
    [
        ("acme.example", "SOA", "ok", 3600),
        ("mail.acme.example", "A", "ok", 300),
        ("web.acme.example", "A", "unstated", 0),
        ("web.acme.example", "AAAA", "unstated", 0),
        ("acme.example", "A", "unstated", 0),
        ("acme.example", "MX", "ok", 300),
        ("acme.example", "TXT", "nodata", 3600),
        ("www.acme.example", "A", "unstated", 0),
        ("alias.acme.example", "A", "ok", 300),
    ],
)
async def test_a_zone_file_that_cloudflare_exported(
    name: str, rrtype: str, status: str, ttl: int, tmp_path: Path
) -> None:
    answer = await ask(written(tmp_path, EXPORT, "acme.example.txt"), name, rrtype)
    assert (answer.status, answer.ttl) == (status, ttl)


async def test_a_zone_that_knot_printed(tmp_path: Path) -> None:
    lines = [f"[acme.example.] {BASE}", '[acme.example.] acme.example. 300 TXT "v=spf1 mix"\n']
    file = written(tmp_path, "".join(lines), "acme.zone")
    answer = await ask(file, "acme.example", "TXT")
    assert answer.lookup.records == ("v=spf1 mix",)
    place = position(read_input(file).over(), "acme.example", "TXT", "v=spf1 mix")
    assert place is not None
    assert span_of(place, "TXT", "v=spf1 mix", 7, 10) == (2, len(lines[1]) - 4, len(lines[1]) - 1)


async def test_a_long_record_in_hexadecimal_digits(tmp_path: Path) -> None:
    strings = "c8" + "61" * 200 + "c7" + "62" * 199 + "c8" + "63" * 200
    text = f"{BASE}acme.example. TYPE16 \\# {len(strings) // 2} {strings}\n"
    answer = await ask(written(tmp_path, text, "x.zone"), "acme.example", "TXT")
    assert answer.lookup.records == ("a" * 200 + "b" * 199 + "c" * 200,)


@pytest.mark.parametrize(
    ("written_as", "text"),
    [(r"\\052", r"\052"), (r"\052", "*"), (r"\303\274", "ü"), (r"a\"b", 'a"b')],
)
async def test_escapes_of_route_53(written_as: str, text: str, tmp_path: Path) -> None:
    sets = [
        {"Name": "acme.example.", "Type": "SOA", "TTL": 9, "ResourceRecords": [{"Value": BASE[26:].strip()}]},
        {"Name": "acme.example.", "Type": "TXT", "TTL": 9, "ResourceRecords": [{"Value": f'"{written_as}"'}]},
    ]
    answer = await ask(written(tmp_path, {"ResourceRecordSets": sets}), "acme.example", "TXT")
    assert answer.lookup.records == (text,)


@pytest.mark.parametrize(
    ("record", "rrtype", "status", "text"),
    [
        ({"type": "MX", "target": "."}, "MX", "ok", "0 ."),
        ({"type": "SRV", "srvport": 587, "target": "mx"}, "SRV", "ok", "0 0 587 mx.acme.example."),
        ({"type": "TLSA", "tlsausage": 3, "target": "ab"}, "TLSA", "ok", "3 0 0 ab"),
        ({"type": "CAA", "caatag": "issue", "target": "ca; a=b"}, "CAA", "ok", '0 issue "ca; a=b"'),
        ({"type": "A", "target": "192.0.2.1", "meta": {"cloudflare_proxy": "on"}}, "A", "unstated", ""),
        ({"type": "A", "target": "192.0.2.1", "meta": {"cloudflare_proxy": "off"}}, "A", "ok", "192.0.2.1"),
        ({"type": "CNAME", "target": "a", "meta": {"cloudflare_cname_flatten": "on"}}, "A", "unstated", ""),
    ],
)
async def test_dnscontrol(
    record: dict[str, Any], rrtype: str, status: str, text: str, tmp_path: Path
) -> None:
    domain = {"name": "acme.example", "records": [{"name": "x", **record}]}
    answer = await ask(written(tmp_path, {"domains": [domain]}), "x.acme.example", rrtype)
    assert (answer.status, "".join(answer.lookup.records)) == (status, text)


async def test_the_proxy_that_is_the_default_of_a_dnscontrol_zone(tmp_path: Path) -> None:
    records = [{"name": "@", "type": "A", "target": "192.0.2.1"}]
    meta = {"cloudflare_proxy_default": "on"}
    file = written(tmp_path, {"domains": [{"name": "acme.example", "meta": meta, "records": records}]})
    assert (await ask(file, "acme.example", "A")).status == "unstated"


CAA = {"flags": "0", "tag": "issue", "value": "ca; a=b"}
FULL = "_dmarc.acme.example"


@pytest.mark.parametrize(
    ("kind", "values", "name", "rrtype", "found"),
    [
        # a name that ends in the zone's: only some providers take it as the full name
        (
            "azurerm_dns_txt_record",
            {"zone_name": "acme.example", "name": FULL, "record": [{"value": "a"}]},
            FULL,
            "TXT",
            "nxdomain",
        ),
        (
            "ovh_domain_zone_record",
            {"zone": "acme.example", "subdomain": FULL, "fieldtype": "TXT", "target": "a"},
            f"{FULL}.acme.example",
            "TXT",
            "a",
        ),
        (
            "digitalocean_record",
            {"domain": "acme.example", "name": FULL, "type": "TXT", "value": "a"},
            FULL,
            "TXT",
            "nxdomain",
        ),
        (
            "dns_txt_record_set",
            {"zone": "acme.example.", "name": FULL, "txt": ["a"]},
            FULL,
            "TXT",
            "nxdomain",
        ),
        (
            "vultr_dns_record",
            {"domain": "acme.example", "name": FULL, "type": "TXT", "data": "a"},
            FULL,
            "TXT",
            "a",
        ),
        # Google splits what is not in quotes at its spaces
        (
            "google_dns_record_set",
            {"name": "acme.example.", "type": "TXT", "rrdatas": ["v=spf1 -all"]},
            "acme.example",
            "TXT",
            "v=spf1-all",
        ),
        (
            "google_dns_record_set",
            {"name": "acme.example.", "type": "TXT", "rrdatas": ['"v=spf1 -all"']},
            "acme.example",
            "TXT",
            "v=spf1 -all",
        ),
        (
            "google_dns_record_set",
            {"name": "acme.example.", "type": "A", "routing_policy": [{"wrr": []}]},
            "acme.example",
            "A",
            "unstated",
        ),
        # OVH's own types
        (
            "ovh_domain_zone_record",
            {
                "zone": "acme.example",
                "subdomain": "_dmarc",
                "fieldtype": "DMARC",
                "target": "v=DMARC1;p=none",
            },
            FULL,
            "TXT",
            "v=DMARC1;p=none",
        ),
        (
            "ovh_domain_zone_record",
            {"zone": "acme.example", "fieldtype": "SPF", "target": '"v=spf1 -all"'},
            "acme.example",
            "TXT",
            "v=spf1 -all",
        ),
        # Cloudflare answers for these itself
        (
            "cloudflare_dns_record",
            {
                "name": "x.acme.example",
                "type": "CNAME",
                "content": "y.example",
                "settings": {"flatten_cname": True},
            },
            "x.acme.example",
            "A",
            "unstated",
        ),
        (
            "dnsimple_zone_record",
            {"zone_name": "acme.example", "name": "", "type": "ALIAS", "value": "y.example"},
            "acme.example",
            "AAAA",
            "unstated",
        ),
        (
            "scaleway_domain_record",
            {"dns_zone": "acme.example", "name": "", "type": "A", "data": "192.0.2.1", "weighted": [{}]},
            "acme.example",
            "A",
            "unstated",
        ),
        # a semicolon begins no comment
        (
            "cloudflare_record",
            {"hostname": "acme.example", "type": "CAA", "data": [CAA]},
            "acme.example",
            "CAA",
            '0 issue "ca; a=b"',
        ),
        (
            "digitalocean_record",
            {"domain": "acme.example", "name": "@", "type": "CAA", "tag": "issue", "value": "ca; a=b"},
            "acme.example",
            "CAA",
            '0 issue "ca; a=b"',
        ),
    ],
)
async def test_terraform(
    kind: str, values: dict[str, Any], name: str, rrtype: str, found: str, tmp_path: Path
) -> None:
    answer = await ask(written(tmp_path, state(kind, ttl=900, **values)), name, rrtype)
    assert (answer.lookup.records or (answer.status,)) == (found,)
    assert not answer.found or answer.ttl == 900


@pytest.mark.parametrize(
    ("entry", "rrtype", "status"),
    [
        ("acme.example. 60 IN ALIAS lb.example.", "A", "unstated"),
        ("acme.example. ANAME lb.example.", "AAAA", "unstated"),
        ("acme.example. ALIAS lb.example.", "TXT", "nodata"),
        ('acme.example. 60 IN LUA TXT ";return 1"', "TXT", "unstated"),
        ('acme.example. 60 IN LUA TXT ";return 1"', "A", "nodata"),
        ("acme.example. 60 AZURE ALIAS A /subscriptions/0/ip", "A", "unstated"),
        ("acme.example. 60 AZURE ALIAS A /subscriptions/0/ip", "AAAA", "nodata"),
    ],
)
async def test_what_name_servers_compute(entry: str, rrtype: str, status: str, tmp_path: Path) -> None:
    file = written(tmp_path, f"{BASE}{entry}\n", "x.zone")
    assert (await ask(file, "acme.example", rrtype)).status == status
    with pytest.raises(ZoneFileError, match=r"x\.zone:2: unknown record type"):
        ZoneResolver.from_file(file)


async def test_a_proxied_record_of_octodns(tmp_path: Path) -> None:
    pytest.importorskip("octodns")
    text = "---\nx:\n  octodns: {cloudflare: {proxied: true}}\n  type: A\n  value: 192.0.2.1\n"
    file = written(tmp_path, text, "acme.example.yaml")
    assert (await ask(file, "x.acme.example", "A")).status == "unstated"


async def test_a_zone_that_is_made_in_the_same_file_or_plan(tmp_path: Path) -> None:
    source = """
resource "digitalocean_domain" "main" { name = "acme.example" }
resource "digitalocean_record" "spf" {
  domain = digitalocean_domain.main.id
  name   = "@"
  type   = "TXT"
  value  = "v=spf1 -all"
}
"""
    file = written(tmp_path, source, "main.tf")
    assert (await ask(file, "acme.example", "TXT")).lookup.records == ("v=spf1 -all",)
    record = {"address": "digitalocean_record.spf", "type": "digitalocean_record", "mode": "managed"}
    zone = {"address": "digitalocean_domain.main", "type": "digitalocean_domain", "mode": "managed"}
    change = {
        "actions": ["create"],
        "after": {"name": "@", "type": "TXT", "value": "v=spf1 -all"},
        "after_unknown": {"domain": True},
    }
    references = {"domain": {"references": ["digitalocean_domain.main.id", "digitalocean_domain.main"]}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": [{**zone, "values": {"name": "acme.example"}}]}},
        "resource_changes": [{**record, "change": change}],
        "configuration": {"root_module": {"resources": [{**record, "expressions": references}]}},
    }
    assert (await ask(written(tmp_path, plan), "acme.example", "TXT")).lookup.records == ("v=spf1 -all",)


@pytest.mark.parametrize(
    ("zone", "records"),
    [
        (
            'resource "aws_route53_zone" "z" {\n  name = "acme.example"\n  vpc {\n    vpc_id = var.v\n  }\n}',
            1,
        ),
        ('data "aws_route53_zone" "z" {\n  name = "acme.example"\n  private_zone = true\n}', 1),
        ('resource "aws_route53_zone" "z" {\n  name = "acme.example"\n}', 2),
        ('data "aws_route53_zone" "z" {\n  name = "acme.example"\n}', 2),
    ],
)
async def test_a_private_zone_of_the_same_name(zone: str, records: int, tmp_path: Path) -> None:
    prefix = "data." if zone.startswith("data") else ""
    source = f"""
{zone}
resource "aws_route53_zone" "public" {{
  name = "acme.example"
}}
resource "aws_route53_record" "one" {{
  zone_id = {prefix}aws_route53_zone.z.zone_id
  name    = "acme.example"
  type    = "MX"
  ttl     = 300
  records = ["10 inside.acme.example"]
}}
resource "aws_route53_record" "other" {{
  zone_id = aws_route53_zone.public.zone_id
  name    = "acme.example"
  type    = "MX"
  ttl     = 300
  records = ["10 mx.acme.example"]
}}
"""
    file = written(tmp_path, source, "main.tf")
    assert len((await ask(file, "acme.example", "MX")).records) == records
    assert [line.rpartition(": ")[2] for line in read_input(file).left_out] == [
        "1 × records of private zones not read"
    ] * (2 - records)


async def test_a_private_zone_in_a_plan(tmp_path: Path) -> None:
    record = {
        "address": "google_dns_record_set.mx",
        "mode": "managed",
        "type": "google_dns_record_set",
        "values": {
            "managed_zone": "inside",
            "name": "acme.example.",
            "type": "MX",
            "rrdatas": ["10 inside.acme.example."],
        },
    }
    zone = {"address": "google_dns_managed_zone.z", "mode": "managed", "type": "google_dns_managed_zone"}
    for visibility, found in (("private", 0), ("public", 1)):
        values = {"name": "inside", "dns_name": "acme.example.", "visibility": visibility}
        plan = {
            "format_version": "1.0",
            "terraform_version": "1.9.8",
            "values": {"root_module": {"resources": [record, {**zone, "values": values}]}},
        }
        assert len((await ask(written(tmp_path, plan), "acme.example", "MX")).records) == found
