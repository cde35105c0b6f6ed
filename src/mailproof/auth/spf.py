"""SPF: ``check_host`` of RFC 7208, with any resolver."""

from __future__ import annotations

from ipaddress import IPv4Address

from mailproof.auth.spf_eval import Evaluation
from mailproof.auth.spf_macros import Client, expand, target_name
from mailproof.auth.spf_match import Result, spf_texts
from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import MemoResolver, ask
from mailproof.dns.records import exchange
from mailproof.dns.text import to_ascii
from mailproof.dns.together import Job, stopped, together
from mailproof.errors import UsageError
from mailproof.model import MAX_LOOKUPS, MAX_MX_NAMES, SpfTerm, SpfVerdict
from mailproof.records.addresses import client_address
from mailproof.records.spf import parse_spf
from mailproof.records.spf.limits import MAX_OCTETS
from mailproof.structs import replace


async def check_host(
    ip: str, mail_from: str, helo: str, *, resolver: Resolver, receiver: str = "unknown"
) -> SpfVerdict:
    """Evaluate whether the host ``ip`` may send for ``mail_from`` (RFC 7208 section 4).

    A null return path (``""`` or ``<>``) is evaluated as ``postmaster@helo``, with the scope ``helo``.
    ``receiver`` is ``%{r}`` in explanations. Lookups that will be needed are prefetched concurrently;
    the result and the counts are those of a sequential evaluation. Raises UsageError if ``ip`` is not an
    address; nothing else.
    """
    address = client_address(ip)
    sender = mail_from.strip().removeprefix("<").removesuffix(">").strip()
    greeting = helo.strip()
    scope_helo = not sender
    if scope_helo:
        sender = f"postmaster@{greeting}"
    local_part, _, host = sender.rpartition("@")
    domain, fault = _domain(host)
    verdict = SpfVerdict("none", domain or host, str(address), "helo" if scope_helo else "mfrom")
    if fault:
        return replace(verdict, reason=fault)
    client = Client(address, local_part or "postmaster", domain, greeting, receiver)
    memo = resolver if type(resolver) is MemoResolver else MemoResolver(resolver)
    ahead = (
        Job(_Prefetcher(memo, client).record(domain))
        if _needs_more(await memo.query(domain, "TXT"))
        else None
    )
    try:
        evaluation = Evaluation(memo, client)
        return _finish(verdict, await evaluation.run(domain), evaluation)
    finally:
        if ahead is not None:
            await stopped(ahead)
        if memo is not resolver:
            await memo.abandon()


def _domain(host: str) -> tuple[str, str]:
    """The domain in A-labels and "", or "" and the reason it cannot be checked (RFC 7208 section 4.3)."""
    if not host:
        return "", "there is no domain to check"
    name = host.removesuffix(".")
    if not name.isascii():
        try:
            name = to_ascii(name)
        except UsageError as error:
            return "", str(error)
    name = name.lower()
    labels = name.split(".")
    if name.startswith("[") or labels[-1].isdigit():
        return "", f"{host[:80]!r} is an address, not a domain"
    if len(labels) < 2:
        return "", f"{host[:80]!r} is not a fully qualified domain name"
    sizes = [len(label) for label in labels]
    if not 0 < min(sizes) <= max(sizes) < 64 or len(name) > 253 or not name.isprintable():
        return "", f"{host[:80]!r} is not a domain name"
    return name, ""


def _finish(verdict: SpfVerdict, result: Result, evaluation: Evaluation) -> SpfVerdict:
    counts = evaluation.counts
    return replace(
        verdict,
        result=result.word,
        explanation=result.explanation,
        reason=result.reason,
        lookups=counts.lookups,
        void_lookups=len(counts.voids),
        voids=tuple(counts.voids),
        matched=result.matched,
        trace=tuple(evaluation.trace),
        failed=result.failed,
    )


def _needs_more(answer: Answer) -> bool:
    """Whether the SPF record in an answer has terms that need the DNS."""
    texts = spf_texts(answer)
    return len(texts) == 1 and any(term.costs_lookup for term in parse_spf(texts[0]).reached)


class _Prefetcher:
    """Looks up ahead what the evaluation needs. The answers end up in ``memo``.

    At most ten terms are followed in all, as in the evaluation, so no record can cause more queries than
    RFC 7208 section 4.6.4 allows.
    """

    def __init__(self, memo: MemoResolver, client: Client) -> None:
        self._memo = memo
        self._client = client
        self._left = MAX_LOOKUPS
        self._octets = 0

    async def record(self, domain: str) -> None:
        answer = await self._memo.query(domain, "TXT")
        texts = spf_texts(answer)
        if len(texts) != 1:
            return
        self._octets += len(texts[0])
        record = parse_spf(texts[0]) if self._octets <= MAX_OCTETS else None
        if record is None or not record.valid:
            return
        wanted = [term for term in record.reached if term.costs_lookup][: self._left]
        self._left -= len(wanted)
        await together(*(self._term(term, domain) for term in wanted))

    async def _term(self, term: SpfTerm, domain: str) -> None:
        values = self._client.values(domain)
        del values["p"]  # needs lookups of its own: not worth prefetching
        expanded = expand(term.value, values) if term.value else domain
        name = target_name(expanded) if expanded else None
        if name is None:
            return
        if term.name in ("include", "redirect"):
            await self.record(name)
        elif term.name == "exists":
            await self._memo.query(name, "A")
        elif term.name == "a":
            await self._addresses(name)
        elif term.name == "mx":
            answer = await self._memo.query(name, "MX")
            if len(answer.records) <= MAX_MX_NAMES:
                hosts = [exchange(record) for record in answer.records]
                await together(*(self._addresses(host) for host in hosts if host != "."))
        elif term.name == "ptr":
            await self._memo.query(self._client.ip.reverse_pointer, "PTR")

    async def _addresses(self, name: str) -> None:
        if isinstance(self._client.ip, IPv4Address):
            await self._memo.query(name, "A")
        else:
            await ask(self._memo, (name, "AAAA"), (name, "A"))
