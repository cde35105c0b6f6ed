"""Terraform plans and states: changes, values known only after apply, unsupported resources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailproof.dns import Answer, ZoneResolver
from mailproof.dns.inputs.contents import Contents
from mailproof.dns.inputs.forms import read_input
from mailproof.dns.inputs.terraform_table import RECORDS
from mailproof.dns.patch import PatchResolver
from mailproof.errors import ZoneFileError

INPUTS = Path(__file__).parents[3] / "fixtures" / "inputs"
PLAN = INPUTS / "terraform-plan.json"
LIVE = """$ORIGIN acme.example.
@ TXT "v=spf1 mx -all"
@ A 192.0.2.80
_mta-sts TXT "v=STSv1; id=1"
old._domainkey TXT "v=DKIM1; p=CCCC"
kept TXT k
"""


async def ask(contents: Contents, name: str, rrtype: str, live: str = "") -> Answer:
    inner = ZoneResolver.from_text(live) if live else ZoneResolver()
    return await PatchResolver(inner, contents.changes).query(name, rrtype)


def texts(answer: Answer) -> tuple[str, ...]:
    return answer.lookup.records


async def test_a_plan_changes_what_it_names_and_nothing_else() -> None:
    plan = read_input(PLAN)
    assert texts(await ask(plan, "acme.example", "TXT", LIVE)) == (
        "v=spf1 mx include:spf.esp.example -all",
        "site-verification=1",
    )
    assert texts(await ask(plan, "_dmarc.acme.example", "TXT", LIVE))[0].startswith("v=DMARC1; p=rejct")
    assert texts(await ask(plan, "s1._domainkey.acme.example", "TXT")) == ("v=DKIM1; k=rsa; p=AAAABBBB",)
    assert (await ask(plan, "old._domainkey.acme.example", "TXT", LIVE)).absent
    assert texts(await ask(plan, "_mta-sts.acme.example", "TXT", LIVE)) == ("v=STSv1; id=1",)
    assert texts(await ask(plan, "kept.acme.example", "TXT", LIVE)) == ("k",)  # forgotten, not deleted


async def test_what_is_not_managed_is_not_missing() -> None:
    plan = read_input(PLAN)
    for name, rrtype in (
        ("_mta-sts.acme.example", "TXT"),
        ("acme.example", "NS"),
        ("kept.acme.example", "TXT"),
    ):
        assert (await ask(plan, name, rrtype)).status == "unasked"


async def test_what_is_known_only_after_apply_is_unstated() -> None:
    plan = read_input(PLAN)
    token = await ask(plan, "_amazonses.acme.example", "TXT", LIVE)
    assert (token.status, token.reason) == (
        "unstated",
        "aws_route53_record.token: known only after the plan is applied",
    )
    assert (await ask(plan, "www.acme.example", "A", LIVE)).status == "unstated"
    # A CNAME with an unknown name may be a DKIM key, so it is unknown whether one exists.
    assert (await ask(plan, "_domainkey.acme.example", "TXT", LIVE)).status == "unstated"
    assert [line.partition(": ")[2] for line in plan.left_out] == [
        "aws_route53_record.ses[0] was not read: the name or zone is known only after the plan is applied, "
        "or not in the plan",
        "1 × akamai_dns_record not read: not among the resources known",
    ]


async def test_zones_by_reference_and_in_modules() -> None:
    plan = read_input(PLAN)
    assert texts(await ask(plan, "_dmarc.new.example", "TXT")) == ("v=DMARC1; p=none",)
    assert texts(await ask(plan, "cf.example", "TXT")) == ("v=spf1 -all",)
    assert plan.domains == ("acme.example", "new.example", "cf.example")


async def test_a_record_beside_others_of_its_name_leaves_them() -> None:
    live = '$ORIGIN cf.example.\n@ TXT "site-verification=2"\n'
    plan = read_input(PLAN)
    assert set(texts(await ask(plan, "cf.example", "TXT", live))) == {"v=spf1 -all", "site-verification=2"}


def test_records_have_the_line_of_their_value() -> None:
    resolver = PatchResolver(ZoneResolver(), read_input(PLAN).changes)
    place = resolver.position("_dmarc.acme.example", "TXT", "v=DMARC1; p=rejct; rua=mailto:d@acme.example")
    assert place is not None
    assert "rejct" in PLAN.read_text().splitlines()[place[1] - 1]


MX, TXT, A, AAAA = "10 mx.p.example", "v=spf1 -all", "192.0.2.1", "2001:db8::1"
SRV = "1 2 25 mx.p.example."
EXPECTED = [
    ("aws", "TXT", TXT),
    ("azure", "TXT", TXT),
    ("azure", "MX", MX),
    ("azure", "A", A),
    ("azure", "AAAA", AAAA),
    ("azure", "CAA", '0 issue "ca.example"'),
    ("azurec", "CNAME", "mx.p.example"),
    ("azuren", "NS", "ns.p.example"),
    ("azurep", "PTR", "mx.p.example"),
    ("azures", "SRV", SRV),
    ("cf5", "MX", MX),
    ("cf4", "TXT", TXT),
    ("desec", "TXT", TXT),
    ("do", "MX", MX),
    ("dos", "SRV", SRV),
    ("rfc", "A", A),
    ("rfc", "AAAA", AAAA),
    ("rfcc", "CNAME", "mx.p.example"),
    ("rfc", "MX", MX),
    ("rfcn", "NS", "ns.p.example"),
    ("rfcs", "SRV", SRV),
    ("rfc", "TXT", TXT),
    ("dnsimple", "MX", MX),
    ("gandi", "MX", MX),
    ("google", "TXT", TXT),
    ("hcloud", "TXT", TXT),
    ("hetzner", "MX", MX),
    ("linode", "MX", MX),
    ("ns1", "MX", MX),
    ("ovh", "MX", MX),
    ("pdns", "TXT", TXT),
    ("scw", "MX", MX),
    ("vultr", "MX", MX),
]


@pytest.mark.parametrize(("name", "rrtype", "text"), EXPECTED)
async def test_each_provider(name: str, rrtype: str, text: str) -> None:
    state = read_input(INPUTS / "terraform-providers.json")
    assert texts(await ask(state, f"{name}.p.example", rrtype)) == (text,)


def test_each_row_of_the_table_has_a_sample() -> None:
    resources = json.loads((INPUTS / "terraform-providers.json").read_text())["values"]["root_module"][
        "resources"
    ]
    assert {each["type"] for each in resources} >= set(RECORDS)
    assert read_input(INPUTS / "terraform-providers.json").left_out == ()


def resource(kind: str, before: Any, after: Any, *actions: str, **change: Any) -> dict[str, Any]:
    whole = {"actions": list(actions), "before": before, "after": after, **change}
    return {"address": f"{kind}.x", "mode": "managed", "type": kind, "change": whole}


def plan_of(folder: Path, *resources: dict[str, Any], **more: Any) -> Path:
    path = folder / "plan.json"
    whole = {"format_version": "1.2", "terraform_version": "1.9.8", "resource_changes": resources, **more}
    path.write_text(json.dumps(whole, indent=1))
    return path


def vultr(text: str, name: str = "", kind: str = "TXT") -> dict[str, Any]:
    return {"domain": "acme.example", "name": name, "type": kind, "data": text}


async def test_a_single_record_that_changes_takes_its_old_value_away(tmp_path: Path) -> None:
    change = resource("vultr_dns_record", vultr("v=spf1 mx -all"), vultr("v=spf1 -all"), "update")
    plan = read_input(plan_of(tmp_path, change))
    assert texts(await ask(plan, "acme.example", "TXT", LIVE)) == ("v=spf1 -all",)


async def test_a_replacement_under_another_name(tmp_path: Path) -> None:
    before = {"zone": "acme.example.", "name": "old._domainkey", "txt": ["v=DKIM1; p=CCCC"]}
    after = {**before, "name": "new._domainkey"}
    plan = read_input(plan_of(tmp_path, resource("dns_txt_record_set", before, after, "delete", "create")))
    assert (await ask(plan, "old._domainkey.acme.example", "TXT", LIVE)).absent
    assert texts(await ask(plan, "new._domainkey.acme.example", "TXT", LIVE)) == ("v=DKIM1; p=CCCC",)


async def test_a_proxied_record_of_cloudflare(tmp_path: Path) -> None:
    after = {"name": "www.acme.example", "type": "CNAME", "content": "host.example", "proxied": True}
    plan = read_input(plan_of(tmp_path, resource("cloudflare_dns_record", None, after, "create")))
    assert (await ask(plan, "www.acme.example", "AAAA", LIVE)).status == "unstated"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"format_version": "2.0"}, "format_version '2.0': only 1.x is read"),
        ({"format_version": "0.2"}, "format_version '0.2': only 1.x is read"),
        ({"errored": True}, "the plan ended with an error"),
        ({"resource_changes": {}}, "resource_changes is not an array"),
        (
            {"version": 4, "lineage": "x", "resources": [{}]},
            "give the output of `terraform show -json` instead",
        ),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_in_a_line(
    tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(ZoneFileError) as caught:
        read_input(plan_of(tmp_path, **more))
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'plan.json'}:")


def test_a_record_that_cannot_be_read_has_its_place(tmp_path: Path) -> None:
    bad = resource("vultr_dns_record", None, vultr("not an address", kind="A"), "create")
    with pytest.raises(ZoneFileError, match=r"plan\.json:\d+:\d+: A data cannot be read"):
        read_input(plan_of(tmp_path, bad))
    gone = resource("vultr_dns_record", vultr("not an address", kind="A"), None, "delete")
    assert read_input(plan_of(tmp_path, gone)).changes == {}


@pytest.mark.parametrize(
    ("after", "unknown", "said"),
    [
        (
            {"domain": "acme.example", "name": "x", "data": "y"},
            {"type": True},
            "the type is known only after",
        ),
        (vultr("x", kind="WEIRD-TYPE"), {}, "'WEIRD-TYPE' is not a type of records"),
        ({"name": "x", "type": "TXT", "data": "y"}, {}, "the name or zone is known only after"),
    ],
)
def test_what_is_left_out_is_said(tmp_path: Path, after: Any, unknown: Any, said: str) -> None:
    plan = read_input(
        plan_of(tmp_path, resource("vultr_dns_record", None, after, "create", after_unknown=unknown))
    )
    assert said in plan.left_out[0]
    assert not [key for key in plan.changes if not key[0].startswith("_domainkey.")]


def test_data_sources_and_what_is_only_read_change_nothing(tmp_path: Path) -> None:
    read = resource("vultr_dns_record", None, vultr("v=spf1 -all"), "read")
    data = {**resource("vultr_dns_record", None, vultr("v=spf1 -all"), "no-op"), "mode": "data"}
    assert read_input(plan_of(tmp_path, read, data)).changes == {}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_files_that_powershell_writes(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes('{"format_version": "1.2", "terraform_version": "1.9", "x": "ü"}'.encode(encoding))
    assert read_input(path).changes == {}


def test_json_without_a_version_names_the_command(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}")
    with pytest.raises(ZoneFileError, match="no format_version in it: print it with `terraform show -json`"):
        read_input(path, "terraform")
