"""Letters of several scripts look alike in From

## What it checks
No label of the From domain and no word of the display name mixes Latin with Cyrillic or Greek letters, nor is
a label of the domain made of look-alikes only.

## Why it matters
A Cyrillic а and a Latin a look the same: it is how known names are forged. Browsers and Gmail show such
domains as xn--, or refuse the mail.

## How to fix
Use one script in a name.

## References
- https://www.unicode.org/reports/tr39/
- https://support.google.com/mail/answer/81126
"""

import re
import unicodedata

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity
from mailproof.records.mailboxes import parse_addresses

RULE = declare(__name__, __doc__, Severity.WARNING)


_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
#: Cyrillic letters that look like Latin ones.
_ALIKE = frozenset("асеорхуіјѕһԁԛԝӏ")


def check(facts: MessageFacts, report: Reporter) -> None:
    for domain in facts.from_domains[:20]:
        for label in domain.split("."):
            shown = _unicode(label)
            why = _mixed(shown) or ("of look-alikes only" if shown and set(shown) <= _ALIKE else "")
            if why:
                _report(report, facts, f"The label {shown!r} ({label}) of the From domain is {why}.", domain)
    for box in parse_addresses(facts.from_header).mailboxes[:20]:
        for word in re.findall(r"\w{2,100}", box.display[:1000]):
            if why := _mixed(word):
                _report(report, facts, f"The word {word!r} of the display name is {why}.", word)


def _report(report: Reporter, facts: MessageFacts, message: str, part: str) -> None:
    place = in_header("From", facts.from_header, part)
    report(message, location=place, fix=Fix("use the letters of one script"))


def _unicode(label: str) -> str:
    """The label in Unicode where it is an A-label, else ""."""
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
    return f"mixed of {' and '.join(scripts)} letters" if len(scripts) > 1 else ""
