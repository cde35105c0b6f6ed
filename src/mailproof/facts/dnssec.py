"""The DNSSEC state of the zones that a domain's mail depends on (RFC 4033 section 5, RFC 4034 section 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import dns.name

from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import lookups_of
from mailproof.dns.memo import ask
from mailproof.dns.records import as_dnskey, as_ds
from mailproof.dns.text import record_text
from mailproof.dns.together import together
from mailproof.facts.mx import ask_hosts, mail_names
from mailproof.facts.zones import zone_in, zone_of
from mailproof.model import DelegationKey, ZoneKey, ZoneSecurity, ZoneState
from mailproof.structs import replace

if TYPE_CHECKING:
    from dns.rdtypes.ANY.DNSKEY import DNSKEY

MAX_HOSTS = 10
MAX_RECORDS = 32
_DIGESTS = {1: "sha1", 2: "sha256", 4: "sha384"}


async def collect_dnssec(domain: str, resolver: Resolver) -> tuple[ZoneSecurity, ...]:
    """The zone of the domain (A-labels) first, then those of its MX hosts (at most 10 hosts).

    The state is what the resolver reports for the answers that mail needs: whether it could validate them.
    """
    own, hosts = await _own_zone(domain, resolver), await _host_zones(domain, resolver)
    inside = next((zone for zone in hosts if zone.zone == own.zone), own)
    if inside.state == "bogus" != own.state:
        own = replace(
            own, state="bogus", reason=inside.reason, names=(*own.names, *inside.names), failed=None
        )
    return (own, *(zone for zone in hosts if zone.zone != own.zone))


async def _own_zone(domain: str, resolver: Resolver) -> ZoneSecurity:
    questions = ((domain, "SOA"), (domain, "MX"), (domain, "TXT"), (f"_dmarc.{domain}", "TXT"))
    # Query DS and DNSKEY of the likeliest zone concurrently: a dead one costs one timeout, not two.
    *answers, ds, dnskey = await ask(resolver, *questions, (domain, "DS"), (domain, "DNSKEY"))
    zone, failed = await zone_of(domain, resolver)
    zone = zone or domain
    if zone != domain:
        ds, dnskey = await ask(resolver, (zone, "DS"), (zone, "DNSKEY"))
    keys = [as_dnskey(each) for each in dnskey.records[:MAX_RECORDS]]
    return replace(
        _security(zone, "domain", (*answers, dnskey), failed),
        ds=ds.lookup,
        dnskey=dnskey.lookup,
        delegations=_delegations(zone, ds, keys, known=not dnskey.undetermined),
        keys=tuple(ZoneKey(key.key_id(), int(key.algorithm), bool(key.flags & 1)) for key in keys),
        names=lookups_of(answers),
    )


async def _host_zones(domain: str, resolver: Resolver) -> tuple[ZoneSecurity, ...]:
    mx = await resolver.query(domain, "MX")
    names = mail_names(mx, domain) if mx.found else ()
    found = await ask_hosts(resolver, names[:MAX_HOSTS])
    # A negative answer reveals the zone.
    shown = {host: next(filter(None, [zone_in(each, host) for each in some]), "") for host, *some in found}
    rest = [host for host, zone in shown.items() if not zone]
    asked = dict(zip(rest, await together(*(zone_of(host, resolver) for host in rest)), strict=True))
    zones: dict[str, list[tuple[str, Answer, Answer]]] = {}
    for host, a, aaaa, _ in found:
        zone = shown[host] or asked[host][0] or host
        zones.setdefault(zone, []).append((host, a, aaaa))
    result = []
    for zone, group in zones.items():
        answers = tuple(answer for _, *some in group for answer in some)
        hosts = tuple(host for host, *_ in group)
        failed = next(filter(None, (asked[host][1] for host in hosts if host in asked)), None)
        result.append(replace(_security(zone, "mx", answers, failed), hosts=hosts))
    return tuple(result)


def _security(
    zone: str, role: Literal["domain", "mx"], answers: tuple[Answer, ...], failed: Answer | None
) -> ZoneSecurity:
    """The security of a zone according to these answers; ``failed`` left open which zone it is."""
    state, reason, first = _state_of(answers)
    failed = first or (failed if state == "unknown" else None)
    return ZoneSecurity(
        zone=zone,
        role=role,
        state=state,
        reason=reason,
        names=lookups_of(answers),
        failed=failed.lookup if failed is not None else None,
    )


def _state_of(answers: tuple[Answer, ...]) -> tuple[ZoneState, str, Answer | None]:
    """The state, why it is bogus or unknown, and a failed lookup (if that leaves it unknown)."""
    bogus = [answer for answer in answers if "bogus" in (answer.status, answer.secure)]
    if bogus:
        return "bogus", next((answer.reason for answer in bogus if answer.reason), ""), None
    # An answer through an alias is partly another zone's.
    states = {answer.secure for answer in answers if not answer.undetermined and not answer.chain}
    states.discard("unknown")
    if states == {"yes", "no"}:
        return "mixed", "", None
    if states:
        return ("signed" if "yes" in states else "insecure"), "", None
    why = next((each.reason for each in answers if each.server and not each.undetermined and each.reason), "")
    return "unknown", why, next((answer for answer in answers if answer.undetermined), None)


def _delegations(zone: str, ds: Answer, keys: Sequence[DNSKEY], *, known: bool) -> tuple[DelegationKey, ...]:
    """Each DS record, and the key whose digest it is (RFC 4034 section 5.1.4); ``known``: all keys are."""
    if not ds.records:
        return ()
    owner = dns.name.from_text(zone).canonicalize().to_wire() or b"\0"
    result = []
    for record in map(as_ds, ds.records[:MAX_RECORDS]):
        tag, algorithm, kind = record.key_tag, int(record.algorithm), int(record.digest_type)
        method = _DIGESTS.get(kind, "")
        digests = [
            hashlib.new(method, owner + (key.to_wire() or b""), usedforsecurity=False).digest()
            for key in (keys if method else ())
            if (key.key_id(), int(key.algorithm)) == (tag, algorithm)
        ]
        checked = bool(method) and known
        matches = tag if record.digest in digests else None
        result.append(DelegationKey(record_text(record), tag, algorithm, kind, checked, matches))
    return tuple(result)
