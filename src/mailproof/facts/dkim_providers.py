"""The mail providers that a domain uses, recognized from its MX, SPF and DMARC records; their selectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from mailproof.data.providers import MailProvider, is_below, known_providers, providers_by
from mailproof.data.selectors import known_selectors
from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import Key
from mailproof.dns.memo import ask
from mailproof.dns.records import exchanges
from mailproof.dns.text import normalize
from mailproof.model import DkimProvider, DkimSelectorFacts, Lookup
from mailproof.records.dmarc import is_dmarc, parse_dmarc
from mailproof.records.dmarc_uri import uri_domain
from mailproof.records.spf import is_spf, parse_spf

#: The domain's own includes in SPF (such as ``_spf.acme.example``) that are searched for providers.
MAX_OWN_INCLUDES = 4
_MAX_EVIDENCE = 6
#: Selectors of a domain tried in one step, unless all are requested.
MOST_GUESSES = 40

Seen = tuple[MailProvider, tuple[str, ...]]
#: A selector, and where it comes from.
Guess = tuple[str, str]


class Recognised(Struct, frozen=True):
    """The providers with the records that name them, and the failed lookups that might name more."""

    seen: tuple[Seen, ...] = ()
    failed: tuple[Lookup, ...] = ()


def signs_of(domain: str) -> tuple[Key, Key, Key]:
    """The questions whose answers reveal a domain's providers; other collectors ask them too."""
    return (domain, "MX"), (domain, "TXT"), (f"_dmarc.{domain}", "TXT")


async def recognise(domain: str, signs: tuple[Answer, ...], resolver: Resolver) -> Recognised:
    """The providers of a domain (A-labels), from the answers to ``signs_of``, in list order."""
    mx, txt, dmarc = signs
    names = _spf_names(txt)
    own = [name for name in names if is_below(name, (domain,)) and name != domain][:MAX_OWN_INCLUDES]
    inner = await ask(resolver, *((name, "TXT") for name in own))
    names += [name for answer in inner for name in _spf_names(answer)]
    seen = (
        *((each, f"MX {host}") for _, host in exchanges(mx) for each in providers_by("mx", host)),
        *((each, f"SPF {name}") for name in names for each in providers_by("spf", name)),
        *(
            (each, f"DMARC reports to {name}")
            for name in _report_domains(dmarc)
            for each in providers_by("rua", name)
        ),
    )
    failed = (answer.lookup for answer in (mx, txt, dmarc, *inner) if answer.undetermined)
    return Recognised(_seen(seen), tuple(failed))


def _seen(signs: Iterable[tuple[MailProvider, str]]) -> tuple[Seen, ...]:
    """Providers, each with the records that name it, in list order."""
    why: dict[str, dict[str, None]] = {}
    for provider, sign in signs:
        why.setdefault(provider.name, {})[sign] = None
    return tuple(
        (each, tuple(why[each.name])[:_MAX_EVIDENCE])
        for each in (known_providers().providers if why else ())
        if each.name in why
    )


class Guesses:
    """The known selectors, each with its provider, in the steps in which they are tried."""

    def __init__(self, seen: Iterable[Seen], given: Iterable[str]) -> None:
        own = _selectors([each for each, _ in seen])
        # In list order, but selectors of the providers seen come first.
        self._whose = own | known_selectors().whose
        self._likeliest = (*own, *known_selectors().common)
        self._taken = set(given)

    def likeliest(self) -> tuple[Guess, ...]:
        """Selectors of the providers seen, and the most common ones; at most 40."""
        return self._take(self._likeliest, MOST_GUESSES)

    def less_common(self) -> tuple[Guess, ...]:
        """More selectors, to try if none was found."""
        return self._take(known_selectors().less_common)

    def following(self, found: Sequence[DkimSelectorFacts]) -> tuple[Guess, ...]:
        """Selectors that accompany the ones found, or belong to the providers they are aliases to."""
        names = {
            each.selector for each in found if each.status != "unknown" and (each.records or each.target)
        }
        beside = [each.name for each in known_selectors().followers if each.after in names]
        own = _selectors([each for each, _ in _tenants(found)])
        for name, whose in own.items():
            self._whose.setdefault(name, whose)
        return self._take((*beside, *own), MOST_GUESSES)

    def rest(self) -> tuple[Guess, ...]:
        """All others."""
        return self._take(self._whose)

    def in_order(self, found: Iterable[DkimSelectorFacts]) -> tuple[DkimSelectorFacts, ...]:
        """The facts in list order, regardless of the step in which they were found."""
        places = list(self._whose)
        return tuple(sorted(found, key=lambda each: places.index(each.selector)))

    @property
    def left(self) -> frozenset[str]:
        """The selectors not tried yet."""
        return frozenset(self._whose.keys() - self._taken)

    def _take(self, names: Iterable[str], most: int | None = None) -> tuple[Guess, ...]:
        new = [name for name in dict.fromkeys(names) if name not in self._taken][:most]
        self._taken.update(new)
        return tuple([(name, self._whose[name]) for name in new])


def _selectors(providers: Iterable[MailProvider]) -> dict[str, str]:
    """The selectors of providers (some are on no list), each with its provider."""
    return {name: provider.name for provider in providers for name in provider.selectors}


def described(
    seen: Sequence[Seen], facts: Sequence[DkimSelectorFacts], untried: frozenset[str]
) -> tuple[DkimProvider, ...]:
    """The providers with the state of their selectors, including providers that only aliases reveal."""
    known = [provider for provider, _ in seen]
    providers = (*seen, *(each for each in _tenants(facts) if each[0] not in known))
    return tuple(_described(provider, why, facts, untried) for provider, why in providers)


def _tenants(facts: Sequence[DkimSelectorFacts]) -> tuple[Seen, ...]:
    """The providers whose tenant names selectors are aliases of."""
    return _seen(
        (provider, f"CNAME {each.name} to {each.target}")
        for each in facts
        for provider in providers_by("tenants", each.target)
    )


def _described(
    provider: MailProvider, why: tuple[str, ...], facts: Sequence[DkimSelectorFacts], untried: frozenset[str]
) -> DkimProvider:
    own = [each for each in facts if each.selector in provider.selectors]
    targets = (each.target.partition("._domainkey.")[2] for each in own if each.target)
    return DkimProvider(
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
        # acme.onmicrosoft.com of selector1-acme-example._domainkey.acme.onmicrosoft.com
        tenant=next((tenant for tenant in targets if is_below(tenant, provider.tenants)), ""),
    )


def _spf_names(answer: Answer) -> list[str]:
    """The names of include: and redirect= in the SPF record."""
    terms = [term for text in _only(answer, is_spf) for term in parse_spf(text).terms]
    return [normalize(t.value) for t in terms if t.name in ("include", "redirect") and "%" not in t.value]


def _report_domains(answer: Answer) -> list[str]:
    uris = [uri for text in _only(answer, is_dmarc) for uri in parse_dmarc(text).rua]
    return list(filter(None, map(uri_domain, uris)))


def _only(answer: Answer, is_one: Callable[[str], bool]) -> list[str]:
    """The record of a kind, if there is exactly one."""
    records = list(filter(is_one, answer.lookup.records))
    return records if len(records) == 1 else []
