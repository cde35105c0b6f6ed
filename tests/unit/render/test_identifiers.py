"""The alignment table and the ARC chain of the text report."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.auth.dmarc import evaluate
from mailproof.dns import ZoneResolver
from mailproof.model import ArcSet, MessageFacts, Status
from mailproof.render.look import SCREEN
from mailproof.render.text.identifiers import write_alignment, write_seals
from mailproof.render.text.page import Page
from mailproof.structs import replace
from tests.support.engine import verify_async
from tests.support.resolvers import FailingResolver, zone

RULES = Path(__file__).resolve().parents[2] / "rules"


async def facts(rule: str) -> MessageFacts:
    resolver = ZoneResolver.from_file(RULES / rule / "both.zone", origin=".")
    report = await verify_async((RULES / rule / "bad.eml").read_bytes(), resolver=resolver)
    assert report.facts.message is not None
    return report.facts.message


def shown(facts: MessageFacts, width: int = 80) -> str:
    page = Page(SCREEN._replace(width=width))
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
    ("mode", "spf_domain", "walk", "aligned"),
    [
        ("r", "mail.acme.example", "ok", "yes"),
        ("s", "mail.acme.example", "ok", "no"),
        ("s", "acme.example", "ok", "yes"),
        ("r", "mail.acme.example", "servfail", ""),
        ("r", "mail.acme.test", "servfail", "no"),
    ],
)
async def test_spf_is_aligned_by_its_mode(mode: str, spf_domain: str, walk: Status, aligned: str) -> None:
    found = await facts("AUTH022")
    assert found.spf is not None
    records = f'_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=none; aspf={mode}"'
    failing: dict[tuple[str, str], Status] = {(f"_dmarc.{spf_domain}", "TXT"): walk} if walk != "ok" else {}
    spf = replace(found.spf, domain=spf_domain)
    dmarc, _ = await evaluate("acme.example", spf, (), FailingResolver(zone(records), failing))
    text = shown(replace(found, dkim=(), dmarc=dmarc, spf=spf))
    (row,) = (line.split() for line in text.splitlines() if "SPF, " in line)
    organizational = dmarc.spf_organizational_domain
    assert row == ["SPF,", "return", "path", *([aligned] if aligned else []), organizational, spf_domain]


async def test_an_organizational_domain_that_is_not_known_is_called_so() -> None:
    found = await facts("AUTH022")
    assert found.dmarc is not None
    text = shown(replace(found, dmarc=replace(found.dmarc, spf_organizational_domain="")))
    (row,) = (line.split() for line in text.splitlines() if "SPF, " in line)
    assert row == ["SPF,", "return", "path", "no", "unknown", "list.test"]


async def test_seals_stand_oldest_first_and_tell_what_broke() -> None:
    found = await facts("AUTH022")
    assert found.arc is not None
    newer = ArcSet(2, "second.test", "k", "pass", None, None, results="evil \x1b[31m red")
    text = shown(replace(found, arc=replace(found.arc, sets=(newer, *found.arc.sets), broken_by="list.test")))
    assert text.index("list.test") < text.index("second.test")
    assert "broken" in text
    assert "checked  checked" in text
    assert "the oldest broken seal is that of list.test" in text
    assert "\x1b" not in text


async def test_without_a_from_domain_or_a_chain_there_is_neither() -> None:
    found = await facts("AUTH022")
    assert shown(replace(found, dmarc=None, arc=None)) == ""
