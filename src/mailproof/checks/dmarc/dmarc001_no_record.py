"""No DMARC record applies

## What it checks
Whether the tree walk from the domain finds a DMARC record that applies to it: its own at
`_dmarc.<domain>`, its organizational domain's, or its public suffix's.

## Why it matters
Anyone can put the domain in From and receivers have no policy to apply. Gmail, Yahoo and Microsoft
refuse bulk mail from domains without DMARC (4.7.40, 5.7.515).

## How to fix
Publish a record with `p=none`: it changes nothing about any mail. Add `rua=mailto:` with a mailbox that is
read, read the reports until all of your own mail passes, then raise the policy to quarantine and reject.

## References
- RFC 9989 sections 4.5 and 4.10.1
- Gmail, Yahoo and Microsoft sender requirements: at least p=none for bulk senders
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dmarc._facts import ADD_REPORTS, FIRST_RECORD, own_step, walked
from mailproof.checks.misplaced import is_misplaced
from mailproof.checks.mistaken import is_mistaken
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dmarc_text import DMARC

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=("DMARC023", "DMARC002", "DMARC003", "DMARC004", "DMARC005", "DMARC021", "DMARC022"),
    needs=("misplaced",),
    profiles="in use",
)


def check(facts: DomainFacts, report: Reporter) -> None:
    dmarc = walked(facts)
    if dmarc.record is not None:
        return
    own = own_step(facts)
    if dmarc.walk.unknown is not None:
        raise Undetermined.of(dmarc.walk.unknown)
    if dmarc.exists is False:
        raise NotApplicable("the domain does not exist")
    dangling = own.lookup.absent and own.lookup.chain
    if own.records or dangling or is_mistaken(own.other_txt, DMARC):
        raise NotApplicable("there is a record, but receivers cannot use it: another rule says why")
    if is_misplaced(facts, "dmarc"):
        raise NotApplicable("there is a record, but at the wrong name: another rule says where")
    name = own.lookup.name
    report(
        f"No DMARC record applies to {facts.domain}: there is none at {name}, nor at any name above it.",
        location=Location(name, "TXT"),
        evidence=tuple(step.lookup.describe() for step in dmarc.walk.steps),
        fix=Fix(
            f"Publish a record that changes nothing about any mail. {ADD_REPORTS}",
            (FixRecord(name, "TXT", FIRST_RECORD),),
            "improvement",
        ),
    )
