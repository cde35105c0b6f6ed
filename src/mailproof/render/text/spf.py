"""The SPF section: the tree with the cost of each term, and the allowed addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.text import Text

from mailproof.model import (
    MAX_LOOKUPS,
    MAX_VOID_LOOKUPS,
    STATUS_SHORT,
    Lookup,
    SpfAllowed,
    SpfFacts,
    SpfNode,
    SpfTermCost,
)
from mailproof.printable import first_of
from mailproof.render.shown import counted
from mailproof.render.text.page import Page, SpfRow
from mailproof.render.text.style import clean

#: Rows of the tree; the term that exceeds the limit is shown even after them.
MOST_ROWS = 60
#: This many consecutive address terms are collapsed into a line.
LONG_RUN = 4


def absence(lookup: Lookup | None) -> str:
    """An unsuccessful lookup in words."""
    return clean(lookup.describe()) if lookup is not None else "not queried"


def spf_in_short(spf: SpfFacts) -> str:
    """The line for a healthy record; "" if there is no record."""
    if spf.root.record is None:
        return ""
    lookups = f"{spf.lookup_count} of {MAX_LOOKUPS} lookups"
    return f"{lookups}, allows {_addresses(spf.allowed)}" if spf.allowed is not None else lookups


def write_spf(page: Page, spf: SpfFacts) -> None:
    """The counts, the tree with a running total of lookups, the addresses."""
    over = spf.lookup_count > MAX_LOOKUPS
    voids = len(spf.void_lookups)
    page.line(
        "lookups ",
        (f"{spf.lookup_count} of {MAX_LOOKUPS}", "mp.fail" if over else "mp.pass"),
        f" {page.signs.dot} void lookups ",
        (f"{voids} of {MAX_VOID_LOOKUPS}", "mp.fail" if voids > MAX_VOID_LOOKUPS else "mp.pass"),
        *((f" {page.signs.dot} {len(spf.unknown)} not answered: the counts may be higher", "mp.unknown"),)
        * bool(spf.unknown),
        indent=2,
    )
    if spf.root.record is None:
        for record in spf.root.records:
            page.verbatim(record, indent=2)
        page.line(clean(spf.root.reason) or absence(spf.root.lookup), indent=2)
        return
    if spf.root.record.problems:
        page.verbatim(spf.root.record.text, indent=2)
    page.picture(spf)
    shown: list[SpfRow] = []
    left_out = 0
    over_shown = False
    for number, row in enumerate(_tree(page, spf.root, "")):
        first_over = row.over and not over_shown
        over_shown = over_shown or first_over
        if number >= MOST_ROWS and not first_over:
            left_out += 1
            continue
        shown.append(row)
    page.spf_tree(shown)
    if left_out:
        page.line((f"… {counted(left_out, 'more term')} (-f json has them all)", "mp.dim"), indent=2)
    write_allowed(page, spf.allowed)


def _tree(page: Page, node: SpfNode, prefix: str, depth: int = 1) -> Iterator[SpfRow]:
    """The terms in order of evaluation. Long runs of address ranges are collapsed."""
    signs = page.signs
    runs = [[*run] for _, run in groupby(node.costs, key=_is_address)]
    parts: list[list[SpfTermCost]] = []
    for run in runs:
        parts += (
            [run]
            if _is_address(run[0]) and len(run) >= LONG_RUN and not page.verbose
            else [[each] for each in run]
        )
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        here = prefix + (signs.last if last else signs.branch)
        if len(part) > 1:
            yield SpfRow(here, depth, _run(part))
            continue
        cost = part[0]
        child = cost.child
        yield _row(page, here, depth, cost)
        if child is not None:
            yield from _tree(page, child, prefix + ("   " if last else signs.bar), depth + 1)


def _is_address(cost: SpfTermCost) -> bool:
    return cost.term.name in ("ip4", "ip6")


def _run(part: Sequence[SpfTermCost]) -> str:
    names = " and ".join(dict.fromkeys(each.term.name for each in part))
    return f"{len(part)} {names} ranges: {clean(part[0].term.value)} to {clean(part[-1].term.value)}"


def _row(page: Page, prefix: str, depth: int, cost: SpfTermCost) -> SpfRow:
    child = cost.child
    note = Text()
    if child is not None and child.status == "unknown" and child.lookup is not None:
        note = Text(f"  {page.signs.unknown} {STATUS_SHORT[child.lookup.status]}", "mp.unknown")
    elif child is not None and child.status != "ok":
        note = Text(f"  {page.signs.fail} {clean(child.reason) or child.status}", "mp.fail")
    counted = cost.lookups_after != cost.lookups_before or cost.term.costs_lookup
    # The total at an include excludes its subtree, so that the column is ascending.
    total = cost.lookups_before + 1 if child is not None and child.costs else cost.lookups_after
    voids = 0 if child is not None and child.costs else cost.voids_after
    about = ""
    if cost.networks and cost.term.name in ("a", "mx"):
        about = first_of(cost.networks, 3)
    if not counted:
        total = voids = 0
    return SpfRow(prefix, depth, clean(cost.term.text), total, voids, about, note)


def write_allowed(page: Page, allowed: SpfAllowed | None) -> None:
    """The number of passing addresses and ranges, and the largest ranges."""
    if allowed is None:
        return
    if not allowed.ipv4 + allowed.ipv6:
        page.line("allows no address", *_open(allowed), indent=2)
        return
    ranges = counted(allowed.range_count, "range")
    widest = (
        f", the widest {', '.join(allowed.largest)}" if allowed.range_count > len(allowed.largest) else ""
    )
    listed = f": {', '.join(allowed.largest)}" if not widest else ""
    page.line(f"allows {_addresses(allowed)} in {ranges}{listed}{widest}", *_open(allowed), indent=2, hang=2)


def _addresses(allowed: SpfAllowed) -> str:
    parts = [f"{allowed.ipv4:,} IPv4"] if allowed.ipv4 else []
    if allowed.ipv6:
        parts.append("1 IPv6" if allowed.ipv6 == 1 else f"{_short(allowed.ipv6)} IPv6")
    word = "address" if allowed.ipv4 + allowed.ipv6 == 1 else "addresses"
    return f"{' and '.join(parts)} {word}" if parts else "no address"


def _short(count: int) -> str:
    """Small numbers in full, large ones as powers of two."""
    if count < 1_000_000:
        return f"{count:,}"
    return f"2^{count.bit_length() - 1}" if count & (count - 1) == 0 else f"about 2^{count.bit_length() - 1}"


def _open(allowed: SpfAllowed) -> tuple[tuple[str, str], ...]:
    if not allowed.open_terms:
        return ()
    return ((f"; maybe more by {clean(', '.join(allowed.open_terms[:3]))}", "mp.unknown"),)
