"""The DNS and blocklist sections of the text report."""

from __future__ import annotations

import pytest

from mailproof.model import AuthorityFacts, DomainFacts, Lookup, NameServer
from mailproof.render.look import SCREEN
from mailproof.render.text.health import write_health
from mailproof.render.text.page import Page
from tests.support.rulebook import RULES, read_facts


def rendered(facts: DomainFacts) -> str:
    page = Page(SCREEN._replace(width=80))

    def head(title: str, letters: tuple[str, ...], short: str) -> bool:
        page.heading(title)
        return True

    write_health(page, facts, head)
    return page.value


def test_nothing_is_printed_where_there_is_nothing_to_say() -> None:
    assert rendered(DomainFacts("acme.example")) == ""


@pytest.mark.parametrize(
    ("fixture", "words"),
    [
        ("DNS001/bad.toml", "bogus"),
        ("DNS007/bad.toml", "esp.example (mx.esp.example) not signed"),
        ("DNS010/bad.toml", "does not serve the zone"),
        ("DNS011/bad.toml", "no answer"),
        ("DNS009/bad.toml", "198.51.100.53  6"),
        ("RBL001/bad.toml", "SBL: known spam source"),
        ("RBL001/good.toml", "not listed: 3 of 3 answers"),
        ("RBL004/bad.toml", "query refused"),
    ],
)
def test_each_state_is_told(fixture: str, words: str) -> None:
    text = rendered(read_facts(RULES / fixture))
    assert words in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(("count", "words"), [(1, "1 name server answers"), (2, "2 name servers answer")])
def test_the_name_servers_in_short(count: int, words: str) -> None:
    said: list[str] = []

    def head(title: str, letters: tuple[str, ...], short: str) -> bool:
        said.append(short)
        return False

    lookup = Lookup("acme.example", "NS", "ok")
    servers = tuple(NameServer(f"ns{number}.acme.example", lookup, lookup) for number in range(count))
    authority = AuthorityFacts("acme.example", lookup, servers, asked=True)
    write_health(Page(SCREEN._replace(width=80)), DomainFacts("acme.example", authority=authority), head)
    assert said == [words]
