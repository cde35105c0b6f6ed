"""Large receivers' requirements for a message: met, not met, undecidable."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailproof.model.receivers import RequirementFacts
from mailproof.render.look import SCREEN
from mailproof.render.text import render_text
from tests.support.engine import verify_async
from tests.support.resolvers import FailingResolver, zone

RULES = Path(__file__).parents[2] / "rules"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


async def states(rule: str, which: str, failing: bool = False) -> dict[tuple[str, str], RequirementFacts]:
    folder = RULES / rule
    path = folder / f"{which}.zone"
    inner = zone((path if path.exists() else folder / "both.zone").read_text())
    names = {("acme.example", "TXT"), ("s1._domainkey.acme.example", "TXT"), ("_dmarc.acme.example", "TXT")}
    resolver = FailingResolver(inner, dict.fromkeys(names, "servfail")) if failing else inner
    report = await verify_async((folder / f"{which}.eml").read_bytes(), resolver=resolver, now=NOW)
    assert report.facts.message is not None
    assert [each.receiver for each in report.facts.message.receivers] == [
        "gmail",
        "yahoo",
        "microsoft",
        "apple",
    ]
    assert "Receivers" in render_text(report)
    assert "both SPF and DKIM" in render_text(report, SCREEN._replace(width=200, verbose=1))
    return {
        (each.receiver, one.id): one for each in report.facts.message.receivers for one in each.requirements
    }


async def test_a_good_message_meets_all_that_can_be_known() -> None:
    found = await states("MSG023", "good")
    assert not [key for key, each in found.items() if each.state in ("not met", "unknown")]
    assert found["gmail", "unsubscribe"].state == "met"
    assert found["gmail", "tls"].detail.startswith("TLSv1.3")
    assert found["gmail", "spam-rate"].state == "not in the message"
    assert "audit acme.example" in found["yahoo", "ptr-not-dynamic"].detail
    assert found["yahoo", "no-null-mx"].state == "met"


@pytest.mark.parametrize(
    ("rule", "key", "part"),
    [
        ("AUTH012", ("gmail", "spf-and-dkim"), "no DKIM signature"),
        ("AUTH012", ("microsoft", "dkim"), "no DKIM signature"),
        ("AUTH010", ("microsoft", "spf"), "fail for acme.example"),
        ("AUTH015", ("gmail", "dmarc"), ""),
        ("AUTH013", ("gmail", "alignment"), ""),
        ("AUTH013", ("yahoo", "dmarc"), ""),
        ("MSG003", ("gmail", "rfc5322"), "MSG003"),
        ("MSG008", ("gmail", "tls"), "without TLS"),
        ("MSG006", ("gmail", "unsubscribe"), "MSG006"),
        ("MSG023", ("gmail", "unsubscribe"), "MSG023"),
        ("MSG015", ("gmail", "rfc5322"), "MSG015"),
    ],
)
async def test_what_is_not_met(rule: str, key: tuple[str, str], part: str) -> None:
    one = (await states(rule, "bad"))[key]
    assert one.state == "not met"
    assert part in one.detail


async def test_dns_trouble_is_not_knowable() -> None:
    found = await states("MSG001", "good", failing=True)
    for key in (
        ("gmail", "spf-or-dkim"),
        ("gmail", "spf-and-dkim"),
        ("gmail", "dmarc"),
        ("gmail", "alignment"),  # here SPF and DKIM are unknown, too
    ):
        assert found[key].state == "unknown", key
    assert not [key for key, each in found.items() if each.state == "not met"]


async def test_the_from_domain_itself_is_aligned_whatever_the_policy() -> None:
    folder = RULES / "MSG001"
    failing = FailingResolver(
        zone((folder / "both.zone").read_text()), {("_dmarc.acme.example", "TXT"): "servfail"}
    )
    report = await verify_async((folder / "good.eml").read_bytes(), resolver=failing, now=NOW)
    assert report.facts.message is not None
    gmail = {each.id: each for each in report.facts.message.receivers[0].requirements}
    assert gmail["alignment"].state == "met"
    assert gmail["dmarc"].state == "unknown"


async def test_headers_alone() -> None:
    raw = (RULES / "MSG001" / "good.eml").read_bytes().partition(b"\r\n\r\n")[0] + b"\r\n"
    report = await verify_async(raw, resolver=zone((RULES / "MSG001" / "both.zone").read_text()), now=NOW)
    assert report.facts.message is not None
    found = {each.id: each for each in report.facts.message.receivers[0].requirements}
    assert found["spf-or-dkim"].state == "met"
    assert found["spf-and-dkim"].state == "unknown"
