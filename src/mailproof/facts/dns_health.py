"""Traps in the DNS of a domain: wildcards, aliases that lead nowhere, CAA (RFC 4592, RFC 1034, RFC 8659)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailproof.data.takeover import takeover_services
from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import WILDCARD_LABEL, Key, beside, lookups_of, names_below
from mailproof.dns.memo import ask
from mailproof.dns.together import together
from mailproof.facts.zones import ancestors
from mailproof.model import AliasFacts, CaaFacts, HealthFacts, Lookup
from mailproof.names import key_name
from mailproof.structs import replace

MAX_SELECTORS = 20

# Names below the domain that mail programs, receivers and people look up.
_TXT_NAMES = ("_dmarc", "_mta-sts", "_smtp._tls", "default._bimi")
#: Types that reveal an alias at the domain itself; all but the last often exist beside it.
_APEX = ("SOA", "NS", "MX", "TXT", "SPF")
_HOST_NAMES = ("mta-sts", "autodiscover", "autoconfig", "mail", "webmail")


async def collect_health(domain: str, resolver: Resolver, selectors: tuple[str, ...] = ()) -> HealthFacts:
    """Look up the usual mail names below the domain (A-labels), and one that no one publishes.

    ``selectors`` are DKIM selectors in use, whose names are checked too (at most 20).
    """
    unlikely = f"{WILDCARD_LABEL}.{domain}"
    questions = dict.fromkeys(
        (
            *((f"{label}.{domain}", "TXT") for label in _TXT_NAMES),
            *((key_name(selector, domain), "TXT") for selector in selectors[:MAX_SELECTORS]),
            *((f"{label}.{domain}", "A") for label in _HOST_NAMES),
        )
    )
    own = [(domain, rrtype) for rrtype in _APEX]
    txt, *found = await ask(resolver, (unlikely, "TXT"), *own, *questions)
    asked = found[len(own) :]
    answers = dict(zip(questions, asked, strict=True))
    # The rest is rarely needed: if there is a wildcard, an alias or an MTA-STS policy.
    mx = await beside(txt, "MX", resolver)
    apex = await _apex(found[: len(own)], resolver)
    # The answer of a wildcard alias is reported once, at the wildcard.
    works = [_alias(each, resolver) for each in asked if each.chain and each.chain != txt.chain]
    aliases = await together(*works)
    dmarc = await _txt_beside_alias(answers[f"_dmarc.{domain}", "TXT"], resolver)
    return HealthFacts(
        wildcard_name=unlikely,
        wildcard=lookups_of((mx, txt)),
        aliases=tuple(alias for alias in (apex, *aliases, dmarc) if alias is not None),
        asked=lookups_of(asked),
        caa=await _caa(domain, answers, resolver),
        services_date=takeover_services().date,
    )


async def _apex(found: list[Answer], resolver: Resolver) -> AliasFacts | None:
    """The domain's own alias, and the records beside it.

    A lookup of a type that is not beside the alias follows it: if none does, there is no alias.
    """
    if not any(answer.chain for answer in found):
        return None
    others = [answer.lookup for answer in found[:-1]]
    return await _alias_beside(
        others[-1], [each for each in others if each.found and not each.chain], resolver
    )


async def _txt_beside_alias(answer: Answer, resolver: Resolver) -> AliasFacts | None:
    """A TXT record and an alias at the same name, of which resolvers see one or the other.

    Name servers refuse to load this, so we only look for it in zones that we can list.
    """
    if answer.chain or not answer.found or names_below(resolver, answer.name) is None:
        return None
    return await _alias_beside(answer.lookup, [answer.lookup], resolver)


async def _alias_beside(target: Lookup, others: Sequence[Lookup], resolver: Resolver) -> AliasFacts | None:
    """The alias at the name of ``target``, and the records beside it; None if there is no alias."""
    cname = await resolver.query(target.name, "CNAME")
    return AliasFacts(target.name, cname.lookup, target, tuple(others)) if cname.found else None


async def _alias(answer: Answer, resolver: Resolver) -> AliasFacts:
    if answer.status != "nxdomain":
        lookup = answer.lookup
        own = replace(lookup, rrtype="CNAME", status="ok", records=(f"{answer.chain[0]}.",), chain=())
        return AliasFacts(answer.name, own, lookup)
    cname = await resolver.query(answer.name, "CNAME")
    target = answer.chain[-1]
    names = (*ancestors(target), target.rpartition(".")[2])
    above = await ask(resolver, *((name, "SOA") for name in names))
    missing = [each.name for each in above if each.status == "nxdomain"]
    highest = missing[-1] if missing else target
    return AliasFacts(
        answer.name,
        cname.lookup,
        answer.lookup,
        missing_from=highest,
        service=takeover_services().service_of(target),
        registrable=highest.count(".") == 1 and above[-1].exists,
    )


async def _caa(domain: str, answers: Mapping[Key, Answer], resolver: Resolver) -> CaaFacts:
    """The CAA records that apply to the host of the MTA-STS policy: the nearest at it or above."""
    host = f"mta-sts.{domain}"
    own, address = answers[f"_mta-sts.{domain}", "TXT"], answers[host, "A"]
    used = address.found or any(text.lower().startswith("v=stsv1") for text in own.lookup.records)
    if not used:
        return CaaFacts(host, used)
    above = await ask(resolver, *((name, "CAA") for name in ancestors(host)))
    decisive = next((answer for answer in above if not answer.absent), None)
    found = decisive if decisive is not None and decisive.found else None
    return CaaFacts(
        host=host,
        used=used,
        found_at=found.name if found is not None else "",
        records=found.lookup.records if found is not None else (),
        lookups=lookups_of(above),
    )
