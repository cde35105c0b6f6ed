"""DMARC: no usable policy for the From domain

## What it checks
The DMARC record that applies to the From domain. The rule fires where there is none, or where it can't be
used.

## Why it matters
Gmail, Yahoo and Microsoft require a policy from bulk senders (4.7.31, 5.7.40). Without one, anyone can send
mail in the domain's name.

## How to fix
Publish a record, first with `p=none` and a report address. Tighten it when the reports are clean.

## Example
Before: no record at `_dmarc.acme.example`.

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.10
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import dmarc_of, record_at, require_travelled, values
from mailproof.model import Location, MessageFacts, Severity


@declare(
    Severity.WARNING,
    because_of="DMARC022 DMARC023 DMARC001 DMARC002 DMARC003 DMARC004 DMARC005 DMARC006 DMARC007",
    consequence="forged",
)
def check(facts: MessageFacts, report: Reporter) -> None:
    require_travelled(facts)
    dmarc = dmarc_of(facts)
    if len(facts.from_domains) != 1 or len(values(facts, "From")) != 1:
        raise NotApplicable("From does not name one domain")
    home = dmarc.organizational_domain or dmarc.domain
    fix = (
        f"Publish v=DMARC1; p=none at _dmarc.{home}, with rua=mailto: and a mailbox that you read; "
        "tighten it when the reports are clean"
    )
    if dmarc.result == "none":
        message = f"{dmarc.reason[:1].upper()}{dmarc.reason[1:]}."
        if dmarc.walk is not None and any(len(step.records) > 1 for step in dmarc.walk.steps):
            fix = "Keep one DMARC record and remove the others"
        report(message, location=Location(f"_dmarc.{home}", "TXT"), fix=fix)
    elif dmarc.result == "permerror":
        message = f"The DMARC record for {dmarc.domain} can't be used: {dmarc.reason}."
        where = f"_dmarc.{dmarc.policy_domain or home}"
        record = record_at(facts, where, "v")
        report(message, location=Location(where, "TXT", record), fix=fix)
