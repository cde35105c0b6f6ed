"""Parses Received headers (RFC 5321 section 4.4) as servers really write them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from mailproof.model import ReceivedHop
from mailproof.records.dates import parse_date
from mailproof.records.header_text import Token, tokenize
from mailproof.records.received_tls import read_tls, tells_tls
from mailproof.records.remember import remembered
from mailproof.structs import replace

#: At most this many hops are read; RFC 5321 section 6.3 considers 100 a loop.
MAX_HOPS = 200

_CLAUSES = ("from", "by", "via", "with", "id", "for")
#: Keywords that count only after another one: ``over TLS secured channel``, and a cipher.
_LATER = {"over": "by", "tls": "with"}
_BRACKETED = re.compile(
    r"\[(?:IPv6:)?(?:((?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?|([0-9A-Fa-f:.]{2,45})(?:%\w{1,16})?)\]",
    re.IGNORECASE,
)
_BARE_IP = re.compile(
    r"(?<![\w.:])(?:((?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?|([0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,42}))(?![\w:])"
)
_HELO = re.compile(r"\b(?:helo|ehlo)[ =]([^\s()]{1,255})", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+")
_PORT = re.compile(r"\]:\d{1,5}|^port=\d{1,5}")


class _Clause(Struct):
    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def text(self) -> str:
        return " ".join(self.words)


def parse_received(value: str) -> ReceivedHop:
    """Parse one Received header. Never raises: ``problem`` says what can't be parsed.

    ``from_`` is the name that the receiving server wrote after "from", ``helo`` the client's HELO name,
    ``rdns`` its name by reverse lookup, if the server distinguishes them.
    """
    tokens = tokenize(value, ";")
    ends = [i for i, token in enumerate(tokens) if token.kind == "special"]
    date_text = value[tokens[ends[-1]].end :] if ends else value[-120:]
    clauses, loose = _clauses(tokens[: ends[-1]] if ends else tokens)
    timestamp = parse_date(date_text)
    source, by_, via, with_, id_, for_ = (clauses.get(name, _Clause()) for name in _CLAUSES)
    over, cipher = (clauses.get(name, _Clause()) for name in _LATER)
    comments = [*loose, over.text, *(text for clause in clauses.values() for text in clause.comments)]
    own = [text for name, clause in clauses.items() if name != "from" for text in clause.comments]
    ip, helo, rdns, name = _client(source)
    if ip and not rdns and _is_host(name) and any("Exim " in comment for comment in comments):
        rdns = name  # Exim writes a name before the address only if it found and verified one
    by, queue_id = by_.first.rstrip(".,"), id_.first
    hop = ReceivedHop(
        from_=name,
        ip=ip,
        by=by,
        with_=with_.text or via.text,
        tls=read_tls(comments, with_.words, cipher.words),
        tells_tls=tells_tls(own, by, with_.words, queue_id),
        timestamp=timestamp,
        helo=helo,
        rdns=rdns,
        queue_id=queue_id,
        for_=for_.first.strip("<>"),
        raw=value,
    )
    if "from" not in clauses and "by" not in clauses:
        if not loose or timestamp is None:  # "(qmail 1 invoked by uid 2)" notes that it was queued
            return replace(hop, problem="it has neither from nor by")
    elif timestamp is None:
        return replace(hop, problem="it has no valid date")
    return hop


def chain(values: Iterable[str]) -> tuple[ReceivedHop, ...]:
    """All hops, newest first like the headers, each with the seconds since the next older dated one."""
    hops = [parse_received(value) for _, value in zip(range(MAX_HOPS), values, strict=False)]
    return tuple(_with_delays(hops))


def _with_delays(hops: list[ReceivedHop]) -> Iterator[ReceivedHop]:
    for index, hop in enumerate(hops):
        older = next((other.timestamp for other in hops[index + 1 :] if other.timestamp), None)
        if hop.timestamp is None or older is None:
            yield hop
        else:
            yield replace(hop, delay_s=(hop.timestamp - older).total_seconds())


def _clauses(tokens: tuple[Token, ...]) -> tuple[dict[str, _Clause], list[str]]:
    """The clauses by keyword, and the comments before the first."""
    clauses: dict[str, _Clause] = {}
    loose: list[str] = []
    current: _Clause | None = None
    for token in tokens:
        word = token.text.lower() if token.kind == "word" else ""
        starts = word in _CLAUSES or _LATER.get(word) in clauses
        # Directly after another keyword, or a second time, a keyword is part of a value.
        if starts and word not in clauses and (current is None or current.words or current.comments):
            current = clauses.setdefault(word, _Clause())
        elif token.kind == "comment":
            (current.comments if current is not None else loose).append(token.text)
        elif current is not None:
            current.words.append(f"[{token.text}]" if token.kind == "literal" else token.text)
    return clauses, loose


def _client(source: _Clause) -> tuple[str, str, str, str]:
    """The address, HELO name, reverse name and the name after "from"."""
    name = source.first.rstrip(".")
    helo = rdns = ip = ""
    for comment in source.comments:
        if match := _HELO.search(comment):
            helo = helo or match.group(1).rstrip(".")
            comment = comment[: match.start()] + comment[match.end() :]
        ip = ip or _address(comment)
        word = comment.strip().split(" ")[0].strip()
        if "[" in comment:
            word = word.rpartition("@")[2]  # Sendmail with ident (RFC 1413)
        if not rdns and "." in word and not _PORT.search(word) and _is_host(word):
            rdns = word.rstrip(".")
    if not ip:
        ip = next((_address(word) for word in source.words[:4] if word.startswith("[")), _ip(name))
        helo = helo or (rdns if name.startswith("[") else "")  # chasquid: the address, and HELO beside it
    if helo:  # Exim and qmail write the verified name first and the HELO in the comment
        rdns = name if _is_host(name) and name.lower() != "unknown" else ""
    elif source.text.lower() == "mail pickup service":
        name = source.text
    elif name.lower() != "unknown":
        helo = name
    return ip, helo, rdns, name


def _is_host(word: str) -> bool:
    return _HOST.fullmatch(word) is not None and _ip(word) == ""


def _address(text: str) -> str:
    """The first address in a text, preferably a bracketed one."""
    for pattern in (_BRACKETED, _BARE_IP):
        for match in pattern.finditer(text[:2000]):
            if found := _ip(match.group(match.lastindex or 1)):
                return found
    return ""


@remembered(1024)
def _ip(text: str) -> str:
    """An address in canonical form (IPv4-mapped IPv6 as IPv4), or ""."""
    try:
        address = ipaddress.ip_address(text.strip("."))
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
