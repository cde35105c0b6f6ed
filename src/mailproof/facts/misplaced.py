"""Looks for mail records published at the wrong name, such as the domain itself or its doubled name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import WILDCARD_LABEL, beside, lookups_of, names_below
from mailproof.dns.memo import ask
from mailproof.model import MisplacedFacts, MisplacedRecord, RecordKind
from mailproof.names import bare_selector
from mailproof.records.edits import edits
from mailproof.records.misplaced import LABELS, misplaced, read

#: TXT records read at one name; if there are more, their contents count as unknown.
MAX_TXT = 500
MAX_SELECTORS = 10
MAX_RECORDS = 20
#: Matches wrong names of records, and few other names in a large zone.
_HINT = re.compile("_|dmarc|domain|bimi|tls|sts")
#: Wrong names below the domain, each only looked up if the one before it exists.
_NEIGHBOURS: dict[RecordKind, tuple[tuple[str, ...], ...]] = {
    "dmarc": (
        *(("dmarc",), ("_dmark",)),
        *(("_dmarc", "_dmarc._dmarc"), ("_domainkey", "_dmarc._domainkey")),
    ),
    "tls_rpt": (("_tls", "smtp._tls"),),
    "bimi": (("_bimi",),),
}
#: Wrong names of keys below the domain, by selector.
_KEYS = ("{}", "{}._domainkeys", "{}_domainkey", "_domainkey.{}")
#: Wrong names: the others are queried only if the first exists.
_Chain: TypeAlias = tuple[str, ...]


async def collect_misplaced(
    domain: str, resolver: Resolver, kinds: tuple[RecordKind, ...], selectors: tuple[str, ...] = ()
) -> MisplacedFacts:
    """The records of these kinds at wrong names of a domain (A-labels). Never raises for DNS failures.

    Other collectors ask most of these questions, too. Names below the domain's doubled name are looked up
    only if that exists, and other wrong names only if the right one has no such record. A wildcard's answer
    is not a mistake, and what may be one is unknown. ``selectors`` are the DKIM selectors that the owner
    named.
    """
    right = {kind: _below(LABELS[kind], domain) for kind in kinds}
    named = tuple(dict.fromkeys(bare_selector(each, domain) for each in selectors))[:MAX_SELECTORS]
    control, apex, twice, *found = await _ask(
        resolver, (_below(WILDCARD_LABEL, domain), domain, _below(domain, domain), *right.values())
    )
    doubles = await _doubled(domain, control, twice, resolver)
    missing: list[RecordKind] = []
    if apex.status != "nxdomain":  # else there is nothing below it either
        missing = [kind for kind, answer in zip(kinds, found, strict=True) if not _has(answer, kind)]
    chains = [each for double in doubles for each in _below_double(double, kinds, named)]
    for kind in missing:
        chains += (tuple(_below(label, domain) for label in labels) for labels in _NEIGHBOURS.get(kind, ()))
    if "dkim" in kinds and apex.exists:
        chains += _of_keys(domain, named, found[kinds.index("dkim")])
    chains += ((name,) for name in islice(_listed(domain, resolver, missing), MAX_RECORDS))
    wrong = [apex, *doubles]
    if "mta_sts" in missing:  # the host of the policy, whose address is looked up anyway
        host = await resolver.query(f"mta-sts.{domain}", "A")
        wrong.append(await beside(host, "TXT", resolver))
    # Nothing exists below a first name that does not exist.
    firsts = await _ask(resolver, [first for first, *_ in chains])
    there = [chain for chain, first in zip(chains, firsts, strict=True) if first.status != "nxdomain"]
    wrong += firsts + await _ask(resolver, [name for _, *others in there for name in others])
    wrong += [answer for answer in found if answer.name != domain]
    records = _records([apex] if control.undetermined else wrong, control, domain, kinds)
    known = {answer.name: answer for answer in (apex, *found)}
    belongs = dict.fromkeys(each.belongs for each in records if each.belongs and each.belongs not in known)
    others = await _ask(resolver, [name for name in belongs if name.endswith(f".{domain}")])
    return MisplacedFacts(
        records,
        lookups_of((*known.values(), *others)),
        tuple(
            answer.lookup
            for answer in (*wrong, control)
            if (answer.undetermined or len(answer.records) > MAX_TXT)
            and (answer.name == domain or answer.name not in known)
        ),
    )


async def _doubled(domain: str, control: Answer, twice: Answer, resolver: Resolver) -> list[Answer]:
    """The answers for the domain with itself (``twice``) and with its zone appended, wildcards left out."""
    found = [] if _same(twice, control) else [twice]
    # The zone name that a web panel appends is the domain, or a name above it.
    above = control.zone if domain.endswith(f".{control.zone}") else ""
    if "." in above:
        wide, beyond = await _ask(resolver, (_below(WILDCARD_LABEL, above), _below(domain, above)))
        found += [] if _same(beyond, wide) else [beyond]
    return found


def _below_double(double: Answer, kinds: Sequence[RecordKind], selectors: Sequence[str]) -> Iterator[_Chain]:
    """The names of records below a doubled name, if that exists."""
    if double.status == "nxdomain" or double.undetermined:
        return
    for kind in kinds:
        if kind not in ("spf", "dkim"):
            yield (_below(LABELS[kind], double.name),)
    if "dkim" in kinds:
        yield from ((_below(f"{each}._domainkey", double.name),) for each in selectors)


def _of_keys(domain: str, selectors: Sequence[str], keys: Answer) -> Iterator[_Chain]:
    """Wrong names of keys; ``keys``: the answer for ``_domainkey``.

    Without named selectors, there are none unless ``_domainkey`` does not exist: in a dead zone they would
    cost one more timeout.
    """
    if not (selectors or keys.status == "nxdomain"):
        return
    yield (_below("domainkey", domain), *(_below(f"{each}.domainkey", domain) for each in selectors))
    if keys.status == "nxdomain":
        yield from ((_below(form.format(each), domain),) for each in selectors for form in _KEYS)


def _records(
    answers: list[Answer], control: Answer, domain: str, kinds: tuple[RecordKind, ...]
) -> tuple[MisplacedRecord, ...]:
    wild = set(_texts(control))
    found: dict[tuple[str, str], MisplacedRecord] = {}
    for answer in answers:
        alias = answer.chain[-1] if answer.chain else ""
        for text in _texts(answer) if answer.records else ():
            if text in wild and answer.name != domain:
                continue
            record = misplaced(answer.name, text, domain, alias)
            if record is not None and record.kind in kinds:
                found.setdefault((record.name, text), record)
    return tuple(found.values())[:MAX_RECORDS]


async def _ask(resolver: Resolver, names: Sequence[str]) -> list[Answer]:
    """The TXT answers of these names, except that a name too long to exist is not queried."""
    asked = [(name, "TXT") for name in names if len(name) <= 253]
    answers = iter(await ask(resolver, *asked))
    return [next(answers) if len(name) <= 253 else Answer(name, "TXT", "nxdomain") for name in names]


def _listed(domain: str, resolver: Resolver, kinds: Sequence[RecordKind]) -> Iterator[str]:
    """Names similar to the right ones of these kinds, in a zone that we can list."""
    for name in names_below(resolver, domain) or ():
        hint = _HINT.search(name, 0, len(name) - len(domain))
        if hint and any(_is_near(name, domain, kind) for kind in kinds):
            yield name


def _is_near(name: str, domain: str, kind: RecordKind) -> bool:
    """Whether it is the right name doubled, or differs from it only in punctuation and at most one letter."""
    own, right = name.removesuffix(f".{domain}"), LABELS[kind]
    own = own.partition(".")[2] if kind == "dkim" else own
    if not right or own == right:
        return False
    typed, wanted = ("".join(filter(str.isalpha, each)) for each in (own, right))
    # _dmarc.a is where the policy of a subdomain belongs.
    return typed == wanted * 2 or (not own.startswith(f"{right}.") and edits(typed, wanted, 1) < 2)


def _below(label: str, domain: str) -> str:
    return f"{label}.{domain}" if label else domain


def _texts(answer: Answer) -> tuple[str, ...]:
    return answer.lookup.records[:MAX_TXT]


def _same(answer: Answer, control: Answer) -> bool:
    """Whether both answers come from the same wildcard."""
    return bool(control.records or control.chain) and (
        _texts(answer) == _texts(control) and answer.chain == control.chain
    )


def _has(answer: Answer, kind: RecordKind) -> bool:
    """Whether the right name has such a record, however broken, or may have one."""
    if answer.undetermined or answer.chain or len(answer.records) > MAX_TXT:
        return True
    found = [read(text) for text in _texts(answer)]
    return any(each and each.kind == kind for each in found)
