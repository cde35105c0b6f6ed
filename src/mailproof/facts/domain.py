"""All collectors of one domain, run together; each may fail on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mailproof.dns import MemoResolver
from mailproof.dns.text import to_unicode
from mailproof.facts.stop import Stop
from mailproof.model import BimiSelectorFacts, CollectorFailure, DomainFacts, TransportFacts
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.facts.blocklists import BlocklistOptions
    from mailproof.facts.http import FetchSettings
    from mailproof.facts.transport import TransportResult
    from mailproof.facts.transport_options import TransportOptions

NOT_CONNECTED = "no connections were made: only the DNS was asked"
TOPICS = (
    "domain",
    "spf",
    "dkim",
    "dmarc",
    "mx",
    "transport",
    "dane",
    "mta_sts",
    "tls_rpt",
    "bimi",
    "dns",
    "blocklist",
)


class DomainOptions(Struct, frozen=True):
    """What to look for beside the obvious.

    ``selectors`` are pairs of a selector and where it came from (``given``, ``message``); ``ips`` the
    addresses that mail is sent from; ``topics`` those to collect; ``discover`` whether to try the selectors
    of known providers, and ``all_selectors`` more than 40 of them; ``connect`` whether to connect to hosts
    other than name servers; ``transport`` how far connections to mail hosts go; ``now`` the time that
    certificates are judged at; ``fetch`` how policies and logos are fetched (where None, with the authorities
    and addresses that ``transport`` allows); ``bimi_selectors`` those beside ``default``;
    ``blocklists`` which of those to ask (None: none).
    """

    selectors: tuple[tuple[str, str], ...] = ()
    ips: tuple[str, ...] = ()
    topics: tuple[str, ...] = TOPICS
    discover: bool = True
    connect: bool = False
    transport: TransportOptions | None = None
    now: datetime | None = None
    fetch: FetchSettings | None = None
    bimi_selectors: tuple[str, ...] = ()
    blocklists: BlocklistOptions | None = None
    all_selectors: bool = False


#: What is collected where nothing else is said.
DEFAULTS = DomainOptions()


class Collected(Struct, frozen=True):
    """The facts of a domain, and what the mail hosts showed in full."""

    facts: DomainFacts
    transport: TransportResult | None = None


async def collect_domain(
    domain: str,
    resolver: MemoResolver,
    options: DomainOptions = DEFAULTS,
    stop: Stop | None = None,
) -> DomainFacts:
    """Gather the facts of a domain (in A-labels). Never raises for what the DNS does.

    All topics are asked for at once. When ``stop`` is set, what is not there yet becomes a
    ``CollectorFailure`` with the reason, and the rest is returned.
    """
    return (await collect_all(domain, resolver, options, stop)).facts


async def collect_all(
    domain: str,
    resolver: MemoResolver,
    options: DomainOptions = DEFAULTS,
    stop: Stop | None = None,
) -> Collected:
    """The same with what ``with_connections`` needs."""
    tasks = {name: asyncio.ensure_future(work) for name, work in _work(domain, resolver, options).items()}
    stop = stop or Stop()
    unfinished = await stop.wait_for(tuple(tasks.values()))
    waiting = resolver.waiting
    open_question = f": no answer yet to {waiting[0]}" if waiting else ""
    failures: list[CollectorFailure] = []
    parts: dict[str, Any] = {}
    for name, task in tasks.items():
        if task in unfinished or task.cancelled():
            failures.append(
                CollectorFailure(name, (stop.reason or "it was cut off") + open_question, unknown=True)
            )
        elif (error := task.exception()) is not None:
            failures.append(CollectorFailure(name, f"{type(error).__name__}: {error}"))
        else:
            parts[name] = task.result()
    facts = _assemble(domain, parts, tuple(failures), resolver, options)
    return Collected(facts, parts.get("transport"))


def with_connections(facts: DomainFacts, seen: Collected, now: datetime) -> DomainFacts:
    """Facts from the DNS alone, with what an earlier run saw when it connected to the same hosts."""
    known = seen.facts
    facts = replace(facts, authority=known.authority, blocklists=known.blocklists)
    if known.transport is not None and seen.transport is not None:
        hosts = {host.host for host in facts.mx} or {facts.domain}
        connections = tuple(each for each in known.transport.connections if each.host in hosts)
        facts = replace(facts, transport=replace(known.transport, connections=connections))
        if facts.dane is not None:
            from mailproof.facts.dane import with_certificates

            facts = replace(facts, dane=with_certificates(facts.dane, seen.transport, now))
    sts, bimi = known.mta_sts, known.bimi
    if sts is not None and facts.mta_sts is not None and facts.mta_sts.host == sts.host:
        fetched = replace(facts.mta_sts, fetch=sts.fetch, policy=sts.policy, not_fetched=sts.not_fetched)
        facts = replace(facts, mta_sts=fetched)
    if bimi is not None and facts.bimi is not None:
        contents = {each.record: each for each in bimi.selectors}
        selectors = tuple(_with_contents(each, contents.get(each.record)) for each in facts.bimi.selectors)
        facts = replace(facts, bimi=replace(facts.bimi, selectors=selectors))
    return facts


def _with_contents(selector: BimiSelectorFacts, known: BimiSelectorFacts | None) -> BimiSelectorFacts:
    if known is None:
        return selector
    return replace(selector, logo=known.logo, evidence=known.evidence, not_fetched=known.not_fetched)


def _work(domain: str, resolver: MemoResolver, options: DomainOptions) -> dict[str, Awaitable[Any]]:
    from mailproof.facts.dkim import collect_dkim
    from mailproof.facts.dmarc import collect_dmarc
    from mailproof.facts.misplaced import collect_misplaced
    from mailproof.facts.mx import collect_mx, collect_sending_hosts, collect_wildcard_beside
    from mailproof.facts.spf import collect_spf
    from mailproof.facts.zones import collect_near_names, collect_zone
    from mailproof.records.misplaced import LABELS

    work: dict[str, Awaitable[Any]] = {}
    if "domain" in options.topics:
        work["domain"] = collect_zone(domain, resolver)
        work["near"] = collect_near_names(domain, resolver)
    if "spf" in options.topics:
        work["spf"] = collect_spf(domain, resolver)
    if "dkim" in options.topics:
        work["dkim"] = collect_dkim(
            domain,
            resolver,
            options.selectors,
            discover=options.discover,
            all_selectors=options.all_selectors,
        )
    if "dmarc" in options.topics:
        work["dmarc"] = collect_dmarc(domain, resolver)
    if "mx" in options.topics:
        work["mx"] = collect_mx(domain, resolver)
        work["wildcard"] = collect_wildcard_beside(domain, resolver)
        if options.ips:
            work["sending"] = collect_sending_hosts(options.ips, domain, resolver)
    if "transport" in options.topics and options.connect:
        work["transport"] = _transport(domain, resolver, options)
    # A record of any topic may be at a wrong name; the domain of a From header is checked for all.
    if kinds := tuple(kind for kind in LABELS if kind in options.topics or "dmarc" in options.topics):
        named = tuple(selector for selector, _ in options.selectors)
        work["misplaced"] = collect_misplaced(domain, resolver, kinds, named)
    if "dane" in options.topics:
        from mailproof.facts.dane import collect_dane

        work["dane"] = collect_dane(domain, resolver)
    work.update(_policy_hosts(domain, resolver, options))
    work.update(_dns(domain, resolver, options))
    return work


async def _transport(domain: str, resolver: MemoResolver, options: DomainOptions) -> TransportResult:
    await asyncio.sleep(0)  # the first questions go out before the time that this import takes
    from mailproof.facts.transport import collect_transport

    return await collect_transport(domain, resolver, options.transport, now=options.now)


def _dns(domain: str, resolver: MemoResolver, options: DomainOptions) -> dict[str, Awaitable[Any]]:
    """The DNS itself, and what blocklists in it say."""
    work: dict[str, Awaitable[Any]] = {}
    if "dns" in options.topics:
        from mailproof.facts.authoritative import collect_authority
        from mailproof.facts.dns_health import collect_health
        from mailproof.facts.dnssec import collect_dnssec

        selectors = tuple(selector for selector, _ in options.selectors)
        private = options.transport is not None and options.transport.allow_private
        work["dnssec"] = collect_dnssec(domain, resolver)
        work["authority"] = collect_authority(
            domain, resolver, connect=options.connect, allow_private=private
        )
        work["health"] = collect_health(domain, resolver, selectors)
    if "blocklist" in options.topics and options.blocklists is not None and options.blocklists.chosen:
        from mailproof.facts.blocklists import collect_blocklists

        work["blocklist"] = collect_blocklists(domain, options.ips, resolver, options.blocklists)
    return work


def _policy_hosts(domain: str, resolver: MemoResolver, options: DomainOptions) -> dict[str, Awaitable[Any]]:
    """What is partly fetched over HTTPS."""
    from mailproof.facts.bimi import collect_bimi
    from mailproof.facts.http import settings_for
    from mailproof.facts.mta_sts import collect_mta_sts
    from mailproof.facts.tls_rpt import collect_tls_rpt

    connect, settings = options.connect, options.fetch or settings_for(options.transport)
    work: dict[str, Awaitable[Any]] = {}
    if "mta_sts" in options.topics:
        work["mta_sts"] = collect_mta_sts(domain, resolver, connect=connect, settings=settings)
    if "tls_rpt" in options.topics:
        work["tls_rpt"] = collect_tls_rpt(domain, resolver)
    if "bimi" in options.topics:
        work["bimi"] = collect_bimi(
            domain, resolver, options.bimi_selectors, connect=connect, settings=settings, now=options.now
        )
    return work


def _assemble(
    domain: str,
    parts: dict[str, Any],
    failures: tuple[CollectorFailure, ...],
    resolver: MemoResolver,
    options: DomainOptions,
) -> DomainFacts:
    facts = DomainFacts(domain=domain, unicode_domain=to_unicode(domain), failures=failures)
    if "domain" in parts:
        soa, ns = parts["domain"]
        facts = replace(facts, soa=soa, ns=ns)
    if "dkim" in parts:
        selectors, discovery = parts["dkim"]
        facts = replace(facts, dkim=selectors, dkim_discovery=discovery)
    if "mx" in parts:
        lookup, hosts = parts["mx"]
        facts = replace(facts, mx_lookup=lookup, mx=hosts)
    facts = replace(facts, dane=parts.get("dane"))
    if "transport" in parts:
        facts = replace(facts, transport=parts["transport"].facts)
        if facts.dane is not None:
            from mailproof.facts.dane import with_certificates

            now = options.now or datetime.now(UTC)
            facts = replace(facts, dane=with_certificates(facts.dane, parts["transport"], now))
    elif "transport" in options.topics and not options.connect:
        facts = replace(facts, transport=TransportFacts(reason=NOT_CONNECTED))
    return replace(
        facts,
        spf=parts.get("spf"),
        dmarc=parts.get("dmarc"),
        mta_sts=parts.get("mta_sts"),
        tls_rpt=parts.get("tls_rpt"),
        bimi=parts.get("bimi"),
        misplaced=parts.get("misplaced"),
        dnssec=parts.get("dnssec", ()),
        authority=parts.get("authority"),
        health=parts.get("health"),
        blocklists=parts.get("blocklist"),
        sending_hosts=parts.get("sending", ()),
        near_names=parts.get("near", ()),
        wildcard_beside=parts.get("wildcard", ()),
        lookups=tuple(answer.as_lookup() for answer in resolver.answers),
    )
