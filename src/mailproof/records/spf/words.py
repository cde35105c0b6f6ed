"""Interprets a broken word of an SPF record: one or more terms, and what belongs elsewhere.

An ambiguous word has no interpretation. None is a passing ``all``, and qualifiers are preserved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, ip_network, summarize_address_range

from msgspec import Struct

from mailproof.model import SpfTerm
from mailproof.records.edits import edits
from mailproof.records.plain import MARKUP, unmangled
from mailproof.records.spf.terms import MECHANISMS, parse_term

#: Modifiers with a meaning: RFC 7208 section 6, RFC 6652 section 3.
MODIFIERS = ("redirect", "exp", "ra", "rp", "rr")
#: Only a whole record without spaces could be longer.
_LONGEST = 1000
_MOST_TERMS = 60
#: A name has at most 253 characters.
_LONGEST_TERM = 270
_EDGE = ".;,&|\"'`\\()[]<>"
#: Separators include the percent-encoded space.
_SEPARATORS = re.compile(r"(?:%20|\\(?:032|[nrt])|\+(?=[~?-]all)|[,;|&])+", re.IGNORECASE)
#: The beginning of a term in the middle of a word, searched at each position.
_START = re.compile(
    r"(?=[+~?]?(?:include:|exists:|ip4:|ip6:|redirect=|exp=|a[:/]|mx[:/]|ptr:|(?<=[0-9])(?:a|mx|ptr)\b)"
    r"|[+~?](?:a|mx|ptr)\b|[+~?-]?all|v=[a-z]{3,6}1)",
    re.IGNORECASE,
)
_END = re.compile(r"([~?-]all)[\"'/#]*(.+)", re.IGNORECASE)
_BARE = re.compile(r"[+~?-]?(?:a|mx|ptr)(?=[+~?a-z-])", re.IGNORECASE)
#: A doubled letter, or the record type AAAA, but not two terms.
_DOUBLED = re.compile(r"aa+[:/]", re.IGNORECASE)
#: The beginning of another record, pasted after this one.
_VERSION = re.compile(r"v=[a-z]{3,6}1[;,.]?", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_TOP = re.compile(r"[A-Za-z]{2,}|xn--[A-Za-z0-9-]+", re.IGNORECASE)
_NAMED = re.compile(r"([A-Za-z0-9_-]*[A-Za-z0-9])\s*([:=;,]+)(.*)", re.DOTALL)
_MISSING_COLON = re.compile(
    r"(include|redirect|exists|ip[46]|ipv[46]|(?:a|mx|ptr)(?=/[a-z]))[:=.,;/|-]?(.+)",
    re.IGNORECASE | re.DOTALL,
)
_BEFORE_VALUE = re.compile(r"(?:https?://|[@.:<\"'=\[]+)", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?!v=)[A-Za-z][A-Za-z0-9_.-]{0,60}=[^\s\"]{3,}|(?=[A-Za-z_-]*[0-9][A-Za-z_-]*[0-9])[A-Za-z0-9_-]{8,}"
)
_PROOF = re.compile(r"(?:MS=ms[0-9]|[a-z0-9_.-]*(?:verif|validat)[a-z0-9_.-]*=)", re.IGNORECASE)
_PORT = re.compile(r"(?<=[a-z]):[0-9]{1,5}\Z", re.IGNORECASE)
_PREFIX_ZERO = re.compile(r"/0+(?=[0-9])")
#: Prefixes of the names that providers ask their customers to include.
SPF_NAMES = ("_spf", "spf")
#: Words of a comment in an SPF record that are read.
MAX_COMMENT = 30
#: How comments begin and end; one without an end marker extends to the next term.
_COMMENTS = (
    *(("(", ")"), ("[", "]"), ("/*", "*/"), ("<!--", "-->")),
    *(("#", ""), ("//", ""), (";", ""), ("--", "")),
)
COMMENT_STARTS = frozenset(begins[0] for begins, _ in _COMMENTS)
#: What may be a term within a comment: something with a value, a host name, an address, a mechanism.
_MAYBE_TERM = re.compile(r"[:=]|\w\.\w|(?<![^\W_])(?:a|mx|ptr|all)(?![^\W_])", re.IGNORECASE)
#: ``-all#google`` and ``include:esp.example(old)``
_GLUED_COMMENT = re.compile(r"([^#(]+)(#.+|\(.+\))")
#: ``192.0.2.*``, ``192.0.2/24``
_FEWER_OCTETS = re.compile(r"(\d+(?:\.\d+){1,2})((?:\.[*x])*)(?:/(\d+))?", re.IGNORECASE)


class Interpretation(Struct, frozen=True):
    """The intended terms, texts that belong in separate TXT records (``apart``), and what was wrong."""

    terms: tuple[str, ...]
    why: str
    code: str
    apart: tuple[str, ...] = ()


class Comment(Struct, frozen=True):
    """Its words; ``clear``: nothing in it may be a term."""

    words: tuple[str, ...]
    clear: bool


def interpret(word: str) -> Interpretation | None:
    """Interpret a word that is not a term, or not a plausible one; None if its meaning is unknown."""
    if len(word) > _LONGEST:
        return None
    if markup := MARKUP.search(word):
        parted = ";".join((*unmangled(word).split(), ""))
        found = _separated(parted) if parted.strip(_EDGE) else Interpretation((), "", "")
        why = f"{markup[0]!r} is HTML, which no record has"
        return Interpretation(found.terms, why, "separator", found.apart) if found else None
    bare = word.strip(_EDGE).rstrip("/")
    if word.endswith("/") and bare.endswith((".0", "::")):
        return None  # a network without its prefix length
    if not word.strip(_EDGE) or _SEPARATORS.fullmatch(word):
        return Interpretation((), f"{shown(word)} is not allowed: a space separates the terms", "separator")
    if bare != word and (is_plausible(bare) or bare.lower() == "v=spf1"):
        if word in (f"({bare})", f"[{bare}]") and not bare.lower().endswith("all"):
            return None  # a term, or a comment about a former sender
        return Interpretation(
            (bare,), f"{shown(word.replace(bare, '', 1))} is not allowed beside {bare!r}", "separator"
        )
    if (
        (noted := _GLUED_COMMENT.fullmatch(word))
        and is_plausible(noted[1])
        and not _MAYBE_TERM.search(noted[2])
    ):
        return Interpretation((noted[1],), f"{noted[2]!r} is a comment, and SPF has none", "comment")
    return (
        _doubled(word) or _separated(word) or _glued(word) or _glued(bare) or _token(bare) or _respelt(bare)
    )


def one_term(word: str) -> str | None:
    """The only term that a misspelt word can be."""
    found = _respelt(word.strip(_EDGE)) if len(word) <= _LONGEST else None
    return found.terms[0] if found else None


def joined(words: Iterable[str]) -> str | None:
    """Join words that form one term: ``include:`` and ``esp.example``, ``-`` and ``all``."""
    first, *others = words
    rest = "".join(others)
    if len(first) + len(rest) > _LONGEST:
        return None
    if first in ("-", "~", "?"):
        whole = first + rest if rest.lower() == "all" else ""
    elif first[-1:] in ":=." or rest[:1] in tuple(":=/."):
        whole = first + rest
    elif parse_term(first).term is None and first.lower().lstrip("+-~?") in MECHANISMS:
        whole = f"{first}:{rest}"
    else:
        whole = f"{first}={rest}" if first.lower() == "redirect" else ""
    return whole if whole and is_plausible(whole) else None


def comment(words: list[str]) -> Comment | None:
    """The comment that the first word begins, if any; not ``clear`` if it may hold a commented-out term."""
    begins, ends = next((each for each in _COMMENTS if words[0].startswith(each[0])), ("", ""))
    if not begins or (begins in ("--", ";") and words[0] != begins) or is_plausible(words[0].strip(_EDGE)):
        return None
    if begins == ";" and is_plausible(words[1] if len(words) > 1 else ""):
        return None  # typed instead of a space
    found = (
        at for at, word in enumerate(words, 1) if (word.endswith(ends) if ends else _is_next(words[at:]))
    )
    inside = words[: next(found, len(words))]
    text = " ".join(inside)[len(begins) :]
    return Comment(tuple(inside), not _MAYBE_TERM.search(text)) if re.search(r"\w", text) else None


def _is_next(words: list[str]) -> bool:
    """Whether a comment ends before these words: the next one is a term and not an English word."""
    return bool(words) and is_plausible(words[0]) and words[0].lower() not in ("a", "mx", "ptr")


def is_plausible(text: str) -> bool:
    """Whether it is a plausible term: valid, known, and not a passing ``all``."""
    parsed = parse_term(text) if text else None
    term = parsed.term if parsed else None
    if (
        parsed is None
        or term is None
        or parsed.problem is not None
        or (term.kind == "modifier" and term.name not in MODIFIERS)
    ):
        return False
    if term.name == "all":
        return term.qualifier != "+"
    return not takes_name(term) or is_plausible_name(term.value)


def takes_name(term: SpfTerm) -> bool:
    """Whether its value is a domain name."""
    return bool(term.value) and term.name in ("include", "exists", "a", "mx", "ptr", "redirect", "exp")


def is_plausible_name(name: str) -> bool:
    """Whether a valid domain-spec is a plausible name.

    ``a.testinclude:b.test``, ``a.test,b.test`` and ``a.test-all`` are not, although the grammar allows them.
    """
    labels = name.removesuffix(".").split(".")
    if "%" in name:
        last = labels[-1]
        return not any(char in name for char in ":,;") and ("%" in last or bool(_TOP.fullmatch(last)))
    return (
        len(labels) > 1
        and len(name) <= 253
        and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels)
        and bool(_TOP.fullmatch(labels[-1]))
    )


def is_verification_token(text: str) -> bool:
    """Whether it is a token that proves ownership of the domain to a service."""
    return _PROOF.match(text) is not None


def is_token(text: str) -> bool:
    """Whether a word that is clearly not part of the record may be such a token."""
    return _TOKEN.fullmatch(text) is not None and text.partition("=")[0].lower() not in (
        *MECHANISMS,
        *MODIFIERS,
    )


def shown(chars: str) -> str:
    """One or a few characters, described for a sentence."""
    names = {" ": "a space", "\\": "a backslash", ",": "a comma", ";": "a semicolon", ".": "a full stop"}
    if chars in ('"', "'", "`"):
        return "a quotation mark"
    visible = all("!" <= char <= "~" for char in chars)
    return names.get(chars) or (repr(chars) if visible else f"the character U+{ord(chars[0]):04X}")


def _doubled(word: str) -> Interpretation | None:
    """``ip4:ip4:192.0.2.1`` and ``mx:include:esp.example``: another term in place of a value."""
    first, _, rest = word.partition(":")
    name = first.lstrip("+-~?").lower()
    if name not in MECHANISMS or not is_plausible(rest) or ":" not in rest:
        return None
    if name in ("a", "mx", "ptr") and not rest.lower().startswith(f"{name}:"):
        return Interpretation((first, rest), f"a colon is not allowed before {rest!r}", "separator")
    return Interpretation(
        (first[: len(first) - len(name)] + rest,), f"{first}: is not allowed before {rest!r}", "separator"
    )


def _token(word: str) -> Interpretation | None:
    """``-allMS=ms1``: a token after the end of the record, without a space."""
    found = _END.fullmatch(word)
    if found is None or not is_verification_token(found[2]) or not is_token(found[2]):
        return None
    why = f"a space is missing before {found[2]!r}, which belongs in a TXT record of its own"
    return Interpretation((found[1],), why, "glued", (found[2],))


def _separated(word: str) -> Interpretation | None:
    """``ip4:192.0.2.1,192.0.2.2`` and ``?all;MS=ms1``: terms separated by commas and semicolons."""
    separators = _SEPARATORS.findall(word)
    parts = [part for part in _SEPARATORS.split(word) if part.strip(_EDGE)]
    if not separators or not parts:
        return None
    terms: list[str] = []
    apart: list[str] = []
    foreign = False
    prefix = ""
    for part in (part.strip(_EDGE) for part in parts):
        if foreign or (part.lower().startswith("v=") and part.lower() != "v=spf1"):
            foreign = True  # another record was pasted after this one: it is ignored
            continue
        found: tuple[str, ...] | None = (part,) if is_plausible(part) or part.lower() == "v=spf1" else None
        if found is None and prefix and is_plausible(prefix + part):
            found = (prefix + part,)
        if found is None and (more := _glued(part) or _respelt(part)):
            found = more.terms
        if found is not None:
            terms += found
            name, colon, _ = found[-1].partition(":")
            prefix = name + colon if colon else ""  # inherited by a bare value after a comma
        elif terms and is_token(part):
            apart.append(part)
        else:
            return None
    if not terms:
        return None
    first = separators[0] if len(separators[0]) > 3 or "%" in separators[0] else separators[0][:1]
    why = f"{shown(first)} is not allowed: a space separates the terms"
    if apart:
        why += f", and {apart[0]!r} belongs in a TXT record of its own"
    return Interpretation(tuple(terms), why, "separator", tuple(apart))


def _glued(word: str) -> Interpretation | None:
    """Terms without a space between them, if there is only one way to split them."""
    starts = [place.start() for place in _START.finditer(word, 1)]
    if len(starts) > _MOST_TERMS or _DOUBLED.match(word):
        return None
    ways: dict[int, list[tuple[str, ...]]] = {0: [()]}  # by end offset; two are enough to be ambiguous
    for at in range(len(word)):
        if at not in ways:
            continue
        bare = _BARE.match(word, at)
        ends = {end for end in starts if at < end <= at + _LONGEST_TERM} | {len(word)}
        for end in ends | ({bare.end()} if bare else set()):
            term = word[at:end]
            if _VERSION.fullmatch(term) or is_plausible(term):
                reached = ways.setdefault(end, [])
                new = [(*way, term) for way in ways[at] if (*way, term) not in reached]
                reached += new[: 2 - len(reached)]
    found = ways.get(len(word), [])
    if len(found) != 1 or len(found[0]) < 2:
        return None
    terms = found[0]
    names = [term.lower().partition("=")[0] for term in terms]
    if "redirect" in names and any(n.endswith("all") for n in names):
        return None
    return Interpretation(tuple(dict.fromkeys(terms)), f"a space is missing before {terms[1]!r}", "glued")


def _respelt(word: str) -> Interpretation | None:
    """The only term that a typing error could have turned into this word."""
    found = {candidate for candidate in _spellings(word) if candidate != word and is_plausible(candidate)}
    if len(found) != 1:
        return None
    why = f"{word!r} {'has a comma instead of a dot' if ',' in word else 'is not a mechanism'}"
    return Interpretation((found.pop(),), why, "unknown-mechanism")


def _spellings(word: str) -> Iterator[str]:
    sign = word[:1] if word[:1] in tuple("+-~?") else ""
    bare = word[len(sign) :].lstrip(sign)
    if bare[:1] in tuple("+-~?"):
        return  # two different qualifiers: unclear which counts
    name = bare.rstrip(":=").lower()
    if sign in ("-", "~", "?") and len(name) > 1 and edits(name, "all", 1) < 2:
        yield f"{sign}all"
    if family := _family(bare):
        yield f"{sign}{family}"
    if "," in bare:
        yield f"{sign}{bare.replace(',', '.')}"
    if bare.lower().startswith(SPF_NAMES):
        yield f"{sign}include:{bare}"
    named = _NAMED.fullmatch(bare)
    if named is not None:
        yield from _by_name(sign, named.group(1).lower(), named.group(3))
    if apart := _MISSING_COLON.fullmatch(bare):
        name, value = apart[1].lower(), apart[2]
        if name.startswith("ip"):
            yield f"{sign}{_family(value)}"
        elif named is None:
            yield f"{sign}{name}{'=' if name == 'redirect' else ':'}{value}"


def _by_name(sign: str, name: str, value: str) -> Iterator[str]:
    """Yield the mechanisms nearest to the name, or suggested by the value."""
    near = {k for k in ("include", "exists", "redirect") if edits(name, k, 2) < (3 if name[0] == k[0] else 2)}
    value = _PORT.sub("", value)
    plain = _BEFORE_VALUE.sub("", value, count=1).strip(_EDGE + ":/") if _BEFORE_VALUE.match(value) else value
    if family := _family(value):
        if (
            name in ("a", "mx")
            or near
            or edits(name.replace("v", ""), "ip4", 1) < 2
            or edits(name, "ip6", 1) < 2
        ):
            yield f"{sign}{family}"
        if name[:2] == "ip" and name[3:].isdigit():  # perhaps a colon that is too far right
            yield f"{sign}{_family(name[3:] + value)}"
        return
    if re.fullmatch(r"ipv?[46]", name):  # ip4: with a host name
        yield f"{sign}{'include' if value.lower().startswith(SPF_NAMES) else 'a'}:{value}"
    if name in ("a", "aaaa", "mx", "ptr", "exp"):
        near = {"a" if name == "aaaa" else name}
    for known in near or ({"include"} if name in ("incl", "inc") else set()):
        if known in MODIFIERS:
            yield f"{known}={plain}" if sign in ("", "+") else ""
        else:
            yield f"{sign}{known}:{plain}"


def _family(text: str) -> str:
    """``ip4:`` or ``ip6:`` with the address or network in plain form; "" if it is neither."""
    host, colon, port = text.strip("[]<>():").rpartition(":")
    if colon and port.isdigit() and "." in host:
        if int(port[:6]) <= 32 and port != "25":
            return ""  # perhaps a prefix length
        text = host  # without the port
    plain = _PREFIX_ZERO.sub("/", text.replace("\\", "/").strip("[]<>()\"':./"))
    if "%" in plain:
        return ""
    plain = _one_network(plain)
    try:
        network = ip_network(plain, strict=False)
    except ValueError:
        return ""
    if "." in plain.partition("/")[2]:  # a mask
        plain = f"{plain.partition('/')[0]}/{network.prefixlen}"
    return f"ip{network.version}:{plain}"


def _one_network(text: str) -> str:
    """CIDR form of a network written with fewer octets or as a range; otherwise the text unchanged."""
    if found := _FEWER_OCTETS.fullmatch(text):
        octets = found[1].count(".") + 1
        if (found[2] or found[3]) and found[3] in (None, str(8 * octets)):
            return f"{found[1]}{'.0' * (4 - octets)}/{8 * octets}"
    first, dash, last = text.partition("-")
    try:
        networks = [*summarize_address_range(IPv4Address(first), IPv4Address(last))] if dash else []
    except ValueError:
        networks = []
    return str(networks[0]) if len(networks) == 1 else text
