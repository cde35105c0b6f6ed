"""``mailproof init --domain``: write the policy of domains as they are today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mailproof.cli.domains import given_domains
from mailproof.cli.options import DEFAULT_LIMIT, DnsOptions
from mailproof.cli.running import run_whole
from mailproof.cli.session import check_dns, open_session
from mailproof.cli.streams import complain
from mailproof.config import Config, DomainSettings
from mailproof.config.writing import DomainText, config_text
from mailproof.engine.audit import AuditOptions, audit
from mailproof.engine.expecting import expectations_of
from mailproof.engine.profiles import with_profile
from mailproof.facts.stop import Stop
from mailproof.model import DomainFacts, Expectations, Report
from mailproof.policy import Policy

#: Collect only what expectations need.
ONLY = Policy(select=("EXP",))


def text_of(
    domains: Sequence[str], selectors: Sequence[str], dns: DnsOptions, output: Path
) -> tuple[str, bool]:
    """The text of the file, and whether everything could be looked up. Lists omissions on stderr."""
    names = given_domains(domains)
    check_dns(dns)
    options = AuditOptions(
        selectors=tuple(selectors), connect=dns.connect(), prove=False, expected=Expectations()
    )
    reports: list[Report] = []

    async def work(stop: Stop) -> None:
        async with open_session(dns, Config(), stop, policy=ONLY, limit=DEFAULT_LIMIT) as session:
            reports.extend([audited.report async for audited in audit(names, session, options)])

    run_whole(work)
    found = [_domain(report.facts.dns) for report in reports if report.facts.dns is not None]
    now = datetime.now(UTC).date()
    zones = [_relative(output.absolute().parent, path) for path in dns.zones or ()]
    text = config_text(
        [each for each, _ in found],
        remark=f"Written by mailproof init --domain on {now}: what is published now.",
        zones=zones,
        offline=dns.offline,
    )
    return text, all(known for _, known in found)


def _domain(facts: DomainFacts) -> tuple[DomainText, bool]:
    today = expectations_of(facts)
    remarks = (
        *(f"could not be looked up: {what}" for what in today.unknown),
        *(f"not expected: {what}" for what in today.faults),
    )
    for remark in remarks:
        complain(f"{facts.domain}: {remark}")
    settings = DomainSettings(facts.domain, with_profile(facts).profile, expect=today.expected)
    return DomainText(settings, remarks), not today.unknown


def _relative(folder: Path, path: Path) -> str:
    """The path for the file: relative to the file's folder if it is inside."""
    absolute = path.absolute()
    return str(absolute.relative_to(folder) if absolute.is_relative_to(folder) else absolute)
