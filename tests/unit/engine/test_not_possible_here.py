"""If this machine can't connect, verdict, grade and exit code are based on the other checks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailproof.checks import registry
from mailproof.engine.judge import judge_domain
from mailproof.engine.report import build_report
from mailproof.model import ConnectState, DomainFacts, Facts, Impossible, Report, ServerAnswer
from mailproof.policy import exit_code
from mailproof.render.json import to_plain
from mailproof.render.scorecard import Mark, scorecard
from mailproof.render.text import render_text
from mailproof.structs import replace
from tests.support.worlds import read

RULES = Path(__file__).parents[2] / "rules"
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def mail_hosts(*states: ConnectState) -> Report:
    """A report on transport only, with one address per state."""
    facts = read(RULES / "TLS001" / "good.toml", DomainFacts)
    assert facts.transport is not None
    (one, *_) = facts.transport.connections
    made = tuple(
        replace(one, address=f"192.0.2.{number}", state=state, code=0, tls=None, reason=f"{state} there")
        for number, state in enumerate(states)
    )
    facts = replace(facts, transport=replace(facts.transport, connections=made))
    outcomes = judge_domain(facts, registry.of_topics("transport"))
    return build_report(facts.domain, NOW, outcomes, Facts(dns=facts), (), selected=("TLS",))


@pytest.mark.parametrize("states", [("timeout",), ("timeout", "timeout"), ("unreachable", "timeout")])
def test_a_closed_port_25_is_said_once(states: tuple[ConnectState, ...]) -> None:
    report = mail_hosts(*states)
    (here,) = report.not_possible_here
    assert here.what == "transport"
    assert "TLS001" in here.checks
    assert not [each for each in report.outcomes if each.status == "unknown"]
    text = render_text(report)
    assert text.count("port 25") == 2, "the sentence names it, and says why"
    assert "Not checked from here" in text
    assert Mark("TLS", "unknown") in scorecard(report)
    assert to_plain(report)["not_possible_here"][0]["what"] == "transport"


@pytest.mark.parametrize(
    "states", [("timeout", "refused"), ("timeout", "silent"), ("unreachable", "answered")]
)
def test_a_host_that_is_out_of_reach_beside_another_is_the_domains(states: tuple[ConnectState, ...]) -> None:
    assert mail_hosts(*states).not_possible_here == ()


def test_it_costs_the_exit_code_only_where_it_is_required() -> None:
    whole = replace(mail_hosts("timeout"), selected=())
    facts = replace(whole.facts, dns=None)
    report = replace(whole, facts=facts)
    other: tuple[Impossible, ...] = ("authority",)
    this: tuple[Impossible, ...] = ("transport",)
    assert exit_code([report]) == 0
    assert exit_code([report], require=other) == 0
    assert exit_code([report], require=this) == 3


def test_name_servers_out_of_reach() -> None:
    facts = read(RULES / "DNS011" / "bad.toml", DomainFacts)
    assert facts.authority is not None

    def silent(answer: ServerAnswer) -> ServerAnswer:
        return replace(answer, reached=False, lookup=replace(answer.lookup, status="timeout", records=()))

    servers = tuple(
        replace(
            server,
            addresses=tuple(
                replace(
                    address,
                    answers=tuple(
                        replace(
                            each, reached=False, lookup=replace(each.lookup, status="timeout", records=())
                        )
                        for each in address.answers
                    ),
                )
                for address in server.addresses
            ),
        )
        for server in facts.authority.servers
    )
    facts = replace(facts, authority=replace(facts.authority, servers=servers))
    outcomes = judge_domain(facts, registry.of_topics("dns"))
    report = build_report(facts.domain, NOW, outcomes, Facts(dns=facts), ())
    assert [each.what for each in report.not_possible_here] == ["authority"]
