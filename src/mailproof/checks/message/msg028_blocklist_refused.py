"""Filter: blocklist lookups refused

## What it checks
The symbols of a spam filter (the receiver's in its header, or one that was asked). The rule fires where one
says that a DNS list refused to answer, like `URIBL_BLOCKED`, `RCVD_IN_ZEN_BLOCKED_OPENDNS` or
`RBL_SPAMHAUS_BLOCKED_OPENRESOLVER`, or that the lookup failed (`RBL_…_FAIL`).

## Why it matters
It is not a listing, though it looks like one. The filter asks through a public or shared resolver, or too
often, and the list answers 127.255.255.254 or the like. Such a filter works without its lists and lets spam
through.

## How to fix
Let the filter ask through a resolver of its own that asks the list's name servers itself and forwards to no
one (Unbound on the same host). For more queries, use the list's own feed. A sender can do nothing here.

## Example
Before (the resolver forwards to a public one):

    X-Spam-Status: No, score=-0.2 required=5.0 tests=SPF_PASS,URIBL_BLOCKED

After (`dns_server 127.0.0.1` in local.cf):

    X-Spam-Status: No, score=-0.2 required=5.0 tests=SPF_PASS

## References
- https://www.spamhaus.org/returnc/pub/
- https://cwiki.apache.org/confluence/display/SPAMASSASSIN/DnsBlocklists
- RFC 5782 section 2.1
"""

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import in_header, values
from mailproof.checks.message._filters import symbols_of
from mailproof.data.filter_symbols import silent_list
from mailproof.model import Location, MessageFacts, Severity

_RESOLVER = {
    "SpamAssassin": "dns_server 127.0.0.1 in local.cf",
    "Rspamd": 'dns { nameserver = ["127.0.0.1"]; } in local.d/options.inc',
}


@declare(Severity.WARNING, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    listed = False
    for asked in facts.asked_filters:
        if asked.verdict == "unknown":
            report.unknown(f"{asked.filter} ({asked.server}): {asked.problem}")
            continue
        listed = True
        if found := _lines(each.name for each in asked.symbols):
            report(
                f"{asked.filter} ({asked.server}) works without {found[0]}: lookups refused or failed.",
                location=Location(name=asked.filter),
                evidence=found[1],
                fix="Run a resolver on that host that forwards to no public one, such as Unbound, and set "
                f"{_RESOLVER[asked.filter]}",
            )
    for verdict in facts.filters:
        symbols = symbols_of(verdict) if verdict.trusted else ()
        if not symbols:
            continue
        listed = True
        if found := _lines(each.name for each in symbols):
            texts = values(facts, verdict.header)
            report(
                f"The receiver's {verdict.filter} worked without {found[0]}: lookups refused or failed.",
                location=in_header(verdict.header, texts[0] if texts else ""),
                evidence=found[1],
                fix="Nothing to fix at the sender: it is not a listing. The receiver's filter needs another "
                "resolver",
                severity=Severity.INFO,
            )
    if not listed:
        raise NotApplicable("no filter listed its symbols")


def _lines(names: Iterator[str]) -> tuple[str, tuple[str, ...]] | None:
    """The lists that gave no answer, in words, and a line for each symbol; None if there are none."""
    silent = {name: found for name in names if (found := silent_list(name)) is not None}
    if not silent:
        return None
    lists = ", ".join(dict.fromkeys(each.list for each in silent.values()))
    lines = tuple(
        f"{name}: {each.list} {'refused the query; not a listing' if each.refused else 'lookup failed'}"
        f" ({each.source})"
        for name, each in list(silent.items())[:12]
    )
    return lists, lines
