"""Reads records from master files: directives, defaults, relative names (RFC 1035 section 5, RFC 3597)."""

from __future__ import annotations

import re

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdata import Rdata
from dns.rdtypes.ANY.TXT import TXT
from msgspec import Struct

from mailproof.dns.records import negative_ttl
from mailproof.dns.written import Piece, Written
from mailproof.dns.zone.generate import Template, parse_range
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zone.names import key_of_name
from mailproof.dns.zone.scan import Entry, Token, entries
from mailproof.dns.zone.source import Source
from mailproof.errors import ZoneFileError
from mailproof.structs import replace

_TTL = re.compile(r"[0-9]+(?:[wdhms][0-9]+)*[wdhms]?", re.IGNORECASE)
_TTL_PART = re.compile(r"([0-9]+)([wdhms]?)", re.IGNORECASE)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_CLASSES = {"IN", "CH", "HS", "CS", "NONE", "ANY", "CLASS1", "CLASS3", "CLASS4", "AZURE"}
#: The classes that are read; Azure DNS writes its own for an alias.
_READ = {"IN", "CLASS1", "AZURE"}
#: In what ``az network dns zone export`` writes, a text is one string of any length.
_AZURE = "; Exported zone file from Azure DNS"
#: At most 255 characters of a string.
_PART = re.compile(r'(?:\\(?>[0-9]{3}|.)|[^"\\]){1,255}+')
_SURROGATE = re.compile("[\udc80-\udcff]")
_ESCAPE = re.compile(r"\\(?:[0-9]{3}|.)")
_MAX_RDATA = 65535
_MAX_TTL = 2**31 - 1
#: For a file that states no TTL at all. BIND refuses such a file; a check of its contents need not.
_DEFAULT_TTL = 3600
#: Strings without escapes. dnspython parses them by character: a zone of 1,800 records took 0.52 s, now 0.16.
_PLAIN = re.compile(r'"[^"\\]*"(?: "[^"\\]*")*')

#: Entries whose records PowerDNS, Azure and others compute; with more than one word, the first is the type.
_ALIASES = {"ALIAS": ("A", "AAAA"), "ANAME": ("A", "AAAA"), "LUA": ()}
#: Types that findings point into; we keep the words of their data.
_POINTED_AT = {"TXT", "SPF", "MX", "CNAME", "TLSA", "CAA"}


class ZoneRecord(Struct, frozen=True):
    """One record and its position. ``owner`` is a key (see names)."""

    owner: str
    rrtype: str
    ttl: int
    rdata: Rdata
    written: Written


class ZoneAlias(Struct, frozen=True):
    """A name whose records of the types ``kinds`` the server computes, by an entry of the type ``by``."""

    owner: str
    by: str
    kinds: tuple[str, ...]
    file: str
    line: int


class ZoneComment(Struct, frozen=True):
    """A comment that is kept. ``owner`` is that of the record on its line, else empty.

    ``about`` is the line of the record that it belongs to: on its line, or the next one after a comment line;
    0 if there is none. ``of`` is the owner of that record.
    """

    file: str
    line: int
    owner: str
    text: str
    about: int = 0
    of: str = ""


class Reader:
    """Reads one file with all its includes. ``origins`` are those it states, in order."""

    def __init__(self, source: Source, origin: dns.name.Name | None, limits: ZoneLimits) -> None:
        self.source = self._top = source
        self.origin = origin
        self.limits = limits
        self.records: list[ZoneRecord] = []
        self.comments: list[ZoneComment] = []
        self.aliases: list[ZoneAlias] = []
        self.origins: list[str] = []
        self._owner: str | None = None
        self._owner_seen = ""
        self._default_ttl: int | None = None
        self._last_ttl: int | None = None
        self._soa_ttl: int | None = None
        self._generating = False
        self._unsplit = source.text.lstrip().startswith(_AZURE)
        if origin is not None:
            self.origins.append(key_of_name(origin))

    def read(self) -> None:
        """Read the file. Raises ZoneFileError at the first fault."""
        waiting: list[int] = []  # the comments above the next record
        for entry in entries(self.source.text, self.source.file):
            self._owner_seen = ""
            known = len(self.comments)
            if entry.tokens:
                first = entry.tokens[0]
                if first.text.startswith("$") and not entry.blank_owner:
                    self._directive(first, entry)
                else:
                    self._record(entry)
            for line, text in entry.comments:
                self.comments.append(ZoneComment(self.source.file, line, self._owner_seen, text))
            waiting += range(known, len(self.comments)) if not entry.tokens or self._owner_seen else ()
            if self._owner_seen and waiting:
                record = self.records[-1]
                for number in waiting:
                    comment = self.comments[number]
                    self.comments[number] = replace(comment, about=record.written.line, of=record.owner)
                waiting = []

    # -- directives

    def _directive(self, first: Token, entry: Entry) -> None:
        word = first.text.upper()
        arguments = entry.tokens[1:]
        if word == "$ORIGIN":
            token = self._argument(first, arguments, 0)
            self.origin = self._name(token)
            self.origins.append(key_of_name(self.origin))
        elif word == "$TTL":
            token = self._argument(first, arguments, 0)
            ttl = self._ttl(token)
            if ttl is None:
                raise self._error(f"$TTL {token.text[:40]} is not a time in seconds", token)
            self._default_ttl = ttl
        elif word == "$INCLUDE":
            self._include(first, arguments)
        elif word == "$GENERATE":
            self._generate(first, arguments)
        else:
            raise self._error(f"unknown directive {first.text[:40]}", first)

    def _argument(self, first: Token, arguments: tuple[Token, ...], index: int) -> Token:
        if index >= len(arguments):
            raise self._error(f"{first.text} needs an argument", first)
        return arguments[index]

    def _include(self, first: Token, arguments: tuple[Token, ...]) -> None:
        token = self._argument(first, arguments, 0)
        path = token.text[1:-1] if token.quoted else token.text
        outer, origin, owner = self.source, self.origin, self._owner
        try:
            self.source = outer.include(path, token.line, token.column)
            if len(arguments) > 1:
                self.origin = self._name(arguments[1])
            self.read()
        finally:
            self.source, self.origin, self._owner = outer, origin, owner

    def _generate(self, first: Token, arguments: tuple[Token, ...]) -> None:
        token = self._argument(first, arguments, 0)
        self._argument(first, arguments, 2)
        try:
            numbers = parse_range(token.text, self.limits.records - len(self.records))
            templates = [Template(argument.text) for argument in arguments[1:]]
            self._generating = True
            for number in numbers:
                words: list[Token] = []
                for template, argument in zip(templates, arguments[1:], strict=True):
                    words += _words(Token(template.fill(number), argument.line, argument.column))
                self._record(Entry(tuple(words), False, first.line))
        except ValueError as error:
            raise self._error(f"$GENERATE: {error}", token) from error
        finally:
            self._generating = False

    # -- records

    def _record(self, entry: Entry) -> None:
        rest = entry.tokens
        if not entry.blank_owner:
            self._owner = key_of_name(self._name(self._completed(rest)))
            rest = rest[1:]
        elif self._owner is None:
            raise self._error("the first record has no owner name: the line begins with white space", rest[0])
        owner = self._owner_seen = self._owner
        ttl: int | None = None
        rrclass = False
        while rest:
            word = rest[0].text.upper()
            if not rrclass and word in _CLASSES:
                if word not in _READ:
                    raise self._error(f"class {word} is not the Internet's: only IN is read", rest[0])
                rrclass = True
            elif ttl is None and word[0].isdigit() and (ttl := self._ttl(rest[0])) is not None:
                pass
            else:
                break
            rest = rest[1:]
        if not rest:
            raise self._error("a record without a type", entry.tokens[-1])
        self._add(owner, ttl, rest)

    def _completed(self, words: tuple[Token, ...]) -> Token:
        """The owner of a record; an SOA's is absolute if no origin is stated: Cloudflare omits the dot."""
        owner = words[0]
        begins = self.origin is None and any(word.text.upper() == "SOA" for word in words[1:4])
        if not begins or owner.text == "@" or owner.text.endswith("."):
            return owner
        return replace(owner, text=f"{owner.text}.")

    def _add(self, owner: str, ttl: int | None, rest: tuple[Token, ...]) -> None:
        kind, data = rest[0], rest[1:]
        if (word := kind.text.upper()) in _ALIASES and data:
            kinds = (data[0].text.upper(),) if len(data) > 1 else _ALIASES[word]
            self.aliases.append(ZoneAlias(owner, word, kinds, self.source.file, kind.line))
            self._owner_seen = ""
            return
        try:
            rdtype = dns.rdatatype.from_text(kind.text)
        except (dns.exception.DNSException, ValueError) as error:
            raise self._error(f"unknown record type {kind.text[:40]}", kind) from error
        if dns.rdatatype.is_metatype(rdtype):
            raise self._error(f"{kind.text[:40]} is not a record type", kind)
        rrtype = dns.rdatatype.to_text(rdtype)
        if len(self.records) >= self.limits.records:
            raise self._error(f"more than {self.limits.records} records", kind)
        words = [token.text for token in data]
        if rrtype == "TXT" and self._unsplit:
            words = [part for word in words for part in _parts(word)]
        elif rrtype in ("TXT", "SPF"):
            self._check_strings(data)
        text = " ".join(map(_octets, words))
        try:
            if rrtype == "TXT" and _PLAIN.fullmatch(text):
                rdata: Rdata = TXT(dns.rdataclass.IN, rdtype, text[1:-1].split('" "'))
            else:
                rdata = dns.rdata.from_text(
                    dns.rdataclass.IN, rdtype, text, origin=self.origin, relativize=False
                )
        except (dns.exception.DNSException, ValueError) as error:
            where = data[0] if data else kind
            reason = str(error).replace("\n", " ").removeprefix("Text input is malformed.")
            if "[omitted]" in text:
                reason = "it was left out (dig +nocrypto)"
            raise self._error(f"{rrtype} data cannot be read: {reason[:200]}", where) from error
        if len(text) > _MAX_RDATA // 2 and len(rdata.to_wire() or b"") > _MAX_RDATA:
            raise self._error(f"{rrtype} data of over {_MAX_RDATA} octets", kind)
        if rrtype == "SOA":
            self._soa_ttl = negative_ttl(rdata)
        pieces: tuple[Piece, ...] = ()
        if rrtype in _POINTED_AT and not self._generating:
            pieces = tuple(Piece(token.text, token.line, token.column) for token in data)
        written = Written(self.source.file, kind.line, pieces)
        self.records.append(ZoneRecord(owner, rrtype, self._effective_ttl(ttl), rdata, written))

    def _effective_ttl(self, ttl: int | None) -> int:
        if ttl is not None:
            self._last_ttl = ttl
            return ttl
        for candidate in (self._default_ttl, self._last_ttl, self._soa_ttl):
            if candidate is not None:
                return candidate
        return _DEFAULT_TTL

    def _check_strings(self, data: tuple[Token, ...]) -> None:
        if data and data[0].text == "\\#":  # hexadecimal digits (RFC 3597 section 5)
            return
        for token in data:
            text = token.text[1:-1] if token.quoted else token.text
            if len(text) <= 63:
                continue
            size = len(_ESCAPE.sub("x", text).encode("utf-8", "surrogateescape"))
            if size > 255:
                raise self._error(
                    f"a string of {size} octets: one string holds at most 255, so write it as several "
                    "quoted strings side by side",
                    token,
                )

    # -- words

    def _name(self, token: Token) -> dns.name.Name:
        text = token.text
        if token.quoted or not text.isascii():
            raise self._error(f"{text[:60]!a} is not a domain name: write it unquoted, in A-labels", token)
        if text == "@":
            return self._origin(token)
        absolute = text.endswith(".") and not text.endswith("\\.")
        try:
            return dns.name.from_text(text, origin=None if absolute else self._origin(token))
        except (dns.exception.DNSException, ValueError) as error:
            raise self._error(f"{text[:60]!a} is not a domain name: {str(error).lower()}", token) from error

    def _origin(self, token: Token) -> dns.name.Name:
        if self.origin is None:
            self.origin = self._top.origin_of_file()
            if self.origin is None:
                raise self._error(
                    f"{token.text[:60]!a} is relative, and no origin is known: begin the file with $ORIGIN, "
                    "name it like acme.example.zone, or give the origin",
                    token,
                )
            self.origins.append(key_of_name(self.origin))
        return self.origin

    def _ttl(self, token: Token) -> int | None:
        if len(token.text) > 40 or not _TTL.fullmatch(token.text):
            return None
        total = sum(int(n) * _UNITS[unit.lower()] for n, unit in _TTL_PART.findall(token.text))
        if total > _MAX_TTL:
            raise self._error(f"TTL {token.text} is over 2147483647 seconds (RFC 2181 section 8)", token)
        return total

    def _error(self, message: str, token: Token) -> ZoneFileError:
        return ZoneFileError(message, file=self.source.file, line=token.line, column=token.column)


def _words(token: Token) -> tuple[Token, ...]:
    """The words of a template: BIND takes the data of $GENERATE as one word, quoted if it contains spaces."""
    if not token.quoted:
        return (token,)
    inner = token.text[1:-1].replace('\\"', '"')
    return tuple(
        Token(word.text, token.line, token.column) for entry in entries(inner) for word in entry.tokens
    )


def _parts(word: str) -> list[str]:
    """The strings into which one of any length is split."""
    return [f'"{part}"' for part in _PART.findall(word)] or [word]


def _octets(text: str) -> str:
    """Escape octets that were not UTF-8, so that they pass through unchanged."""
    if text.isascii():
        return text
    return _SURROGATE.sub(lambda match: f"\\{ord(match.group()) - 0xDC00:03d}", text)
