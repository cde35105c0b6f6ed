"""One check of a target: the report that ``mailproof audit`` or ``mailproof probe`` would make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailproof.checks import registry
from mailproof.config import Config, DomainSettings, Profile, RetrieveSettings
from mailproof.engine.arguments import checked_domain
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.check import options_of
from mailproof.engine.compared import with_keys
from mailproof.engine.probe import probe
from mailproof.engine.session import Session
from mailproof.errors import UsageError
from mailproof.model import DkimSelectorFacts, Report
from mailproof.monitor.events import Known, Target
from mailproof.structs import replace


async def check_target(
    target: Target, session: Session, known: Known | None, options: AuditOptions, *, remove: bool
) -> Report:
    """Audit or probe the target. Raises MailproofError if nothing can be checked.

    DKIM keys that were known before are looked up even if selector discovery no longer finds them, so that a
    removed key is noticed. ``remove``: see ``removing_probes``.
    """
    if target.profile is not None:
        profile = removing_probes(target.profile) if remove else target.profile
        report = await probe(profile, session, connect=options.connect, transport=options.transport)
        return session.policy.applied(report)
    assert target.domain is not None
    found = await audit_domain(target.name, session, options_of(target.domain, options))
    report = session.policy.applied(found.report)
    if report.interrupted:
        return report
    return await with_keys(report, (each.selector for each in _valid_keys(known)), session, "known")


def removing_probes(profile: Profile) -> Profile:
    """The profile with probes deleted once read: one an hour would fill the mailbox."""
    own = tuple(replace(each, retrieve=_with_removal(each.retrieve)) for each in profile.to)
    return replace(profile, retrieve=_with_removal(profile.retrieve), to=own)


def _with_removal(mailbox: RetrieveSettings | None) -> RetrieveSettings | None:
    if mailbox is None or mailbox.kind == "listener":
        return mailbox
    return replace(mailbox, remove=True)


def _valid_keys(known: Known | None) -> tuple[DkimSelectorFacts, ...]:
    facts = known.report.facts.dns if known is not None else None
    return tuple(each for each in facts.dkim if each.status == "valid") if facts is not None else ()


def targets_of(config: Config, profiles: Sequence[Profile], domains: Sequence[str]) -> tuple[Target, ...]:
    """The targets: the profiles, and the domains with their configured settings, without duplicates.

    The domains that the profiles send from are audited too. Raises UsageError.
    """
    settings = {checked_domain(each.name): each for each in config.domains}
    names = dict.fromkeys((*map(checked_domain, domains), *_from_domains(profiles)))
    return (
        *(Target("probe", each.name, profile=each) for each in profiles),
        *(Target("domain", name, domain=settings.get(name, DomainSettings(name))) for name in names),
    )


def _from_domains(profiles: Sequence[Profile]) -> Iterator[str]:
    for each in profiles:
        if each.message.from_address:
            try:
                yield checked_domain(each.message.from_address.rpartition("@")[2].strip("<> "))
            except UsageError:
                continue  # the probe reports what is wrong with it


def rules_known(report: Report) -> bool:
    """Whether this version knows all rules of a report: a saved one may be from another version."""
    known = set(registry.ids())
    return all(each.check in known for each in report.outcomes)
