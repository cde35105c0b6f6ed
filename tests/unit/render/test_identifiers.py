"""The alignment table and the ARC chain of the text report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailproof.dns import ZoneResolver
from mailproof.engine.verify import verify_async
from mailproof.model import ArcSet, DmarcVerdict, MessageFacts
from mailproof.render.text.identifiers import write_alignment, write_seals
from mailproof.render.text.page import Page

RULES = Path(__file__).resolve().parents[2] / "rules"


async def facts(rule: str) -> MessageFacts:
    resolver = ZoneResolver.from_file(RULES / rule / "both.zone", origin=".")
    report = await verify_async((RULES / rule / "bad.eml").read_bytes(), resolver=resolver)
    assert report.facts.message is not None
    return report.facts.message


def shown(facts: MessageFacts, width: int = 80) -> str:
    page = Page(width=width)
    write_alignment(page, facts)
    write_seals(page, facts)
    return page.value


async def test_each_identifier_has_its_row() -> None:
    lines = shown(await facts("AUTH022")).splitlines()
    rows = [line.split() for line in lines if "acme.example" in line or "list.test  " in line]
    assert ["From", "acme.example", "acme.example"] in rows
    assert ["SPF,", "return", "path", "no", "list.test", "list.test"] in rows
    assert ["DKIM,", "s1", "yes", "acme.example", "acme.example"] in rows
    assert "SPF relaxed, DKIM relaxed" in lines[1]


@pytest.mark.parametrize(
    ("mode", "spf_domain", "organizational", "aligned"),
    [
        ("r", "mail.acme.example", "acme.example", "yes"),
        ("s", "mail.acme.example", "acme.example", "no"),
        ("s", "acme.example", "acme.example", "yes"),
        ("r", "mail.acme.example", "", ""),
    ],
)
async def test_spf_is_aligned_by_its_mode(
    mode: str, spf_domain: str, organizational: str, aligned: str
) -> None:
    found = await facts("AUTH022")
    assert found.spf is not None
    assert found.dmarc is not None
    changed: DmarcVerdict = replace(
        found.dmarc,
        aspf="s" if mode == "s" else "r",
        spf_organizational_domain=organizational,
    )
    text = shown(replace(found, dkim=(), dmarc=changed, spf=replace(found.spf, domain=spf_domain)))
    (row,) = (line.split() for line in text.splitlines() if "SPF, " in line)
    assert row == [
        "SPF,",
        "return",
        "path",
        *([aligned] if aligned else []),
        organizational or "unknown",
        spf_domain,
    ]


async def test_seals_stand_oldest_first_and_tell_what_broke() -> None:
    found = await facts("AUTH022")
    assert found.arc is not None
    newer = ArcSet(2, "second.test", "k", "pass", None, None, results="evil \x1b[31m red")
    text = shown(replace(found, arc=replace(found.arc, sets=(newer, *found.arc.sets), broken_by="list.test")))
    assert text.index("list.test (arc)") < text.index("second.test (k)")
    assert "broken" in text
    assert "not judged" in text
    assert "the oldest seal that does not hold is that of list.test" in text
    assert "\x1b" not in text


async def test_without_a_from_domain_or_a_chain_there_is_neither() -> None:
    found = await facts("AUTH022")
    assert shown(replace(found, dmarc=None, arc=None)) == ""
