"""The fixtures of the rules, tests/rules/<ID>/: worlds with and without a finding."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from mailproof.checks import registry
from mailproof.dns import Resolver
from mailproof.model import DomainFacts, Expectations, Report
from tests.support.engine import audit_async, verify_async
from tests.support.filter_servers import Scripted, scripted_filters
from tests.support.resolvers import FailingResolver, Relabelled, zone
from tests.support.worlds import read

RULES = Path(__file__).resolve().parents[1] / "rules"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KINDS = {rule: topic.kind for topic in registry.TOPICS for rule in topic.ids}


def settings(rule: str) -> dict[str, Any]:
    """The contents of the rule's case.toml."""
    path = RULES / rule / "case.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


def domain_of(rule: str) -> str:
    return str(settings(rule).get("domain", "acme.example"))


def now_of(rule: str) -> datetime:
    found = settings(rule).get("now")
    return datetime.fromisoformat(found).astimezone(UTC) if found else NOW


def options_of(rule: str) -> dict[str, Any]:
    """The ``AuditOptions`` of the rule's fixtures."""
    case = settings(rule)
    return {
        **{name: tuple(case.get(name, ())) for name in ("selectors", "ips", "receivers")},
        "profile": case.get("profile", "auto"),
        "expected": msgspec.convert(case["expect"], Expectations) if "expect" in case else None,
        "prove": False,
    }


def resolver_of(rule: str, which: str) -> Resolver:
    """The DNS of a world: its zone file, or the one shared by both."""
    case = settings(rule)
    path = RULES / rule / f"{which}.zone"
    if not path.exists():
        path = RULES / rule / "both.zone"
    inner: Resolver = zone(path.read_text() if path.exists() else "")
    if case.get("live"):
        inner = Relabelled(inner, server="192.0.2.53:53")
    if case.get("signed"):
        inner = Relabelled(inner, secure="yes")
    failures = case.get("failures", {}).get(which, {})
    return FailingResolver(inner, {tuple(key.rsplit("/", 1)): status for key, status in failures.items()})


def read_facts(path: Path) -> DomainFacts:
    """Facts that a zone file cannot express: connections, DNSSEC."""
    return read(path, DomainFacts)


async def audited(rule: str, which: str, resolver: Resolver | None = None, **more: Any) -> Report:
    """Audit a world. ``more`` overrides or adds options."""
    asked = {"now": now_of(rule), **options_of(rule), **more}
    return await audit_async(domain_of(rule), resolver or resolver_of(rule, which), **asked)


@asynccontextmanager
async def verified(rule: str, which: str) -> AsyncIterator[tuple[Report, Scripted]]:
    """Verify a rule's message; yields the report and the scripted filters that were queried."""
    case = settings(rule)
    async with scripted_filters(RULES / rule, which) as script:
        report = await verify_async(
            (RULES / rule / f"{which}.eml").read_bytes(),
            case.get("ip"),
            case.get("helo"),
            case.get("mail_from"),
            resolver_of(rule, which),
            now_of(rule),
            trust=case.get("trust"),
            filters=script.settings,
        )
        yield report, script
