"""A domain's DKIM keys: at the given selectors, and at those found with a list of common ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from mailproof.auth.keys import Key, read_key
from mailproof.data.selectors import known_selectors
from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import names_below
from mailproof.dns.memo import ask
from mailproof.dns.text import normalize
from mailproof.facts.dkim_providers import Guess, Guesses, Recognised, Seen, described, recognise, signs_of
from mailproof.model import DkimDiscovery, DkimKeyStatus, DkimSelectorFacts
from mailproof.names import bare_selector, key_name, plain_selector
from mailproof.records.dkim_key import looks_like_dkim_key
from mailproof.records.dkim_repair import alias_in_txt
from mailproof.structs import replace

#: An unused selector: what it returns, any selector returns. Fixed, so that recordings can be replayed.
CONTROL = "mailproof-q7x2k9-no-such-selector"
#: Selectors checked in a given zone.
MOST_LISTED = 200


async def collect_dkim(
    domain: str,
    resolver: Resolver,
    selectors: tuple[tuple[str, str], ...] = (),
    *,
    discover: bool = True,
    all_selectors: bool = False,
) -> tuple[tuple[DkimSelectorFacts, ...], DkimDiscovery]:
    """Look up the keys of ``domain`` (A-labels).

    ``selectors`` are pairs of a selector and its origin (``given``, ``message``); all of them are reported,
    except those that cannot be a name (the ``s=`` of a hostile message).
    With ``discover``, we also try the selectors of the providers named by the domain's other records and the
    most common ones (some more if none of these exists), then those that usually accompany the ones found, or
    (``all_selectors``) all known ones. We don't if ``_domainkey.<domain>`` does not exist (then no key does)
    or times out. Of the selectors tried, only those that exist or could not be checked are reported.
    """
    base = normalize(domain)
    wanted: dict[str, str] = {}
    for given, origin in selectors:
        if selector := plain_selector(given, base):
            wanted.setdefault(selector, origin)
    signs = signs_of(base) if discover else ()
    names = (
        f"_domainkey.{base}",
        key_name(CONTROL, base),
        *(key_name(selector, base) for selector in wanted),
    )
    found_at = await ask(resolver, *signs, *((name, "TXT") for name in names))
    domainkey, control, *answers = found_at[len(signs) :]
    providers = await recognise(base, found_at[: len(signs)], resolver) if discover else Recognised()
    facts = tuple(_facts(s, base, origin, a) for (s, origin), a in zip(wanted.items(), answers, strict=True))
    synthesized = _is_wildcards(domainkey, control) and all(_same(a, control) for a in answers)
    # Ignore an NXDOMAIN for _domainkey from a name server that has a key below it.
    exists = domainkey.status != "nxdomain" or control.found or any(a.found or a.chain for a in answers)
    skipped = _why_skipped(domainkey, exists and not synthesized) if discover else "not asked for"
    search = _Search(base, control, resolver)
    found = _Found() if skipped else await search.run(facts, providers.seen, wanted, all_selectors)
    everything = await _with_intended_targets((*facts, *found.facts), base, resolver)
    known = known_selectors()
    discovery = DkimDiscovery(
        tried=len(found.tried),
        found=sum(each.status != "unknown" for each in found.facts),
        unknown=sum(each.status == "unknown" for each in found.facts),
        list_date=known.date,
        domainkey=domainkey.lookup,
        wildcard=control.found or bool(control.chain),
        wildcard_records=control.lookup.records,
        control=control.lookup,
        skipped=skipped,
        unguessable=known.without_names,
        providers=described(providers.seen, everything, found.untried) if discover else (),
        providers_unknown=providers.failed,
        known=len(found.tried) + len(found.untried),
        listed=found.listed,
        synthesized=synthesized,
        selectors=tuple(selector for selector, _ in found.tried),
    )
    return everything, discovery


def _why_skipped(domainkey: Answer, exists: bool) -> str:
    """Why no other selectors are tried; "" if they are."""
    if not exists:
        return f"{domainkey.name} does not exist, so there is no key below it"
    return f"{domainkey.name} was not answered in time" if domainkey.status == "timeout" else ""


class _Found(Struct, frozen=True):
    """The result of a search. ``tried``: selectors with their origin; ``listed``: the zone lists them all."""

    facts: tuple[DkimSelectorFacts, ...] = ()
    tried: tuple[Guess, ...] = ()
    untried: frozenset[str] = frozenset()
    listed: bool = False


class _Search(Struct, frozen=True):
    """Looks for keys at selectors that were not given. ``control``: the answer for a selector no one uses."""

    domain: str
    control: Answer
    resolver: Resolver

    async def run(
        self,
        given: tuple[DkimSelectorFacts, ...],
        providers: Sequence[Seen],
        wanted: Mapping[str, str],
        all_selectors: bool,
    ) -> _Found:
        """Try selectors until they are found: those of the zone, if it can be listed, else the likely ones.

        ``given`` are the facts at the ``wanted`` selectors; ``providers`` those seen in other records.
        """
        in_zone = _zone_selectors(self.domain, self.resolver, wanted)
        if in_zone is not None:
            return _Found(await self._try(in_zone), in_zone, listed=True)
        guesses = Guesses(providers, wanted)
        tried = guesses.likeliest() + (guesses.rest() if all_selectors else ())
        found = await self._try(tried)
        if not found and not any(each.records or each.target for each in given):
            more = guesses.less_common()
            found, tried = await self._try(more), tried + more
        following = guesses.following((*given, *found))
        found = guesses.in_order((*found, *await self._try(following)))
        return _Found(found, tried + following, guesses.left)

    async def _try(self, selectors: tuple[Guess, ...]) -> tuple[DkimSelectorFacts, ...]:
        """Those selectors that exist or could not be checked; wildcard answers are left out."""
        names = [key_name(name, self.domain) for name, _ in selectors]
        answers = await ask(self.resolver, *((name, "TXT") for name in names), guess=True)
        return tuple(
            _facts(name, self.domain, provider, answer)
            for (name, provider), answer in zip(selectors, answers, strict=True)
            if _is_own_answer(answer, self.control)
        )


def _zone_selectors(domain: str, resolver: Resolver, without: Iterable[str]) -> tuple[Guess, ...] | None:
    """The selectors in a zone that we can list, so that we need not guess. None if we cannot.

    No label of a selector begins with ``_`` (RFC 6376 section 3.1): ``_adsp`` (RFC 5617) is not one.
    """
    names = names_below(resolver, f"_domainkey.{domain}")
    if names is None:
        return None
    selectors = dict.fromkeys(bare_selector(name, domain) for name in names if name[0] not in "*_")
    given = set(without)
    return tuple((each, "zone") for each in selectors if each not in given and "._" not in each)[:MOST_LISTED]


async def _with_intended_targets(
    facts: tuple[DkimSelectorFacts, ...], domain: str, resolver: Resolver
) -> tuple[DkimSelectorFacts, ...]:
    """The facts with the lookup of the intended alias target, for selectors that show one."""
    targets = [_intended_target(each, domain) for each in facts]
    if not any(targets):
        return facts
    answers = iter(await ask(resolver, *[(target, "TXT") for target in targets if target]))
    return tuple(
        replace(each, meant=next(answers).lookup) if target else each
        for each, target in zip(facts, targets, strict=True)
    )


def _intended_target(facts: DkimSelectorFacts, domain: str) -> str:
    """The alias target that was entered as TXT, or has the domain appended for lack of a final dot."""
    if target := alias_in_txt(facts):
        return target
    if facts.status == "absent" and facts.target.endswith(f".{domain}"):
        meant = facts.target.removesuffix(f".{domain}")
        return meant if meant.count(".") > 1 else ""
    return ""


def _is_wildcards(domainkey: Answer, control: Answer) -> bool:
    """Whether a wildcard above answers for ``_domainkey`` too, with records that are not keys."""
    if not control.found or control.chain or not _same(domainkey, control):
        return False
    return not any(looks_like_dkim_key(text) for text in control.lookup.records)


def _same(answer: Answer, control: Answer) -> bool:
    return answer.lookup.records == control.lookup.records and answer.chain == control.chain


def _is_own_answer(answer: Answer, control: Answer) -> bool:
    """Whether a selector has its own answer (a record, a CNAME, a failure), not a wildcard's."""
    return answer.undetermined or ((answer.found or bool(answer.chain)) and not _same(answer, control))


def _facts(selector: str, domain: str, origin: str, answer: Answer) -> DkimSelectorFacts:
    key = read_key(answer)
    status, reason = _status(key)
    return DkimSelectorFacts(
        selector=selector,
        domain=domain,
        name=key_name(selector, domain),
        status=status,
        lookup=key.lookup,
        origin=origin,
        target=key.lookup.chain[-1] if key.lookup.chain else "",
        records=key.lookup.records,
        record=key.record,
        reason=reason,
    )


def _status(key: Key) -> tuple[DkimKeyStatus, str]:
    if key.fault is not None:
        statuses: dict[str, DkimKeyStatus] = {"key-lookup-failed": "unknown", "no-key": "absent"}
        return statuses.get(key.fault.code, "invalid"), key.fault.reason
    if key.record is None or key.record.valid:
        return "valid", ""
    if key.record.revoked:
        return "revoked", "the key is revoked: its p= is empty"
    return "invalid", key.record.fault.message if key.record.fault else ""
