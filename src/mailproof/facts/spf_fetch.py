"""Fetches everything that a domain's SPF refers to: each level of includes at once, addresses alongside."""

from __future__ import annotations

from itertools import chain

from msgspec import Struct, field

from mailproof.auth.spf_macros import expand, target_name
from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import ask, ask_each
from mailproof.dns.records import exchange
from mailproof.dns.text import txt_seams
from mailproof.dns.together import Job, stopped
from mailproof.model import MAX_MX_NAMES, SpfNodeStatus, SpfRecord, SpfTerm
from mailproof.records.spf import is_spf, parse_macros, parse_spf
from mailproof.records.spf.limits import MAX_OCTETS, TOO_MUCH
from mailproof.structs import kept

# No record that receivers evaluate comes near these; they bound the queries that a hostile one can cause.
MAX_DEPTH = 20
MAX_NODES = 100
MAX_ADDRESS_TERMS = 200


class Texts(Struct, frozen=True):
    """The TXT records of a name: the SPF records (parsed if there is just one), and the others."""

    own: tuple[str, ...] = ()
    record: SpfRecord | None = None
    other: tuple[str, ...] = ()
    other_seams: tuple[tuple[int, ...], ...] = ()


@kept
def _texts(answer: Answer) -> Texts:
    pairs = list(zip(answer.lookup.records, map(txt_seams, answer.records), strict=True))
    own = [pair for pair in pairs if is_spf(pair[0])]
    others = [pair for pair in pairs if not is_spf(pair[0])]
    return Texts(
        tuple([text for text, _ in own]),
        parse_spf(*own[0]) if len(own) == 1 and len(own[0][0]) <= MAX_OCTETS else None,
        tuple([text for text, _ in others]),
        tuple([seams for _, seams in others]),
    )


class Fetched(Struct):
    """One domain of the tree, before counting, ``depth`` levels below the root.

    ``answers`` and ``children`` are those of its record's terms, by the offset of each term.
    ``decides``: its record can give the final result: it is the root, or the target of its redirect.
    """

    domain: str
    depth: int = 0
    status: SpfNodeStatus = "ok"
    reason: str = ""
    answer: Answer | None = None
    texts: Texts = Texts()
    record: SpfRecord | None = None
    answers: dict[int, list[Answer]] = field(default_factory=dict)
    children: dict[int, Fetched] = field(default_factory=dict)
    decides: bool = False
    explanation: Answer | None = None


#: A node to be loaded, and the domains above it, the root first.
_Waiting = tuple[Fetched, tuple[str, ...]]


class Fetcher:
    """Fetches one tree. The limits apply to the whole tree."""

    def __init__(self, resolver: Resolver, sender_domain: str) -> None:
        self._resolver = resolver
        self._sender_domain = sender_domain
        self._nodes = 1
        self._octets = 0
        self._address_terms = 0
        self._jobs: list[Job[None]] = []

    async def fetch(self) -> Fetched:
        """The tree from the sender's domain down."""
        root = Fetched(self._sender_domain, decides=True)
        level: list[_Waiting] = [(root, ())]
        try:
            while level:
                answers = await ask(self._resolver, *((node.domain, "TXT") for node, _ in level))
                for (node, _), answer in zip(level, answers, strict=True):
                    self._read(node, answer)
                level = [child for waiting in level for child in self._follow(*waiting)]
            for job in self._jobs:
                await job
        finally:
            await stopped(*self._jobs)
        return root

    def _read(self, node: Fetched, answer: Answer) -> None:
        node.answer = answer
        if answer.undetermined:
            node.status, node.reason = "unknown", answer.lookup.describe()
            return
        texts = node.texts = _texts(answer)
        if not texts.own:
            node.status = "none"
            alias = f" is an alias of {answer.chain[-1]}, which" if answer.chain else ""
            missing = answer.status == "nxdomain"
            node.reason = f"{node.domain}{alias} {'does not exist' if missing else 'has no SPF record'}"
        elif len(texts.own) > 1:
            node.status, node.reason = "multiple", f"{node.domain} has {len(texts.own)} SPF records"
        elif texts.record is None or self._octets + len(texts.record.text) > MAX_OCTETS:
            self._octets = MAX_OCTETS  # no smaller ones either, so that the result does not depend on order
            node.status, node.reason = "limit", TOO_MUCH
        else:
            self._octets += len(texts.record.text)
            node.record = texts.record
            if (fault := texts.record.fault) is not None:
                node.status, node.reason = "syntax", fault.message

    def _follow(self, node: Fetched, path: tuple[str, ...]) -> list[_Waiting]:
        """Start the lookups of the record's terms; return the children to load next."""
        path = (*path, node.domain)
        following: list[_Waiting] = []
        exp = node.record.exp if node.record and node.decides else None
        if exp is not None and (text := self._target(node, exp)[0]) is not None:
            self._jobs.append(Job(self._ask_explanation(node, text)))  # not counted (section 4.6.4)
        for term in node.record.reached if node.record else ():
            if term.name in ("include", "redirect"):
                child = node.children[term.start] = self._child(node, term, path)
                if child.status == "ok":
                    if self._nodes >= MAX_NODES:
                        child.status, child.reason = "limit", f"more than {MAX_NODES} records: not followed"
                    else:
                        self._nodes += 1
                        following.append((child, path))
            elif term.name in ("a", "mx", "exists") and self._address_terms < MAX_ADDRESS_TERMS:
                name, _ = self._target(node, term)
                if name is not None:
                    self._address_terms += 1
                    answers = node.answers[term.start] = []
                    self._jobs.append(Job(self._ask(term, name, answers)))
        return following

    async def _ask_explanation(self, node: Fetched, name: str) -> None:
        node.explanation = await self._resolver.query(name, "TXT")

    def _child(self, node: Fetched, term: SpfTerm, path: tuple[str, ...]) -> Fetched:
        name, status = self._target(node, term)
        child = Fetched(name or term.value.lower(), len(path))
        child.decides = node.decides and term.name == "redirect"
        if name is None:
            child.status = status
            child.reason = (
                "depends on the message: its macros cannot be expanded here"
                if status == "macro"
                else f"{term.value} is a name that cannot exist"
            )
        elif name in path:
            child.status, child.reason = "loop", " -> ".join((*path, name))
        elif len(path) > MAX_DEPTH:
            child.status, child.reason = "limit", f"more than {MAX_DEPTH} levels deep: not followed"
        return child

    def _target(self, node: Fetched, term: SpfTerm) -> tuple[str | None, SpfNodeStatus]:
        """The name that a term looks up, if it depends on the domain only."""
        if not term.value:
            return node.domain, "ok"
        if "%" not in term.value:
            return target_name(term.value), "none"
        parsed = parse_macros(term.value)
        if not parsed.letters <= {"d", "o"}:
            return None, "macro"
        expanded = expand(parsed, {"d": node.domain, "o": self._sender_domain})
        return (target_name(expanded) if expanded else None), "none"

    async def _ask(self, term: SpfTerm, name: str, answers: list[Answer]) -> None:
        if term.name == "exists":
            answers.append(await self._resolver.query(name, "A"))
        elif term.name == "a":
            answers.extend(await ask(self._resolver, (name, "A"), (name, "AAAA")))
        else:
            mx = await self._resolver.query(name, "MX")
            answers.append(mx)
            if len(mx.records) <= MAX_MX_NAMES:
                hosts = [host for host in map(exchange, mx.records) if host != "."]
                pairs = await ask_each(self._resolver, hosts, "A", "AAAA")
                answers.extend(chain.from_iterable(pairs))
