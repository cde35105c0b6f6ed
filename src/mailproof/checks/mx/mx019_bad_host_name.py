"""MX: not a valid host name

## What it checks
The MX hosts. The rule fires where one has other characters than letters, digits and hyphens, or a single
label. It is an error where no sender can find a host by it: an email address, a URL, a port or a preference
in the name, `localhost`, a name with a final dot too many (`mail.`).

## Why it matters
Strict senders refuse a name with an underscore or another such character, and no certificate authority issues
a certificate for it.

## How to fix
Put the name of the host that takes the mail in the MX record, and nothing else.

## Example
Before:

    acme.example. MX 10 mx2.acme.example:25.

After:

    acme.example. MX 10 mx2.acme.example.

## References
- RFC 1123 section 2.1
- RFC 6761 section 6.3
- RFC 5321 section 2.3.5
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import hosts_with_names, mx_location, others_take_mail, remove_mx, replace_mx
from mailproof.checks.ownership import is_generated
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity
from mailproof.records.mx_host import Exchange, read_exchange

_KINDS = {
    "mailbox": "is an email address; an MX record names the host that takes the mail",
    "url": "is a URL; an MX record names a host",
    "port": "has a port number; mail is always delivered to port 25",
    "preference": "has the preference in the name",
    "localhost": "means the sending server itself, so no mail arrives",
    "stray": "has a space, comma, quotation mark or other character that is not of the name",
}


@declare(Severity.WARNING, each=hosts_with_names)
def check(facts: DomainFacts, host: MxHostFacts, report: Reporter) -> None:
    found = read_exchange(host.host, facts.domain)
    if found.kind in ("host", "address") and "." in found.text:
        return  # MX007 covers an address
    if found.kind == "localhost" and found.text != host.host and host.addresses:
        return  # a host of the domain that has this name
    other = "has a character that is not allowed in host names" if "." in found.text else "has only one label"
    severity = Severity.ERROR if found.kind in _KINDS or (found.kind == "host" and host.meant) else None
    report(
        f"The MX host {found.text!r} {_KINDS.get(found.kind, other)}.",
        location=mx_location(facts, host),
        fix=_fix(facts, host, found),
        severity=Severity.INFO if is_generated(host.host) else severity,
    )


def _fix(facts: DomainFacts, host: MxHostFacts, found: Exchange) -> Fix:
    if host.meant:
        return replace_mx(facts, host, host.meant, f"Correct the name to {host.meant}")
    if is_generated(host.host):
        return decision(
            "Switch off the DNS provider's web proxy for the mail host, and name that host: the provider "
            "made this name for a host behind its proxy"
        )
    if found.kind == "localhost" and others_take_mail(facts, host):
        return decision("Remove this MX record: other hosts take the mail", remove_mx(facts, host))
    if found.kind == "localhost":
        return decision(
            "Name the host that takes the mail; if the domain takes none, publish the null MX 0 . (RFC 7505)"
        )
    if found.kind == "mailbox":
        return Fix(f"Put the host name of the server that takes the mail of {facts.domain} in the MX record")
    return decision("Give the host a valid name, and put that in the MX record")
