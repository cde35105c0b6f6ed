"""The hosts that receive a domain's mail, and those that send it (RFC 5321 section 5, RFC 7505)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from itertools import chain, islice

from mailproof.data.providers import is_providers_mx
from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import WILDCARD_LABEL, lookups_of
from mailproof.dns.memo import ask, ask_each
from mailproof.dns.records import exchanges
from mailproof.dns.together import together
from mailproof.model import AddressFacts, Lookup, MxHostFacts, SendingHostFacts
from mailproof.records.addresses import is_address
from mailproof.records.misplaced import undoubled, zones_above
from mailproof.records.mx_host import read_exchange
from mailproof.records.networks import KEPT, rrtype_of
from mailproof.records.remember import remembered

MAX_HOSTS = 20
MAX_NAMES = 50
MAX_ADDRESSES = 10
MAX_PTR_NAMES = 5
MAX_SENDING_HOSTS = 50


async def collect_mx(domain: str, resolver: Resolver) -> tuple[Lookup, tuple[MxHostFacts, ...]]:
    """The MX lookup of a domain (A-labels), and each host with its addresses and their PTRs.

    At most 20 hosts and 10 addresses of each family per host are resolved, the most preferred first. No PTRs
    are looked up for the hosts of a known provider, which the domain's owner cannot change.
    Without an MX, the domain itself is the mail host (``implicit``).
    """
    answer = await resolver.query(domain, "MX")
    implicit = answer.status == "nodata"
    records = ((0, domain),) if implicit else exchanges(answer)[:MAX_HOSTS]
    names = [name for name in dict.fromkeys(name for _, name in records) if _is_host(name)]
    found = dict(zip(names, await ask_each(resolver, names, "A", "AAAA"), strict=True))
    addresses = {name: _texts(found[name]) for name in names}
    own = [text for name in names if not is_providers_mx(name) for text in addresses[name]]
    facts = dict(zip(own, await collect_addresses(own, resolver), strict=True))
    lost = [] if implicit else [name for name in names if not addresses[name]]
    lost += await _by_wildcard([name for name in names if addresses[name]], domain, resolver)
    meant = dict(
        zip(lost, await together(*(_intended(name, domain, resolver) for name in lost)), strict=True)
    )

    def host(preference: int, name: str) -> MxHostFacts:
        if name not in found:
            return MxHostFacts(preference, name)
        (a, aaaa), is_known = found[name], is_providers_mx(name)
        shown = (AddressFacts(_pointer(text)[0]) if is_known else facts[text] for text in addresses[name])
        chain = a.chain or aaaa.chain
        return MxHostFacts(
            preference, name, a.lookup, aaaa.lookup, chain, tuple(shown), implicit, meant.get(name, "")
        )

    return answer.lookup, tuple(host(*record) for record in records)


async def _by_wildcard(hosts: Sequence[str], domain: str, resolver: Resolver) -> list[str]:
    """Those of the hosts that have the domain twice and no address but a wildcard's."""
    doubled = [name for name in hosts if undoubled(name, domain)]
    if not doubled:
        return []
    names = (f"{WILDCARD_LABEL}.{domain}", *doubled)
    wild, *found = map(_texts, await ask_each(resolver, names, "A", "AAAA"))
    return [name for name, texts in zip(doubled, found, strict=True) if texts == wild]


def _texts(found: tuple[Answer, ...]) -> tuple[str, ...]:
    return tuple([text for answer in found for text in answer.lookup.records[:MAX_ADDRESSES]])


def _is_host(name: str) -> bool:
    """Whether it is neither a null MX nor an IP address instead of a name."""
    return name != "." and not is_address(name)


def mail_names(answer: Answer, domain: str) -> tuple[str, ...]:
    """The distinct host names of an MX answer, the most preferred first; without an MX, the domain itself.

    A null MX and IP addresses instead of names are left out.
    """
    if answer.status == "nodata":
        return (domain,)
    names = dict.fromkeys(name for _, name in exchanges(answer))
    return tuple(filter(_is_host, names))[:MAX_NAMES]


async def ask_hosts(resolver: Resolver, hosts: Sequence[str]) -> list[tuple[str, Answer, Answer, Answer]]:
    """Each of these hosts with its A, AAAA and TLSA answers, all queried concurrently."""
    questions = [((host, "A"), (host, "AAAA"), (f"_25._tcp.{host}", "TLSA")) for host in hosts]
    answers = iter(await ask(resolver, *chain.from_iterable(questions)))
    return list(zip(hosts, answers, answers, answers, strict=True))


async def mail_hosts(domain: str, resolver: Resolver) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The hosts that receive the domain's mail and their addresses, the most preferred first."""
    names = mail_names(await resolver.query(domain, "MX"), domain)
    found = await ask_each(resolver, names, "A", "AAAA")
    addresses = ((*four.lookup.records, *six.lookup.records) for four, six in found)
    return tuple(zip(names, addresses, strict=True))


async def take_mail(domains: Iterable[str], resolver: Resolver) -> dict[str, tuple[bool | None, Lookup]]:
    """Whether mail can be sent to each of these domains, and the lookup that shows it.

    Without MX records, it goes to the domain's own addresses (RFC 5321 section 5.1); a null MX accepts none
    (RFC 7505). None if it could not be checked.
    """
    names = tuple(dict.fromkeys(domains))
    found = dict(zip(names, await ask(resolver, *((name, "MX") for name in names)), strict=True))
    implicit = [name for name in names if found[name].status == "nodata"]
    own = dict(zip(implicit, await ask_each(resolver, implicit, "A", "AAAA"), strict=True))
    return {name: _takes_mail(mx, own.get(name, ())) for name, mx in found.items()}


def _takes_mail(mx: Answer, addresses: tuple[Answer, ...]) -> tuple[bool | None, Lookup]:
    lookup = mx.lookup
    if mx.found:
        return any(not text.endswith(" .") for text in lookup.records), lookup
    if mx.undetermined:
        return None, lookup
    for answer in addresses:
        if answer.found:
            return True, answer.lookup
    unknown = next((answer for answer in addresses if answer.undetermined), None)
    return (None, unknown.lookup) if unknown is not None else (False, lookup)


async def collect_wildcard_beside(domain: str, resolver: Resolver) -> tuple[Lookup, ...]:
    """The MX and TXT lookups of ``*.<parent>``, if the domain exists and lacks one of these itself.

    A wildcard does not cover a name that exists, even if only because of a name below it (RFC 4592 section
    2.2.2): it then applies to all names but this one.
    """
    parent = domain.partition(".")[2]
    own = await ask(resolver, (domain, "MX"), (domain, "TXT"))
    if "." not in parent or not any(answer.status == "nodata" for answer in own):
        return ()
    answers = await ask(resolver, *((f"*.{parent}", rrtype) for rrtype in ("MX", "TXT")))
    return lookups_of(answers)


async def _intended(host: str, domain: str, resolver: Resolver) -> str:
    """The host that was meant by a name without addresses; empty if unknown."""
    for name in _candidates(host, domain):
        lookups = await ask(resolver, (name, "A"), (name, "AAAA"))
        if any(each.found for each in lookups) or (
            any(each.undetermined for each in lookups) and is_providers_mx(name)
        ):
            return name
    return ""


def _candidates(host: str, domain: str) -> tuple[str, ...]:
    """The intended name: without the domain at its end, with it appended, or the host within it."""
    meant = read_exchange(host, domain)
    if meant.kind != "host":
        return (meant.meant,) if meant.meant and meant.kind != "address" else ()
    if "." not in host:
        return (f"{host}.{domain}",)
    if once := undoubled(host, domain):
        return (once,)
    # Skip a zone that may be a registry's, unless it is the domain.
    zones = (domain, *(zone for zone in zones_above(domain) if "." in zone))
    short = next((host.removesuffix(f".{zone}") for zone in zones if host.endswith(f".{zone}")), "")
    return (short,) if "." in short else ()


async def collect_address(address: str, resolver: Resolver) -> AddressFacts:
    """The PTR names of an address, and whether one of them resolves back to it (at most 5 are tried).

    Raises ValueError if ``address`` is not an IP address.
    """
    return (await collect_addresses((address,), resolver))[0]


async def collect_addresses(addresses: Iterable[str], resolver: Resolver) -> tuple[AddressFacts, ...]:
    """As ``collect_address``, for several addresses."""
    plain = [_pointer(each) for each in addresses]
    pointers = await ask(resolver, *[(name, "PTR") for _, name in plain])
    questions = [
        [(name, rrtype_of(own)) for name in pointer.lookup.records[:MAX_PTR_NAMES] if name != "."]
        for (own, _), pointer in zip(plain, pointers, strict=True)
    ]
    answers = iter(await ask(resolver, *chain.from_iterable(questions)))
    return tuple(
        _address(own, pointer, tuple(islice(answers, len(asked))))
        for (own, _), pointer, asked in zip(plain, pointers, questions, strict=True)
    )


def _address(plain: str, pointer: Answer, forward: tuple[Answer, ...]) -> AddressFacts:
    confirmed: bool | None = any(
        _pointer(text)[0] == plain for answer in forward for text in answer.lookup.records
    )
    if not confirmed and (pointer.undetermined or any(answer.undetermined for answer in forward)):
        confirmed = None
    return AddressFacts(plain, pointer.lookup, lookups_of(forward), confirmed)


@remembered(KEPT)
def _pointer(address: str) -> tuple[str, str]:
    """An address in its canonical form, and the name of its PTR records."""
    ip = ip_address(address)
    return str(ip), ip.reverse_pointer


async def collect_sending_hosts(
    ips: tuple[str, ...], domain: str, resolver: Resolver
) -> tuple[SendingHostFacts, ...]:
    """The facts of the addresses that mail of ``domain`` is sent from (at most 50, without duplicates).

    SPF is evaluated for ``postmaster@<domain>``. Raises ValueError if one is not an IP address.
    """
    unique = tuple(dict.fromkeys(str(ip_address(ip)) for ip in ips))[:MAX_SENDING_HOSTS]
    return tuple(await together(*(_sending_host(ip, domain, resolver) for ip in unique)))


async def _sending_host(ip: str, domain: str, resolver: Resolver) -> SendingHostFacts:
    from mailproof.auth.spf import check_host

    address, verdict = await together(
        collect_address(ip, resolver),
        check_host(ip, f"postmaster@{domain}", domain, resolver=resolver),
    )
    return SendingHostFacts(address, verdict.result, verdict.reason, verdict.failed)
