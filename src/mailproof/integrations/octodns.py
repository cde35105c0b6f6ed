"""A validator for octoDNS, which then refuses to publish zones that mailproof reports errors for.

Needs the extra ``mailproof[octodns]``. docs/octodns.md describes the setup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from octodns.record.base import Record
from octodns.zone import Zone
from octodns.zone.validator import ValidationReason, ZoneValidator

from mailproof.checks import registry
from mailproof.dns import LiveResolver, OverlayResolver, Resolver, ZoneResolver
from mailproof.dns.inputs.contents import Contents
from mailproof.dns.inputs.octodns import contents_of
from mailproof.dns.patch import Patch, PatchResolver
from mailproof.dns.text import txt_bytes
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.session import Session
from mailproof.errors import MailproofError
from mailproof.model import Finding, Report, Severity
from mailproof.policy import Policy

#: Names below a zone that are checked as well because they send or receive mail.
MAX_NAMES = 200
_SEVERITIES = tuple(each.value for each in Severity)


class MailproofValidator(ZoneValidator):  # type: ignore[misc] # octoDNS has no types
    """Checks the mail records of a zone like ``mailproof audit --zone … --offline``.

    ``min_severity`` is the lowest severity to reject (``error``, ``warning``, ``info``); ``select`` and
    ``ignore`` are rule ids or prefixes; ``selectors`` are DKIM selectors that must exist. With ``network``,
    names outside the zone are looked up, using ``nameservers`` if given. Never connects to hosts. Checks
    that could not be made reject nothing.
    """

    def __init__(
        self,
        id: str,
        min_severity: str = "error",
        select: Sequence[str] | str = (),
        ignore: Sequence[str] | str = (),
        selectors: Sequence[str] | str = (),
        network: bool = False,
        nameservers: Sequence[str] | str = (),
        sets: Iterable[str] | None = None,
    ) -> None:
        super().__init__(id, sets=sets)
        if min_severity not in _SEVERITIES:
            known = ", ".join(_SEVERITIES)
            raise ValueError(f"validator {id}: min_severity {min_severity!r} is none of {known}")
        self.refused = _SEVERITIES[: _SEVERITIES.index(min_severity) + 1]
        self.policy = _policy(id, _several(select), _several(ignore))
        self.selectors = _several(selectors)
        self.nameservers = _several(nameservers)
        self.network = network or bool(self.nameservers)

    def validate(self, zone: Zone) -> list[ValidationReason]:
        """Return a reason for each finding in the zone."""
        domain = str(zone.name).rstrip(".").lower()
        if "." not in domain or domain.endswith(".arpa"):
            return []
        try:
            contents = contents_of(zone.records, domain, f"zone {domain}")
            report = self._report(domain, contents)
        except MailproofError as error:
            return [ValidationReason(str(error), validator_id=self.id)]
        found = [each for each in report.findings if each.severity.value in self.refused]
        return [self._reason(each, zone.records) for each in found]

    def _report(self, domain: str, contents: Contents) -> Report:
        # A separate thread, since the program that uses octoDNS may already run an event loop.
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(asyncio.run, self._audit(domain, contents)).result()

    async def _audit(self, domain: str, contents: Contents) -> Report:
        zones = ZoneResolver(*contents.zones)
        changes = dict(contents.changes)
        live = LiveResolver(nameservers=self.nameservers or None) if self.network else None
        base: Resolver = zones
        if live is not None:
            base = OverlayResolver(zones, live)
        else:
            changes |= _above(domain)
        options = AuditOptions(
            selectors=self.selectors, subdomains=_names(zones, domain), connect=False, prove=False
        )
        try:
            async with Session(PatchResolver(base, changes), policy=self.policy) as session:
                return self.policy.applied((await audit_domain(domain, session, options)).report)
        finally:
            if live is not None:
                await live.aclose()

    def _reason(self, finding: Finding, records: Iterable[Record]) -> ValidationReason:
        where = finding.location
        about = {
            each
            for each in records
            if where is not None
            and each.fqdn.rstrip(".").lower() == where.name
            and each._type == where.rrtype
        }
        reason = f"{finding.rule} {finding.severity.value}: {finding.message}"
        return ValidationReason(reason, records=about, validator_id=self.id)


def _several(given: Sequence[str] | str) -> tuple[str, ...]:
    """One or several words: YAML allows both."""
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def _policy(name: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> Policy:
    """Build the policy. Raises ValueError for a word that is not a prefix of any rule id."""
    for each in (*select, *ignore):
        if not any(rule.startswith(each.strip().upper()) for rule in registry.ids()):
            raise ValueError(f"validator {name}: {each!r} is no rule; `mailproof rules` lists them")
    return Policy(select, ignore)


def _above(domain: str) -> dict[tuple[str, str], Patch]:
    """Mark the DMARC records of parent domains as unknown, since their zones are not available.

    Top-level domains are assumed to have none.
    """
    labels = domain.split(".")
    parents = (".".join(labels[at:]) for at in range(1, len(labels) - 1))
    return {(f"_dmarc.{each}", "TXT"): Patch(unstated=f"{each} is another zone") for each in parents}


def _names(zones: ZoneResolver, domain: str) -> tuple[str, ...]:
    """The names below the domain with MX or SPF records."""
    found: list[str] = []
    for name in zones.names_below(domain) or ():
        if "*" in name or name.startswith("_") or "._" in name:
            continue
        spf = any(txt_bytes(each).lower().startswith(b"v=spf1") for each in zones.known(name, "TXT").records)
        if spf or zones.known(name, "MX").found:
            found.append(name)
    return tuple(found[:MAX_NAMES])
