"""Escapes text that a pipeline runner would interpret as a command.

Commands are lines that begin with ``::error`` and the like (and ``##[error]`` anywhere) for GitHub,
``##vso[…]`` for Azure, ``##teamcity[…]`` for TeamCity: text from a server or the DNS must not contain any.
It is always escaped, since the output may be printed elsewhere. No format writes control characters, so
this module need not handle them.
"""

from __future__ import annotations

import re

#: Escapes for the first character: readable, and equivalent to parsers of the format.
IN_JSON = "\\u{:04x}"
IN_XML = "&#{};"
#: The octet escape of zone files, so that records in a text report can still be pasted.
IN_TEXT = "\\{:03d}"

#: What some text comparisons, perhaps a runner's, ignore: our colours, Default_Ignorable_Code_Point.
_IGNORABLE = (
    r"\x1b\[[0-9;]*m|"
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_ANY = f"(?:{_IGNORABLE})*"
#: ``::`` before a word (except up to four hexadecimal digits, which end an IPv6 address and name no command);
#: ``##`` before a bracket, or before a word and a bracket.
_COMMAND = re.compile(
    rf":(?={_ANY}:{_ANY}[A-Za-z])(?!{_ANY}:{_ANY}[0-9A-Fa-f]{{1,4}}(?!{_ANY}[\w-]))"
    rf"|\#(?={_ANY}\#(?:{_IGNORABLE}|[\w.-])*\[)"
)


def disarmed(text: str, form: str = IN_TEXT) -> str:
    """Escape commands in formatted text; they remain readable."""
    if "::" not in text and "##" not in text and "\x1b" not in text and text.isascii():
        return text
    return _COMMAND.sub(lambda found: form.format(ord(found[0])), text)
