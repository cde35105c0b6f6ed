"""Expectations that match what a domain publishes today. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.checks.expected.exp002_spf_limits import result_of_the_rest
from mailproof.data.providers import provider_at
from mailproof.data.senders import parse_sender
from mailproof.dns.text import to_ascii
from mailproof.errors import UsageError
from mailproof.model import (
    MAX_LOOKUPS,
    DkimExpected,
    DkimKeyExpected,
    DmarcExpected,
    DomainFacts,
    Expectations,
    SpfExpected,
    SpfNode,
    StsMode,
)
from mailproof.records.dmarc import softened
from mailproof.records.spf.allowed import evaluable, partition_of


class DerivedExpectations(Struct, frozen=True):
    """The expectations, and what they omit: ``unknown`` could not be looked up, ``faults`` are broken."""

    expected: Expectations
    unknown: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def expectations_of(facts: DomainFacts) -> DerivedExpectations:
    """Everything that the facts show. What is unknown or broken is not expected."""
    reader, tls_rpt = _Reader(facts), facts.tls_rpt
    expected = Expectations(
        spf=reader.spf(),
        dkim=reader.dkim(),
        dmarc=reader.dmarc(),
        mx=reader.mx(),
        mta_sts=reader.mta_sts(),
        tlsa=reader.tlsa(),
        tls_rpt=True if tls_rpt is not None and tls_rpt.record and tls_rpt.record.valid else None,
    )
    return DerivedExpectations(expected, tuple(reader.unknown), tuple(reader.faults))


class _Reader:
    """Reads the facts, topic by topic, and records what is left out."""

    def __init__(self, facts: DomainFacts) -> None:
        self._facts = facts
        self.unknown: list[str] = []
        self.faults: list[str] = []

    def spf(self) -> SpfExpected | None:
        spf = self._facts.spf
        if spf is None or spf.root.status == "unknown":
            self.unknown.append("the SPF record")
            return None
        root = spf.root
        if root.status == "none":
            return None
        if root.record is None or not root.record.valid:
            self.faults.append("the SPF record cannot be evaluated")
            return None
        rest = None
        try:
            rest = result_of_the_rest(self._facts)
        except Undetermined:
            self.unknown.append("what the SPF record says of all other hosts")
        except NotApplicable:
            self.faults.append("the redirect of the SPF record leads nowhere")
        if spf.unknown:
            self.unknown.append("the number of DNS lookups that the SPF record takes")
        elif spf.lookup_count > MAX_LOOKUPS:
            self.faults.append(f"the SPF record takes {spf.lookup_count} DNS lookups")
        known = not spf.unknown and spf.lookup_count <= MAX_LOOKUPS
        senders = tuple(dict.fromkeys(_senders(root)))
        return SpfExpected(senders, MAX_LOOKUPS if known else None, rest)

    def dkim(self) -> DkimExpected | None:
        keys = []
        for each in self._facts.dkim:
            if each.status == "valid" and each.record is not None:
                bits = each.record.bits if each.record.key_type == "rsa" else None
                keys.append(DkimKeyExpected(each.selector, bits if bits and bits >= 512 else None))
            elif each.status == "unknown" and each.origin == "given":
                self.unknown.append(f"the DKIM key at {each.name}")
        return DkimExpected(tuple(keys)) if keys else None

    def dmarc(self) -> DmarcExpected | None:
        dmarc = self._facts.dmarc
        record = dmarc.record if dmarc is not None else None
        if dmarc is None or dmarc.unknown is not None:
            self.unknown.append("the DMARC record")
            return None
        if record is None:
            return None
        if dmarc.policy is None:
            self.faults.append("the DMARC record has no policy")
            return None
        addresses = dict.fromkeys(uri.address for uri in record.rua if not uri.problem and "@" in uri.address)
        own = softened(dmarc.policy, record.testing)
        below = softened(record.sp or record.p or "none", record.testing)
        return DmarcExpected(own, below, tuple(addresses))

    def mx(self) -> tuple[str, ...] | None:
        facts = self._facts
        if facts.mx_lookup is None or facts.mx_lookup.undetermined:
            self.unknown.append("the MX records")
            return None
        hosts = dict.fromkeys(each.host for each in facts.mx if not each.implicit and each.host != ".")
        if not all(map(_is_host, hosts)):
            self.faults.append("an MX record names something that is no host")
            return None
        return tuple(hosts)

    def mta_sts(self) -> StsMode | None:
        sts = self._facts.mta_sts
        if sts is None or sts.lookup.undetermined:
            self.unknown.append("the MTA-STS record")
            return None
        if sts.record is None or not sts.record.valid:
            return None
        if sts.fetch is None or sts.fetch.undetermined:
            self.unknown.append("the mode of the MTA-STS policy")
            return None
        if sts.policy is None or not sts.policy.valid:
            self.faults.append("the MTA-STS policy cannot be used")
            return None
        return sts.policy.mode

    def tlsa(self) -> bool | None:
        hosts = self._facts.dane.hosts if self._facts.dane is not None else ()
        usable = [any(record.usable for record in host.records) for host in hosts]
        return True if usable and all(usable) else None


def _senders(root: SpfNode) -> Iterator[str]:
    passing = partition_of(root).passing if evaluable(root) else None
    for cost in root.costs:
        term = cost.term
        if term.qualifier == "+" and (term.kind == "mechanism" or term.name == "redirect"):
            text = term.text.lower().lstrip("+")
            if term.name in ("include", "redirect"):
                name = term.value.lower().rstrip(".")  # or the provider that documents this include
                text = text if "%" in name else provider_at(name, "spf", "includes") or name
            elif term.name in ("ip4", "ip6"):
                text = text[4:]
            sender = parse_sender(text)
            if sender is not None and (passing is None or sender.addresses <= passing):
                yield text
        if term.name == "all":
            return


def _is_host(name: str) -> bool:
    try:
        return "." in to_ascii(name)
    except UsageError:
        return False
