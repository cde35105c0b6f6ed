"""Parses an SPF record into terms and problems with spans (RFC 7208 sections 4.5, 4.6 and 12)."""

from __future__ import annotations

import re
from bisect import bisect_left

from mailproof.model import SpfProblem, SpfRecord, SpfTerm
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.records.plain import (
    DASHES,
    INVISIBLE,
    MANGLED,
    QUOTES,
    SPACES,
    TTL,
    TYPOGRAPHIC_QUOTES,
    unmangled,
)
from mailproof.records.remember import remembered
from mailproof.records.spf.terms import ParsedTerm, parse_term
from mailproof.records.spf.words import (
    COMMENT_STARTS,
    MAX_COMMENT,
    MODIFIERS,
    Interpretation,
    comment,
    interpret,
    is_plausible,
    is_plausible_name,
    is_token,
    joined,
    one_term,
    takes_name,
)
from mailproof.structs import replace

VERSION = "v=spf1"
#: No legitimate domain has a record with this many terms: more than 64 KiB of addresses.
MAX_TERMS = 5000
_MAX_PROBLEMS = 100
#: The length of a label (RFC 1035 section 2.3.4): letters of one word are no further apart.
_LABEL = 63
#: Broken words are not interpreted in texts longer than any legitimate record.
MAX_READ = 4096
#: The capacity of one string of a TXT record; some providers truncate longer texts there.
STRING = 255

#: Characters that look like nothing, a space, a hyphen, a tilde or a quotation mark, and their replacements.
STRAY = {
    **dict.fromkeys(f"{SPACES}\t\r\n\x0b\x0c", " "),
    **dict.fromkeys(INVISIBLE, ""),
    **dict.fromkeys(f"{DASHES}\uff0d", "-"),
    **dict.fromkeys("\u02dc\u223c\uff5e", "~"),
    **dict.fromkeys(f"{TYPOGRAPHIC_QUOTES}\u2032\u2033", ""),
}
_WORD = re.compile("[^ ]+")
_NOT_VISIBLE = re.compile("[^!-~]")
_RUN_ON = re.compile(r"(.+\.(?:com|net|org|info|biz|edu|gov))(mx|ptr)", re.IGNORECASE)
#: A macro without its percent sign, or with another sign.
_MACRO = re.compile(r"(?:\$|%%|(?<!%))\{(?=[slodiphcrtv][0-9]*r?[^{}]?\})", re.IGNORECASE)
#: Words in Latin letters: letters of other scripts may be look-alikes.
_LATIN = re.compile("[!-~\u00df-\u024f]+")
#: Cyrillic letters that look like Latin ones, and the full-width forms of ASCII.
_ALIKE = {
    **dict(zip("аеорсхуіјѕһԁӏАВЕІЈКМНОРЅСТХ", "aeopcxyijshdlABEIJKMHOPSCTX", strict=True)),
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
}


def is_spf(text: str) -> bool:
    """Whether receivers accept it as SPF: exactly ``v=spf1`` (any case), then a space or the end."""
    return text[:6].lower() == VERSION and text[6:7] in ("", " ")


@remembered(1024)
def parse_spf(text: str, seams: tuple[int, ...] = ()) -> SpfRecord:
    """Parse ``text`` by the grammar of RFC 7208 section 12. Never raises; spans are offsets in characters.

    ``seams`` are the offsets at which the strings of the TXT record were joined: they may explain a fault.
    If ``text`` is not an SPF record at all, its only problem has the code ``not-spf``.
    """
    if not is_spf(text):
        end = min(len(text), len(VERSION))
        problem = SpfProblem("not-spf", "the record does not begin with v=spf1 and a space", 0, end)
        return SpfRecord(text, (), (problem,))
    terms: list[SpfTerm] = []
    problems: list[SpfProblem] = []
    # Only spaces separate terms: a tab is a character like any other.
    words = [(found.start(), found[0]) for found in _WORD.finditer(text, len(VERSION))]
    skip = 0
    for number, (start, word) in enumerate(words):
        if skip:
            skip -= 1
            continue
        if len(terms) >= MAX_TERMS or len(problems) >= _MAX_PROBLEMS:
            what = "terms" if len(terms) >= MAX_TERMS else "faults"
            problems.append(
                SpfProblem("too-many", f"too many {what}: the rest was not checked", start, len(text))
            )
            break
        if TTL.fullmatch(text, start):
            why = "this is the record's TTL, not part of its text"
            problems.append(SpfProblem("comment", why, start, len(text), suggestion=""))
            break
        noted = (
            _commented(words[number : number + MAX_COMMENT + 1], terms) if word[0] in COMMENT_STARTS else None
        )
        if noted is not None:
            problem, skip = noted
            problems.append(problem)
            continue
        strays = _strays(word, start)
        if strays:
            problems.extend(strays)
            continue
        parsed = parse_term(word, start)
        whole = _joined(words[number : number + 3], seams, broken=parsed.term is None)
        if whole is not None:
            problem, skip = whole
            problems.append(problem)
            continue
        if parsed.term is not None:
            terms.append(parsed.term)
        problem_of_word = _problem(word, start, parsed, seams) if len(text) <= MAX_READ else parsed.problem
        if problem_of_word is not None:
            if parsed.term is None and problem_of_word.suggestion is None and is_token(word.strip(QUOTES)):
                problem_of_word = _token(problem_of_word, word, start, terms)
            problems.append(problem_of_word)
    problems.extend(_duplicates(terms))
    _note_cut(text, terms, problems, seams)
    return SpfRecord(text, tuple(terms), tuple(sorted(problems, key=lambda p: (p.start, p.end))))


def _problem(word: str, start: int, parsed: ParsedTerm, seams: tuple[int, ...]) -> SpfProblem | None:
    """The problem of a word. If its meaning is known, the span is the whole word, to be replaced."""
    term, problem = parsed.term, parsed.problem
    if term is not None and problem is None:
        if term.kind == "modifier" and term.name not in MODIFIERS:
            found = interpret(word)
            if found is not None and found.code == "glued":  # mxredirect=esp.example
                return _problem_from(found, word, start, seams, fatal=False)
            instead = one_term(word)
            why = f"{term.name} is not a known modifier: receivers ignore it"
            return _spanning("mechanism-as-modifier", why, word, start, instead) if instead else None
        if not takes_name(term):
            return None
        found = _run_on(word, start, seams) if is_plausible_name(term.value) else interpret(word)
        if found is None and "@" in term.value and "%" not in term.value:
            why = f"{term.value!r} is an e-mail address, and {term.name} takes the name of a domain or host"
            return SpfProblem("mailbox", why, start, start + len(word), fatal=False)
        meant = _MACRO.sub("%{", word)
        if found is None and meant != word and is_plausible(meant):
            why = f"{term.value!r} has the letters of a macro, which begins with %{{"
            return _spanning("macro", why, word, start, meant)
        return _problem_from(found, word, start, seams, fatal=False) if found else None
    if problem is None:
        return None
    if term is not None:
        if problem.code == "mechanism-as-modifier" and problem.suggestion is None:
            found = interpret(word.replace("=", ":", 1))
            return replace(problem, suggestion=" ".join(found.terms)) if found else problem
        return problem
    found = interpret(word)
    if found is None:
        return problem
    if found.code == "unknown-mechanism":  # the grammar's message is more specific
        return replace(problem, start=start, end=start + len(word), suggestion=" ".join(found.terms))
    return _problem_from(found, word, start, seams, fatal=True)


def _run_on(word: str, start: int, seams: tuple[int, ...]) -> Interpretation | None:
    """``a:mail.example`` and ``mx`` run together: a valid name, but not one that the author wrote.

    No top-level domain is ``commx``.
    """
    for seam in seams:
        first, second = word[: max(seam - start, 0)], word[max(seam - start, 0) :]
        if second.lower() in ("a", "mx", "ptr") and seam % STRING and is_plausible(first):
            return Interpretation((first, second), f"a space is missing before {second!r}", "glued")
    run_on = _RUN_ON.fullmatch(word)
    if run_on is not None and is_plausible(run_on[1]):
        return Interpretation((run_on[1], run_on[2]), f"a space is missing before {run_on[2]!r}", "glued")
    return None


def _problem_from(
    found: Interpretation, word: str, start: int, seams: tuple[int, ...], *, fatal: bool
) -> SpfProblem:
    why = found.why
    if found.code == "glued" and start + len(found.terms[0]) in seams:
        comma = "; there," if found.apart else ", where"
        why += f"{comma} two strings of the TXT record meet: receivers join them without one"
    whole = _spanning(found.code, why, word, start, " ".join(found.terms))
    return replace(whole, fatal=fatal, apart=found.apart)


def _spanning(code: str, why: str, word: str, start: int, suggestion: str) -> SpfProblem:
    return SpfProblem(code, why, start, start + len(word), False, suggestion)


def _token(problem: SpfProblem, word: str, start: int, terms: list[SpfTerm]) -> SpfProblem:
    """The problem of a token that was pasted after the end of the record."""
    if not any(term.name == "all" for term in terms):
        return problem
    token = word.strip(QUOTES)
    why = f"{token!r} is not an SPF term, and belongs in a TXT record of its own"
    return SpfProblem("token", why, start, start + len(word), suggestion="", apart=(token,))


def _joined(
    words: list[tuple[int, str]], seams: tuple[int, ...], *, broken: bool
) -> tuple[SpfProblem, int] | None:
    """The problem that two or three words are one term, and how many of them follow the first."""
    (start, first), (second, following) = words[0], words[1] if len(words) > 1 else (0, "")
    near = bisect_left(seams, start + len(first))
    at_seam = near < len(seams) and seams[near] <= second
    apart = not at_seam and (following[:1] not in ("/", ":", ".") or is_plausible(following[1:]))
    if not broken and (apart or parse_term(following).term):
        return None
    for count in (2, 3):
        part = words[:count]
        if len(part) < count or any(_NOT_VISIBLE.search(word) for _, word in part):
            return None
        whole = joined([word for _, word in part])
        if whole is None and at_seam and count == 2 and is_plausible(first + following):
            whole = first + following
        if whole is not None:
            why = f"a space is not allowed after {first!r}"
            if at_seam:
                why += ", where two strings of the TXT record meet"
            last, word = part[-1]
            return SpfProblem("stray-space", why, start, last + len(word), suggestion=whole), count - 1
    return None


def _commented(words: list[tuple[int, str]], terms: list[SpfTerm]) -> tuple[SpfProblem, int] | None:
    """The problem that words are a comment, and how many of them follow the first.

    Words after the end of the record may belong to the comment.
    """
    noted = comment([word for _, word in words[:MAX_COMMENT]])
    if noted is None:
        return None
    count = len(noted.words)
    behind = bool(terms) and terms[-1].name == "all" and len(words) > count
    (start, _), (at, last) = words[0], words[count - 1]
    suggestion = "" if noted.clear and not behind else None
    why = "this is a comment, and SPF has none"
    return SpfProblem("comment", why, start, at + len(last), suggestion=suggestion), count - 1


def _strays(word: str, start: int) -> list[SpfProblem]:
    """A problem for each run of a character that isn't visible ASCII, or one for an international name."""
    if not word.isascii() and _LATIN.fullmatch(word):
        kind, mark, name = word.partition("=" if "=" in word else ":")
        if is_plausible(named := f"{kind}{mark}{domain_to_ascii(name)}"):
            why = "an international name must be written in ASCII (xn--)"
            return [SpfProblem("international", why, start, start + len(word), suggestion=named)]
    found: list[SpfProblem] = []
    at = 0
    while len(found) < _MAX_PROBLEMS and (stray := _NOT_VISIBLE.search(word, at)):
        char, at, end = stray[0], stray.start(), stray.end()
        if mangled := MANGLED.match(word, at):
            char, end = unmangled(mangled[0])[0], mangled.end()
        while end < len(word) and word[end] == char:
            end += 1
        code = "control-character" if char < " " or char == "\x7f" else "non-ascii"
        message = f"the character U+{ord(char):04X} is not allowed in an SPF record"
        meant = STRAY.get(char, _alike(word, at, end))
        found.append(SpfProblem(code, message, start + at, start + end, suggestion=meant))
        at = end
    return found


def _alike(word: str, start: int, end: int) -> str | None:
    """The ASCII look-alike of a character among ASCII letters: an all-Cyrillic name is a legitimate name."""
    letter = _ALIKE.get(word[start])
    near = word[max(start - _LABEL, 0) : start], word[end : end + _LABEL]
    around = re.split(r"[^\w]", near[0])[-1] + re.split(r"[^\w]", near[1])[0]
    mixed = any(char.isascii() and char.isalpha() for char in around)
    return letter * (end - start) if letter and mixed else None


def _duplicates(terms: list[SpfTerm]) -> list[SpfProblem]:
    """``redirect`` and ``exp`` are allowed once each (RFC 7208 section 6)."""
    problems = []
    for name in ("redirect", "exp"):
        same = [term for term in terms if term.kind == "modifier" and term.name == name]
        first = same[0].value.lower() if same else ""
        for term in same[1:]:
            keep = "" if term.value.lower() == first else None
            message = f"{name}= is in the record more than once"
            problems.append(SpfProblem("duplicate-modifier", message, term.start, term.end, suggestion=keep))
    return problems[:_MAX_PROBLEMS]


def _note_cut(text: str, terms: list[SpfTerm], problems: list[SpfProblem], seams: tuple[int, ...]) -> None:
    """Report a truncated text: it ends in an ellipsis, a backslash, or after exactly one full string."""
    last = text[seams[-1] if seams else 0 :]
    shortened = text.endswith(("...", "\u2026", "\\")) and not text.rstrip(".\u2026\\").lower().endswith(
        "all"
    )
    full = len(last.encode("utf-8", "surrogateescape")) == STRING and not text.lower().endswith((" ", "all"))
    if not shortened and not full:
        return
    fault = next((problem for problem in problems if problem.end == len(text)), None)
    if (fault is None or shortened) and any(term.name in ("all", "redirect") for term in terms):
        return
    start = text.rfind(" ") + 1
    where = f"here, after {STRING} octets" if full else f"in {text[-1].replace('.', '...')!r}"
    why = f"the text ends {where}: it was cut off"
    if fault is not None:
        problems.remove(fault)
    problems.append(SpfProblem("cut", why, start, len(text), fault is not None and fault.fatal))
