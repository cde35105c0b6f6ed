"""All that can be found out of one message: envelope, SPF, DKIM, ARC, DMARC, trace fields."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.memo import ask_all
from mailproof.dns.together import together
from mailproof.facts.message_border import Border, find_border, is_private
from mailproof.facts.message_compare import Ours, compare
from mailproof.facts.message_envelope import find_envelope
from mailproof.facts.message_forwarding import advice_to_forwarder, explained_by_arc, signs_of_forwarding
from mailproof.frozen import replace
from mailproof.model import (
    ArcVerdict,
    CollectorFailure,
    DkimVerdict,
    DmarcVerdict,
    Envelope,
    Explanation,
    FilterVerdict,
    KeptContent,
    MessageContent,
    MessageFacts,
    MessageShape,
    ReceivedHop,
    SpfVerdict,
)
from mailproof.records.dkim_signature import parse_dkim_signature
from mailproof.records.filters import MAX_HEADERS, read_filters
from mailproof.records.header_text import decode_words
from mailproof.records.mailboxes import AddressList, address_domain, parse_addresses
from mailproof.records.message import RawMessage, parse_message
from mailproof.records.return_path import read_return_path

#: Longer header values are cut in the facts.
MAX_VALUE = 16_384
#: How many older hops are tried as the one that SPF would have passed at.
MAX_EARLIER = 3
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[\w.-]{1,253}")
_T = TypeVar("_T")


@dataclass(slots=True)
class _Run:
    """One verification in progress: what was found out, and what failed."""

    message: RawMessage
    resolver: MemoResolver
    envelope: Envelope
    from_domain: str
    from_domains: tuple[str, ...]
    now: datetime
    kept: KeptContent | None = None
    failures: list[CollectorFailure] = field(default_factory=list)

    async def guard(self, name: str, work: Awaitable[_T]) -> _T | None:
        """The result, or None and a failure on record."""
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - one failing part must not cost the others
            self._failed(name, error)
            return None

    def guard_reading(self, name: str, work: Callable[[], _T]) -> _T | None:
        """The same of work that waits for nothing."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - one failing part must not cost the others
            self._failed(name, error)
            return None

    def _failed(self, name: str, error: Exception) -> None:
        self.failures.append(CollectorFailure(name, f"{type(error).__name__}: {error}"))

    def content(self) -> MessageContent | None:
        """What the message holds; None where only headers were given, or on a fault, which is on record."""
        from mailproof.facts.message_content import kept_content, read_content

        kept = self.kept
        return self.guard_reading(
            "content", lambda: kept_content(kept) if kept else read_content(self.message)
        )

    def bounce(self) -> Explanation | None:
        """What the message says as a bounce; None where it is none, or on a fault, which is on record."""
        from mailproof.facts.message_bounce import read_bounce

        return self.guard_reading("bounce", lambda: read_bounce(self.message))

    async def exchangers(self) -> None:
        """Ask where the sending domains take mail: the answers are kept with the look-ups."""
        names = dict.fromkeys((self.from_domain, address_domain(self.envelope.mail_from or "")))
        await self.guard("mx", ask_all(self.resolver, [(name, "MX") for name in names if name]))

    async def spf(self, *, by_helo: bool) -> SpfVerdict | None:
        """SPF for the return path, or for the HELO name alone."""
        envelope = self.envelope
        if not envelope.ip or (envelope.mail_from is None and not by_helo) or (by_helo and not envelope.helo):
            return None
        from mailproof.auth.spf import check_host

        sender = "" if by_helo or envelope.mail_from is None else envelope.mail_from
        work = check_host(envelope.ip, sender, envelope.helo, resolver=self.resolver)
        return await self.guard("spf_helo" if by_helo else "spf", work)

    async def dkim(self) -> tuple[DkimVerdict, ...] | None:
        from mailproof.auth.dkim import verify_dkim

        return await self.guard("dkim", verify_dkim(self.message, self.resolver, now=self.now))

    async def arc(self) -> ArcVerdict | None:
        return await self.guard("arc", self._arc())

    async def other_keys(self, dkim: tuple[DkimVerdict, ...]) -> None:
        """Where a key is missing, ask whether the domain has any: the answer is kept with the look-ups."""
        domains = dict.fromkeys(v.domain for v in dkim if v.code == "no-key")
        names = [f"_domainkey.{domain}" for domain in list(domains)[:5]]
        if names:
            queries = (self.resolver.query(name, "TXT") for name in names)
            await self.guard("keys", asyncio.gather(*queries))

    async def _arc(self) -> ArcVerdict:
        from mailproof.auth.arc import verify_arc

        return await verify_arc(self.message, self.resolver, now=self.now)

    async def earlier_sender(self, hops: tuple[ReceivedHop, ...]) -> ReceivedHop | None:
        """The hop before the handover at which SPF would have passed: the sign of a plain forwarding."""
        from mailproof.auth.spf import check_host

        older = hops[1 + next((i for i, hop in enumerate(hops) if hop.handover), len(hops)) :]
        for hop in [each for each in older if each.ip and not is_private(each.ip)][:MAX_EARLIER]:
            sender = self.envelope.mail_from or ""
            verdict = await self.guard(
                "forwarding", check_host(hop.ip, sender, hop.helo, resolver=self.resolver)
            )
            if verdict is not None and verdict.result == "pass":
                return hop
        return None

    async def dmarc(
        self, spf: SpfVerdict | None, dkim: tuple[DkimVerdict, ...] | None
    ) -> tuple[DmarcVerdict | None, tuple[DkimVerdict, ...]]:
        """DMARC. What is unknown of SPF or DKIM stays unknown in it, and never becomes a failure."""
        from mailproof.auth.dmarc import evaluate, refuse

        known = dkim or ()
        if len(self.from_domains) != 1:
            return refuse(self.from_domains), known
        if (fields := len(self.message.fields("from"))) > 1:
            reason = f"there are {fields} From headers: DMARC can judge one only"
            return replace(refuse(self.from_domains), reason=reason), known
        open_parts: list[str] = []
        sender = spf
        if spf is None:
            open_parts.append("SPF could not be judged")
            domain = (self.envelope.mail_from or "").rpartition("@")[2] or self.from_domain
            sender = SpfVerdict("temperror", domain)
        judged = known
        if any(verdict.code == "no-body" for verdict in known):
            open_parts.append("DKIM cannot be judged without the body")
            judged = tuple(replace(v, result="temperror") if v.code == "no-body" else v for v in known)
        if dkim is None:
            open_parts.append("DKIM could not be judged")
            judged = (DkimVerdict("temperror", self.from_domain, ""),)
        result = await self.guard("dmarc", evaluate(self.from_domain, sender, judged, self.resolver))
        if result is None:
            return None, known
        verdict, filled = result
        if open_parts and verdict.result == "temperror" and verdict.policy_domain:
            reason = f"it cannot be told whether DMARC passes: {' and '.join(open_parts)}"
            verdict = replace(verdict, reason=reason)
        restored = tuple(
            after if after.result == before.result else replace(after, result=before.result)
            for before, after in zip(known, filled, strict=False)
        )
        return verdict, restored if dkim is not None else ()


async def collect_message(
    raw: bytes | RawMessage,
    resolver: Resolver,
    *,
    source: str = "",
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    trust: str | None = None,
    now: datetime,
    kept: KeptContent | None = None,
) -> MessageFacts:
    """Verify one message, of which ``raw`` are the octets in whatever line ends it was saved.

    ``ip``, ``helo`` and ``mail_from`` are taken before what the message tells; ``trust`` is the authserv-id
    of the border that is believed. ``now`` (with a time zone) is what expiry is judged by; ``kept`` is the
    content where ``raw`` is a header section and its file keeps the content in another form. Raises
    MessageError where ``raw`` is no message and UsageError where ``ip`` is no address.
    """
    message = parse_message(raw) if isinstance(raw, bytes) else raw
    if ip is not None:
        from mailproof.records.addresses import client_address

        ip = str(client_address(ip))
    border = find_border(message, trust)
    envelope = find_envelope(message, border, ip=ip, helo=helo, mail_from=mail_from)
    author = parse_addresses(", ".join(message.values("from")[:20]))
    memo = resolver if isinstance(resolver, MemoResolver) else MemoResolver(resolver)
    domains = author.domains
    run = _Run(message, memo, envelope, domains[0] if domains else "", domains, now, kept)
    spf, spf_helo, dkim, arc, _ = await together(
        run.spf(by_helo=False), run.spf(by_helo=True), run.dkim(), run.arc(), run.exchangers()
    )
    (dmarc, signatures), _ = await together(run.dmarc(spf, dkim), run.other_keys(dkim or ()))
    facts = _facts(message, source, border, envelope, author, run)
    ours = Ours(spf, spf_helo, signatures, _signature_texts(message), arc, dmarc)
    earlier = None
    if spf is not None and spf.scope == "mfrom" and spf.result in ("fail", "softfail", "neutral"):
        earlier = await run.earlier_sender(border.hops)
    signs = signs_of_forwarding(
        message,
        envelope,
        earlier,
        trust=border.trust,
        from_domain=run.from_domain,
        spf=spf,
        arc=arc,
    )
    path = read_return_path(envelope.mail_from, _recipients(message))
    return replace(
        facts,
        return_path=path,
        forwarding_advice=advice_to_forwarder(signs, path, spf=spf, dkim=signatures, arc=arc, dmarc=dmarc),
        spf=spf,
        spf_helo=spf_helo,
        dkim=signatures,
        arc=replace(arc, explains=explained_by_arc(arc, dmarc)) if arc and arc.instance else arc,
        dmarc=dmarc,
        authentication_results=compare(border.results, ours),
        other_results=compare(border.others, ours),
        forwarded=bool(signs),
        forwarding=signs,
        failures=tuple(run.failures),
        lookups=tuple(answer.as_lookup() for answer in memo.answers),
    )


def _facts(
    message: RawMessage, source: str, border: Border, envelope: Envelope, author: AddressList, run: _Run
) -> MessageFacts:
    """What is known before anything is asked of the DNS."""
    return MessageFacts(
        source=source,
        size=message.size,
        subject=decode_words(message.first("subject"))[:MAX_VALUE],
        message_id=message.first("message-id")[:MAX_VALUE],
        date=message.first("date")[:MAX_VALUE],
        from_header=message.first("from")[:MAX_VALUE],
        from_domains=run.from_domains,
        from_domain=run.from_domain,
        has_body=message.has_body,
        envelope=envelope,
        trust=border.trust,
        received=border.hops,
        headers=tuple((each.name, each.value[:MAX_VALUE]) for each in message.headers),
        filters=_filters(message, border),
        content=run.content(),
        bounce=run.bounce(),
        problems=(
            *((run.kept.reason,) if run.kept else ()),
            *message.problems,
            *(f"From: {problem}" for problem in author.problems),
        ),
        shape=MessageShape(
            line_ends=message.line_ends,
            bare_lf=message.bare_lf,
            bare_cr=message.bare_cr,
            longest_line=message.longest_line,
            long_lines=message.long_lines,
            nul_octets=message.nul_octets,
        ),
        now=run.now,
    )


def _recipients(message: RawMessage) -> tuple[str, ...]:
    """Addresses that the message went to, as far as it tells."""
    names = ("delivered-to", "x-original-to", "to", "cc")
    values = [value for name in names for value in message.values(name)[:5]]
    return tuple(found.group() for value in values for found in _ADDRESS.finditer(value[:MAX_VALUE]))[:200]


def _filters(message: RawMessage, border: Border) -> tuple[FilterVerdict, ...]:
    """The verdicts of spam filters, with who wrote them."""
    found: list[FilterVerdict] = []
    for place, each in enumerate(message.headers):
        if each.key.startswith("x-") and len(found) < MAX_HEADERS:
            read = read_filters([(each.name, each.value)])
            found += [replace(one, trusted=border.wrote(place, each.key)) for one in read]
    return tuple(found)


def _signature_texts(message: RawMessage) -> tuple[str, ...]:
    """The text of each signature's ``b=`` without white space, from the top."""
    texts = []
    for each in message.fields("dkim-signature")[:10]:
        text = each.raw_value.removesuffix(b"\r\n").decode("latin-1")  # as verify_dkim has just read it
        tag = parse_dkim_signature(text).tag("b")
        texts.append("".join(tag.value.split()) if tag else "")
    return tuple(texts)
