"""Filter: receiver classed the message as spam

## What it checks
The verdicts that the receiver's spam filters wrote into the header (Microsoft's SCL and CAT,
`X-Spam-Status`, `X-Spamd-Result`, Proofpoint's and others). The rule fires on spam, bulk, phishing and
malware. A header that anyone could have written does not count.

## Why it matters
It is the receiver's own statement why the message went to Junk or quarantine. Phishing, forgery and malware
are errors: such mail is kept from the user.

## How to fix
The finding decodes the reasons. First let SPF, DKIM and DMARC pass, then look at reputation, links and
content. If all is well, the receiver's administrator can report a false positive.

## Example
Before:

    X-Spam-Status: Yes, score=7.3 required=5.0 tests=DKIM_INVALID,MIME_HTML_ONLY,RDNS_NONE

After:

    X-Spam-Status: No, score=-0.2 required=5.0 tests=DKIM_SIGNED,DKIM_VALID,SPF_PASS

## References
- https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
- https://spamassassin.apache.org/
- https://docs.rspamd.com/configuration/metrics
"""

from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.message._facts import in_header, values
from mailproof.checks.message._filters import fix_of, line_of, symbols_of, weightiest
from mailproof.grouping import grouped
from mailproof.model import FilterVerdict, Fix, MessageFacts, Severity

#: The worst first.
_WORDS = {"malware": "malware", "phish": "phishing or forgery", "spam": "spam", "bulk": "bulk mail"}
_REPORT = "If SPF, DKIM and DMARC pass, let the receiver's administrator report a false positive"
#: Parts of Microsoft's header about the origin of the message rather than reasons for the verdict.
_NO_REASONS = ("CIP", "CTRY", "DIR", "H", "LANG", "PTR")
#: Microsoft's categories that indicate what to fix.
_CATEGORIES = {
    "SPOOF": "Let DMARC pass for the From domain (SPF or DKIM, aligned)",
    "BULK": "Send only to people who asked for it, with one-click unsubscribe (the organization can raise "
    "its bulk threshold)",
    "BIMP": "Don't let the display name look like a known brand that is not yours",
    "DIMP": "Don't let the From domain look like the organization's own",
    "GIMP": "Don't let the display name look like a contact of the recipient under another address",
    "UIMP": "Don't let the display name look like a person of the organization under another address",
    "FTBP": "Send a link instead of the attachment: its file type is blocked",
    "AMP": "Scan the attachments: malware was found in one",
    "MALW": "Scan the attachments: malware was found in one",
    "SAP": "Scan the attachments: malware was found in one",
}


def _worst(facts: MessageFacts) -> list[FilterVerdict]:
    """The worst verdict of each filter of the receiver that is against the message, the worst first.

    Raises NotApplicable if no filter left a verdict.
    """
    filters = some(facts.filters, "no known spam filter left a header")
    trusted = [each for each in filters if each.trusted]
    other = "" if trusted else ", and the receiving server did not write those that are there"
    decided = (each for each in trusted if each.judgement != "unknown")
    known = some(decided, f"no spam filter of the receiver left a verdict{other}")
    bad = (each for judgement in _WORDS for each in known if each.judgement == judgement)
    return [same[0] for same in grouped(bad, lambda each: each.filter).values()]


@declare(Severity.WARNING, each=_worst)
def check(facts: MessageFacts, verdict: FilterVerdict, report: Reporter) -> None:
    score = ""
    if verdict.score is not None and verdict.threshold is not None:
        score = f": {verdict.score:g} of {verdict.threshold:g} points"
    symbols = weightiest(symbols_of(verdict))
    reasons = tuple(line_of(each) for each in symbols) or tuple(
        f"{each.name}={each.value}{f': {each.meaning}' if each.meaning else ''}"
        for each in verdict.details
        if each.name not in _NO_REASONS and each.value != "NLI"
    )
    category = next((each.value.upper() for each in verdict.details if each.name == "CAT"), "")
    texts = values(facts, verdict.header)
    severe = verdict.judgement in ("phish", "malware")
    name = verdict.filter if verdict.filter[:2] != "a " else "The receiver's filter"
    report(
        f"{name} classed the message as {_WORDS[verdict.judgement]} ({verdict.header}{score}).",
        location=in_header(verdict.header, texts[0] if texts else ""),
        evidence=reasons,
        fix=Fix(_CATEGORIES[category]) if category in _CATEGORIES else fix_of(symbols, _REPORT),
        severity=Severity.ERROR if severe else None,
    )
