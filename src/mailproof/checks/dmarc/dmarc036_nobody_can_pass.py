"""DMARC: no mail from the domain can pass

## What it checks
Domains with a DMARC policy of quarantine or reject. The rule fires where neither SPF nor DKIM can pass: SPF
allows no host, has no record or ends in permerror; DKIM has no key, or none that works. It doesn't fire for
a domain that sends no mail on purpose (`v=spf1 -all`).

## Why it matters
A message passes DMARC by SPF or by DKIM. Where neither can pass, receivers put all mail from the domain
into junk folders, or reject it.

## How to fix
Add the hosts that send to the SPF record, or sign the mail with DKIM and publish the key.

## Example
Before:

    acme.example. SOA ns1.acme.example. host.acme.example. 1 7200 3600 1209600 3600
    acme.example. MX 10 mail.acme.example.
    mail.acme.example. A 192.0.2.25
    acme.example. TXT "v=spf1 ~all"
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

After:

    acme.example. SOA ns1.acme.example. host.acme.example. 1 7200 3600 1209600 3600
    acme.example. MX 10 mail.acme.example.
    mail.acme.example. A 192.0.2.25
    acme.example. TXT "v=spf1 mx ~all"
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.4
- RFC 9989 section 5.3
- RFC 7208 section 2.6
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.checks.spf._facts import spf_of
from mailproof.checks.spf.spf040_nobody_may_send import sends
from mailproof.model import DomainFacts, Severity
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.spf.allowed import reach_of


@declare(
    Severity.ERROR,
    applied,
    because_of=(
        "SPF001 SPF002 SPF004 SPF005 SPF010 SPF011 SPF012 SPF018 SPF019 SPF022 SPF026 SPF027 "
        "SPF030 SPF036 SPF040"
    ),
    consequence="lost",
    needs="dkim dkim_discovery mx_lookup spf",
)
def check(facts: DomainFacts, policy: Applied, report: Reporter) -> None:
    asked = policy.dmarc.policy
    if asked not in ("quarantine", "reject") or policy.record.testing:
        return
    root = spf_of(facts).root
    if facts.profile != "sending" or (root.record and root.record.valid and root.record.closed):
        raise NotApplicable("the domain sends no mail")
    if not sends(facts):
        raise NotApplicable("nothing shows that the domain sends mail")
    reach = reach_of(root)
    if reach == "someone" or (no_key := _without_key(facts)) is None:
        return
    if reach == "unknown":
        raise Undetermined.of(*spf_of(facts).unknown)
    why = "its SPF record allows no host" if reach == "none" else "its SPF record ends in permerror"
    if root.status == "none":
        why = "it has no SPF record"
    action = "put it into junk folders" if asked == "quarantine" else "reject it"
    report(
        f"No mail from {facts.domain} can pass DMARC: {why}, and {no_key}. The policy asks "
        f"receivers to {action}. Only mail with a return path in a subdomain with its own SPF record could "
        "pass.",
        location=policy.at(),
        evidence=(*root.records[:2], policy.record.text),
        fix="Add the hosts that send to the SPF record, or sign the mail with DKIM and publish the key.",
    )


def _without_key(facts: DomainFacts) -> str | None:
    """Why DKIM cannot pass; None if it can. Raises Undetermined if an unknown key may exist."""
    found = facts.dkim_discovery
    if any(each.status == "valid" for each in facts.dkim):
        return None
    unknown = next((each.lookup for each in facts.dkim if each.status == "unknown"), None)
    if found is None or unknown is not None or found.domainkey.undetermined:
        lookup = unknown or (found.domainkey if found else None)
        raise Undetermined.of(lookup) if lookup else Undetermined("DKIM keys were not looked up")
    if found.synthesized or (found.no_keys and not found.wildcard):
        return "there is no DKIM key"
    if found.wildcard and not all(parse_dkim_key(text).revoked for text in found.wildcard_records):
        raise Undetermined("a wildcard answers for every DKIM selector")
    if broken := [each.selector for each in facts.dkim if each.status in ("invalid", "revoked")]:
        return f"no DKIM key works ({', '.join(broken[:5])})"
    if found.wildcard:
        return "every DKIM key is revoked"
    if found.listed:
        return "there is no DKIM key"
    raise Undetermined(f"a DKIM key may be at an unknown selector: {found.domainkey.name} exists")
