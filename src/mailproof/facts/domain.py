"""Runs all collectors of one domain concurrently; each may fail on its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import force_setattr

from mailproof.dns import MemoResolver
from mailproof.dns.answer import lookups_of
from mailproof.dns.text import to_unicode
from mailproof.dns.together import Job
from mailproof.facts.stop import Stop
from mailproof.model import BimiSelectorFacts, CollectorFailure, DomainFacts, TransportFacts
from mailproof.records.misplaced import LABELS
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.facts.transport import TransportResult
    from mailproof.facts.transport_options import TransportOptions
    from mailproof.model import RecordKind

NOT_CONNECTED = "no connections were made, only DNS queries"
#: The kinds of records that we look for at wrong names.
KINDS = tuple(LABELS)


class DomainOptions(Struct, frozen=True):
    """The options of the collectors.

    ``selectors`` are pairs of a selector and its origin (``given``, ``message``); ``ips`` the addresses that
    mail is sent from; ``collectors`` those to run (None: all), and ``misplaced`` the kinds of records to look
    for at wrong names; ``discover``: try the selectors of known providers, ``all_selectors``: all known ones;
    ``transport`` are the options for connections to hosts (None: only the resolver is used); ``now`` the time
    as of which certificates are checked; ``blocklists`` which of those to query.
    """

    selectors: tuple[tuple[str, str], ...] = ()
    ips: tuple[str, ...] = ()
    collectors: Collection[str] | None = None
    misplaced: tuple[RecordKind, ...] = KINDS
    discover: bool = True
    transport: TransportOptions | None = None
    now: datetime | None = None
    blocklists: tuple[str, ...] = ()
    all_selectors: bool = False

    def runs(self, collector: str) -> bool:
        """Whether to run this collector."""
        return self.collectors is None or collector in self.collectors

    @property
    def named(self) -> tuple[str, ...]:
        """The selectors without their origins."""
        return tuple(selector for selector, _ in self.selectors)


DEFAULTS = DomainOptions()


class Collected(Struct, frozen=True):
    """The facts of a domain, and the full results of connecting to its mail hosts."""

    facts: DomainFacts
    transport: TransportResult | None = None


async def collect_domain(
    domain: str,
    resolver: MemoResolver,
    options: DomainOptions = DEFAULTS,
    stop: Stop | None = None,
) -> DomainFacts:
    """Collect the facts of a domain (in A-labels). Never raises for DNS failures.

    All collectors run concurrently. When ``stop`` is set, each unfinished one becomes a
    ``CollectorFailure`` with the reason, and the other results are returned.
    """
    return (await collect_all(domain, resolver, options, stop)).facts


async def collect_all(
    domain: str,
    resolver: MemoResolver,
    options: DomainOptions = DEFAULTS,
    stop: Stop | None = None,
) -> Collected:
    """As ``collect_domain``, with the data that ``with_connections`` needs."""
    jobs: list[tuple[Collector, Job[Any]]] = []
    for each in COLLECTORS:  # one's queries are in flight while the next one is imported
        given = each.given(options) if options.runs(each.name) else None
        if given is not None:
            jobs.append((each, Job(_collector(each.place)(domain=domain, resolver=resolver, **given))))
    stop = stop or Stop()
    unfinished = await stop.wait_for([job for _, job in jobs])
    open_question = f": no answer yet to {resolver.waiting[0]}" if unfinished and resolver.waiting else ""
    failures: list[CollectorFailure] = []
    found: dict[str, Any] = {}
    for each, job in jobs:
        if job in unfinished or job.cancelled():
            reason = (stop.reason or "stopped early") + open_question
            failures.append(CollectorFailure(each.name, reason, unknown=True))
        elif (error := job.exception()) is not None:
            failures.append(CollectorFailure(each.name, f"{type(error).__name__}: {error}"))
        elif len(each.fields) == 1:
            found[each.fields[0]] = job.result()
        else:
            found |= zip(each.fields, job.result(), strict=True)
    transport: TransportResult | None = found.get("transport")
    if transport is not None:
        found["transport"] = transport.facts
        if "dane" in found:
            from mailproof.facts.dane import with_certificates

            found["dane"] = with_certificates(found["dane"], transport, options.now or datetime.now(UTC))
    elif options.runs("transport") and options.transport is None:
        found["transport"] = TransportFacts(reason=NOT_CONNECTED)
    facts = DomainFacts(
        domain=domain,
        unicode_domain=to_unicode(domain),
        failures=tuple(failures),
        lookups=lookups_of(resolver.answers),
        **found,
    )
    return Collected(facts, transport)


def with_connections(facts: DomainFacts, seen: Collected, now: datetime) -> DomainFacts:
    """Facts from the DNS, combined with an earlier run's results of connecting to the same hosts."""
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


class Collector(Struct, frozen=True):
    """One collector: the fields of the facts that it fills, and its function (``place``) in ``facts/``.

    If it fills several fields, its result is a tuple of them. ``fields`` and ``place`` default to what its
    name implies. ``given`` returns its arguments besides the domain and the resolver; None if it does not run
    with these options. Its module is imported when it starts.
    """

    name: str
    fields: tuple[str, ...] = ()
    place: str = ""
    given: Callable[[DomainOptions], dict[str, Any] | None] = lambda _options: {}

    def __post_init__(self) -> None:
        force_setattr(self, "fields", self.fields or (self.name,))
        force_setattr(self, "place", self.place or f"{self.name}.collect_{self.name}")


@cache
def _collector(place: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    module, _, function = place.partition(".")
    collect: Callable[..., Coroutine[Any, Any, Any]] = getattr(
        import_module(f"mailproof.facts.{module}"), function
    )
    return collect


#: All collectors, in the order in which their first queries are sent.
COLLECTORS = (
    Collector("domain", ("soa", "ns"), "zones.collect_zone"),
    Collector("near", ("near_names",), "zones.collect_near_names"),
    Collector("spf"),
    Collector(
        "dkim",
        ("dkim", "dkim_discovery"),
        given=lambda o: {
            "selectors": o.selectors,
            "discover": o.discover,
            "all_selectors": o.all_selectors,
        },
    ),
    Collector("dmarc"),
    Collector("mx", ("mx_lookup", "mx")),
    Collector("wildcard", ("wildcard_beside",), "mx.collect_wildcard_beside"),
    Collector(
        "sending", ("sending_hosts",), "mx.collect_sending_hosts", lambda o: {"ips": o.ips} if o.ips else None
    ),
    Collector("misplaced", given=lambda o: {"kinds": o.misplaced, "selectors": o.named}),
    Collector("dane"),
    Collector("mta_sts", given=lambda o: {"options": o.transport}),
    Collector("tls_rpt"),
    Collector("bimi", given=lambda o: {"options": o.transport, "now": o.now}),
    Collector("dnssec"),
    Collector(
        "authority",
        place="authoritative.collect_authority",
        given=lambda o: {"options": o.transport},
    ),
    Collector("health", place="dns_health.collect_health", given=lambda o: {"selectors": o.named}),
    Collector(
        "blocklist",
        ("blocklists",),
        "blocklists.collect_blocklists",
        lambda o: {"ips": o.ips, "names": o.blocklists} if o.blocklists else None,
    ),
    # Last, since its import takes the longest: meanwhile the queries of all others are in flight.
    Collector("transport", given=lambda o: {"options": o.transport, "now": o.now} if o.transport else None),
)


def collectors_of(fields: Collection[str]) -> tuple[str, ...]:
    """The collectors that fill these fields of the facts."""
    return tuple(each.name for each in COLLECTORS if any(field in fields for field in each.fields))
