"""TLSA records of the mail hosts (RFC 7672 section 2.2), and whether the certificates match them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import names_below
from mailproof.dns.memo import ask
from mailproof.facts.mx import ask_hosts, mail_names
from mailproof.model import DaneFacts, DaneHostFacts, DaneState, Lookup, Secure, TlsaMatch
from mailproof.records.misplaced import undoubled
from mailproof.records.tlsa import parse_tlsa
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.facts.transport import TransportResult

MAX_HOSTS = 20
#: TLSA records of one host; no response holds more.
MAX_RECORDS = 2000


async def collect_dane(domain: str, resolver: Resolver) -> DaneFacts:
    """The TLSA records of the mail hosts of ``domain`` (A-labels). Never raises for DNS failures.

    They are looked up concurrently with the hosts' addresses, so they take no extra time.
    """
    answer = await resolver.query(domain, "MX")
    found = await ask_hosts(resolver, mail_names(answer, domain)[:MAX_HOSTS])
    ends = {host: (a.chain or aaaa.chain)[-1] for host, a, aaaa, _ in found if a.chain or aaaa.chain}
    expanded = await ask(resolver, *((f"_25._tcp.{end}", "TLSA") for end in ends.values()))
    targets = dict(zip(ends, expanded, strict=True))
    hosts = [_host(*each, ends.get(each[0], ""), targets.get(each[0])) for each in found]
    # Wrong names are looked up in a signed domain, and in a zone that we can list.
    worth = answer.secure == "yes" or (
        answer.secure == "unknown" and names_below(resolver, domain) is not None
    )
    if not worth or not hosts or any(host.tlsa.found for host in hosts):
        return DaneFacts(answer.secure, tuple(hosts))
    return DaneFacts(answer.secure, tuple(hosts), await _misplaced(domain, hosts, resolver))


async def _misplaced(domain: str, hosts: Sequence[DaneHostFacts], resolver: Resolver) -> tuple[Lookup, ...]:
    """The lookups of wrong names and types that have TLSA data, or may have some."""
    own = (host.host for host in hosts if host.host.endswith(f".{domain}"))
    listed = (name for name in names_below(resolver, domain) or () if _is_near(name, domain))
    names = dict.fromkeys((domain, f"_25._tcp.{domain}", *islice(own, 1), *islice(listed, MAX_HOSTS)))
    # If a name exists without a TLSA record, the data may be in a TXT record.
    typed = [host.tlsa.name for host in hosts if host.tlsa.status == "nodata"]
    wrong = await ask(resolver, *((name, "TLSA") for name in names), *((name, "TXT") for name in typed))
    found = [each.lookup for each in wrong if not each.absent]
    return tuple([each for each in found if each.rrtype == "TLSA" or _is_tlsa(each)])


def _is_near(name: str, domain: str) -> bool:
    """Whether it looks like a mistyped name of TLSA records for mail."""
    right = name.startswith("_25._tcp.") and not undoubled(name, domain)
    return not right and re.match(r"_?25\._?tcp\.|_?tcp\._?25\.", name) is not None


def _is_tlsa(lookup: Lookup) -> bool:
    return lookup.undetermined or any(parse_tlsa(text).usable for text in lookup.records[:MAX_RECORDS])


def _host(
    name: str, a: Answer, aaaa: Answer, own: Answer, target: str, expanded: Answer | None
) -> DaneHostFacts:
    base, counts, other = name, own, expanded
    if expanded is not None and not expanded.absent:
        # RFC 7672 section 2.2.3: the alias's target comes first, the alias second
        base, counts, other = target, expanded, own
    lookup = counts.lookup
    facts = DaneHostFacts(
        host=name,
        base=base,
        tlsa=lookup,
        other=other.lookup if other is not None else None,
        address_secure=_address_security(a, aaaa),
        records=tuple(parse_tlsa(text) for text in lookup.records[:MAX_RECORDS]),
    )
    return replace(facts, state=_state(facts, alias=bool(target)))


def _address_security(a: Answer, aaaa: Answer) -> Secure:
    """The DNSSEC state of a host's addresses: one secure family is enough (RFC 7672 section 2.2.2)."""
    states = [answer.secure for answer in (a, aaaa) if answer.found] or [a.secure, aaaa.secure]
    return min(states, key=("yes", "unknown", "bogus", "no").index)


def _state(facts: DaneHostFacts, *, alias: bool) -> DaneState:
    if facts.tlsa.undetermined:
        return "failed"
    if facts.tlsa.absent:
        return "absent"
    # An alias in a signed zone counts even if its target is not signed (section 2.2.3).
    states = (facts.tlsa.secure, facts.tlsa.secure if alias else facts.address_secure)
    secure = min(states, key=("bogus", "no", "unknown", "yes").index)
    if secure != "yes":
        return "unknown" if secure == "unknown" else "insecure"
    return "untested" if any(record.usable for record in facts.records) else "unusable"


def with_certificates(dane: DaneFacts, seen: TransportResult, now: datetime) -> DaneFacts:
    """The facts with the certificates that the hosts sent matched against the records."""
    return replace(dane, hosts=tuple(_matched(host, seen, now) for host in dane.hosts))


def _matched(host: DaneHostFacts, seen: TransportResult, now: datetime) -> DaneHostFacts:
    if not any(record.usable for record in host.records):
        return host
    from mailproof.facts.dane_match import match

    names = tuple(dict.fromkeys((host.base, host.host)))
    matches = tuple(
        match(address, host.records, chain, names, now)
        for name, address, chain in seen.chains
        if name == host.host
    )
    state = host.state
    if state == "untested":
        state = _tested(host.host, matches, seen)
    return replace(host, matches=matches, state=state)


def _tested(name: str, matches: Sequence[TlsaMatch], seen: TransportResult) -> DaneState:
    """The state of a host with usable records, after connecting to its addresses."""
    if any(not match.records for match in matches):
        return "mismatched"
    answered = (each for each in seen.facts.connections if each.host == name and each.state == "answered")
    if any(each.tls is None and (each.starttls is False or each.starttls_problem) for each in answered):
        return "no-tls"
    return "matched" if matches else "untested"
