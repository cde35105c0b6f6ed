"""Audits all domains of a configuration, each with its own settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from mailproof.config import Config, DomainSettings
from mailproof.engine.arguments import checked_domain, checked_ips
from mailproof.engine.audit import DEFAULTS, Audited, AuditOptions, audit_domain
from mailproof.engine.session import Session
from mailproof.errors import UsageError
from mailproof.structs import replace


def chosen_domains(config: Config, wanted: Sequence[str] = ()) -> tuple[DomainSettings, ...]:
    """The domains of a configuration, or only the ``wanted`` ones (in A-labels). Raises UsageError."""
    if not config.domains:
        raise UsageError(
            f"{config.where}, so no [[domains]] to check: write it with mailproof init --domain DOMAIN"
            if config.path is None
            else f"{config.where}: no [[domains]] to check: add one"
        )
    by_name = {checked_domain(each.name): each for each in config.domains}
    for name in wanted:
        if name not in by_name:
            raise UsageError(
                f"{config.where}: {name} is not in [[domains]] (there are: {', '.join(by_name)})"
            )
    return tuple(each for name, each in by_name.items() if not wanted or name in wanted)


def check(
    domains: Sequence[DomainSettings], session: Session, options: AuditOptions = DEFAULTS
) -> AsyncGenerator[Audited, None]:
    """Audit the domains; yield each result as soon as possible, in the order given."""
    return session.in_order(domains, lambda each: audit_domain(each.name, session, options_of(each, options)))


def options_of(settings: DomainSettings, options: AuditOptions = DEFAULTS) -> AuditOptions:
    """The options of one domain's audit. Its selectors come from the session's configuration."""
    return replace(
        options,
        ips=checked_ips(settings.ips),
        profile=settings.profile,
        subdomains=settings.subdomains,
        receivers=settings.receivers,
        expected=settings.expect,
    )
