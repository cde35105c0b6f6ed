"""The sections on the DNS itself (DNSSEC, the answers of each name server) and on blocklists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from mailproof.model import (
    AuthorityFacts,
    BlocklistFacts,
    DomainFacts,
    ListingStatus,
    ServerAddress,
    ZoneSecurity,
    ZoneState,
)
from mailproof.render.text.page import Head, Page
from mailproof.render.text.style import clean, counted

_MOST_ROWS = 30
_STATES: dict[ZoneState, tuple[str, str]] = {
    "signed": ("signed", "mp.pass"),
    "insecure": ("not signed", "mp.dim"),
    "bogus": ("bogus", "mp.fail"),
    "mixed": ("partly signed", "mp.warn"),
    "unknown": ("unknown", "mp.unknown"),
}
_LISTED: dict[ListingStatus, tuple[str, str]] = {
    "listed": ("listed", "mp.fail"),
    "clear": ("not listed", "mp.pass"),
    "refused": ("query refused", "mp.unknown"),
    "unusable": ("list is broken", "mp.unknown"),
    "unknown": ("unknown", "mp.unknown"),
}


def write_health(page: Page, facts: DomainFacts, head: Head) -> None:
    """DNSSEC by zone and a line for each queried name server, then the blocklists."""
    zones = [zone for zone in facts.dnssec if zone.state != "unknown"]
    asked = facts.authority if facts.authority is not None and facts.authority.asked else None
    if (zones or asked is not None) and head("DNS", ("DNS", "DOM"), _in_short(facts, zones, asked)):
        for zone in zones[:_MOST_ROWS]:
            hosts = f" ({clean(', '.join(zone.hosts[:3]))})" if zone.hosts else ""
            reason = f": {clean(zone.reason)}" if zone.reason else ""
            page.line("DNSSEC ", f"{clean(zone.zone)}{hosts} ", _STATES[zone.state], reason, indent=2)
        if asked is not None:
            page.table(("name server", "address", "serial", "state"), list(_servers(asked))[:_MOST_ROWS])
    if facts.blocklists is not None and head("Blocklists", ("RBL",), _lists_in_short(facts.blocklists)):
        _lists(page, facts.blocklists)


def _in_short(facts: DomainFacts, zones: Sequence[ZoneSecurity], asked: AuthorityFacts | None) -> str:
    servers = len(asked.servers) if asked is not None else 0
    own = next((zone for zone in zones if zone.zone == facts.domain), None)
    signed = "" if own is None else f"DNSSEC {_STATES[own.state][0]}"
    answering = f"{counted(servers, 'name server')} answer{'s' if servers == 1 else ''}" if servers else ""
    return ", ".join(filter(None, (answering, signed)))


def _lists_in_short(found: BlocklistFacts) -> str:
    if not found.listings or all(each.lookup.status == "unasked" for each in found.listings):
        return ""
    return f"not listed ({', '.join(found.asked)}, lists as of {found.list_date})"


def _servers(found: AuthorityFacts) -> Iterator[tuple[str | Text, ...]]:
    for server in found.servers:
        if not server.addresses:
            yield server.host, "none", "", Text("has no address", "mp.fail")
        for number, address in enumerate(server.addresses):
            serial, state = _state(address)
            yield "" if number else server.host, address.address, serial, state


def _state(address: ServerAddress) -> tuple[str, Text]:
    if address.skipped:
        return "", Text(clean(address.skipped), "mp.dim")
    soa = next((each for each in address.answers if each.lookup.rrtype == "SOA"), None)
    if soa is None or not soa.reached:
        return "", Text("not reached from here", "mp.unknown")
    if soa.lookup.status == "timeout":
        return "", Text("no answer", "mp.fail")
    if soa.referral or soa.lookup.undetermined or not soa.authoritative:
        return "", Text("does not serve the zone", "mp.fail")
    words = soa.lookup.records[0].split() if soa.lookup.records else []
    return words[2] if len(words) > 2 else "", Text("answers", "mp.pass")


def _lists(page: Page, found: BlocklistFacts) -> None:
    """Listed and unknown results in a line each; clear ones in a single line."""
    if all(each.lookup.status == "unasked" for each in found.listings):
        page.line("no blocklist was queried: offline", indent=2)
        return
    worth = [each for each in found.listings if each.status != "clear"]
    rows = (
        (
            each.blocklist,
            each.subject,
            Text(*_LISTED[each.status]),
            "; ".join(clean(code.meaning) for code in each.codes) or clean(each.reason),
        )
        for each in worth[:_MOST_ROWS]
    )
    page.table(("list", "queried for", "", "why"), rows)
    clear = len(found.listings) - len(worth)
    page.line(
        f"not listed: {clear} of {counted(len(found.listings), 'answer')} "
        f"(lists as of {found.list_date}: {', '.join(found.asked)})",
        indent=2,
    )
    if found.left_out:
        names = ", ".join(name for name, _ in found.left_out)
        page.line(
            (f"queried only by name (--blocklist), because of their terms: {names}", "mp.dim"), indent=2
        )
