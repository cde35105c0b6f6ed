"""Ask ahead for what an SPF evaluation will need, so that it waits for the longest chain alone."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

from mailproof.auth.spf_macros import Client, expand, target_name
from mailproof.dns.answer import Answer
from mailproof.dns.memo import MemoResolver
from mailproof.dns.text import name_text, txt_text
from mailproof.model import MAX_LOOKUPS, MAX_MX_NAMES, SpfTerm
from mailproof.records.spf import is_spf, parse_spf


def needs_more(answer: Answer) -> bool:
    """Whether the SPF record in an answer has terms that ask the DNS."""
    texts = [text for text in map(txt_text, answer.records) if is_spf(text)]
    if len(texts) != 1:
        return False
    record = parse_spf(texts[0])
    return record.redirect is not None or any(term.costs_lookup for term in record.terms)


def prefetch(domain: str, memo: MemoResolver, client: Client) -> asyncio.Task[None]:
    """Start asking. The answers are picked up from ``memo``; cancel the task when the result is there.

    At most ten terms are followed in all, as the evaluation could, so that no record makes more questions
    asked than RFC 7208 section 4.6.4 allows.
    """
    return asyncio.ensure_future(_Ahead(memo, client).record(domain))


class _Ahead:
    def __init__(self, memo: MemoResolver, client: Client) -> None:
        self._memo = memo
        self._client = client
        self._left = MAX_LOOKUPS

    async def record(self, domain: str) -> None:
        answer = await self._memo.query(domain, "TXT")
        texts = [text for text in map(txt_text, answer.records) if is_spf(text)]
        if len(texts) != 1:
            return
        record = parse_spf(texts[0])
        if not record.valid:
            return
        wanted: list[SpfTerm] = []
        for term in record.terms:
            if term.kind == "mechanism" and term.name == "all":
                break
            if term.kind == "mechanism" and term.costs_lookup:
                wanted.append(term)
        else:
            if record.redirect is not None:
                wanted.append(record.redirect)
        jobs = []
        for term in wanted:
            if self._left <= 0:
                break
            self._left -= 1
            jobs.append(self._term(term, domain))
        await asyncio.gather(*jobs)

    async def _term(self, term: SpfTerm, domain: str) -> None:
        values = self._client.values(domain)
        del values["p"]  # needs questions of its own: not worth guessing
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
                hosts = [name_text(getattr(record, "exchange", ".")) for record in answer.records]
                await asyncio.gather(*(self._addresses(host) for host in hosts if host != "."))
        elif term.name == "ptr":
            await self._memo.query(self._client.ip.reverse_pointer, "PTR")

    async def _addresses(self, name: str) -> None:
        if isinstance(self._client.ip, IPv4Address):
            await self._memo.query(name, "A")
        else:
            await asyncio.gather(self._memo.query(name, "AAAA"), self._memo.query(name, "A"))
