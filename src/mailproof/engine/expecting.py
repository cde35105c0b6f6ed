"""What a domain publishes today, as expectations for tomorrow. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.checks.expected.exp002_spf_limits import result_of_the_rest
from mailproof.checks.expected.exp004_dmarc_policy import effective
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
)
from mailproof.records.spf.allowed import evaluable, partition_of


class Today(Struct, frozen=True):
    """What is expected, and what is left out: ``unknown`` could not be looked up, ``faults`` are broken."""

    expected: Expectations
    unknown: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def expectations_of(facts: DomainFacts) -> Today:
    """All that the facts say. What is not known, or broken, is not expected."""
    unknown: list[str] = []
    faults: list[str] = []
    return Today(
        Expectations(
            spf=_spf(facts, unknown, faults),
            dkim=_dkim(facts, unknown),
            dmarc=_dmarc(facts, unknown, faults),
            mx=_mx(facts, unknown, faults),
            mta_sts=_mta_sts(facts, unknown, faults),
            tlsa=_tlsa(facts),
            tls_rpt=True if facts.tls_rpt is not None and _is_valid(facts.tls_rpt.record) else None,
        ),
        tuple(unknown),
        tuple(faults),
    )


def _is_valid(record: object) -> bool:
    return bool(getattr(record, "valid", False))


def _spf(facts: DomainFacts, unknown: list[str], faults: list[str]) -> SpfExpected | None:
    spf = facts.spf
    if spf is None or spf.root.status == "unknown":
        unknown.append("the SPF record")
        return None
    root = spf.root
    if root.status == "none":
        return None
    if root.record is None or not root.record.valid:
        faults.append("the SPF record cannot be evaluated")
        return None
    rest = None
    try:
        rest = result_of_the_rest(facts)
    except Undetermined:
        unknown.append("what the SPF record says of all other hosts")
    except NotApplicable:
        faults.append("the redirect of the SPF record leads nowhere")
    if spf.unknown:
        unknown.append("the number of DNS lookups that the SPF record takes")
    elif spf.lookup_count > MAX_LOOKUPS:
        faults.append(f"the SPF record takes {spf.lookup_count} DNS lookups")
    known = not spf.unknown and spf.lookup_count <= MAX_LOOKUPS
    senders = tuple(dict.fromkeys(_senders(root)))
    return SpfExpected(senders, MAX_LOOKUPS if known else None, rest)


def _senders(root: SpfNode) -> Iterator[str]:
    passing = partition_of(root).passing if evaluable(root) else None
    for cost in root.costs:
        term = cost.term
        if term.qualifier == "+" and (term.kind == "mechanism" or term.name == "redirect"):
            text = term.text.lower().lstrip("+")
            if term.name in ("include", "redirect"):
                name = term.value.lower().rstrip(".")  # or the provider whose name to include it is
                text = text if "%" in name else provider_at(name, "spf", "includes") or name
            elif term.name in ("ip4", "ip6"):
                text = text[4:]
            sender = parse_sender(text)
            if sender is not None and (passing is None or sender.addresses <= passing):
                yield text
        if term.name == "all":
            return


def _dkim(facts: DomainFacts, unknown: list[str]) -> DkimExpected | None:
    keys = []
    for each in facts.dkim:
        if each.status == "valid" and each.record is not None:
            bits = each.record.bits if each.record.key_type == "rsa" else None
            keys.append(DkimKeyExpected(each.selector, bits if bits and bits >= 512 else None))
        elif each.status == "unknown" and each.origin == "given":
            unknown.append(f"the DKIM key at {each.name}")
    return DkimExpected(tuple(keys)) if keys else None


def _dmarc(facts: DomainFacts, unknown: list[str], faults: list[str]) -> DmarcExpected | None:
    dmarc = facts.dmarc
    record = dmarc.record if dmarc is not None else None
    if dmarc is None or (record is None and dmarc.walk.unknown is not None):
        unknown.append("the DMARC record")
        return None
    if record is None:
        return None
    if dmarc.policy is None:
        faults.append("the DMARC record has no policy")
        return None
    addresses = dict.fromkeys(uri.address for uri in record.rua if not uri.problem and "@" in uri.address)
    return DmarcExpected(
        effective(record, dmarc.policy),
        effective(record, record.sp or record.p or "none"),
        tuple(addresses),
    )


def _mx(facts: DomainFacts, unknown: list[str], faults: list[str]) -> tuple[str, ...] | None:
    if facts.mx_lookup is None or facts.mx_lookup.undetermined:
        unknown.append("the MX records")
        return None
    hosts = dict.fromkeys(each.host for each in facts.mx if not each.implicit and each.host != ".")
    if not all(map(_is_host, hosts)):
        faults.append("an MX record names something that is no host")
        return None
    return tuple(hosts)


def _is_host(name: str) -> bool:
    try:
        return "." in to_ascii(name)
    except UsageError:
        return False


def _mta_sts(
    facts: DomainFacts, unknown: list[str], faults: list[str]
) -> Literal["enforce", "testing", "none"] | None:
    sts = facts.mta_sts
    if sts is None or sts.lookup.undetermined:
        unknown.append("the MTA-STS record")
        return None
    if not _is_valid(sts.record):
        return None
    if sts.fetch is None or sts.fetch.undetermined:
        unknown.append("the mode of the MTA-STS policy")
        return None
    if sts.policy is None or not sts.policy.valid:
        faults.append("the MTA-STS policy cannot be used")
        return None
    return sts.policy.mode


def _tlsa(facts: DomainFacts) -> bool | None:
    hosts = facts.dane.hosts if facts.dane is not None else ()
    usable = [any(record.usable for record in host.records) for host in hosts]
    return True if usable and all(usable) else None
