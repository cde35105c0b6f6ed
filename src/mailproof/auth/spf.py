"""SPF: ``check_host`` of RFC 7208 over any resolver."""

from __future__ import annotations

import asyncio

from mailproof.auth.spf_eval import Evaluation, Result
from mailproof.auth.spf_macros import Client
from mailproof.auth.spf_prefetch import needs_more, prefetch
from mailproof.dns.answer import Resolver
from mailproof.dns.memo import MemoResolver
from mailproof.dns.text import to_ascii
from mailproof.errors import UsageError
from mailproof.model import SpfVerdict
from mailproof.records.addresses import client_address


async def check_host(
    ip: str, mail_from: str, helo: str, *, resolver: Resolver, receiver: str = "unknown"
) -> SpfVerdict:
    """Judge whether the host ``ip`` may send for ``mail_from`` (RFC 7208 section 4).

    A null return path (``""`` or ``<>``) is judged as ``postmaster@helo``, with the scope ``helo``.
    ``receiver`` stands for ``%{r}`` in explanations. Questions that will be needed are asked ahead, all
    together; the result and the counts are those of a sequential evaluation. Raises UsageError for an
    ``ip`` that is no address; nothing else.
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
        return _finish(verdict, Result("none", fault), None)
    client = Client(address, local_part or "postmaster", domain, greeting, receiver)
    memo = MemoResolver(resolver)
    ahead = prefetch(domain, memo, client) if needs_more(await memo.query(domain, "TXT")) else None
    try:
        evaluation = Evaluation(memo, client)
        result = await evaluation.run(domain)
        return _finish(verdict, result, evaluation)
    finally:
        if ahead is not None:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)
        await memo.abandon()


def _domain(host: str) -> tuple[str, str]:
    """The domain in A-labels, or the reason why there is none to judge (RFC 7208 section 4.3)."""
    if not host:
        return "", "there is no domain to judge"
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
    if any(not 0 < len(label) < 64 for label in labels) or len(name) > 253 or not name.isprintable():
        return "", f"{host[:80]!r} is not a domain name"
    return name, ""


def _finish(verdict: SpfVerdict, result: Result, evaluation: Evaluation | None) -> SpfVerdict:
    counts = evaluation.counts if evaluation else None
    return SpfVerdict(
        result=result.word,
        domain=verdict.domain,
        ip=verdict.ip,
        scope=verdict.scope,
        explanation=result.explanation,
        reason=result.reason,
        lookups=counts.lookups if counts else 0,
        void_lookups=len(counts.voids) if counts else 0,
        voids=tuple(counts.voids) if counts else (),
        matched=result.matched,
        trace=tuple(evaluation.trace) if evaluation else (),
        failed=result.failed,
    )
