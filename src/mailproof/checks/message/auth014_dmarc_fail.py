"""DMARC: message fails

## What it checks
The DMARC result of the From domain. The rule fires where neither SPF nor DKIM passes for an aligned domain.

## Why it matters
The From domain's policy then decides: with `reject` receivers refuse the mail (550 5.7.26, 5.7.509), with
`quarantine` it goes to Junk, and with `none` they still count it against the sender.

## How to fix
Fix the cause that the finding names. One aligned pass, of DKIM or of SPF, is enough.

## Example
Before:

    Return-Path: <b+1=bob=rcpt.test@esp.test>
    DKIM-Signature: v=1; d=esp.test; s=e1; …
    From: Alice <alice@acme.example>

After:

    Return-Path: <alice@acme.example>
    DKIM-Signature: v=1; d=acme.example; s=s1; …
    From: Alice <alice@acme.example>

## References
- RFC 9989 section 5.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, in_header
from mailproof.model import DmarcVerdict, MessageFacts, Severity


@declare(
    Severity.ERROR,
    dmarc_of,
    because_of=(
        "AUTH013 AUTH009 AUTH007 AUTH008 AUTH002 AUTH003 AUTH004 AUTH005 AUTH006 AUTH001 AUTH010 "
        "AUTH011 AUTH012"
    ),
)
def check(facts: MessageFacts, dmarc: DmarcVerdict, report: Reporter) -> None:
    if dmarc.result != "fail":
        return
    spf = facts.spf
    causes = []
    if spf is not None:
        causes.append(f"SPF {spf.result} for {spf.domain}{', not aligned' if spf.result == 'pass' else ''}")
    causes += [
        f"DKIM {v.result} for d={v.domain} ({'not aligned' if v.result == 'pass' else v.code})"
        for v in facts.dkim[:5]
    ]
    if not facts.dkim:
        causes.append("no DKIM signature")
    asked = dmarc.disposition or dmarc.policy or "none"
    report(
        f"DMARC fails for {dmarc.domain}: {'; '.join(causes)}. The policy at _dmarc.{dmarc.policy_domain} "
        f"asks for {asked}.",
        location=in_header("From", facts.from_header, dmarc.domain),
        evidence=(dmarc.reason, f"alignment: aspf={dmarc.aspf} adkim={dmarc.adkim}"),
        fix="Fix the cause named first: one aligned pass, of DKIM or of SPF, is enough",
    )
