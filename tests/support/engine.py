"""Audits and verifications with options that the public API omits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mailproof.config import Config
from mailproof.dns import Resolver
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.session import NO_POLICY, Session
from mailproof.engine.verify import VerifyOptions, verify_message
from mailproof.facts.stop import Stop
from mailproof.model import Report
from mailproof.policy import Policy


async def audit_async(
    domain: str,
    resolver: Resolver | None = None,
    config: Config | None = None,
    *,
    now: datetime | None = None,
    stop: Stop | None = None,
    limit: float | None = None,
    policy: Policy = NO_POLICY,
    **options: Any,
) -> Report:
    """Audit a domain; ``options`` are those of ``AuditOptions``."""
    async with Session(resolver, config, now=now, stop=stop, limit=limit, policy=policy) as session:
        return (await audit_domain(domain, session, AuditOptions(**options))).report


async def verify_async(
    raw: bytes,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    *,
    stop: Stop | None = None,
    limit: float | None = None,
    **options: Any,
) -> Report:
    """Verify a message; ``options`` are the remaining ones of ``VerifyOptions``."""
    async with Session(resolver, now=now, stop=stop, limit=limit) as session:
        return await verify_message(raw, session, VerifyOptions(ip, helo, mail_from, **options))
