"""A domain's DKIM keys: those at the selectors that were given, and those that a list of usual ones finds."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.auth.keys import Key, read_key
from mailproof.data.selectors import known_selectors
from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import names_below
from mailproof.dns.memo import ask
from mailproof.dns.text import normalize
from mailproof.facts.dkim_providers import Guesses, Recognised, described, recognise, signs_of
from mailproof.model import DkimDiscovery, DkimKeyStatus, DkimSelectorFacts
from mailproof.names import bare_selector, key_name, plain_selector
from mailproof.records.dkim_key import looks_like_dkim_key
from mailproof.records.dkim_repair import alias_meant
from mailproof.structs import replace

#: A selector that no one uses: what it gets, any selector gets. Fixed, so that recordings can be replayed.
CONTROL = "mailproof-q7x2k9-no-such-selector"
#: So many selectors of a given zone are checked.
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
    but for what no key can be at (the ``s=`` of a hostile message).
    With ``discover`` the selectors of the providers that the domain's other records name and the commonest
    ones are tried too (some more where nothing is at these), then those that come with what was found, or
    (``all_selectors``) all known ones, unless ``_domainkey.<domain>`` does not exist (then no key does) or
    does not answer in time; of those only what is there, or could not be found out, is reported.
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
    # A name server that says NXDOMAIN for _domainkey above a key that it has is not believed.
    synthesized = _is_wildcards(domainkey, control) and all(_same(a, control) for a in answers)
    exists = domainkey.status != "nxdomain" or control.found or any(a.found or a.chain for a in answers)
    exists = exists and not synthesized
    known = known_selectors()
    skipped = ""
    found: tuple[DkimSelectorFacts, ...] = ()
    tried: tuple[tuple[str, str], ...] = ()
    untried = frozenset[str]()
    listed = False
    if not discover:
        skipped = "not asked for"
    elif not exists:
        skipped = f"_domainkey.{base} does not exist, so there is no key below it"
    elif domainkey.status == "timeout":
        skipped = f"_domainkey.{base} was not answered in time"
    else:
        guesses = Guesses(providers.seen, wanted)
        in_zone = _listed(base, resolver, wanted)
        listed = in_zone is not None
        tried = in_zone or ()
        if not listed:
            tried = guesses.likeliest() + (guesses.rest() if all_selectors else ())
        found = await _tried(tried, base, control, resolver)
        if not listed:
            if not found and not any(each.records or each.target for each in facts):
                more = guesses.less_common()
                found, tried = await _tried(more, base, control, resolver), tried + more
            following = guesses.following((*facts, *found))
            found = guesses.in_order((*found, *await _tried(following, base, control, resolver)))
            tried, untried = tried + following, guesses.left
    everything = await _with_meant((*facts, *found), base, resolver)
    discovery = DkimDiscovery(
        tried=len(tried),
        found=sum(each.status != "unknown" for each in found),
        unknown=sum(each.status == "unknown" for each in found),
        list_date=known.date,
        domainkey=domainkey.lookup,
        wildcard=control.found or bool(control.chain),
        wildcard_records=control.lookup.records,
        control=control.lookup,
        skipped=skipped,
        unguessable=known.without_names,
        providers=described(providers.seen, everything, untried) if discover else (),
        providers_unknown=providers.failed,
        known=len(tried) + len(untried),
        listed=listed,
        synthesized=synthesized,
        selectors=tuple(selector for selector, _ in tried),
    )
    return everything, discovery


def _listed(domain: str, resolver: Resolver, without: Iterable[str]) -> tuple[tuple[str, str], ...] | None:
    """The selectors of a zone at hand: nothing has to be guessed then. None where none is.

    No label of a selector begins with ``_`` (RFC 6376 section 3.1): ``_adsp`` (RFC 5617) is none.
    """
    names = names_below(resolver, f"_domainkey.{domain}")
    if names is None:
        return None
    selectors = dict.fromkeys(bare_selector(name, domain) for name in names if name[0] not in "*_")
    given = set(without)
    return tuple((each, "zone") for each in selectors if each not in given and "._" not in each)[:MOST_LISTED]


async def _tried(
    selectors: tuple[tuple[str, str], ...], domain: str, control: Answer, resolver: Resolver
) -> tuple[DkimSelectorFacts, ...]:
    """What is at these selectors, or could not be checked; wildcard answers are left out."""
    answers = await ask(resolver, *((key_name(name, domain), "TXT") for name, _ in selectors), guess=True)
    return tuple(
        _facts(name, domain, provider, answer)
        for (name, provider), answer in zip(selectors, answers, strict=True)
        if _is_news(answer, control)
    )


async def _with_meant(
    facts: tuple[DkimSelectorFacts, ...], domain: str, resolver: Resolver
) -> tuple[DkimSelectorFacts, ...]:
    """The same with the lookup of the name that each was meant to be an alias of, where that shows."""
    targets = [_meant_target(each, domain) for each in facts]
    if not any(targets):
        return facts
    answers = iter(await ask(resolver, *[(target, "TXT") for target in targets if target]))
    return tuple(
        replace(each, meant=next(answers).lookup) if target else each
        for each, target in zip(facts, targets, strict=True)
    )


def _meant_target(facts: DkimSelectorFacts, domain: str) -> str:
    """The target that was entered as TXT, or got the domain added for want of its final dot."""
    if target := alias_meant(facts):
        return target
    if facts.status == "absent" and facts.target.endswith(f".{domain}"):
        meant = facts.target.removesuffix(f".{domain}")
        return meant if meant.count(".") > 1 else ""
    return ""


def _is_wildcards(domainkey: Answer, control: Answer) -> bool:
    """Whether a wildcard above answers for ``_domainkey`` too, with records of which none is a key."""
    if not control.found or control.chain or not _same(domainkey, control):
        return False
    return not any(looks_like_dkim_key(text) for text in control.lookup.records)


def _same(answer: Answer, control: Answer) -> bool:
    return answer.lookup.records == control.lookup.records and answer.chain == control.chain


def _is_news(answer: Answer, control: Answer) -> bool:
    """Whether a tried selector has something of its own (a record, a CNAME, a failure), not a wildcard's."""
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
