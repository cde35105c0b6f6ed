"""Each section of the text report, as it looks: in colour at 80 columns, and plain at 60 and 120.

The data are the rules' fixtures. MAILPROOF_UPDATE_SNAPSHOTS=1 rewrites snapshots/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from mailproof.dns import ZoneResolver
from mailproof.engine.report import build_report
from mailproof.model import DeliveryFacts, Facts, Report, Severity
from mailproof.render.look import SCREEN
from mailproof.render.text import render_closing, render_text
from mailproof.render.verdict import verdict
from tests.support.engine import verify_async
from tests.support.rulebook import NOW, RULES, audited, read_facts, verified
from tests.support.snapshots import check_snapshot, colours, sections
from tests.support.worlds import read

HERE = Path(__file__).parent
FAILURES = HERE.parents[2] / "fixtures" / "failures"

#: Fixtures that cover each section's contents.
DOMAIN: dict[str, Sequence[str]] = {
    "Profile": ["PARK001/bad", "PARK002/bad"],
    "What to fix first": ["SPF003/bad", "SPF002/bad", "DKIM025/bad", "DMARC003/bad"],
    "Worth knowing": ["SPF038/bad", "DKIM002/bad"],
    "Could not check": ["SPF024/bad"],
    "SPF": ["SPF001/bad", "SPF002/bad", "SPF003/bad", "SPF005/bad", "SPF010/bad", "SPF024/bad", "SPF022/bad"],
    "DKIM": ["DKIM001/bad", "DKIM002/bad", "DKIM004/bad", "DKIM011/bad", "DKIM021/bad", "DKIM025/bad"],
    "DMARC": ["DMARC001/bad", "DMARC003/bad", "DMARC010/bad", "DMARC012/bad", "DMARC019/bad"],
    "MX": ["MX001/bad", "MX003/good", "MX005/bad", "MX009/bad", "MX010/bad", "MX014/bad", "MX002/bad"],
    "Receivers": ["RCV001/bad", "RCV003/good"],
    "MTA-STS": ["STS002/bad", "STS001/good"],
    "TLS-RPT": ["TLSRPT003/bad", "TLSRPT001/good"],
    "BIMI": ["BIMI001/good", "BIMI002/bad"],
}
FACTS: dict[str, Sequence[str]] = {
    "TLS": [f"TLS0{number:02}/bad" for number in (1, 2, 3, 6, 7, 8, 11, 12, 13, 14)] + ["DANE006/bad"],
    "DANE": [f"DANE0{number:02}/bad" for number in (1, 2, 3, 4, 5, 6, 7, 8, 12)],
    "DNS": [f"DNS0{number:02}/bad" for number in (1, 4, 6, 7, 8, 9, 10, 11)],
    "Blocklists": ["RBL001/bad", "RBL001/good", "RBL003/bad", "RBL004/bad", "RBL005/bad"],
    "MTA-STS": [f"STS0{number:02}/bad" for number in (5, 6, 7, 8, 9, 12)],
    "BIMI": [f"BIMI0{number:02}/bad" for number in (6, 7, 8, 9, 10, 13)],
}
MESSAGES: dict[str, Sequence[str]] = {
    "Message": [
        "07-footer",
        "01-spf-lookups",
        "05-no-key",
        "10-forwarded",
        "13-open-resolver",
        "19-return-path-missing",
        "AUTH022/bad",
        "MSG020/bad",
    ],
    "Alignment with From": ["04-mail-service-not-aligned", "10-forwarded", "AUTH022/bad"],
    "ARC chain": ["AUTH022/bad", "AUTH022/good"],
    "SPF, term by term": ["01-spf-lookups", "03-void-lookups"],
    "Results of mx.rcpt.test": ["AUTH001/bad", "AUTH005/bad", "AUTH007/bad", "AUTH018/bad", "AUTH019/bad"],
    "What spam filters said": ["MSG027/bad", "MSG027/good", "MSG028/bad", "MSG028/good"],
    "Forwarded": ["10-forwarded", "AUTH022/bad"],
    "Delivery path": ["10-forwarded", "08-ipv6-without-ptr", "MSG009/bad", "MSG010/bad"],
    "Receivers": ["18-no-unsubscribe-button"],
}
DELIVERY = [
    *(f"SMTP{number:03}" for number in (1, 5, 8, 13, 15, 19, 22)),
    *(f"RECV{number:03}" for number in (1, 2, 3, 4, 6, 7, 11)),
    *(f"API{number:03}" for number in (3, 12, 16)),
]
WIDTHS = (60, 80, 120)


@cache
def made() -> dict[str, Report]:
    return {}


async def report_of(fixture: str) -> Report:
    if fixture not in made():
        made()[fixture] = await _report(fixture)
    return made()[fixture]


async def _report(fixture: str) -> Report:
    rule, _, which = fixture.partition("/")
    if not which:
        resolver = ZoneResolver.from_file(FAILURES / f"{fixture}.zone", origin=".")
        return await verify_async((FAILURES / f"{fixture}.eml").read_bytes(), resolver=resolver, now=NOW)
    path = RULES / rule / f"{which}.toml"
    if path.exists():
        facts = read_facts(path)
        return build_report(facts.domain, NOW, (), Facts(dns=facts), ())
    if (RULES / rule / f"{which}.eml").exists():
        async with verified(rule, which) as (report, _):
            return report
    return await audited(rule, which, now=NOW)


@cache
def parts_of(fixture: str, width: int, verbose: int) -> dict[str, str]:
    return sections(
        colours(
            render_text(made()[fixture], SCREEN._replace(width=width, color=width == 80, verbose=verbose))
        )
    )


async def shown(fixture: str, section: str, width: int, verbose: int = 0) -> str:
    await report_of(fixture)
    found = parts_of(fixture, width, verbose)
    return found.get(section) or found["Also checked"]


def named(section: str, width: int) -> Path:
    words = re.sub(r"[^a-z]+", "-", section.lower())
    return HERE / "snapshots" / f"{words}-{width}.txt"


async def check(section: str, fixtures: Sequence[str], kind: str = "", verbose: int = 0) -> None:
    for width in WIDTHS:
        # Two fixtures are enough to show the wrapping; the contents are covered at 80 columns.
        used = fixtures if width == 80 else fixtures[:2]
        parts = [f"# {name}\n{await shown(name, section, width, verbose)}" for name in used]
        check_snapshot(named(f"{kind}{section}", width), "\n".join(parts))


@pytest.mark.parametrize("section", DOMAIN)
async def test_of_a_domain(section: str) -> None:
    await check(section, DOMAIN[section])


@pytest.mark.parametrize("section", FACTS)
async def test_of_its_hosts(section: str) -> None:
    await check(section, FACTS[section], "facts ", verbose=1)


@pytest.mark.parametrize("section", MESSAGES)
async def test_of_a_message(section: str) -> None:
    await check(section, MESSAGES[section], "message-", verbose=1)


EVERY = sorted(
    {fixture for table in (DOMAIN, MESSAGES) for fixtures in table.values() for fixture in fixtures}
)


@pytest.mark.parametrize("fixture", EVERY)
async def test_the_first_screen_and_the_last(fixture: str) -> None:
    """24 lines of 80 columns hold the verdict, the scorecard and the first fix; no name is cut in two."""
    report = await report_of(fixture)
    found = verdict(report)
    wanted = [each for each in report.causes if each.severity is not Severity.INFO]
    hosts = report.facts.dns.mx if report.facts.dns else ()
    for width in WIDTHS:
        look = SCREEN._replace(width=width)
        text = render_text(report, look) + render_closing([(report.subject, found)], 1, look)
        lines = text.splitlines()
        assert " ".join(lines[:3]).replace("  ", " ").find(found.sentence[:40]) >= 0, width
        if wanted and wanted[0].finding.fix is not None and width >= 80:
            assert any("→" in line for line in lines[:24]), width
        assert "exit code 1" in " ".join(" ".join(lines[-3:]).split()), width
        assert max(map(len, (line for line in lines if " IN " not in line))) <= width
        for name in (report.subject, *(host.host for host in hosts)):
            assert name in text or len(name) > 30, width


@pytest.mark.parametrize("rule", DELIVERY)
def test_of_a_probe(rule: str) -> None:
    report = build_report("x", NOW, (), Facts(delivery=read(RULES / rule / "bad.toml", DeliveryFacts)), ())
    for width in WIDTHS:
        found = sections(colours(render_text(report, SCREEN._replace(width=width, color=width == 80))))
        parts = [found[name] for name in ("Submission", "Retrieval", "Sent against arrived") if name in found]
        check_snapshot(HERE / "snapshots" / f"probe-{rule}-{width}.txt", "\n".join(parts))
