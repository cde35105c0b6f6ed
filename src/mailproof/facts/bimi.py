"""The BIMI facts of a domain: record, logo, mark certificate."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from mailproof.auth.dmarc_walk import walk
from mailproof.dns import Answer, Resolver
from mailproof.dns.together import together
from mailproof.facts.domain import NOT_CONNECTED
from mailproof.facts.http import fetch, unpacked
from mailproof.facts.mta_sts import MAX_OTHER
from mailproof.facts.transport_options import TransportOptions
from mailproof.model import BimiEvidence, BimiFacts, BimiLogo, BimiRecord, BimiSelectorFacts
from mailproof.records.bimi import is_bimi, parse_bimi
from mailproof.records.svg_tiny import MAX_LOGO, inspect_svg
from mailproof.records.tags import divided
from mailproof.structs import replace

MAX_EVIDENCE = 262144


async def collect_bimi(
    domain: str,
    resolver: Resolver,
    options: TransportOptions | None = None,
    *,
    now: datetime | None = None,
) -> BimiFacts:
    """BIMI of a domain (A-labels), for the selector ``default`` only.

    If it has no record, that of the organizational domain applies (discovery step 5 of the draft). Logo and
    certificate are fetched concurrently, and only with ``options``.
    """
    own = await resolver.query(f"default._bimi.{domain}", "TXT")
    found = await _discovered(own, domain, resolver)
    record = found.record
    if record is None or record.declined:
        return BimiFacts(domain, (found,))
    if options is None:
        return BimiFacts(domain, (replace(found, not_fetched=NOT_CONNECTED),))
    logo, evidence = await together(
        _logo(record, resolver, options), _evidence(record, resolver, options, now or datetime.now(UTC))
    )
    return BimiFacts(domain, (replace(found, logo=logo, evidence=evidence),))


async def _discovered(own: Answer, domain: str, resolver: Resolver) -> BimiSelectorFacts:
    facts = _read(BimiSelectorFacts("default", (own.lookup,)), own)
    if facts.records or own.undetermined:
        return facts
    walked = await walk(domain, resolver)
    if walked.unknown is not None:
        return replace(facts, lookups=(*facts.lookups, walked.unknown))
    name = f"default._bimi.{walked.organizational_domain}"
    if not walked.organizational_domain or name == own.name:
        return facts
    answer = await resolver.query(name, "TXT")
    return _read(replace(facts, lookups=(*facts.lookups, answer.lookup)), answer)


def _read(facts: BimiSelectorFacts, answer: Answer) -> BimiSelectorFacts:
    records, others = divided(answer.lookup.records, is_bimi)
    return replace(
        facts,
        found_at=answer.name if records else facts.found_at,
        records=records,
        other_txt=(*facts.other_txt, *others[:MAX_OTHER]),
        record=parse_bimi(records[0]) if len(records) == 1 else None,
    )


async def _logo(record: BimiRecord, resolver: Resolver, options: TransportOptions) -> BimiLogo | None:
    if not record.location or any(problem.code == "bad-location" for problem in record.problems):
        return None
    got = await fetch(record.location, resolver, options, max_body=MAX_LOGO)
    if not got.facts.ok:
        return BimiLogo(got.facts)
    raw = unpacked(got.body, MAX_LOGO)
    image = inspect_svg(raw)
    return BimiLogo(
        got.facts,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        title=image.title,
        width=image.width,
        height=image.height,
        problems=tuple(image.problems),
    )


async def _evidence(
    record: BimiRecord, resolver: Resolver, options: TransportOptions, now: datetime
) -> BimiEvidence | None:
    if not record.evidence or any(problem.code == "bad-evidence" for problem in record.problems):
        return None
    from mailproof.facts.bimi_evidence import read_evidence

    got = await fetch(record.evidence, resolver, options, max_body=MAX_EVIDENCE)
    return read_evidence(got.facts, got.body, now) if got.facts.ok else BimiEvidence(got.facts)
