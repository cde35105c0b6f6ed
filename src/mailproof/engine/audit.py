"""The DNS audit of a domain."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailproof.checks.base import Check
from mailproof.dns import Resolver
from mailproof.dns.text import to_ascii
from mailproof.engine.judge import judge
from mailproof.engine.profiles import by_profile, with_profile
from mailproof.engine.report import build_report
from mailproof.engine.session import run_resolver
from mailproof.errors import UsageError
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.stop import Stop
from mailproof.model import DomainFacts, Facts, Outcome, Report

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.data.receivers import Receiver
    from mailproof.facts.blocklists import BlocklistOptions
    from mailproof.facts.transport_options import TransportOptions


#: What is judged of a subdomain.
SUBDOMAIN_TOPICS = ("spf", "dmarc", "mx", "profile")


async def audit_async(
    domain: str,
    resolver: Resolver | None = None,
    config: Config | None = None,
    *,
    selectors: tuple[str, ...] = (),
    ips: tuple[str, ...] = (),
    second_opinion: bool = False,
    now: datetime | None = None,
    stop: Stop | None = None,
    connect: bool | None = None,
    transport: TransportOptions | None = None,
    blocklists: BlocklistOptions | None = None,
    profile: str = "auto",
    subdomains: tuple[str, ...] = (),
    receivers: tuple[str, ...] = (),
) -> Report:
    """Audit a domain's DNS and, with ``connect``, its hosts. See ``mailproof.audit``.

    ``transport`` bounds and steers the connections to mail hosts; ``blocklists`` are those to ask.
    ``profile`` says what the domain is for (``auto``: told from its records); ``subdomains`` (whole names or
    labels below it) are judged beside it by their SPF, DMARC and MX;
    ``receivers`` are those whose requirements are to be compared (names, or ``all``).
    """
    name = checked_domain(domain)
    started, clock = now or datetime.now(UTC), time.perf_counter()
    below = checked_subdomains(subdomains, name)
    asked = _receivers(receivers)
    given = (*selectors, *(config.selectors_of(name) if config else ()))
    options = DomainOptions(
        selectors=tuple((selector, "given") for selector in dict.fromkeys(given)), ips=checked_ips(ips)
    )
    options = replace(
        options,
        connect=is_live(resolver) if connect is None else connect,
        transport=transport,
        now=now,
        blocklists=blocklists,
    )
    stop = stop or Stop(config.timeout if config else None)
    async with run_resolver(resolver) as memo:
        topics = DomainOptions(topics=SUBDOMAIN_TOPICS)
        collected = await asyncio.gather(
            collect_domain(name, memo, options, stop),
            *(collect_domain(each, memo, topics, stop) for each in below),
        )
        facts = with_profile(collected[0], profile)
        others = tuple(with_profile(each) for each in collected[1:])
        if second_opinion and not stop.stopped:
            from mailproof.facts.second_opinion import collect_second_opinions

            facts = replace(facts, second_opinions=await collect_second_opinions(name, memo, facts))
        outcomes = judge_domain(facts)
        if asked:
            from mailproof.engine.receivers import with_receivers

            facts = with_receivers(facts, outcomes, asked)
            compared = {outcome.check: outcome for outcome in judge_domain(facts, ("receivers",))}
            outcomes = tuple(compared.get(outcome.check, outcome) for outcome in outcomes)
        return build_report(
            name,
            started,
            (*outcomes, *(o for each in others for o in judge_domain(each, SUBDOMAIN_TOPICS))),
            Facts(dns=facts, domains=others),
            domain_checks(),
            resolver=memo,
            elapsed_s=time.perf_counter() - clock,
            interrupted=stop.interrupted,
        )


def _receivers(names: tuple[str, ...]) -> tuple[Receiver, ...]:
    if not names:
        return ()
    from mailproof.engine.receivers import chosen_receivers

    return chosen_receivers(names)


def is_live(resolver: Resolver | None) -> bool:
    """Whether answers come from the live DNS, also below zone files or a recorder."""
    if resolver is None:
        return True
    if "mailproof.dns.live" not in sys.modules:  # so that who asks no live server imports no sockets
        return False
    from mailproof.dns.live import LiveResolver

    while not isinstance(resolver, LiveResolver):
        resolver = getattr(resolver, "under", None) or getattr(resolver, "inner", None)
        if resolver is None:
            return False
    return True


def judge_domain(facts: DomainFacts, topics: tuple[str, ...] = ()) -> tuple[Outcome, ...]:
    """The outcomes of all domain checks, or of those of the given topics."""
    return by_profile(judge(domain_checks(topics), facts, facts.domain, facts.failures), facts)


def domain_checks(topics: tuple[str, ...] = ()) -> tuple[Check[DomainFacts], ...]:
    """The checks of a domain, or those of the given topics."""
    from mailproof.checks import DOMAIN_CHECKS

    return tuple(check for check in DOMAIN_CHECKS if not topics or check.rule.topic in topics)


def checked_domain(domain: str) -> str:
    """The domain in A-labels. Raises UsageError for what cannot be a mail domain."""
    import ipaddress

    try:
        ipaddress.ip_address(domain.strip().strip("[]"))
    except ValueError:
        pass
    else:
        raise UsageError(
            f"{domain} is an address, not a domain: give the domain of the From address (and --ip {domain})"
        )
    if "@" in domain:
        raise UsageError(f"{domain!r} is an address: give the domain after the @ alone")
    name = to_ascii(domain)
    if "." not in name:
        raise UsageError(f"{domain!r} is a single label: give a whole domain like {name}.example")
    return name


def checked_subdomains(subdomains: tuple[str, ...], domain: str) -> tuple[str, ...]:
    """Names below the domain, in A-labels, each once. Raises UsageError for what is none."""
    found: dict[str, None] = {}
    for each in subdomains:
        name = to_ascii(each)
        name = name if name == domain or name.endswith(f".{domain}") else f"{name}.{domain}"
        if name == domain:
            raise UsageError(f"--subdomain {each}: that is the domain itself")
        found[checked_domain(name)] = None
    return tuple(found)


def checked_ips(ips: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses in their canonical form. Raises UsageError for what is none."""
    import ipaddress

    try:
        return tuple(str(ipaddress.ip_address(ip.strip().strip("[]"))) for ip in ips)
    except ValueError as error:
        raise UsageError(f"--ip: {error}: give an IPv4 or IPv6 address like 192.0.2.25") from None


def checked_blocklists(all_open: bool, names: tuple[str, ...]) -> BlocklistOptions | None:
    """Which blocklists to ask; None for none. Raises UsageError for a name that no list has."""
    if not all_open and not names:
        return None
    from mailproof.data.blocklists import blocklists
    from mailproof.facts.blocklists import BlocklistOptions

    known = blocklists()
    if unknown := known.unknown(names):
        listed = ", ".join(each.name for each in known.lists)
        raise UsageError(f"--blocklist {unknown[0]}: no such blocklist; known are {listed}")
    return BlocklistOptions(all_open, names)


def chosen_blocklists(names: tuple[str, ...]) -> BlocklistOptions | None:
    """The same from one list of names, where ``open`` stands for all that let anybody ask."""
    return checked_blocklists("open" in names, tuple(name for name in names if name != "open"))
