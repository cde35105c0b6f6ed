"""The names and addresses of the hosts that take a domain's mail (RFC 5321 section 5.1)."""

from __future__ import annotations

from mailproof.dns import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.records import exchanges
from mailproof.dns.together import together
from mailproof.records.networks import parse_network

MAX_NAMES = 50


def mail_names(answer: Answer, domain: str) -> tuple[str, ...]:
    """The host names of an MX answer, the most preferred first, each once; the domain itself without any MX.

    A null MX and IP addresses in the place of names are left out.
    """
    if answer.status == "nodata":
        return (domain,)
    names = dict.fromkeys(name for _, name in exchanges(answer))
    return tuple(name for name in names if name != "." and parse_network(name) is None)[:MAX_NAMES]


async def mail_hosts(domain: str, resolver: Resolver) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The hosts that take the domain's mail and their addresses, the most preferred first."""
    names = mail_names(await resolver.query(domain, "MX"), domain)
    return tuple(zip(names, await together(*(_addresses(name, resolver) for name in names)), strict=True))


async def _addresses(name: str, resolver: Resolver) -> tuple[str, ...]:
    four, six = await ask(resolver, (name, "A"), (name, "AAAA"))
    return (*four.as_lookup().records, *six.as_lookup().records)
