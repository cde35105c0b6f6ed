"""Compare what was sent with what arrived: which headers and body parts changed, and at which hop."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from mailproof.grouping import grouped
from mailproof.mail.compare_body import compare_bodies
from mailproof.message.hosts import named_among
from mailproof.message.parts import decoded, parts_of
from mailproof.model import Change, ComparisonFacts, DkimVerdict
from mailproof.printable import clean
from mailproof.records.html_text import links_in
from mailproof.records.message import HeaderField, split_fields
from mailproof.structs import replace

#: Octets of each HTML part that are searched for the hosts of its links.
MAX_HTML = 1_000_000
MAX_VALUE = 500
MAX_CHANGES = 200

_BY = re.compile(r"\bby\s+([A-Za-z0-9._:\[\]-]{1,255})", re.I)

#: Fields that may occur only once (RFC 5322 section 3.6); a second one added in transit is not a trace field.
_SINGLE = frozenset(
    [
        *("date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to"),
        *("references", "subject", "mime-version", "content-type", "content-transfer-encoding"),
        "content-disposition",
    ]
)
#: Header fields by which list software and gateways can be recognized.
_LIST_FIELDS = (
    *("list-id", "list-post", "list-help", "x-mailman-version", "sender", "x-beenthere", "errors-to"),
)
#: Fields that servers are expected to remove.
_EXPECTED_REMOVALS = frozenset(("bcc", "return-path"))


def compare(sent: bytes, arrived: bytes) -> ComparisonFacts:
    """Compare two raw messages. Added trace headers, refolding and the like are marked harmless.

    Never raises; the result is bounded.
    """
    sent_fields, sent_body = split_fields(sent)
    fields, body = split_fields(arrived)
    origins = _hop_of_each(fields)
    suspect = _suspect_hop(fields, origins, sent_fields)
    changes = list(_headers(sent_fields, fields, origins, suspect))
    body_changes = compare_bodies(sent_fields, sent_body, fields, body)
    changes += [each if each.harmless else replace(each, hop=suspect) for each in body_changes]
    return ComparisonFacts(
        changes=tuple(changes[:MAX_CHANGES]),
        body_intact=not any(not change.harmless for change in body_changes),
    )


def placed(comparison: ComparisonFacts, dkim: Iterable[DkimVerdict]) -> ComparisonFacts:
    """Set the hop of each change to where the signatures say the message was modified.

    Hosts that reported or made a signature narrow it down further than list software's fields, and one report
    must not name two places for one change.
    """
    broken = [verdict for verdict in dkim if verdict.cause_hop]
    body = next((verdict.cause_hop for verdict in broken if verdict.body_valid is False), "")
    header = next((verdict.cause_hop for verdict in broken if verdict.signature_valid is False), "")

    def hop(change: Change) -> str:
        own = change.part == "header" and change.kind == "added"  # it names where it was added
        if change.harmless or own:
            return change.hop
        return (body if change.part == "body" else header) or change.hop

    return replace(comparison, changes=tuple(replace(each, hop=hop(each)) for each in comparison.changes))


def _headers(
    before: Sequence[HeaderField], after: Sequence[HeaderField], origins: Sequence[str], suspect: str
) -> Iterator[Change]:
    names = list(dict.fromkeys([f.key for f in before] + [f.key for f in after]))
    place = {id(field): origins[index] for index, field in enumerate(after)}
    old_by_name, new_by_name = (grouped(fields, attrgetter("key")) for fields in (before, after))
    for name in names:
        old, new = old_by_name.get(name, []), new_by_name.get(name, [])
        # Match fields from the bottom: new ones are prepended.
        removed, added = _unmatched(old, new)
        while removed and added and (name in _SINGLE or len(old) == len(new)):
            yield _changed(removed.pop(), added.pop(), suspect)
        expected = name in _EXPECTED_REMOVALS
        hop = "" if expected else suspect
        for field in removed:
            yield Change("header", _title(field), "removed", before=_shown(field), hop=hop, harmless=expected)
        doubled = name in _SINGLE and bool(old)
        for field in added:
            hop = place[id(field)]
            yield Change("header", _title(field), "added", after=_shown(field), hop=hop, harmless=not doubled)
    single = {n for n in names if len(old_by_name.get(n, ())) == len(new_by_name.get(n, ())) == 1}
    if [f.key for f in before if f.key in single] != [f.key for f in after if f.key in single]:
        yield Change("header", "(order)", "reordered", hop=suspect, harmless=True)


def _unmatched(old: list[HeaderField], new: list[HeaderField]) -> tuple[list[HeaderField], list[HeaderField]]:
    """What is left of both after removing equal values (refolded ones are handled later)."""
    before, after = Counter(map(_octets, old)), Counter(map(_octets, new))
    removed = list(_as_many(reversed(old), before - after))[::-1]
    return removed, list(_as_many(new, after - before))  # of equal fields, the topmost are the added ones


def _as_many(fields: Iterable[HeaderField], counts: Counter[bytes]) -> Iterator[HeaderField]:
    """Yield as many fields of each kind as are counted."""
    for field in fields:
        if counts[_octets(field)]:
            counts[_octets(field)] -= 1
            yield field


def _octets(field: HeaderField) -> bytes:
    return field.raw.replace(b"\r\n", b"\n").rstrip()


def _changed(old: HeaderField, new: HeaderField, hop: str) -> Change:
    """A field whose text changed; harmless if only folding or spacing differs."""
    harmless = old.value.split() == new.value.split()
    return Change(
        "header", _title(new), "changed", before=_shown(old), after=_shown(new), hop=hop, harmless=harmless
    )


def _hop_of_each(fields: Sequence[HeaderField]) -> list[str]:
    """For each field the host that most likely wrote it: the ``by`` of the next Received at or below it.

    A host prepends its Received field, and then others above it.
    """
    result: list[str] = []
    current = ""
    for field in reversed(fields):
        if field.key == "received":
            found = _BY.search(field.value[:2000])
            current = found[1].rstrip(";") if found else ""
        result.append(current)
    return result[::-1]


def _suspect_hop(fields: Sequence[HeaderField], origins: Sequence[str], sent: Sequence[HeaderField]) -> str:
    """The host that must have changed something: a recognizable list server, or the only hop.

    List software adds its fields anywhere in the header, so their values count before their position.
    """
    hosts = list(dict.fromkeys(o for f, o in zip(fields, origins, strict=True) if f.key == "received" and o))
    ours = {(f.key, f.value) for f in sent}
    signs = [
        (f, o)
        for f, o in zip(fields, origins, strict=True)
        if f.key in _LIST_FIELDS and (f.key, f.value) not in ours
    ]
    wrote = next((origin for _, origin in signs if origin), "")
    if found := named_among(hosts, [field.value for field, _ in signs]) or wrote:
        return found
    if len(hosts) == 1:
        return hosts[0]
    return f"one of {', '.join(reversed(hosts[:5]))}" if hosts else ""


def _title(field: HeaderField) -> str:
    return clean(field.raw.partition(b":")[0].decode("latin-1").strip())[:100]


def _shown(field: HeaderField) -> str:
    return clean(field.value)[:MAX_VALUE]


def new_hosts(sent: bytes, arrived: bytes) -> tuple[str, ...]:
    """The hosts of links that none of the sent links lead to; empty if none were sent."""
    before, after = link_hosts(sent), link_hosts(arrived)
    return tuple(host for host in after if host not in before) if before else ()


def link_hosts(raw: bytes) -> tuple[str, ...]:
    """The hosts of links in the HTML, each once."""
    fields, body = split_fields(raw)
    hosts: dict[str, None] = {}
    for part in parts_of(fields, body):
        if part.media_type == "text/html":
            text = decoded(body[part.body : part.end][:MAX_HTML], part.encoding).decode("utf-8", "replace")
            hosts |= dict.fromkeys(link.host.lower() for link in links_in(text) if link.host)
    return tuple(hosts)
