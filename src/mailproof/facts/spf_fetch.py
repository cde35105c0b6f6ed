"""Fetch everything that a domain's SPF refers to: a level of includes together, addresses alongside."""

from __future__ import annotations

from msgspec import Struct, field

from mailproof.auth.spf_macros import expand, target_name
from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.records import exchange
from mailproof.dns.text import txt_seams
from mailproof.dns.together import Job, stopped, together
from mailproof.model import MAX_MX_NAMES, SpfNodeStatus, SpfRecord, SpfTerm
from mailproof.records.spf import is_spf, parse_macros, parse_spf
from mailproof.records.spf.limits import MAX_OCTETS, TOO_MUCH

# No record that receivers evaluate comes near these; they bound what a hostile one can make us ask.
MAX_DEPTH = 20
MAX_NODES = 100
MAX_ADDRESS_TERMS = 200


class Fetched(Struct):
    """One domain of the tree, before counting. ``path`` are the domains above it, the root first.

    ``answers`` and ``children`` are those of its record's terms, by where each begins.
    ``decides``: whether its record can give the result itself: the root's, and what it redirects to.
    """

    domain: str
    path: tuple[str, ...] = ()
    status: SpfNodeStatus = "ok"
    reason: str = ""
    answer: Answer | None = None
    records: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    other_seams: tuple[tuple[int, ...], ...] = ()
    record: SpfRecord | None = None
    answers: dict[int, list[Answer]] = field(default_factory=dict)
    children: dict[int, Fetched] = field(default_factory=dict)
    decides: bool = False
    explanation: Answer | None = None


class Fetcher:
    """Fetches one tree. The limits hold for the whole of it."""

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
        level = [root]
        try:
            while level:
                answers = await ask(self._resolver, *((node.domain, "TXT") for node in level))
                for node, answer in zip(level, answers, strict=True):
                    self._read(node, answer)
                level = [child for node in level for child in self._follow(node)]
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
        own: list[tuple[str, tuple[int, ...]]] = []
        others: list[tuple[str, tuple[int, ...]]] = []
        for text, record in zip(answer.lookup.records, answer.records, strict=True):
            (own if is_spf(text) else others).append((text, txt_seams(record)))
        node.records = tuple([text for text, _ in own])
        node.other = tuple([text for text, _ in others])
        node.other_seams = tuple([seams for _, seams in others])
        if not node.records:
            node.status = "none"
            alias = f" is an alias of {answer.chain[-1]}, which" if answer.chain else ""
            missing = answer.status == "nxdomain"
            node.reason = f"{node.domain}{alias} {'does not exist' if missing else 'has no SPF record'}"
        elif len(node.records) > 1:
            node.status, node.reason = "multiple", f"{node.domain} has {len(node.records)} SPF records"
        elif self._octets + len(node.records[0]) > MAX_OCTETS:
            self._octets = MAX_OCTETS  # nothing smaller behind it either: what is left out would be chance
            node.status, node.reason = "limit", TOO_MUCH
        else:
            self._octets += len(node.records[0])
            node.record = parse_spf(*own[0])
            fatal = next((problem for problem in node.record.problems if problem.fatal), None)
            if fatal is not None:
                node.status, node.reason = "syntax", fatal.message

    def _follow(self, node: Fetched) -> list[Fetched]:
        """Begin with what the record asks for; the children that are to be loaded next."""
        following: list[Fetched] = []
        if node.decides and node.record is not None:
            self._explain(node, node.record)
        for term in node.record.reached if node.record else ():
            if term.name in ("include", "redirect"):
                child = node.children[term.start] = self._child(node, term)
                if child.status == "ok":
                    if self._nodes >= MAX_NODES:
                        child.status, child.reason = "limit", f"more than {MAX_NODES} records: not followed"
                    else:
                        self._nodes += 1
                        following.append(child)
            elif term.name in ("a", "mx", "exists") and self._address_terms < MAX_ADDRESS_TERMS:
                name, _ = self._target(node, term)
                if name is not None:
                    self._address_terms += 1
                    answers = node.answers[term.start] = []
                    self._jobs.append(Job(self._ask(term, name, answers)))
        return following

    def _explain(self, node: Fetched, record: SpfRecord) -> None:
        """Begin to ask for the text behind ``exp``, which is not counted (section 4.6.4)."""
        term = next((term for term in record.terms if term.kind == "modifier" and term.name == "exp"), None)
        name = self._target(node, term)[0] if term is not None else None
        if name is not None:
            self._jobs.append(Job(self._ask_explanation(node, name)))

    async def _ask_explanation(self, node: Fetched, name: str) -> None:
        node.explanation = await self._resolver.query(name, "TXT")

    def _child(self, node: Fetched, term: SpfTerm) -> Fetched:
        name, status = self._target(node, term)
        child = Fetched(name or term.value.lower(), (*node.path, node.domain))
        child.decides = node.decides and term.name == "redirect"
        if name is None:
            child.status = status
            child.reason = (
                "depends on the message: its macros cannot be expanded here"
                if status == "macro"
                else "is a name that cannot exist"
            )
        elif name in child.path:
            child.status, child.reason = "loop", " -> ".join((*child.path, name))
        elif len(child.path) > MAX_DEPTH:
            child.status, child.reason = "limit", f"more than {MAX_DEPTH} levels deep: not followed"
        return child

    def _target(self, node: Fetched, term: SpfTerm) -> tuple[str | None, SpfNodeStatus]:
        """The name that a term asks for, as far as it hangs on the domain alone."""
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
            answers.extend(await self._addresses(name))
        else:
            mx = await self._resolver.query(name, "MX")
            answers.append(mx)
            if len(mx.records) <= MAX_MX_NAMES:
                hosts = [exchange(record) for record in mx.records]
                pairs = await together(*(self._addresses(host) for host in hosts if host != "."))
                answers.extend(answer for pair in pairs for answer in pair)

    async def _addresses(self, name: str) -> tuple[Answer, ...]:
        return await ask(self._resolver, (name, "A"), (name, "AAAA"))
