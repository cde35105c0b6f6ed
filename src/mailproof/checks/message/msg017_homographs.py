"""Header: look-alike letters in From

## What it checks
The letters of the From domain and the display name. The rule fires where a label or a word mixes Latin with
Cyrillic or Greek letters, and where a label of the domain has nothing but look-alikes.

## Why it matters
A Cyrillic а and a Latin a look the same, and known names are forged that way. Browsers and Gmail show such
domains as xn--, or reject the mail.

## How to fix
Use the letters of one script in a name.

## Example
Before (a Cyrillic А in Acme):

    From: =?utf-8?b?0JBjbWUgU2hvcA==?= <alice@acme.example>

After:

    From: Acme Shop <alice@acme.example>

## References
- https://www.unicode.org/reports/tr39/
- https://support.google.com/mail/answer/81126
"""

import re
import unicodedata

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity
from mailproof.records.mailboxes import parse_addresses

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
#: Cyrillic letters that look like Latin ones.
_ALIKE = frozenset("асеорхуіјѕһԁԛԝӏ")


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    for domain in facts.from_domains[:20]:
        for label in domain.split("."):
            shown = _unicode(label)
            why = _mixed(shown) or ("has only look-alike letters" if shown and set(shown) <= _ALIKE else "")
            if why:
                _report(report, facts, f"The label {shown!r} ({label}) of the From domain {why}.", domain)
    for box in parse_addresses(facts.from_header).mailboxes[:20]:
        for word in re.findall(r"\w{2,100}", box.display[:1000]):
            if why := _mixed(word):
                _report(report, facts, f"The word {word!r} of the display name {why}.", word)


def _report(report: Reporter, facts: MessageFacts, message: str, part: str) -> None:
    place = in_header("From", facts.from_header, part)
    report(message, location=place, fix="Use the letters of one script")


def _unicode(label: str) -> str:
    """The label in Unicode if it is an A-label, else ""."""
    if not label.startswith("xn--"):
        return ""
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return ""


def _mixed(word: str) -> str:
    if word.isascii():
        return ""
    found = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha()}
    scripts = [script.capitalize() for script in _SCRIPTS if script in found]
    return f"mixes {' and '.join(scripts)} letters" if len(scripts) > 1 else ""
