"""SPF: senders differ from mailproof.toml

## What it checks
Who may send by the SPF record, compared with `expect.spf.senders` of the domain in mailproof.toml:
addresses with addresses, providers by the names that they have customers include. The rule fires for each
term that lets others send, and for each sender that is listed and may not.

## Why it matters
A term that no one planned lets strangers send in the domain's name. A sender that is missing loses its
mail.

## How to fix
Remove the term, or add the missing one. Where the change is meant, change the list in mailproof.toml with
it.

## Example
With `expect.spf.senders = ["google"]`, before:

    acme.example. TXT "v=spf1 include:_spf.google.com ip4:192.0.2.7 -all"

After:

    acme.example. TXT "v=spf1 include:_spf.google.com -all"

## References
- RFC 7208 section 5
"""

from mailproof.checks.base import NotApplicable, Reporter, decision, declare
from mailproof.checks.expected._facts import wanted
from mailproof.checks.expected._senders import compare
from mailproof.checks.spf._facts import at, shown, spf_of
from mailproof.data.senders import parse_sender
from mailproof.model import DomainFacts, Location, Severity


@declare(Severity.ERROR, needs="spf")
def check(facts: DomainFacts, report: Reporter) -> None:
    texts = wanted(facts, lambda each: each.spf.senders if each.spf is not None else None)
    senders = tuple(sender for text in texts if (sender := parse_sender(text)) is not None)
    root = spf_of(facts).root
    if root.record is None or not root.record.valid:
        if not senders:
            raise NotApplicable("no host passes, and none is expected to")
        what = "has no SPF record" if root.status == "none" else "has no SPF record that can be evaluated"
        report(
            f"{facts.domain} {what}: none of the expected senders passes ({shown(texts)}).",
            location=Location(facts.domain, "TXT", root.records[0] if root.records else ""),
        )
        return
    found = compare(root, senders)
    for each in found.unlisted:
        if each.open:
            report.unanswered(*each.open)
            continue
        ranges = f" ({', '.join(each.ranges)})" if each.ranges else ""
        summary = f"Remove {each.term.text}, or add the sender to expect.spf.senders in mailproof.toml"
        report(
            f"{each.term.text} in the SPF record of {each.node.domain} lets hosts send{ranges} that are not "
            "among the expected senders.",
            location=at(each.node, each.term),
            fix=decision(summary),
        )
    for sender in found.missing:
        ranged = "not all of its addresses pass SPF"
        why = ranged if sender.addresses else "no term of the SPF record names it"
        report(
            f"{sender.text} is an expected sender, and {why}.",
            location=at(root),
            fix=decision(
                f"Add {sender.text} to the SPF record, or remove it from expect.spf.senders in mailproof.toml"
            ),
        )
