"""A whole SPF record: text to terms and problems, each with its place (RFC 7208 sections 4.5, 4.6 and 12)."""

from __future__ import annotations

from dataclasses import replace

from mailproof.model import SpfProblem, SpfRecord, SpfTerm
from mailproof.records.remember import remembered
from mailproof.records.spf.suggest import STRAY, joined, suggestion
from mailproof.records.spf.terms import parse_term

VERSION = "v=spf1"
#: A record of this many terms cannot come from an honest domain: more than 64 KiB of addresses.
MAX_TERMS = 5000
_MAX_PROBLEMS = 100


def is_spf(text: str) -> bool:
    """Whether receivers take it for an SPF record: exactly ``v=spf1`` (any case), then a space or the end."""
    return text[:6].lower() == VERSION and text[6:7] in ("", " ")


@remembered(256)
def parse_spf(text: str) -> SpfRecord:
    """Parse ``text`` by the grammar of RFC 7208 section 12. Never raises; spans are offsets in characters.

    Where ``text`` is not an SPF record at all, the one problem has the code ``not-spf``.
    """
    if not is_spf(text):
        end = min(len(text), len(VERSION))
        problem = SpfProblem("not-spf", "the record does not begin with v=spf1 and a space", 0, end)
        return SpfRecord(text, (), (problem,))
    terms: list[SpfTerm] = []
    problems: list[SpfProblem] = []
    words = _words(text)
    skip = False
    for number, (start, word) in enumerate(words):
        if skip:
            skip = False
            continue
        if len(terms) >= MAX_TERMS or len(problems) >= _MAX_PROBLEMS:
            what = "terms" if len(terms) >= MAX_TERMS else "faults"
            problems.append(
                SpfProblem("too-many", f"too many {what}: the rest is not judged", start, len(text))
            )
            break
        strays = _strays(word, start)
        if strays:
            problems.extend(strays)
            continue
        parsed = parse_term(word, start)
        if parsed.term is not None:
            terms.append(parsed.term)
        if parsed.problem is None:
            continue
        following = words[number + 1] if number + 1 < len(words) else None
        whole = joined(word, following[1]) if parsed.term is None and following else None
        if whole is not None and following is not None:
            end = following[0] + len(following[1])
            message = f"a space stands after {word!r}, where none may be"
            problems.append(SpfProblem("stray-space", message, start, end, suggestion=whole))
            skip = True
        elif parsed.term is None:
            problems.append(_with_suggestion(parsed.problem, word, start))
        else:
            problems.append(parsed.problem)
    problems.extend(_duplicates(terms))
    return SpfRecord(text, tuple(terms), tuple(sorted(problems, key=lambda p: (p.start, p.end))))


def _words(text: str) -> list[tuple[int, str]]:
    """The terms with the place of each. Spaces alone separate: a tab is a character like any other."""
    words, at = [], len(VERSION)
    for word in text[len(VERSION) :].split(" "):
        if word:
            words.append((at, word))
        at += len(word) + 1
    return words


def _strays(word: str, start: int) -> list[SpfProblem]:
    """One problem for each run of the same character that is not visible ASCII."""
    found: list[SpfProblem] = []
    at = 0
    while at < len(word) and len(found) < _MAX_PROBLEMS:
        char = word[at]
        if "!" <= char <= "~":
            at += 1
            continue
        end = at + 1
        while end < len(word) and word[end] == char:
            end += 1
        code = "control-character" if char < " " or char == "\x7f" else "non-ascii"
        message = f"the character U+{ord(char):04X} may not stand in an SPF record"
        found.append(SpfProblem(code, message, start + at, start + end, suggestion=STRAY.get(char)))
        at = end
    return found


def _with_suggestion(problem: SpfProblem, word: str, start: int) -> SpfProblem:
    """The problem with what was meant; its span is then the whole term, which the suggestion replaces."""
    meant = suggestion(word)
    if meant is None:
        return problem
    return replace(problem, start=start, end=start + len(word), suggestion=meant)


def _duplicates(terms: list[SpfTerm]) -> list[SpfProblem]:
    """``redirect`` and ``exp`` may stand once each (RFC 7208 section 6)."""
    problems = []
    for name in ("redirect", "exp"):
        same = [term for term in terms if term.kind == "modifier" and term.name == name]
        first = same[0].value.lower() if same else ""
        for term in same[1:]:
            keep = "" if term.value.lower() == first else None
            message = f"{name}= stands in the record more than once"
            problems.append(SpfProblem("duplicate-modifier", message, term.start, term.end, suggestion=keep))
    return problems[:_MAX_PROBLEMS]
