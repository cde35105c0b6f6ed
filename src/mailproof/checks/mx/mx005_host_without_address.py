"""MX: host without an address

## What it checks
The A and AAAA records of each MX host. The rule fires where there is neither.

## Why it matters
Senders can't connect to it. If it is the only host, mail bounces; if there are others, each attempt loses
time. SPF's `mx` counts a void lookup.

## How to fix
Publish the host's address, or remove the MX record. A name that doesn't exist may also be a typo, such as a
missing final dot. Where it is one slip away from a host of a known provider, the report has the right name.

## Example
Before:

    acme.example. MX 10 gone.provider.example. ; which does not exist

After:

    acme.example.      MX 10 mail.acme.example.
    mail.acme.example. A  192.0.2.25

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import (
    hosts_with_names,
    intended_name,
    is_host_name,
    mx_location,
    others_take_mail,
    remove_mx,
    replace_mx,
)
from mailproof.checks.ownership import is_owned
from mailproof.data.providers import meant_host
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity


@declare(Severity.ERROR, each=hosts_with_names, because_of="MX018 MX019")
def check(facts: DomainFacts, host: MxHostFacts, report: Reporter) -> None:
    if not is_host_name(facts, host):
        return  # not a host name, so no address is missing (MX019)
    if any(lookup.found for lookup in host.lookups):
        return
    if not host.lookups:
        report.unknown(f"{host.host} was not looked up")
        return
    if failed := next((lookup for lookup in host.lookups if lookup.undetermined), None):
        report.unanswered(failed)
        return
    gone = any(lookup.status == "nxdomain" for lookup in host.lookups)
    what = "does not exist" if gone else "has neither an A nor an AAAA record"
    alias = f"is an alias of {host.cname[-1]}, which " if host.cname else ""
    report(
        f"The MX host {host.host} {alias}{what}.",
        location=mx_location(facts, host),
        evidence=tuple(lookup.describe() for lookup in host.lookups),
        fix=_fix(facts, host),
    )


def _fix(facts: DomainFacts, host: MxHostFacts) -> Fix:
    meant = meant_host(host.host) or host.meant or intended_name(facts, host)
    if meant:
        return replace_mx(facts, host, meant, f"Correct the name to {meant}")
    # Addresses cannot be published for localhost, or for others' hosts.
    publish = is_owned(facts.domain, host.host) and not host.cname
    if others_take_mail(facts, host):
        summary = "Remove this MX record: other hosts take the mail"
        if publish:
            summary = (
                f"Publish the address of {host.host}, or remove its MX record: other hosts take the mail"
            )
        return decision(summary, remove_mx(facts, host))
    summary = "Name the right host in the MX record"
    if publish:
        summary = f"Publish the address of {host.host}, or name the right host in the MX record"
    return decision(summary)
