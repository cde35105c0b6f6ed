"""DMARC: SPF and DKIM pass, but don't align with From

## What it checks
The domains for which SPF and DKIM pass. The rule fires where DMARC fails because none of them aligns with
the From domain.

## Why it matters
This is the usual fault with a mail service: it passes SPF and DKIM for its own domain, and DMARC still
fails, because DMARC asks about the domain that the reader sees (Gmail 4.7.32, 5.7.26).

## How to fix
Set up the service's custom DKIM domain (it then signs with `d=` your domain) and its custom return path.

## Example
Before:

    From: Alice <alice@acme.example>
    Authentication-Results: mx.rcpt.test; dkim=pass header.d=esp.test; dmarc=fail

After:

    From: Alice <alice@acme.example>
    Authentication-Results: mx.rcpt.test; dkim=pass header.d=acme.example; dmarc=pass

## References
- RFC 9989 section 4.4
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, in_header
from mailproof.model import DmarcVerdict, MessageFacts, Severity


@declare(Severity.ERROR, dmarc_of)
def check(facts: MessageFacts, dmarc: DmarcVerdict, report: Reporter) -> None:
    passing = [v for v in facts.dkim if v.result == "pass"]
    spf = facts.spf if facts.spf is not None and facts.spf.result == "pass" else None
    if dmarc.result != "fail" or not (passing or spf):
        return
    if any(v.aligned and v.result != "pass" for v in facts.dkim) or facts.forwarded:
        return  # the cause is that signature, or the forwarding
    parts = []
    if spf is not None:
        parts.append(f"SPF passes for {spf.domain} ({'HELO' if spf.scope == 'helo' else 'the return path'})")
    parts += [f"DKIM passes for d={name}" for name in dict.fromkeys(v.domain for v in passing)]
    strict = " under strict alignment" if "s" in (dmarc.adkim, dmarc.aspf) else ""
    report(
        f"{' and '.join(parts)}, but neither aligns with the From domain {dmarc.domain}{strict}, so "
        "DMARC fails."
        if len(parts) > 1
        else f"{parts[0]}, which does not align with the From domain {dmarc.domain}{strict}, so DMARC fails.",
        location=in_header("From", facts.from_header, dmarc.domain),
        evidence=tuple(f"d={v.domain} s={v.selector}: {v.result}, not aligned" for v in passing),
        fix=f"At the service that sends, set {dmarc.domain} up as the signing domain (d={dmarc.domain}) and "
        f"publish the key or CNAME it gives you; a return path under {dmarc.domain} aligns SPF too",
    )
