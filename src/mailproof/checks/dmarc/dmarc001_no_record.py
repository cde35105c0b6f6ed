"""DMARC: no record

## What it checks
The DMARC record that applies to the domain: its own at `_dmarc.<domain>`, or the one that the tree walk
finds at its organizational domain or its public suffix. The rule fires where there is none.

## Why it matters
Anyone can write the domain into From, and receivers have no policy to apply. Gmail, Yahoo and Microsoft
reject bulk mail from domains without DMARC (4.7.40, 5.7.515).

## How to fix
1. Publish a record with `p=none`, which changes nothing about delivery.
2. Add `rua=mailto:` with a mailbox that you read.
3. Read the reports until all of your own mail passes, then raise the policy to quarantine, then to reject.

## Example
Before:

    acme.example. TXT "v=spf1 mx -all"

After:

    acme.example. TXT "v=spf1 mx -all"
    _dmarc.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.5 and 4.10.1
- Gmail, Yahoo and Microsoft sender requirements: at least p=none for bulk senders
"""

from mailproof.checks.base import NotApplicable, Reporter, declare, improvement
from mailproof.checks.dmarc._facts import FIRST_RECORD, known_walk, own_step, walked
from mailproof.checks.misplaced import is_misplaced
from mailproof.checks.mistaken import is_mistaken
from mailproof.model import DmarcFacts, DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dmarc_text import DMARC


@declare(
    Severity.ERROR,
    walked,
    because_of="DMARC023 DMARC002 DMARC003 DMARC004 DMARC005 DMARC021 DMARC022",
    needs="misplaced",
    profiles="in use",
)
def check(facts: DomainFacts, dmarc: DmarcFacts, report: Reporter) -> None:
    if dmarc.record is not None:
        return
    own = own_step(facts)
    known_walk(dmarc)
    if dmarc.exists is False:
        raise NotApplicable("the domain does not exist")
    if own.records or own.lookup.chain or is_mistaken(own.other_txt, DMARC):
        raise NotApplicable("there is a record, but receivers can't use it: see the other DMARC findings")
    if is_misplaced(facts, "dmarc"):
        raise NotApplicable("there is a record, but at the wrong name: see DMARC022")
    above = dmarc.walk.steps[1:]
    if any(len(step.records) > 1 for step in above):
        raise NotApplicable("there are several records at a name above: see DMARC002")
    name = own.lookup.name
    where = f"there is none at {name} or at any name above it"
    # An address is only in words: an unread mailbox would be useless.
    summary = (
        "Publish a record with p=none, which changes nothing about delivery. Add rua=mailto: with a mailbox "
        "that you read: its reports show who sends as your domain."
    )
    fix = improvement(summary, FixRecord(name, "TXT", FIRST_RECORD))
    if meant := next((step.lookup.name for step in above if is_mistaken(step.other_txt, DMARC)), ""):
        where = f"receivers can't use the one at {meant}, and there is none at {name}"
        fix = Fix(f"Correct the record at {meant}, which would apply here too.")
    report(
        f"{facts.domain} has no DMARC record: {where}.",
        location=Location(name, "TXT"),
        evidence=tuple(step.lookup.describe() for step in dmarc.walk.steps),
        fix=fix,
    )
