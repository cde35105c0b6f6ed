"""A filter's blocklist look-ups were refused

## What it checks
No symbol of a spam filter (the receiver's, in its header, or one that was asked) says that a DNS list
refused to answer it, like `URIBL_BLOCKED`, `RCVD_IN_ZEN_BLOCKED_OPENDNS`,
`RBL_SPAMHAUS_BLOCKED_OPENRESOLVER`, or that the look-up failed (`RBL_…_FAIL`).

## Why it matters
It is no listing, though it looks like one: the filter asks through a public or shared resolver, or too
often, and the list answers 127.255.255.254 or the like. Such a filter judges without its lists, and lets
spam through.

## How to fix
Let the filter ask through a resolver of its own, one that asks the list's name servers itself and forwards
to nobody (Unbound on the same host); for more queries, the list's own feed. A sender can do nothing here.

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
from mailproof.model import Fix, Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")
_RESOLVER = {
    "SpamAssassin": "dns_server 127.0.0.1 in local.cf",
    "Rspamd": 'dns { nameserver = ["127.0.0.1"]; } in local.d/options.inc',
}


def check(facts: MessageFacts, report: Reporter) -> None:
    """A finding for each filter with such symbols; what the receiver's says is for information."""
    judged = False
    for asked in facts.asked_filters:
        if asked.verdict == "unknown":
            report.unknown(f"{asked.filter} ({asked.server}): {asked.problem}")
            continue
        judged = True
        if found := _lines(each.name for each in asked.symbols):
            report(
                f"{asked.filter} ({asked.server}) judges without {found[0]}: look-ups refused or failed.",
                location=Location(name=asked.filter),
                evidence=found[1],
                fix=Fix(
                    "run a resolver on that host that forwards to no public one, like Unbound, and name it: "
                    f"{_RESOLVER[asked.filter]}"
                ),
            )
    for verdict in facts.filters:
        symbols = symbols_of(verdict) if verdict.trusted else ()
        if not symbols:
            continue
        judged = True
        if found := _lines(each.name for each in symbols):
            texts = values(facts, verdict.header)
            report(
                f"The receiver's {verdict.filter} judged without {found[0]}: look-ups refused or failed.",
                location=in_header(verdict.header, texts[0] if texts else ""),
                evidence=found[1],
                fix=Fix(
                    "nothing at the sender: it is no listing; the receiver's filter needs another resolver"
                ),
                severity=Severity.INFO,
            )
    if not judged:
        raise NotApplicable("no filter told which symbols it found")


def _lines(names: Iterator[str]) -> tuple[str, tuple[str, ...]] | None:
    """The lists that gave no answer, in words, and a line for each symbol; None where there are none."""
    silent = {name: found for name in names if (found := silent_list(name)) is not None}
    if not silent:
        return None
    lists = ", ".join(dict.fromkeys(each.list for each in silent.values()))
    lines = tuple(
        f"{name}: {each.list} {'refused the query; no listing' if each.refused else 'could not be asked'}"
        f" ({each.source})"
        for name, each in list(silent.items())[:12]
    )
    return lists, lines
