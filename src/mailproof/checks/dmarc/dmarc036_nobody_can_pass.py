"""No mail of the domain can pass DMARC

## What it checks
Where the DMARC policy that applies asks for quarantine or reject: whether anything of the domain can pass.
SPF cannot where no host may send, where there is no record, or where it ends in permerror; DKIM cannot where
there is no key, or none that works. A domain that says on purpose that it sends no mail (`v=spf1 -all`) is
not meant.

## Why it matters
A message passes DMARC by SPF or by DKIM. Where neither can pass, receivers put all mail of the domain into
junk folders, or refuse it.

## How to fix
Correct the SPF record so that it names the hosts that send, or have the mail signed with DKIM and publish
the key.

## References
- RFC 9989 section 4.4
- RFC 9989 section 5.3
- RFC 7208 section 2.6
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.checks.spf.spf040_nobody_may_send import closed_on_purpose, sends
from mailproof.model import DomainFacts, Fix, Severity, SpfNode
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.spf.allowed import SpfReach, reach_of

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=(
        *("SPF001", "SPF002", "SPF004", "SPF005", "SPF010", "SPF011", "SPF012", "SPF018"),
        *("SPF019", "SPF022", "SPF026", "SPF027", "SPF030", "SPF036", "SPF040"),
    ),
    consequence="lost",
    needs=("dkim", "dkim_discovery", "mx_lookup", "spf"),
)


def check(facts: DomainFacts, report: Reporter) -> None:
    policy = applied(facts)
    asked = policy.dmarc.policy
    if asked not in ("quarantine", "reject") or policy.record.testing:
        return
    root = _spf(facts)
    reach = reach_of(root)
    if reach == "someone" or (no_key := _without_key(facts)) is None:
        return
    if reach == "unknown":
        assert facts.spf is not None
        raise Undetermined.of(*facts.spf.unknown)
    action = "put it into junk folders" if asked == "quarantine" else "refuse it"
    report(
        f"No mail from {facts.domain} can pass DMARC: {_why(root, reach)}, and {no_key}. The policy asks "
        f"receivers to {action}. Only mail with a return path at a subdomain that has an SPF record of its "
        "own could pass.",
        location=policy.at(),
        evidence=(*root.records[:2], policy.record.text),
        fix=Fix(
            "Correct the SPF record, so that it names the hosts that send, or have the mail signed with DKIM"
        ),
    )


def _spf(facts: DomainFacts) -> SpfNode:
    """The SPF of a domain that sends. Raises Undetermined and NotApplicable."""
    if facts.spf is None:
        raise Undetermined("the SPF record could not be collected")
    root = facts.spf.root
    if root.status == "unknown":
        raise Undetermined.of(root.lookup) if root.lookup else Undetermined(root.reason)
    if facts.profile != "sending" or (root.record is not None and closed_on_purpose(root.record)):
        raise NotApplicable("no mail is to be sent from it")
    if not sends(facts):
        raise NotApplicable("nothing says that mail is sent from it")
    return root


def _without_key(facts: DomainFacts) -> str | None:
    """Why DKIM cannot pass; None where it can. Raises Undetermined where a key may be somewhere."""
    found = facts.dkim_discovery
    if any(each.status == "valid" for each in facts.dkim):
        return None
    unknown = next((each.lookup for each in facts.dkim if each.status == "unknown"), None)
    if found is None or unknown is not None or found.domainkey.undetermined:
        lookup = unknown or (found.domainkey if found else None)
        raise Undetermined.of(lookup) if lookup else Undetermined("no DKIM keys were looked for")
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
    raise Undetermined(f"a DKIM key may be at a selector that is not known: {found.domainkey.name} exists")


def _why(root: SpfNode, reach: SpfReach) -> str:
    if root.status == "none":
        return "it has no SPF record"
    return "its SPF record allows no host" if reach == "nobody" else "its SPF record ends in permerror"
