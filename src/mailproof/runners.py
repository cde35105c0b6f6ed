"""Text that a pipeline's runner would take for a command, written so that it does not.

GitHub takes lines that begin with ``::error`` and the like (and ``##[error]`` anywhere) for commands, Azure
``##vso[…]``, TeamCity ``##teamcity[…]``: text from a server or the DNS must not contain any. It is always
rewritten, since a file made here is shown elsewhere. No format writes control characters, so this module
need not handle them.
"""

from __future__ import annotations

import re

#: How the first character is written: readable everywhere, and the same text to what reads the format.
IN_JSON = "\\u{:04x}"
IN_XML = "&#{};"
#: As zone files write an octet, so that a record in a text report stays one to paste.
IN_TEXT = "\\{:03d}"

#: What some text comparisons ignore (Default_Ignorable_Code_Point): a runner's may be one.
_NOTHING = (
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]*"
)
#: ``::`` before a word (up to four hexadecimal digits are the end of an IPv6 address, and no command's name);
#: ``##`` before a bracket, or a word and a bracket.
_ORDER = re.compile(
    rf":(?={_NOTHING}:{_NOTHING}[A-Za-z])(?!{_NOTHING}:{_NOTHING}[0-9A-Fa-f]{{1,4}}(?![\w-]))"
    rf"|\#(?={_NOTHING}\#{_NOTHING}[\w.-]*{_NOTHING}\[)"
)


def disarmed(text: str, form: str = IN_TEXT) -> str:
    """The text of a format without commands; each is still readable."""
    if "::" not in text and "##" not in text and text.isascii():
        return text
    return _ORDER.sub(lambda found: form.format(ord(found[0])), text)
