"""Interprets a TXT record that is SPF, or was intended as SPF, the way its author intended it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from mailproof.model import SpfProblem, SpfRecord, SpfTerm
from mailproof.records.plain import TAIL, percent_decoded, unmangled
from mailproof.records.spf.head import read_head
from mailproof.records.spf.parse import MAX_READ, STRAY, VERSION, is_spf, parse_spf
from mailproof.records.spf.words import is_plausible, is_verification_token
from mailproof.structs import replace

#: A record in more parts than this is no accident.
_MOST_PARTS = 5


class SpfReading(Struct, frozen=True):
    """The faults of a text, and the intended record; None if that is unknown.

    ``apart`` are parts of the text that belong in separate TXT records.
    """

    faults: tuple[SpfProblem, ...] = ()
    meant: str | None = None
    apart: tuple[str, ...] = ()


def read_spf(text: str, domain: str = "", seams: tuple[int, ...] = ()) -> SpfReading | None:
    """Interpret a TXT record of ``domain``; None if it neither is nor was intended as SPF.

    The intended record is valid, allows everything that the author named, keeps each qualifier, and allows
    everyone only if the published record does. Longer texts than any legitimate record are not interpreted.
    """
    if is_spf(text):
        if len(text) > MAX_READ:
            return SpfReading()
        record = parse_spf(text, seams)
        return SpfReading(record.problems, *_repaired(record))
    if is_spf(plain := percent_decoded(text)):
        why = "it is percent-encoded, as in a URL"
        return SpfReading((SpfProblem("not-spf", why, 0, len(text)),), *_repaired(parse_spf(plain)))
    head = read_head(text, domain.lower(), seams)
    if head is None:
        return None
    faults = (SpfProblem("not-spf", head.why, head.start, head.end),)
    for body in _unquoted(text[head.terms_at :]) if head.clear and len(text) <= MAX_READ else ():
        meant, apart = _repaired(parse_spf(f"{VERSION} {body}"), published=False)
        if meant is not None and meant != VERSION:
            return SpfReading(faults, meant, (*head.apart, *apart))
    return SpfReading(faults)


def all_last(record: SpfRecord) -> str | None:
    """A valid record with ``all`` after every other mechanism; None if there are two that differ."""
    mechanisms = [term for term in record.terms if term.kind == "mechanism"]
    ends = [term for term in mechanisms if term.name == "all"]
    late = [term for term in mechanisms if ends and term.start > ends[0].start and term.name != "all"]
    if not late:
        return without(record, ends[1:])
    if len({term.qualifier for term in ends}) > 1:
        return None
    at = late[-1].end
    if ends[-1].start > at:
        return without(record, ends[:-1])
    text = f"{record.text[:at]} {ends[0].text}{record.text[at:]}"
    return without(replace(record, text=text), ends)


def merged(texts: Iterable[str]) -> str | None:
    """One record that allows everything that these do; None if they are contradictory or one is invalid."""
    terms: dict[str, str] = {}
    ends: dict[str, str] = {}
    modifiers: dict[str, str] = {}
    records = [parse_spf(text) for text in texts]
    for term in (term for record in records for term in record.terms):
        if term.kind == "modifier":
            if modifiers.setdefault(term.name, term.text).lower() != term.text.lower():
                return None
        elif term.name == "all":
            ends.setdefault(term.qualifier, term.text)
        elif term.qualifier != "+":
            return None  # what it excludes depends on its position
        else:
            terms.setdefault(term.text.lower().removeprefix("+"), term.text)
    contradict = len(ends) > 1 or "+" in ends or (ends and "redirect" in modifiers)
    if contradict or not all(record.valid for record in records):
        return None
    return " ".join((VERSION, *terms.values(), *ends.values(), *modifiers.values()))


def rest_of(record: SpfRecord, others: Iterable[str]) -> tuple[str, ...]:
    """The texts that continue a record without an end: those of only terms; the one with the end is last."""
    if record.all_term is not None or record.redirect is not None:
        return ()
    stub = record.text.rpartition(" ")[2]
    found = [text for text in others if _is_rest(text.split(), stub)][:_MOST_PARTS]
    return tuple(sorted(found, key=lambda text: text.lower().endswith("all")))


def joined(record: SpfRecord, rest: Iterable[str]) -> str | None:
    """The record with its continuation, if valid; a word cut in two is joined without a space."""
    for seam in ("", " ") if record.cut else (" ", ""):
        text = f"{record.text}{seam}{' '.join(rest)}"
        reading = read_spf(" ".join(text.split()))
        if reading is not None and not reading.faults:
            return reading.meant
    return None


def _is_rest(words: list[str], stub: str) -> bool:
    """Whether the words are unmistakably terms: not only ``mx``, which may be an ordinary word.

    The first may be the rest of ``stub``, the word at which the record was cut off.
    """
    sure = any(":" in word or "=" in word or word.lower() in ("-all", "~all", "?all") for word in words)
    whole = [stub + word for word in words[:1]] + words[1:]
    return sure and (all(map(is_plausible, words)) or all(map(is_plausible, whole)))


def without(record: SpfRecord, terms: Iterable[SpfTerm]) -> str:
    """The record without these terms, the rest unchanged."""
    return rewritten(record, ((term, "") for term in terms))


def rewritten(record: SpfRecord, changes: Iterable[tuple[SpfTerm | SpfProblem, str]]) -> str:
    """The record with some spans replaced (empty: removed), the rest unchanged."""
    text = record.text
    for place, new in sorted(changes, key=lambda change: change[0].start, reverse=True):
        text = text[: place.start] + new + text[place.end :]
    return " ".join(filter(None, text.split(" ")))


def as_term(network: str) -> str:
    """A network in CIDR form as a mechanism; a single address without its prefix."""
    if ":" in network:
        return f"ip6:{network.removesuffix('/128')}"
    return f"ip4:{network.removesuffix('/32')}"


def _repaired(record: SpfRecord, *, published: bool = True) -> tuple[str | None, tuple[str, ...]]:
    """The record with every suggestion applied, if that makes it valid; and what belongs elsewhere."""
    apart: list[str] = []
    current = record
    for _ in range(4):  # one repair may reveal another fault, like a separate dash
        known = [p for p in current.problems if p.suggestion is not None and p.code != "repeated-version"]
        if not known or record.cut:
            break
        apart += (text for problem in known for text in problem.apart)
        current = parse_spf(rewritten(current, ((problem, problem.suggestion or "") for problem in known)))
    if not current.valid or record.cut or any(p.code == "mailbox" for p in current.problems):
        return None, ()
    text = _one_of_several(current)
    if text is None:
        return None, ()
    if text != record.text or not published:
        current = parse_spf(text)
        proofs = [
            term for term in current.terms if term.kind == "modifier" and is_verification_token(term.text)
        ]
        apart += (term.text for term in proofs)
        text = all_last(parse_spf(without(current, proofs)))
    if text is None or (_allows_all(parse_spf(text)) and not (published and _allows_all(record))):
        return None, ()
    return text, tuple(dict.fromkeys(apart))


def _allows_all(record: SpfRecord) -> bool:
    return record.valid and record.all_term is not None and record.all_term.qualifier == "+"


def _one_of_several(record: SpfRecord) -> str | None:
    """If several records were pasted into one: the SPF records merged, without records of other kinds.

    None if they are contradictory, or if SPF terms are in another record (``v=DMARC1; p=none``).
    """
    versions = [term for term in record.terms if term.kind == "modifier" and term.name == "v"]
    if not versions:
        return record.text
    parts: list[str] = []
    starts = [0, *(term.start for term in versions)]
    for start, end in zip(starts, [*starts[1:], len(record.text)], strict=True):
        part = record.text[start:end].rstrip(" ;,")
        inside = [term for term in record.terms if start < term.start < end]
        if is_spf(part):
            parts += [part] if inside else []
        elif any(term.kind == "mechanism" for term in inside):
            return None
    return merged(parts) if len(parts) > 1 else (parts or [VERSION])[0]


def _unquoted(text: str) -> Iterator[str]:
    """Yield the text without quotation marks, backslashes and stray characters, in its two interpretations.

    ``inclu" "de:esp.example`` was pasted from two strings, which are joined without a space.
    """
    plain = "".join(STRAY.get(char, char) for char in unmangled(text) if char not in "`\\'")
    for joined in dict.fromkeys((re.sub(r'" *"', "", plain), plain)):
        yield TAIL.sub("", " ".join(joined.replace('"', "").split()).strip("; ,()*"))
