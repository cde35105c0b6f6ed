"""The macro language of SPF (RFC 7208 section 7): parsing, not expansion."""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.model import SpfProblem

_MACRO = re.compile(r"%\{([A-Za-z])([0-9]*)([rR]?)([.\-+,/_=]*)\}")
#: Literal characters are visible ASCII; explanations may also contain spaces.
_NOT_LITERAL, _NOT_EXPLAINED = re.compile(r"[^!-~]"), re.compile(r"[^ -~]")
_ESCAPES = {"%%": "%", "%_": " ", "%-": "%20"}
_LETTERS = "slodiphv"
_EXPLANATION_LETTERS = "crt"
_TOPLABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


class Literal(Struct, frozen=True):
    """Literal characters; ``escaped`` if written as %%, %_ or %-."""

    text: str
    escaped: bool = False


class Macro(Struct, frozen=True):
    """``%{letter digits r delimiters}``. ``keep`` is the number of right-hand parts, 0 for all."""

    letter: str
    keep: int = 0
    reverse: bool = False
    delimiters: str = "."
    url_escape: bool = False


Part = Literal | Macro


class MacroString(Struct, frozen=True):
    """A parsed macro-string. The span of ``problem`` counts from the string's start."""

    parts: tuple[Part, ...]
    problem: SpfProblem | None = None

    @property
    def letters(self) -> frozenset[str]:
        """The macro letters in it, in lower case."""
        return frozenset(part.letter for part in self.parts if isinstance(part, Macro))


def parse_macros(text: str, *, explanation: bool = False) -> MacroString:
    """Parse a macro-string (or an explain-string, which also allows spaces and the letters c, r and t)."""
    parts: list[Part] = []
    at = 0
    while at < len(text):
        percent = text.find("%", at)
        if percent != at:
            end = len(text) if percent < 0 else percent
            if found := (_NOT_EXPLAINED if explanation else _NOT_LITERAL).search(text, at, end):
                bad = found.start()
                return _broken(parts, "bad-character", f"{text[bad]!r} is not allowed here", bad, bad + 1)
            parts.append(Literal(text[at:end]))
            at = end
            continue
        escape = _ESCAPES.get(text[at : at + 2])
        if escape is not None:
            parts.append(Literal(escape, escaped=True))
            at += 2
            continue
        found = _MACRO.match(text, at)
        if found is None:
            return _broken(
                parts, "bad-macro", "a % must begin a macro like %{i}, or be written %%", at, at + 1
            )
        macro, why = _macro(found, explanation)
        if macro is None:
            return _broken(parts, "bad-macro", why, at, found.end())
        parts.append(macro)
        at = found.end()
    return MacroString(tuple(parts))


def domain_problem(text: str) -> SpfProblem | None:
    """What is wrong with ``text`` as a domain-spec (RFC 7208 section 7.1), or None."""
    if not text:
        return SpfProblem("missing-value", "a domain name is missing", 0, 0)
    parsed = parse_macros(text)
    if parsed.problem is not None:
        return parsed.problem
    last = parsed.parts[-1]
    if isinstance(last, Macro) or last.escaped:
        return None
    tail = last.text.removesuffix(".")
    if _ADDRESS.fullmatch(text.removesuffix(".")):
        return SpfProblem(
            "address-as-domain", "this is an address, but a domain name is required", 0, len(text)
        )
    before, dot, toplabel = tail.rpartition(".")
    if not dot:
        return SpfProblem("bad-domain", f"{text!r} is not a full domain name with a dot in it", 0, len(text))
    if not _TOPLABEL.fullmatch(toplabel) or toplabel.isdigit():
        start = len(text) - len(last.text) + len(before) + 1
        why = (
            f"the domain name may not end in {toplabel!r}" if toplabel else "the domain name ends in two dots"
        )
        return SpfProblem("bad-domain", why, min(start, len(text) - 1), len(text))
    return None


def _macro(found: re.Match[str], explanation: bool) -> tuple[Macro | None, str]:
    letter, digits, reverse, delimiters = found.groups()
    lower = letter.lower()
    if lower in _EXPLANATION_LETTERS and not explanation:
        return None, f"the macro %{{{letter}}} is allowed only in the text of an explanation"
    if lower not in _LETTERS + _EXPLANATION_LETTERS:
        return None, f"{letter!r} is not a macro letter"
    keep = int(digits[:9]) if digits else 0  # bounded: no name has a billion parts
    if digits and not keep:
        return None, "a macro cannot keep 0 parts"
    return Macro(lower, keep, bool(reverse), delimiters or ".", letter.isupper()), ""


def _broken(parts: list[Part], code: str, message: str, start: int, end: int) -> MacroString:
    return MacroString(tuple(parts), SpfProblem(code, message, start, end))
