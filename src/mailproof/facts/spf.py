"""A domain's SPF: the whole tree of includes and redirects, counted as a receiver would."""

from __future__ import annotations

from msgspec import Struct

from mailproof.dns.answer import WILDCARD_LABEL, Answer, Resolver, lookups_of
from mailproof.dns.memo import ask
from mailproof.dns.records import address, exchanges
from mailproof.dns.together import together
from mailproof.facts.spf_fetch import Fetched, Fetcher
from mailproof.model import MAX_MX_NAMES, Lookup, SpfFacts, SpfNode, SpfTerm, SpfTermCost
from mailproof.records.address_set import AddressSet
from mailproof.records.addresses import is_address
from mailproof.records.misplaced import undoubled
from mailproof.records.spf import is_spf
from mailproof.records.spf.allowed import allowed_of
from mailproof.structs import replace

#: Names below a domain at which SPF records are published by mistake.
WRONG_LABELS = ("_spf", "spf", "_spf1", "_spfv1")


async def collect_spf(domain: str, resolver: Resolver) -> SpfFacts:
    """Fetch the SPF tree of ``domain`` (A-labels) and count its lookups. Never raises for DNS failures.

    Lookups known to be needed run concurrently, so the time is about that of the longest chain of includes.
    The counts are those of RFC 7208 section 4.6.4 for a client that no term matches, and continue past the
    limits:

    - ``include``, ``a``, ``mx``, ``ptr``, ``exists`` and ``redirect`` cost one lookup each, at any depth;
      the addresses of MX hosts cost none (but at most ten MX names are allowed). Terms after ``all`` are
      never reached and cost nothing.
    - A term's query without an answer is a void lookup; for addresses, if the name has neither A nor AAAA.
      ``ptr`` and names that depend on macros about the client are not queried, and never void here.
    """
    fetched, (type99, elsewhere, helo) = await together(
        Fetcher(resolver, domain).fetch(), _related(domain, resolver)
    )
    counter = _Counter()
    root = counter.node(fetched)
    return SpfFacts(
        domain=domain,
        root=root,
        lookup_count=counter.lookups,
        void_lookups=tuple(counter.voids),
        unknown=tuple(dict.fromkeys(counter.unknown)),
        other_txt=fetched.texts.other,
        other_seams=fetched.texts.other_seams,
        allowed=allowed_of(root),
        type99=type99,
        elsewhere=elsewhere,
        helo=helo,
    )


async def _related(domain: str, resolver: Resolver) -> tuple[Lookup, tuple[Lookup, ...], tuple[Lookup, ...]]:
    """The obsolete type, the records at names that no receiver queries, and those of the mail hosts."""
    type99, txt, mx = await ask(resolver, (domain, "SPF"), (domain, "TXT"), (domain, "MX"))
    missing = txt.exists and not any(map(is_spf, txt.lookup.records))
    labels = (WILDCARD_LABEL, *WRONG_LABELS) if missing else ()
    own = dict.fromkeys(host for _, host in exchanges(mx) if host.endswith(f".{domain}"))
    # A name with the domain appended to a full name or an address is a mistake, not a host.
    hosts = [host for host in own if not (undoubled(host, domain) or is_address(host[: -len(domain) - 1]))]
    names = (*(f"{label}.{domain}" for label in labels), *hosts[:MAX_MX_NAMES])
    answers = await ask(resolver, *((name, "TXT") for name in names))
    elsewhere = answers[1 : len(labels)]
    wild = answers[0].lookup.records if labels else ()
    if any(map(is_spf, wild)):
        wide = await resolver.query(f"*.{domain}", "TXT")
        elsewhere = (*(each for each in elsewhere if each.lookup.records != wild), wide)
    found = (each for each in elsewhere if each.undetermined or any(map(is_spf, each.lookup.records)))
    return type99.lookup, lookups_of(found), lookups_of(answers[len(labels) :])


class _Counted(Struct):
    """The cached count of a tree: the counts before it, and what it added to each.

    It is stored with the answer of the tree's top, which ``fetched`` omits to avoid a reference cycle.
    """

    fetched: Fetched
    before: tuple[int, int]
    node: SpfNode
    lookups: int
    voids: list[Lookup]
    unknown: list[Lookup]


class _Counter:
    """Walks a fetched tree in the order of evaluation."""

    def __init__(self) -> None:
        self.lookups = 0
        self.voids: list[Lookup] = []
        self.unknown: list[Lookup] = []

    def node(self, fetched: Fetched) -> SpfNode:
        """A node with its tree. Many domains include the same trees: the result is cached with the answer."""
        if fetched.answer is None or not fetched.depth:
            return self._node(fetched)
        kept, tree = fetched.answer.__dict__, replace(fetched, answer=None)
        before = self.lookups, len(self.voids)
        last: _Counted | None = kept.get("counted")
        if last is not None and last.before == before and last.fetched == tree:
            self.lookups += last.lookups
            self.voids += last.voids
            self.unknown += last.unknown
            return last.node
        unknown = len(self.unknown)
        node = self._node(fetched)
        lookups, voids = self.lookups - before[0], self.voids[before[1] :]
        kept["counted"] = _Counted(tree, before, node, lookups, voids, self.unknown[unknown:])
        return node

    def _node(self, fetched: Fetched) -> SpfNode:
        lookup = fetched.answer.lookup if fetched.answer else None
        if lookup is not None:
            self._note(lookup, void=lookup.absent and bool(fetched.depth))
        return SpfNode(
            domain=fetched.domain,
            status=fetched.status,
            lookup=lookup,
            records=fetched.texts.own,
            record=fetched.record,
            costs=self._costs(fetched),
            reason=fetched.reason,
            depth=fetched.depth,
            explanation=fetched.explanation.lookup if fetched.explanation else None,
        )

    def _costs(self, fetched: Fetched) -> tuple[SpfTermCost, ...]:
        if fetched.record is None:
            return ()
        reached = fetched.record.reached
        costs = [self._cost(fetched, term) for term in reached]
        places = {term.start for term in reached}
        for term in fetched.record.terms:
            if term.start not in places:  # modifiers, and terms after all
                costs.append(SpfTermCost(term, self.lookups, self.lookups, len(self.voids)))
        return tuple(costs)

    def _cost(self, fetched: Fetched, term: SpfTerm) -> SpfTermCost:
        before = self.lookups
        if term.costs_lookup:
            self.lookups += 1
        answers = fetched.answers.get(term.start, [])
        lookups = lookups_of(answers)
        if lookups:
            self._count(term, lookups)
        child = fetched.children.get(term.start)
        node = self.node(child) if child is not None else None
        return SpfTermCost(
            term=term,
            lookups_before=before,
            lookups_after=self.lookups,
            voids_after=len(self.voids),
            lookups=lookups,
            networks=_networks(term, answers),
            child=node,
        )

    def _count(self, term: SpfTerm, lookups: tuple[Lookup, ...]) -> None:
        """Record the void and the failed ones among a term's own lookups."""
        held: dict[str, list[Lookup]] = {}
        for lookup in lookups:
            if term.name == "exists" or lookup.rrtype == "MX":
                self._note(lookup, void=lookup.absent)
            else:
                held.setdefault(lookup.name, []).append(lookup)
        for same in held.values():
            void = all(lookup.absent for lookup in same)
            for number, lookup in enumerate(same):
                self._note(lookup, void=void and not number)

    def _note(self, lookup: Lookup, *, void: bool) -> None:
        if lookup.undetermined:
            self.unknown.append(lookup)
        elif void:
            self.voids.append(lookup)


def _networks(term: SpfTerm, answers: list[Answer]) -> tuple[str, ...]:
    """The addresses that a term allows, in CIDR form."""
    if term.kind == "mechanism" and term.name in ("ip4", "ip6"):
        return AddressSet.of((term.value,)).networks
    if term.name not in ("a", "mx"):
        return ()
    found: list[str] = []
    for answer in answers:
        if answer.rrtype not in ("A", "AAAA"):
            continue
        prefix = term.prefix4 if answer.rrtype == "A" else term.prefix6
        for record in answer.records:
            found.append(address(record) if prefix is None else f"{address(record)}/{prefix}")
    return AddressSet.of(found).networks
