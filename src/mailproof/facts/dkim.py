"""A domain's DKIM keys: those at the selectors that were given, and those that a list of usual ones finds."""

from __future__ import annotations

import asyncio
import re

from mailproof.auth.keys import Key, read_key
from mailproof.data.selectors import known_selectors
from mailproof.dns import Answer, Resolver
from mailproof.dns.text import normalize
from mailproof.model import DkimDiscovery, DkimKeyStatus, DkimSelectorFacts, Lookup

#: A selector that nobody uses: what it gets, any selector gets. Fixed, so that recordings can be replayed.
CONTROL = "mailproof-q7x2k9-no-such-selector"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


async def collect_dkim(
    domain: str,
    resolver: Resolver,
    selectors: tuple[tuple[str, str], ...] = (),
    *,
    discover: bool = True,
) -> tuple[tuple[DkimSelectorFacts, ...], DkimDiscovery]:
    """Look up the keys of ``domain`` (A-labels).

    ``selectors`` are pairs of a selector and its origin (``given``, ``message``); all of them are reported.
    With ``discover`` the bundled list is tried too, unless ``_domainkey.<domain>`` does not exist (then no
    key does) or does not answer in time; of those only what is there, or could not be found out, is reported.
    """
    base = normalize(domain)
    wanted: dict[str, str] = {}
    for selector, origin in selectors:
        wanted.setdefault(_plain(selector, base), origin)
    named = [(selector, origin) for selector, origin in wanted.items() if _is_name(selector, base)]
    domainkey, control, *answers = await asyncio.gather(
        resolver.query(f"_domainkey.{base}", "TXT"),
        resolver.query(_name(CONTROL, base), "TXT"),
        *(resolver.query(_name(selector, base), "TXT") for selector, _ in named),
    )
    given = {s: _facts(s, base, origin, a) for (s, origin), a in zip(named, answers, strict=True)}
    facts = [given.get(s) or _no_name(s, base, origin) for s, origin in wanted.items()]
    # A name server that says NXDOMAIN for _domainkey above a key that it has is not believed.
    exists = domainkey.status != "nxdomain" or control.found or any(a.found or a.chain for a in answers)
    known = known_selectors()
    skipped = ""
    found: list[DkimSelectorFacts] = []
    tried = 0
    if not discover:
        skipped = "not asked for"
    elif not exists:
        skipped = f"_domainkey.{base} does not exist, so there is no key below it"
    elif domainkey.status == "timeout":
        skipped = f"_domainkey.{base} was not answered in time"
    else:
        tries = [each for each in known.selectors if each.name not in wanted]
        tried = len(tries)
        results = await asyncio.gather(*(resolver.query(_name(t.name, base), "TXT") for t in tries))
        for each, answer in zip(tries, results, strict=True):
            if _is_news(answer, control):
                found.append(_facts(each.name, base, each.provider, answer))
    discovery = DkimDiscovery(
        tried=tried,
        found=sum(each.status != "unknown" for each in found),
        unknown=sum(each.status == "unknown" for each in found),
        list_date=known.date,
        domainkey=domainkey.as_lookup(),
        wildcard=control.found or bool(control.chain),
        wildcard_records=control.as_lookup().records,
        control=control.as_lookup(),
        skipped=skipped,
        unguessable=tuple(provider for provider, _ in known.unguessable),
    )
    return (*facts, *found), discovery


def _is_news(answer: Answer, control: Answer) -> bool:
    """Whether a tried selector has something of its own (a record, a CNAME, a failure), not a wildcard's."""
    if answer.undetermined:
        return True
    if not answer.found and not answer.chain:
        return False
    if control.found or control.chain:
        same = answer.as_lookup().records == control.as_lookup().records and answer.chain == control.chain
        return not same
    return True


def _facts(selector: str, domain: str, origin: str, answer: Answer) -> DkimSelectorFacts:
    key = read_key(answer)
    status, reason = _status(key)
    return DkimSelectorFacts(
        selector=selector,
        domain=domain,
        name=_name(selector, domain),
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
    return "invalid", next((p.message for p in key.record.problems if p.fatal), "")


def _no_name(selector: str, domain: str, origin: str) -> DkimSelectorFacts:
    """What cannot be a selector is reported, not asked for."""
    shown = selector[:60]
    lookup = Lookup(name=_name(shown, domain), rrtype="TXT", status="nxdomain")
    reason = f"{shown!r} cannot be a selector: it is no DNS name"
    return DkimSelectorFacts(shown, domain, lookup.name, "absent", lookup, origin, reason=reason)


def _plain(selector: str, domain: str) -> str:
    """The selector alone, where the whole name of the key was given."""
    text = normalize(selector.strip())
    return text.removesuffix(f".{domain}").removesuffix("._domainkey")


def _name(selector: str, domain: str) -> str:
    return f"{selector}._domainkey.{domain}"


def _is_name(selector: str, domain: str) -> bool:
    labels = selector.split(".")
    return len(_name(selector, domain)) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
