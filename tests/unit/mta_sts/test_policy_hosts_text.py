"""MTA-STS, TLS reports and BIMI in the text report."""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.checks import registry
from mailproof.dns import MemoResolver
from mailproof.engine.judge import judge_domain
from mailproof.engine.report import build_report
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.transport_options import USUAL
from mailproof.model import Facts, RecordKind
from mailproof.render.look import SCREEN
from mailproof.render.text.domain import write_domain
from mailproof.render.text.page import Page
from tests.support.resolvers import zone

NOW = datetime(2026, 11, 26, tzinfo=UTC)
TOPICS: tuple[RecordKind, ...] = ("mta_sts", "tls_rpt", "bimi")
CHECKS = registry.of_topics(*TOPICS)
WORLD = """$ORIGIN acme.example.
_mta-sts 3600 IN TXT "v=STSv1; id=20261101"
mta-sts 3600 IN A 10.0.0.1
_smtp._tls 3600 IN TXT "v=TLSRPTv1; rua=mailto:tls@acme.example"
default._bimi 3600 IN TXT "v=BIMI1; l=https://mta-sts.acme.example/logo.svg; a="
"""


async def text_of(world: str, *, connect: bool = False, unicode: bool = True) -> str:
    options = DomainOptions(
        collectors=(*TOPICS, "misplaced"), misplaced=TOPICS, transport=USUAL if connect else None
    )
    facts = await collect_domain("acme.example", MemoResolver(zone(world)), options)
    page = Page(SCREEN._replace(unicode=unicode, verbose=1))
    outcomes = judge_domain(facts, CHECKS)
    write_domain(page, facts, build_report("acme.example", NOW, outcomes, Facts(dns=facts), ()))
    return page.value


async def test_a_domain_that_uses_none_of_them_has_no_section() -> None:
    assert await text_of("") == ""


async def test_what_was_not_fetched_is_said() -> None:
    text = await text_of(WORLD)
    assert "MTA-STS" in text
    assert "v=STSv1; id=20261101" in text
    assert "policy not fetched: no connections were made" in text
    assert "logo and certificate not fetched" in text
    assert "v=TLSRPTv1; rua=mailto:tls@acme.example" in text


async def test_why_a_fetch_failed_is_said() -> None:
    text = await text_of(WORLD, connect=True, unicode=False)
    assert "policy: mta-sts.acme.example has no address on the public" in text
    assert "logo: mta-sts.acme.example has no address on the public" in text
    assert text.isascii()


async def test_control_characters_of_a_record_do_not_reach_the_terminal() -> None:
    world = WORLD.replace("v=BIMI1; l=", "v=BIMI1; x=\\027[31m; l=")
    assert "\x1b" not in await text_of(world)


async def test_a_declined_logo_is_said() -> None:
    world = '$ORIGIN acme.example.\ndefault._bimi IN TXT "v=BIMI1; l=; a=;"\n'
    assert "declines: no logo is to be shown" in await text_of(world)


async def test_what_a_wildcard_answers_with_makes_no_section() -> None:
    world = '$ORIGIN acme.example.\n* IN TXT "v=spf1 -all"\n*._tls IN TXT "x"\n*._bimi IN TXT "y"\n'
    assert await text_of(world) == ""


async def test_a_record_that_was_meant_is_shown() -> None:
    world = '$ORIGIN acme.example.\n_mta-sts IN TXT "v=stsv1; id=1"\n'
    assert "v=stsv1; id=1" in await text_of(world)
