"""Terraform source: literals and resolvable references; the rest is not guessed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import SupportsIndex

import pytest

from mailproof.cli.nameless import syntax_of
from mailproof.dns import Answer, ZoneResolver
from mailproof.dns.inputs.contents import Contents
from mailproof.dns.inputs.forms import read_input
from mailproof.dns.inputs.hcl import read_hcl
from mailproof.dns.inputs.located import Source
from mailproof.dns.patch import PatchResolver
from mailproof.dns.written import span_of
from mailproof.errors import ZoneFileError

MAIN = Path(__file__).parents[3] / "fixtures" / "inputs" / "main.tf"
RECORD = """resource "aws_route53_zone" "z" {{
  name = "acme.example"
}}
resource "aws_route53_record" "r" {{
  zone_id = aws_route53_zone.z.zone_id
  name = "@"
  type = "TXT"
  records = {records}
  {more}
}}
"""


async def ask(contents: Contents, name: str, rrtype: str) -> Answer:
    return await PatchResolver(ZoneResolver(), contents.changes).query(name, rrtype)


def source(folder: Path, text: str) -> Contents:
    (path := folder / "main.tf").write_text(text)
    return read_input(path)


async def test_literals_and_what_references_lead_to() -> None:
    contents = read_input(MAIN)
    assert contents.domains == ("acme.example",)
    mx = await ask(contents, "acme.example", "MX")
    assert (mx.lookup.records, mx.ttl) == (("10 mx.acme.example",), 300)
    rpt = await ask(contents, "_smtp._tls.acme.example", "TXT")
    assert rpt.lookup.records == ("v=TLSRPTv1; rua=mailto:t@acme.example",)
    assert (await ask(contents, "acme.example", "A")).status == "unasked", "it may be in another file"
    assert (await ask(contents, "_domainkey.acme.example", "TXT")).status == "unstated"


@pytest.mark.parametrize(
    ("name", "record", "part"),
    [
        ("acme.example", "v=spf1 ip4:192.0.2.1 ipv4:192.0.2.2 -all", "ipv4:192.0.2.2"),
        ("_dmarc.acme.example", "v=DMARC1; p=rejct", "rejct"),
    ],
)
def test_a_fault_has_its_line_and_column(name: str, record: str, part: str) -> None:
    at = PatchResolver(ZoneResolver(), read_input(MAIN).changes).position(name, "TXT", record)
    assert at is not None
    start = record.index(part)
    span = span_of(at, "TXT", record, start, start + len(part))
    assert span is not None
    line = MAIN.read_text().splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == part


def test_a_record_without_a_name_is_checked_by_its_syntax_alone() -> None:
    contents = read_input(MAIN)
    lines = [syntax_of(each) for each in contents.nameless]
    assert len(lines) == 2
    assert lines[0].startswith(
        f"{MAIN}:6:10: SPF record whose name is not a literal: only its syntax was checked"
    )
    assert lines[0].endswith("it can't be used: 'ipv4:192.0.2.1' is not a mechanism")
    assert lines[1].startswith(f"{MAIN}:37:14: DMARC record")
    assert contents.left_out == (
        f"{MAIN}:33: aws_route53_record.other was not read: the name or zone is computed, "
        "and not a literal of this file",
        f"{MAIN}:39: aws_route53_record.ses was not read: the name or zone is computed, "
        "and not a literal of this file",
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("v=spf1 -all", "SPF"),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "DKIM key"),
        ("v=STSv1; id=1;", "MTA-STS"),
        ("v=TLSRPTv1; rua=mailto:a@acme.example", "TLS-RPT"),
        ("v=BIMI1; l=https://acme.example/l.svg", "BIMI"),
        ('v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQH\\"\\"Og7hcvPapiMlrwIaaPcHURo=', "DKIM key"),
    ],
)
def test_each_kind_without_a_name(text: str, name: str, tmp_path: Path) -> None:
    (found,) = source(tmp_path, f'locals {{\n  x = "{text}"\n}}\n').nameless
    line = syntax_of(found)
    assert f"main.tf:2:7: {name} record whose name is not a literal: " in line
    assert line.endswith("only its syntax was checked, its syntax is right")


@pytest.mark.parametrize(
    ("records", "text"),
    [
        ('["v=spf1 -all"]', "v=spf1 -all"),
        ('["a\\"\\"b"]', "ab"),
        ('["\\"a\\" \\"b\\""]', "ab"),
        ('["\\u0041\\U00000042"]', "AB"),
        ('["$${x} 100%"]', "${x} 100%"),
        ('[ # why\n  "x", // not\n /* here */\n]', "x"),
    ],
)
async def test_ways_to_write_a_text(records: str, text: str, tmp_path: Path) -> None:
    contents = source(tmp_path, RECORD.format(records=records, more=""))
    answer = await ask(contents, "acme.example", "TXT")
    assert answer.lookup.records == (text,)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<<EOT\nv=spf1 -all\nEOT", "v=spf1 -all\n"),
        ("<<-EOT\n    v=a\n      b\n    EOT", "v=a\n  b\n"),
        ("<<EOT\r\nv=x\r\nEOT\r", "v=x\n"),
    ],
)
async def test_heredocs(value: str, text: str, tmp_path: Path) -> None:
    block = (
        f'resource "digitalocean_record" "r" {{\n  value = {value}\n  domain = "acme.example"\n  name = "@"\n'
    )
    contents = source(tmp_path, f'{block}  name = "@"\n  type = "TXT"\n}}\n')
    answer = await ask(contents, "acme.example", "TXT")
    assert answer.lookup.records == (text,)


@pytest.mark.parametrize(
    ("records", "more"),
    [
        ("[var.spf]", ""),
        ('["v=spf1 ${var.more} -all"]', ""),
        ('["v=spf1 ${join(" ", [for x in var.y : "ip4:${x}"])} -all"]', ""),
        ('concat(["v=spf1 -all"], var.more)', ""),
        ('var.on ? ["v=spf1 -all"] : []', ""),
        ('[for x in ["a"] : "v=spf1 ${x}"]', ""),
        ("[<<EOT\nv=spf1 ${var.x}\nEOT\n]", ""),
        ('["v=spf1 -all"]', "count = var.on ? 1 : 0"),
        ('["v=spf1 -all"]', "for_each = toset([])"),
        ("[local.one]", "}\nlocals {\n  one = local.two\n  two = local.one"),
        ("[random_id.x.hex]", ""),
        ('["x"]', "alias {\n    name = aws_lb.x.dns_name\n  }"),
        ('["x"]', 'dynamic "alias" {\n    for_each = []\n    content {}\n  }'),
    ],
)
async def test_what_is_computed_is_unstated(records: str, more: str, tmp_path: Path) -> None:
    contents = source(tmp_path, RECORD.format(records=records, more=more))
    answer = await ask(contents, "acme.example", "TXT")
    assert answer.status == "unstated"
    assert "v=spf1" not in answer.reason


async def test_a_zone_that_is_looked_up(tmp_path: Path) -> None:
    text = RECORD.format(records='["v=spf1 -all"]', more="").replace(
        'resource "aws_route53_zone"', 'data "aws_route53_zone"'
    )
    contents = source(
        tmp_path, text.replace("aws_route53_zone.z.zone_id", "data.aws_route53_zone.z[0].zone_id")
    )
    assert (await ask(contents, "acme.example", "TXT")).found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('resource "a" "b" {\n  x = "open\n}\n', "2:12: a quoted string is not closed on its line"),
        ('resource "a" "b" {\n  x = "\\q"\n}\n', "2:8: a string with an escape that is not known"),
        ('resource "a" "b" {\n  x = [1, 2\n', "the file ends too early: it is cut off"),
        ('resource "a" "b" {\n  x = f(\n', "the file ends too early: it is cut off"),
        ('resource "a" "b" {\n  x = <<EOT\nabc\n', "the file ends too early: it is cut off"),
        ('resource "a" "b" {\n  x =\n}\n', "2:6: a value was expected"),
        ('resource "a" "b" {\n  x = 1 + /* \n}\n', "2:11: a comment that is not closed"),
        ('resource "a" "b" {\n  = 1\n}\n', "2:3: not Terraform from here on: a name was expected"),
        ('resource "a" 7 {\n}\n', "1:14: not Terraform from here on: = or { was expected"),
        ('resource "a" "b" {\n}\n}\n', "3:1: a } without a { before it"),
        ('resource "a" "b" {\n  x = [1 2]\n}\n', "2:8"),
        (f'resource "a" "b" {{\n  x = {"[" * 200}{"]" * 200}\n}}\n', "values are more than 150 deep"),
        ("a {" * 200, "blocks are more than 150 deep"),
        ("x = " + '"${' * 200, "values are more than 150 deep"),
    ],
)
def test_what_cannot_be_read_is_a_line_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    if said == "2:8":
        assert source(tmp_path, text).changes == {}, "an expression that is not looked into"
        return
    with pytest.raises(ZoneFileError) as refused:
        source(tmp_path, text)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path}/main.tf:")


def outcome(folder: Path, text: str) -> str:
    """The error; empty if the source could be read."""
    try:
        source(folder, text)
    except ZoneFileError as error:
        return str(error)
    return ""


def test_every_truncation_is_read_or_refused_with_its_place(tmp_path: Path) -> None:
    text = MAIN.read_text()
    said = [outcome(tmp_path, text[:size]) for size in range(0, len(text), 7)]
    assert all(each.startswith(f"{tmp_path}/main.tf:") for each in said if each)
    assert sum("cut off" in each for each in said) > len(said) // 2


def test_any_change_is_read_or_refused_with_its_place(tmp_path: Path) -> None:
    chance = random.Random(14)
    text, signs = MAIN.read_text(), '{}[]()"$%\\#/*<>=,.\n \x00ü'
    for _ in range(300):
        at = chance.randrange(len(text))
        put = "".join(chance.choices(signs, k=chance.randint(0, 4)))
        said = outcome(tmp_path, text[:at] + put + text[at + chance.randint(0, 9) :])
        assert not said or said.startswith(f"{tmp_path}/main.tf:")


def test_the_content_says_that_it_is_source(tmp_path: Path) -> None:
    (file := tmp_path / "infra").write_text(MAIN.read_text())
    assert read_input(file).domains == ("acme.example",)
    (file := tmp_path / "empty.tf").write_text("# nothing yet\n")
    assert read_input(file).changes == {}


def test_a_line_break_in_a_text_of_route53_is_named(tmp_path: Path) -> None:
    with pytest.raises(ZoneFileError, match=r"a line break in the text: .*chomp"):
        source(tmp_path, RECORD.format(records="[<<EOT\nv=spf1 -all\nEOT\n]", more=""))


class Counted(str):
    """A text that counts how often it is indexed."""

    reads = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        self.reads += 1
        return super().__getitem__(key)


def test_nested_expressions_are_read_once() -> None:
    text = Counted("a = " + "{a=" * 140 + f"f({'x' * 20_000})" + " !}" * 140 + "\n")
    assert list(read_hcl(Source(text, "main.tf")).attributes) == ["a"]
    assert text.reads < 2 * len(text)
