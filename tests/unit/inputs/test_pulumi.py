"""Pulumi previews and stacks: changes, values that are unknown or secret, and rejected input."""

from __future__ import annotations

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

NONE = "v=DMARC1; p=none"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "c2VjcmV0"}
LIVE = """$ORIGIN acme.example.
@ MX 10 mx
@ TXT "v=spf1 mx -all"
old TXT "goes"
"""


def state(called: str, kind: str = "aws:route53/record:Record", /, **inputs: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::mail::{kind}::{called}",
        "custom": True,
        "type": kind,
        "inputs": {"__defaults": [], "zoneId": "Z1", "ttl": 300, **inputs},
    }


ZONE = {**state("zone", "aws:route53/zone:Zone", name="acme.example"), "id": "Z1"}
DMARC = state("dmarc", name="_dmarc", type="TXT", records=["v=DMARC1; p=rejct"])
OLD = state("old", name="old", type="TXT", records=["goes"])
STEPS: list[dict[str, Any]] = [
    {"op": "same", "oldState": ZONE, "newState": ZONE},
    {"op": "create", "newState": DMARC},
    {"op": "delete", "oldState": OLD},
    {"op": "create", "newState": state("ses", name="s1._domainkey", type="CNAME", records=[UNKNOWN])},
    {"op": "create", "newState": state("key", name="s2._domainkey", type="TXT", records=SECRET)},
    {"op": "create", "newState": state("web", name="www", type="A", aliases=[{"name": "x", "zoneId": "Z9"}])},
    {"op": "create", "newState": state("later", name=UNKNOWN, type="CNAME", records=["x.example"])},
    {"op": "read", "newState": state("read", name="@", type="MX", records=["10 other.example"])},
    {"op": "create", "newState": state("bucket", "aws:s3/bucket:Bucket", password="hunter2")},
    {"op": "create", "newState": state("dns", "other:index/dnsThing:DnsThing", name="x")},
]


def written(folder: Path, value: Any) -> Path:
    (path := folder / "preview.json").write_text(json.dumps(value, indent=1))
    return path


def preview(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"config": {}, "steps": list(steps), "duration": 1, "changeSummary": {"create": 1}}


def stack(*resources: dict[str, Any], version: int = 3) -> dict[str, Any]:
    return {"version": version, "deployment": {"manifest": {}, "resources": list(resources)}}


def resolver(contents: Contents, live: str = LIVE) -> PatchResolver:
    return PatchResolver(ZoneResolver.from_text(live, origin=None), contents.changes)


async def ask(contents: Contents, name: str, rrtype: str) -> Answer:
    return await resolver(contents).query(name, rrtype)


async def test_a_preview_changes_records_and_leaves_the_others(tmp_path: Path) -> None:
    contents = read_input(written(tmp_path, preview(*STEPS)))
    dmarc = await ask(contents, "_dmarc.acme.example", "TXT")
    assert dmarc.lookup.records == ("v=DMARC1; p=rejct",)
    assert not (await ask(contents, "old.acme.example", "TXT")).found
    assert (await ask(contents, "acme.example", "TXT")).found, "it isn't managed"
    assert (await ask(contents, "acme.example", "MX")).lookup.records == ("10 mx.acme.example",)
    for name, rrtype in (("s1._domainkey", "CNAME"), ("s2._domainkey", "TXT"), ("www", "A")):
        assert (await ask(contents, f"{name}.acme.example", rrtype)).status == "unstated", name
    assert contents.domains == ("acme.example",)


def test_a_fault_has_its_line_and_column(tmp_path: Path) -> None:
    file = written(tmp_path, preview(*STEPS))
    at = resolver(read_input(file)).position("_dmarc.acme.example", "TXT", "v=DMARC1; p=rejct")
    assert at is not None
    span = span_of(at, "TXT", "v=DMARC1; p=rejct", 12, 17)
    assert span is not None
    assert file.read_text().splitlines()[span.line - 1][span.column - 1 : span.end_column - 1] == "rejct"


def test_what_was_not_read_is_named_without_values(tmp_path: Path) -> None:
    lines = "\n".join(read_input(written(tmp_path, preview(*STEPS))).left_out)
    assert "later was not read: the name or zone is known only after the plan is applied" in lines
    assert "other_dns_thing not read" in lines
    assert "hunter2" not in lines
    assert "c2VjcmV0" not in lines


@pytest.mark.parametrize("version", [3, 4])
async def test_a_stack_holds_what_it_manages(version: int, tmp_path: Path) -> None:
    going = {**state("going", name="gone", type="TXT", records=["x"]), "delete": True}
    contents = read_input(written(tmp_path, stack(ZONE, DMARC, going, version=version)))
    assert (await ask(contents, "_dmarc.acme.example", "TXT")).found
    assert not (await ask(contents, "gone.acme.example", "TXT")).found
    assert (await ask(contents, "acme.example", "TXT")).found


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("cloudflare:index/record:Record", {"name": "_dmarc.acme.example", "content": NONE}),
        (
            "cloudflare:index/dnsRecord:DnsRecord",
            {"name": "_dmarc.acme.example", "content": NONE},
        ),
        ("gcp:dns/recordSet:RecordSet", {"name": "_dmarc.acme.example.", "rrdatas": ['"v=DMARC1; p=none"']}),
        (
            "azure:dns/txtRecord:TxtRecord",
            {"name": "_dmarc", "zoneName": "acme.example", "records": [{"value": NONE}]},
        ),
        (
            "digitalocean:index/dnsRecord:DnsRecord",
            {"name": "_dmarc", "domain": "acme.example", "value": NONE},
        ),
        (
            "ovh:Domain/zoneRecord:ZoneRecord",
            {"subdomain": "_dmarc", "zone": "acme.example", "fieldtype": "TXT", "target": NONE},
        ),
        (
            "dnsimple:index/zoneRecord:ZoneRecord",
            {"name": "_dmarc", "zoneName": "acme.example", "value": NONE},
        ),
        (
            "ns1:index/record:Record",
            {
                "domain": "_dmarc.acme.example",
                "zone": "acme.example",
                "answers": [{"answer": NONE}],
            },
        ),
    ],
    ids=lambda each: each.partition(":")[0] if isinstance(each, str) else "",
)
async def test_providers(kind: str, inputs: dict[str, Any], tmp_path: Path) -> None:
    made = state("dmarc", kind, **{"type": "TXT", **inputs})
    zone = {**state("zone", "cloudflare:index/zone:Zone", zone="acme.example"), "id": "Z1"}
    contents = read_input(
        written(tmp_path, preview({"op": "same", "newState": zone}, {"op": "create", "newState": made}))
    )
    assert contents.left_out == ()
    answer = await ask(contents, "_dmarc.acme.example", "TXT")
    assert answer.lookup.records == ("v=DMARC1; p=none",)


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (stack(ZONE, version=9), "", "version '9' of a stack: only 3 and 4 are read"),
        ({"deployment": {"resources": 7}, "version": 3}, "", "deployment.resources is not an array"),
        ({**preview(), "steps": 7}, "pulumi", "steps is not an array"),
        ({}, "pulumi", "no steps in it: print it with `pulumi preview --json`"),
        (
            {**preview(), "diagnostics": [{"severity": "error", "message": "hunter2"}]},
            "",
            "the preview ended with an error",
        ),
        (
            preview(
                {"op": "create", "newState": state("x", name="acme.example.", type="MX", records=["hunter2"])}
            ),
            "",
            "MX data cannot be read",
        ),
    ],
)
def test_what_cannot_be_read_is_a_line_with_its_place(
    value: Any, form: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ZoneFileError) as refused:
        read_input(written(tmp_path, value), form)
    text = str(refused.value)
    assert said in text
    assert text.startswith(f"{tmp_path}/preview.json:")
    assert "hunter2" not in text
    assert "\n" not in text


def test_every_truncation_is_refused_with_its_place(tmp_path: Path) -> None:
    text = json.dumps(preview(*STEPS), indent=1)
    cut = tmp_path / "cut.json"
    for size in range(1, len(text), 211):
        cut.write_text(text[:size])
        with pytest.raises(ZoneFileError, match=r"cut\.json:\d+:\d+: "):
            read_input(cut)
