"""Which mail providers a domain uses, recognized from its MX, SPF and DMARC records, and their selectors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from msgspec import Struct

from mailproof.data.providers import MailProvider, is_below, known_providers
from mailproof.data.selectors import known_selectors
from mailproof.dns import Answer, Resolver
from mailproof.dns.records import exchange
from mailproof.dns.text import normalize, txt_text
from mailproof.model import DkimProvider, DkimSelectorFacts, Lookup
from mailproof.records.dmarc import is_dmarc, parse_dmarc
from mailproof.records.dmarc_uri import uri_domain
from mailproof.records.spf import is_spf, parse_spf
from mailproof.structs import replace

#: Own names in the SPF record (such as ``_spf.acme.example``) that are looked into for names of providers.
MAX_OWN_INCLUDES = 4
_MAX_EVIDENCE = 6

Seen = tuple[MailProvider, tuple[str, ...]]


class Recognised(Struct, frozen=True):
    """The providers with the records that name them, and the failed lookups that might have named more."""

    seen: tuple[Seen, ...] = ()
    failed: tuple[Lookup, ...] = ()


async def recognise(domain: str, resolver: Resolver) -> Recognised:
    """The providers of a domain (A-labels), in the order of the list.

    Asks what the collectors of MX, SPF and DMARC ask too: a MemoResolver makes one question of it.
    """
    mx, txt, dmarc = await asyncio.gather(
        resolver.query(domain, "MX"), resolver.query(domain, "TXT"), resolver.query(f"_dmarc.{domain}", "TXT")
    )
    names = _spf_names(txt)
    own = [name for name in names if is_below(name, (domain,)) and name != domain][:MAX_OWN_INCLUDES]
    inner = await asyncio.gather(*(resolver.query(name, "TXT") for name in own))
    names += [name for answer in inner for name in _spf_names(answer)]
    hosts = [exchange(record) for record in mx.records]
    reports = _report_domains(dmarc)
    seen: list[Seen] = []
    for provider in known_providers().providers:
        why = (
            *(f"MX {host}" for host in hosts if is_below(host, provider.mx)),
            *(f"SPF {name}" for name in names if is_below(name, provider.spf)),
            *(f"DMARC reports to {name}" for name in reports if is_below(name, provider.rua)),
        )
        if why:
            seen.append((provider, tuple(dict.fromkeys(why))[:_MAX_EVIDENCE]))
    failed = (answer.as_lookup() for answer in (mx, txt, dmarc, *inner) if answer.undetermined)
    return Recognised(tuple(seen), tuple(failed))


def guesses(seen: Iterable[Seen], without: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Selectors to try and whose they are: those of the providers seen first, then the list in its order."""
    listed = {each.name: each.provider for each in known_selectors().selectors}
    found: dict[str, str] = {}
    for provider, _ in seen:
        for name in provider.selectors:
            found.setdefault(name, listed.get(name, provider.name))
    for name, whose in listed.items():
        found.setdefault(name, whose)
    skipped = set(without)
    return tuple((name, whose) for name, whose in found.items() if name not in skipped)


def described(
    seen: Sequence[Seen], facts: Sequence[DkimSelectorFacts], untried: frozenset[str]
) -> tuple[DkimProvider, ...]:
    """The providers with what became of their selectors. Aliases into a tenant's names show one too."""
    providers = list(seen)
    for provider in known_providers().providers:
        aliases = [each for each in facts if provider.tenants and is_below(each.target, provider.tenants)]
        if aliases and all(provider is not known for known, _ in providers):
            why = tuple(f"CNAME {each.name} to {each.target}" for each in aliases[:_MAX_EVIDENCE])
            providers.append((provider, why))
    return tuple(_described(provider, why, facts, untried) for provider, why in providers)


def _described(
    provider: MailProvider, why: tuple[str, ...], facts: Sequence[DkimSelectorFacts], untried: frozenset[str]
) -> DkimProvider:
    own = [each for each in facts if each.selector in provider.selectors]
    seen = DkimProvider(
        name=provider.name,
        why=why,
        selectors=provider.selectors,
        always=provider.always,
        form=provider.form,
        published=tuple(each.selector for each in own if each.status in ("valid", "invalid", "revoked")),
        dangling=tuple(each.selector for each in own if each.status == "absent" and each.target),
        unknown=tuple(each.selector for each in own if each.status == "unknown"),
        source=provider.source,
        untried=tuple(selector for selector in provider.selectors if selector in untried),
    )
    tenants = (_tenant(each.target, provider.tenants) for each in own if each.target)
    return replace(seen, tenant=next((tenant for tenant in tenants if tenant), ""))


def _tenant(target: str, tenants: tuple[str, ...]) -> str:
    """``acme.onmicrosoft.com`` of ``selector1-acme-example._domainkey.acme.onmicrosoft.com``."""
    _, found, tenant = target.partition("._domainkey.")
    return tenant if found and is_below(tenant, tenants) else ""


def _spf_names(answer: Answer) -> list[str]:
    """The names of include: and redirect= in the SPF record; none where there is no single one."""
    records = [text for text in map(txt_text, answer.records) if is_spf(text)]
    if len(records) != 1:
        return []
    terms = parse_spf(records[0]).terms
    return [normalize(t.value) for t in terms if t.name in ("include", "redirect") and "%" not in t.value]


def _report_domains(answer: Answer) -> list[str]:
    records = [text for text in map(txt_text, answer.records) if is_dmarc(text)]
    if len(records) != 1:
        return []
    return [host for host in map(uri_domain, parse_dmarc(records[0]).rua) if host]
