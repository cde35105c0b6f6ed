"""An MX host's name is not a legal host name

## What it checks
Whether each MX host is made of letters, digits and hyphens, and has more than one label. What people enter
in its place is named: an e-mail address, a URL, a port or a preference with the host, a name with a final
dot too many (`mail.`). These are errors: no sender finds a host by them.

## Why it matters
Strict senders refuse a name with an underscore or another character, and no certificate authority
certifies it.

## How to fix
Put the name of the host that takes the mail into the MX record, and nothing else.

## References
- RFC 1123 section 2.1
- RFC 5321 section 2.3.5
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import hosts_with_names, mx_location, replace_mx
from mailproof.checks.ownership import is_generated
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity
from mailproof.records.mx_host import Exchange, read_exchange

RULE = declare(__name__, __doc__, Severity.WARNING)


_KINDS = {
    "mailbox": "is an e-mail address, where the host belongs that takes the mail",
    "url": "is a URL, where a host name belongs",
    "port": "has a port number, and mail is always delivered to port 25",
    "preference": "has the preference in the name",
}


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in hosts_with_names(facts):
        found = read_exchange(host.host, facts.domain)
        if found.kind == "host" and "." in found.text:
            continue
        report(
            f"The MX host {found.text!r} {_words(found)}.",
            location=mx_location(facts, host),
            fix=_fix(facts, host, found),
            severity=_severity(host, found),
        )


def _words(found: Exchange) -> str:
    if found.kind in _KINDS:
        return _KINDS[found.kind]
    return "has a character that host names may not have" if "." in found.text else "has one label only"


def _severity(host: MxHostFacts, found: Exchange) -> Severity | None:
    if is_generated(host.host):
        return Severity.INFO
    return Severity.ERROR if found.kind in _KINDS or (found.kind == "host" and host.meant) else None


def _fix(facts: DomainFacts, host: MxHostFacts, found: Exchange) -> Fix:
    if host.meant:
        return Fix(f"Name {host.meant}", replace_mx(facts, host, host.meant))
    if is_generated(host.host):
        return Fix(
            "The DNS provider made this name for a host behind its web proxy: switch the proxy off for "
            "the mail host, and name that",
            kind="decision",
        )
    if found.kind == "mailbox":
        return Fix(
            f"Put the host name of the server that takes the mail of {facts.domain} into the MX record"
        )
    return Fix("Give the host a legal name, and put that into the MX record", kind="decision")
