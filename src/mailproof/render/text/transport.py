"""The sections on the mail hosts: connections, certificates, DANE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from mailproof.model import DaneHostFacts, DomainFacts, MxConnectionFacts
from mailproof.render.text.page import Head, Page
from mailproof.render.text.style import clean, counted

_MOST_ROWS = 30
_DANE = {
    "matched": ("matches", "mp.pass"),
    "mismatched": ("no match", "mp.fail"),
    "no-tls": ("no TLS", "mp.fail"),
    "failed": ("lookup failed", "mp.unknown"),
    "insecure": ("no DNSSEC", "mp.warn"),
    "unusable": ("unusable", "mp.warn"),
    "unknown": ("DNSSEC unknown", "mp.unknown"),
    "untested": ("not compared", "mp.unknown"),
    "absent": ("none", "mp.dim"),
}


def write_transport(page: Page, facts: DomainFacts, head: Head) -> None:
    """A line for each address that was connected to, then the TLSA records, if any."""
    dane = {host.host: host for host in facts.dane.hosts} if facts.dane is not None else {}
    transport = facts.transport
    tried = transport.connections if transport is not None else ()
    if tried and head("TLS", ("TLS",), _in_short(tried)):
        page.picture(tried)
        rows = [_row(each, dane.get(each.host)) for each in tried]
        columns = ("host", "address", "connected", "TLS", "certificate", "DANE")
        page.table(columns, rows[:_MOST_ROWS], flexible=2)
        if transport is not None and transport.left_out:
            page.line(f"not tried: {clean(', '.join(transport.left_out[:5]))}", indent=2)
    # A failed lookup is irrelevant if the host's addresses are known to be unsigned: TLSA is not used then.
    unused = {"absent", "failed"}
    shown = [
        x for x in dane.values() if x.state not in unused or (x.state, x.address_secure) == ("failed", "yes")
    ]
    if shown:
        matched = [host for host in shown if host.state == "matched"]
        short = f"TLSA records of {counted(len(matched), 'host')} match" if matched else ""
        if head("DANE", ("DANE",), short):
            page.table(
                ("TLSA of", "record", "state"), (row for host in shown for row in _records(host)), flexible=1
            )


def _in_short(connections: Sequence[MxConnectionFacts]) -> str:
    """The TLS versions, and how long the certificates remain valid."""
    facts = [each.tls for each in connections if each.tls is not None and each.tls.chain]
    if not facts:
        return ""
    versions = ", ".join(dict.fromkeys(clean(each.version) for each in facts))
    left = min(each.chain[0].days_left for each in facts)
    hosts = len({each.host for each in connections})
    return f"{versions} at {counted(hosts, 'host')}, certificates valid for {counted(left, 'day')} or more"


def _row(each: MxConnectionFacts, dane: DaneHostFacts | None) -> tuple[str | Text, ...]:
    state = Text(*_DANE[dane.state]) if dane is not None else Text("")
    return each.host, each.address, _connected(each), _tls(each), _certificate(each), state


def _connected(each: MxConnectionFacts) -> Text:
    if each.state == "answered":
        if each.code < 400:
            return Text("yes", "mp.pass")
        return Text(f"turned away ({each.code})", "mp.warn")
    words = {
        "refused": ("refused", "mp.fail"),
        "timeout": ("no answer", "mp.unknown"),
        "unreachable": ("not reachable from here", "mp.unknown"),
        "silent": ("no greeting", "mp.unknown"),
        "protocol": ("not SMTP", "mp.fail"),
        "skipped": ("not tried", "mp.dim"),
    }
    return Text(*words[each.state])


def _tls(each: MxConnectionFacts) -> Text:
    if each.tls is not None and each.tls.version:
        return Text(clean(each.tls.version), "mp.warn" if each.starttls_problem else "mp.pass")
    if each.starttls_problem:
        return Text("broken", "mp.fail")
    return Text("no STARTTLS", "mp.fail") if each.starttls is False else Text("")


def _certificate(each: MxConnectionFacts) -> Text:
    if each.tls is None or not each.tls.chain:
        return Text("")
    days = each.tls.chain[0].days_left
    if days < 0:
        return Text("expired", "mp.fail")
    words = counted(days, "day")
    if each.names_match is False:
        return Text(f"{words}, wrong name", "mp.warn")
    if each.tls.verified is False:
        return Text(f"{words}, untrusted", "mp.warn")
    return Text(words, "mp.pass" if days >= 14 else "mp.warn")


def _records(host: DaneHostFacts) -> Iterator[tuple[str | Text, ...]]:
    used = {index for match in host.matches for index in match.records}
    if not host.records:
        yield host.base, "", Text(*_DANE[host.state])
    for index, record in enumerate(host.records[:6]):
        data = f"{record.data[:16]}…" if len(record.data) > 16 else record.data
        state = Text("unusable", "mp.warn") if not record.usable else Text(*_DANE[host.state])
        if record.usable and host.matches and host.state in ("matched", "mismatched") and index not in used:
            state = Text("matches nothing", "mp.fail" if not used else "mp.unknown")
        yield "" if index else host.base, f"{record.parameters} {data}", state
