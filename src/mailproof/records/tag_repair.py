"""Repairs DMARC, MTA-STS, TLS reporting and BIMI records to what their author must have intended.

All four consist of a version and tags, and are mistyped in the same ways; a ``Format`` has the differences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from itertools import islice
from typing import Literal

from msgspec import Struct

from mailproof.records.edits import edits
from mailproof.records.nearest import nearest
from mailproof.records.plain import (
    INVISIBLE,
    MARKUP,
    QUOTES,
    SPACES,
    TAIL,
    TTL,
    pasted_name,
    plain,
    unmangled,
)
from mailproof.records.remember import remembered
from mailproof.records.report_uris import is_destination
from mailproof.records.tags import MAX_TAGS, parse_tags

NearMiss = Literal[
    "",
    "quotes",
    "backslash",
    "pasted-name",
    "leading-space",
    "invisible",
    "spaces",
    "case",
    "missing-semicolon",
    "order",
    "no-version",
    "version",
    "another",
    "behind",
    "encoded",
]

#: Each fault as a clause about the record.
NEAR_MISS_WORDS: dict[NearMiss, str] = {
    "quotes": "it has quotation marks that belong in a zone file, not in the record",
    "backslash": "it has backslashes that belong in a zone file, not in the record",
    "pasted-name": "its own name was pasted into the value",
    "leading-space": "there is something before v=",
    "invisible": "it has invisible characters, or ones that only look like others",
    "spaces": "there are spaces around the equals sign of the version",
    "case": "the version is in the wrong case",
    "missing-semicolon": "there is no semicolon after the version",
    "order": "v= is not the first tag",
    "no-version": "it has no version",
    "version": "it has an unknown version",
    "another": "it has the version of another kind of record",
    "behind": "there is other text before v=",
    "encoded": "it is percent-encoded, as in a URL",
}

#: Longer texts are not parsed: no record is that long, and none may be truncated.
LONGEST = 4000
_HEAD = 300
_BEFORE = " \t\r\n;,:.=-+*_(["
_V = re.compile(r"v(?:ersion)?\s?[=:\-]{1,2}\s?", re.IGNORECASE)
_LOOSE_V = re.compile(r"v\s?(?=[A-Za-z])", re.IGNORECASE)
_PREFIXES = ("mta", "smtp")
#: The version of another kind of mail record, copied by mistake.
_ANOTHER = re.compile(r"spf1|DMARC1|DKIM1|STSv1|TLSRPTv1|BIMI1", re.IGNORECASE)
#: Characters that people write between the letters of a version.
_BETWEEN = re.compile(r"[ _.-]")
_TAG = r"TAG\s*[=:]"
_ANY_TAG = re.compile(r"(?<=[ ,:|])(?=[A-Za-z]{1,9}\s*[=:])")
_PAIR = re.compile(r"[.*+<-]*(?P<name>[A-Za-z][\w .-]{0,38}?)\s*(?P<equals>[=:][=:\s]*)(?P<value>.*)\Z")
_WORD = re.compile(r"\w")
#: Tag names and addresses: text with either may be needed.
_NEEDED = re.compile(r"([^\s;,|]{1,40})\s*=|\w@")
#: A comment after a value or in place of a tag; one with an address or a tag may be more than a comment.
_COMMENT = re.compile(r"\s*(?:\([^()@=]*\)|(?:(?<![^\s])(?:#|//|/\*))[^@=]*)\Z")
#: What follows the 1 of a version like 1.0.
_POINT = re.compile(r"\A\.\d{1,3}(?=[\s;,]|\Z)")
#: Search for missing separators: characters of a value, candidate places, and separators inserted at most.
_LOOKED_AT = 500
_PLACES = 20
_CUTS = 10


class Format(Struct, frozen=True, dict=True):
    """The format of one type of record.

    ``names`` are its tags except ``v``, ``aliases`` other words for them, ``lists`` the tags with report
    destinations. ``corrected`` returns the value that a tag must have been intended to have ("": unclear),
    and ``bare`` whether tags without a version are beyond doubt such a record.
    """

    version: str
    names: tuple[str, ...]
    is_record: Callable[[str], bool]
    corrected: Callable[[str, str], str]
    bare: Callable[[dict[str, str]], bool]
    aliases: tuple[tuple[str, str], ...] = ()
    lists: tuple[str, ...] = ()

    @cached_property
    def word(self) -> str:
        """The version without its number."""
        return _split_number(self.version.lower())[0]

    @cached_property
    def begins(self) -> re.Pattern[str]:
        """The beginning of a record in the middle of a text."""
        return re.compile(rf"(?<![?&/])v\s?[=:]\s?{self.version}\b")

    @cached_property
    def separator(self) -> re.Pattern[str]:
        """The separator of tags: a semicolon, or the position before a repeated version."""
        return re.compile(rf";|\s*(?={self.begins.pattern})")

    @cached_property
    def openings(self) -> tuple[str, ...]:
        """How a text begins if its version only lacks the ``v=``."""
        return tuple([f"{prefix}{self.word}" for prefix in ("", *_PREFIXES)])


class _Version(Struct, frozen=True):
    """The version as typed: where it ends, and whether it is correct, ignoring case."""

    end: int
    exact: bool
    spaced: bool = False


def near_miss(text: str, form: Format) -> NearMiss:
    """Why a text intended as a record of this type is not one; "" for records and for unrelated texts."""
    if form.is_record(text):
        return ""
    name, head = _beginning(text)
    version = _version(head, form)
    if version is None or (not version.exact and form.begins.search(text, 1)):
        return _without_version(text, form)
    if name:
        return "pasted-name"
    return _why(text, head, version, form)


def repaired(text: str, form: Format) -> str:
    """The intended record, version first; "" if the text was not intended as one.

    Unclear parts are left unchanged, so that nothing is lost.
    """
    miss = near_miss(text, form)
    if len(text) > LONGEST or not (miss or form.is_record(text)):
        return ""
    clean = plain(pasted_name(text)[1]).lstrip(_BEFORE)
    if miss == "behind":
        found = form.begins.search(clean)
        before = clean[: found.start()] if found is not None else clean
        if found is None or not set(_NEEDED.findall(before)) <= set(form.names):
            return ""  # the text before it may be needed
        clean = clean if "=" in before else clean[found.start() :]
    version = _version(clean, form)
    body = _POINT.sub("", clean[version.end :]) if version is not None else clean
    parts = list(islice(_tags(body, form), MAX_TAGS + 1))
    if len(parts) > MAX_TAGS:
        return ""
    parts = _merged(parts, form)
    return "; ".join((f"v={form.version}", *(f"{name}={value}" if name else value for name, value in parts)))


def name_of(typed: str, value: str, form: Format, written: set[str]) -> str:
    """The tag that a misspelt name was intended as, if name and value leave no doubt."""
    aliased = dict(form.aliases).get(typed.lower().replace("-", "").replace("_", "").replace(".", ""))
    free = [name for name in form.names if name not in written or name in form.lists]
    fitting = [name for name in free if form.corrected(name, value)]
    if aliased in fitting:
        return aliased
    near = nearest(typed, fitting)
    if len(near) == 1:
        return near[0]
    reports = [name for name in form.lists if name in (near or fitting)]
    return reports[0] if reports and (near or not nearest(typed, form.names)) else ""


def swallowed(name: str, value: str, form: Format, written: set[str]) -> int:
    """The offset in a value at which the next tag begins, for lack of a separator; 0 if none does."""
    if name not in form.names or form.corrected(name, value) == value:
        return 0
    places = {
        found.start()
        for pattern in (_with_tags(r"(?=TAG\s*[=:])", form.names), _ANY_TAG)
        for found in pattern.finditer(value[:_LOOKED_AT])
    }
    fitting = []
    for place in sorted(places - {0})[:_PLACES]:
        left = value[:place].strip(" ,|:")
        if name in form.lists and is_destination(value[place:].partition(",")[0]):
            continue
        if not left or form.corrected(name, left) != left:
            continue
        following, rest = _pair(value[place : place + _LOOKED_AT], form, written)
        # The next tag may itself have swallowed another.
        own = _with_tags(_TAG, form.names).split(rest, maxsplit=1)[0].strip(" ,|:")
        fresh = following in form.lists or following not in written
        if following in form.names and fresh and any(form.corrected(following, each) for each in (rest, own)):
            fitting.append(place)
    return fitting[0] if len(fitting) == 1 else 0


# Cached because each text is tested against every type of record in turn.
@remembered(16)
def _beginning(text: str) -> tuple[str, str]:
    """The name pasted before a record, and the record's first characters."""
    name, rest = pasted_name(text)
    return name, plain(rest[:_HEAD]).lstrip(_BEFORE)


@remembered(16)
def _values(text: str) -> dict[str, str]:
    return {tag.name: tag.value for tag in reversed(parse_tags(plain(text))[0])}


def _why(text: str, head: str, version: _Version, form: Format) -> NearMiss:
    """Which fault it is, given a recognizable version."""
    if "%3" in text[:20]:
        return "encoded"
    if MARKUP.match(text):
        return "leading-space"
    if any(char in QUOTES for char in unmangled(text[:20])):
        return "quotes"
    if "\\" in text[:20]:
        return "backslash"
    bare = pasted_name(text)[1].lstrip(_BEFORE + SPACES + INVISIBLE)
    closed = head[version.end :][:1] in tuple("*)]")
    if bare != text and (closed or form.is_record(bare) or not version.exact):
        return "leading-space"
    if form.is_record(plain(text)):
        return "invisible"
    if not version.exact:
        return "version"
    if form.version not in head[: version.end]:
        return "case"
    if head[version.end :].lstrip()[:1] != ";":
        return "missing-semicolon"
    return "spaces" if version.spaced else "case" if head[0] == "V" else "version"


def _without_version(text: str, form: Format) -> NearMiss:
    """Which fault it is if the text does not begin with a version: it comes later, or was forgotten."""
    if len(text) > LONGEST:
        return ""
    tags = {**_values(text)}
    version = tags.pop("v", tags.pop("V", None))
    if version is not None and edits(version.lower(), form.version.lower(), 1) < 2:
        return "order"
    if form.version in text:
        return "behind" if form.begins.search(text) or form.bare(tags) else ""
    if (version is not None and not _ANOTHER.fullmatch(version)) or not form.bare(tags):
        return ""
    return "no-version" if version is None else "another"


def _version(head: str, form: Format) -> _Version | None:
    """The version at the start of a text, however misspelt, if there is one."""
    found = _V.match(head) or _LOOSE_V.match(head)
    letters = _BETWEEN.sub("", head[: len(form.version) + 8]).lower()
    for named in (found, None):
        if named is None and not letters.startswith(form.openings):
            continue  # the quick exit for nearly all records, which are of another type
        start = named.end() if named is not None else 0
        best: tuple[int, int] | None = None
        for end in range(start + 1, min(len(head), start + len(form.version) + 8) + 1):
            last = head[end - 1]
            if not (last.isascii() and last.isalnum() and _at_boundary(head[end:], form)):
                continue
            cost = _cost(head[start:end], head[end:], form, strict=named is None)
            if cost is not None and (best is None or cost < best[0]):
                best = (cost, end)
        if best is not None:
            typed = head[start : best[1]]
            exact = typed.lower() == form.version.lower() and named is not None and "=" in named.group()
            spaced = named is not None and " " in named.group()
            return _Version(best[1], exact, spaced)
    return None


def _cost(typed: str, rest: str, form: Format, *, strict: bool) -> int | None:
    """The distance of ``typed`` from the version; None if it is another word.

    Without v= before it (``strict``), only the exact word counts, followed by its number or by tags.
    """
    word = _BETWEEN.sub("", typed).lower()
    stem, number = _split_number(word)
    own = form.word
    stem = next((stem[len(p) :] for p in _PREFIXES if stem.startswith(p) and stem != p), stem)
    apart = edits(stem, own)
    if strict:
        likely = apart == 0 and (number == "1" or _supported(rest, form))
    else:
        enough = 1 if len(own) > 3 else 0
        likely = apart <= enough or (apart == enough + 1 and len(own) != 4 and _supported(rest, form))
    return 2 * apart + (number != "1") if likely else None


def _split_number(word: str) -> tuple[str, str]:
    """Split ``tlsrptv1`` into ``tlsrpt`` and ``1``."""
    stem = word.rstrip("0123456789")
    return stem.removesuffix("v"), word[len(stem) :]


def _supported(rest: str, form: Format) -> bool:
    """Whether tags of this type of record follow the version."""
    return (
        _with_tags(r"[\s;,:|.&]*TAG\s*[=:]", form.names).match(rest) is not None
        or _with_tags(r"[\s;,|&]TAG\s*=", form.names).search(rest) is not None
    )


def _at_boundary(rest: str, form: Format) -> bool:
    """Whether the version may end here: before a separator or a tag, or at the end of the text."""
    return not rest or rest[0] in " ;,:|./\\&*)]" or _with_tags(_TAG, form.names).match(rest) is not None


@cache
def _with_tags(pattern: str, names: tuple[str, ...]) -> re.Pattern[str]:
    """Compile a pattern, with TAG replaced by the tags of a type of record."""
    tags = "|".join(sorted(names, key=len, reverse=True))
    return re.compile(pattern.replace("TAG", f"(?:{tags})"), re.IGNORECASE)


def _tags(body: str, form: Format) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each tag; the name is "" for unparsable text."""
    known = _with_tags(_TAG, form.names)
    wanted = _with_tags(r"[ ,:|&]+(?=TAG\s*=)", form.names)
    open_list, cuts = "", _CUTS
    pending = [part for whole in form.separator.split(body) for part in wanted.split(whole)]
    written = {part.partition("=")[0].strip() for part in pending}
    while pending:
        part = pending.pop(0).strip(" ,|*")
        if not _WORD.search(part) or (part[0] in "#(/" and _COMMENT.fullmatch(part)) or TTL.fullmatch(part):
            continue
        if form.lists and not known.match(part) and is_destination(part):
            name = open_list or form.lists[0]  # a semicolon typed instead of a comma
            yield name, form.corrected(name, part) or part
            continue
        name, value = _pair(part, form, written)
        if cuts and (cut := swallowed(name, value, form, written)):
            cuts -= 1
            pending.insert(0, value[cut:])
            value = value[:cut].strip(" ,|:")
        if name in ("v", "V"):
            continue
        noted = TAIL.sub("", _COMMENT.sub("", value))
        if noted != value and not form.corrected(name, value) and form.corrected(name, noted):
            value = noted
        if name in form.lists:
            open_list = name
            if not value and "=" not in part:
                continue  # a bare word, which receivers ignore
        yield name, (form.corrected(name, value) or value) if name in form.names else value


def _pair(part: str, form: Format, written: set[str]) -> tuple[str, str]:
    """The name as intended and the value as typed; the name is "" if there is none."""
    found = _PAIR.match(part)
    unnamed = part[1:].strip() if part[0] in "=:" else ""
    if unnamed and form.names[0] not in written and form.corrected(form.names[0], unnamed):
        return form.names[0], unnamed
    if found is None:
        words = part.split(" ", 1)
        name = words[0].lower()
        if name in form.lists or (name in form.names and len(words) > 1 and form.corrected(name, words[1])):
            return name, words[1] if len(words) > 1 else ""
        return "", part
    typed, value = found["name"].replace(" ", ""), found["value"].strip()
    if typed in form.names or typed in ("v", "V"):
        return typed, value
    if name := name_of(typed, value, form, written):
        return name, value
    return (typed, value) if "=" in found["equals"] and typed.isalnum() else ("", part)


def _merged(parts: list[tuple[str, str]], form: Format) -> list[tuple[str, str]]:
    """Merge report destinations into one tag, and drop duplicates."""
    found: list[tuple[str, str]] = []
    for name, value in parts:
        at = next((i for i, each in enumerate(found) if each[0] == name), -1)
        if name in form.lists and at >= 0:
            both = ",".join(dict.fromkeys(filter(None, (*found[at][1].split(","), *value.split(",")))))
            found[at] = (name, form.corrected(name, both) or both)
        elif (name, value) not in found:
            found.append((name, value))
    return found
