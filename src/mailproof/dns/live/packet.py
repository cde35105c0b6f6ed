"""DNS messages in wire format, built and parsed by hand: a bulk audit spends much of its time here.

Only the requested records are decoded (by dnspython). RFC 1035 section 4, RFC 6891, RFC 8914.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from ipaddress import ip_address

import dns.exception
import dns.name
from dns.rdata import Rdata
from dns.rdatatype import AAAA, CNAME, NS, OPT, SOA, TXT, A
from msgspec import Struct

from mailproof.dns.live.decode import decoder, distinct, read_labels
from mailproof.model import Status
from mailproof.printable import clean

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, BADVERS = 0, 1, 2, 3, 4, 5, 16
_ERRORS_WITHOUT_QUESTION = frozenset({FORMERR, SERVFAIL, NOTIMP, REFUSED})
_NO_NAMES_INSIDE = frozenset({A, AAAA, TXT})

QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
_OPCODE = 0x7800
_HEADER = struct.Struct(">HHHHHH")
_COUNTS = struct.Struct(">HHHHH")
_RR = struct.Struct(">HHIH")
_TWO = struct.Struct(">HH")
_EXTENDED_ERROR = 15
#: Extended errors (RFC 8914) of answers that are the resolver's own and not the domain's.
_OWN_ERRORS = {4: "forged", 15: "blocked", 16: "censored", 17: "filtered"}
_PLAIN = re.compile(rb"[-_a-z0-9.]+").fullmatch
_SIZES = [bytes((size,)) for size in range(64)]
MAX_CHAIN = 16


class BadReply(ValueError):
    """A malformed reply; the text says what is wrong."""


class Reply(Struct):
    """One parsed reply. Names are in wire format and lower case: ``chain`` holds the CNAME targets in order,
    ``soa`` is the owner of the SOA of a negative answer.

    ``delegation`` holds the name servers of a referral whose owner is the queried name itself. ``own`` says
    what shows that a resolver made the reply up, instead of passing on what the domain publishes.
    """

    wire: bytes
    flags: int
    rcode: int
    records: tuple[Rdata, ...] = ()
    ttl: int | None = None
    chain: tuple[bytes, ...] = ()
    loops: bool = False
    soa: bytes = b""
    referral: bool = False
    edns: bool = False
    errors: tuple[tuple[int, str], ...] = ()
    delegation: tuple[bytes, ...] = ()
    own: str = ""

    @property
    def status(self) -> Status:
        """What the reply says of the question."""
        if self.rcode == NOERROR:
            return "ok" if self.records else "nodata"
        if self.rcode == NXDOMAIN:
            return "nxdomain"
        return "servfail" if self.rcode == SERVFAIL else "refused"

    @property
    def authentic(self) -> bool:
        """Whether the AD bit is set."""
        return bool(self.flags & AD)

    @property
    def truncated(self) -> bool:
        """Whether the TC bit is set."""
        return bool(self.flags & TC)


def encode_name(name: str) -> bytes | None:
    """A name in wire format and lower case; None if there is none (an empty or overlong label, or name)."""
    label, _, parent = name.partition(".")
    # Most names share their parent with others, whose wire format is cached.
    below = _encode(parent) if parent != "." and len(parent) < 255 else None
    if below is None or not name.isascii() or "\\" in name:
        return _encode(name)
    size = len(label)
    return (
        _SIZES[size] + label.lower().encode() + below if 0 < size < 64 and size + len(below) < 255 else None
    )


@lru_cache(4096)
def _encode(name: str) -> bytes | None:
    if name == ".":
        return b"\0"
    if not name.isascii() or "\\" in name:
        return _encode_unusual(name)
    wire = b""
    for label in name.removesuffix(".").lower().encode().split(b"."):
        size = len(label)
        if not 0 < size < 64:
            return None
        wire += _SIZES[size] + label
    return wire + b"\0" if len(wire) < 255 else None


def _encode_unusual(name: str) -> bytes | None:
    """Names with escapes or characters beyond ASCII (as IDNA)."""
    try:
        if not name.isascii():
            import idna

            name = idna.encode(name, uts46=True).decode("ascii")
        return dns.name.from_text(name).canonicalize().to_wire()
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return None


@lru_cache(4096)  # the same zones and servers come up again and again
def name_text(wire: bytes) -> str:
    """A name in wire format (uncompressed) as text, without the final dot."""
    labels = []
    position = 0
    while position < len(wire) and (size := wire[position]):
        labels.append(wire[position + 1 : position + 1 + size])
        position += size + 1
    text = b".".join(labels)
    if _PLAIN(text) and text.count(b".") == len(labels) - 1:
        return text.decode()
    return dns.name.Name(labels).to_text() if labels else "."


def question_of(name: bytes, rdtype: int) -> bytes:
    """The question section, class IN."""
    return name + _TWO.pack(rdtype, 1)


def build_query(
    question: bytes, *, payload: int, check_disabled: bool = False, recursion: bool = True
) -> bytes:
    """A query without its first two octets, the id. ``payload`` 0 omits EDNS.

    ``recursion`` sets RD. AD asks for the AD bit (RFC 6840 section 5.7); DO for signatures and, from older
    resolvers, for AD.
    """
    head, tail = _frame(payload, check_disabled, recursion)
    return b"%b%b%b" % (head, question, tail)


@lru_cache(16)
def _frame(payload: int, check_disabled: bool, recursion: bool) -> tuple[bytes, bytes]:
    """The octets before and after the question."""
    flags = (RD | AD if recursion else 0) | (CD if check_disabled else 0)
    head = _COUNTS.pack(flags, 1, 0, 0, 1 if payload else 0)
    return head, b"\0" + _RR.pack(OPT, payload, 0x8000, 0) if payload else b""


def answers_question(data: bytes, question: bytes, exact: bool = False) -> bool:
    """Whether a reply with the right id answers this question. ``exact``: in the same case too (0x20)."""
    if len(data) < 12:
        return False
    flags = data[2] << 8 | data[3]
    if not flags & QR or flags & _OPCODE:
        return False
    asked = data[12 : 12 + len(question)]
    count = data[4] << 8 | data[5]
    if count == 1:
        return asked == question or (not exact and asked.lower() == question.lower())
    return count == 0 and flags & 15 in _ERRORS_WITHOUT_QUESTION


def read_name(wire: bytes, position: int) -> tuple[bytes, int]:
    """The name at ``position``, in lower case and uncompressed, and the offset after it."""
    labels, end = read_labels(wire, position)
    return b"".join([b"%c%b" % (len(label), label) for label in labels]).lower(), end


def _after_name(wire: bytes, position: int) -> int:
    """The offset after the name at ``position``. Raises as ``read_labels`` does."""
    while size := wire[position]:
        if size >= 0xC0:
            return position + 2
        if size >= 64:
            raise BadReply("a label of an unknown kind")
        position += size + 1
    return position + 1


def read_reply(wire: bytes, question: bytes) -> Reply:
    """Parse a reply that ``answers_question``. Raises BadReply if it is malformed."""
    try:
        return _read_reply(wire, question)
    except BadReply:
        raise
    except (IndexError, struct.error) as error:
        raise BadReply("the reply ends too early") from error
    except (dns.exception.DNSException, ValueError) as error:
        raise BadReply(f"a malformed record: {error}") from error


def _read_reply(wire: bytes, question: bytes) -> Reply:
    _, flags, questions, answers, authorities, additionals = _HEADER.unpack_from(wire)
    reply = Reply(wire, flags, flags & 15)
    position = 12 + len(question) if questions else 12
    name = question[:-4].lower()
    if flags & TC:
        return reply
    wanted = question[-4] << 8 | question[-3]
    found: list[tuple[bytes, int, int, int]] = []
    aliases: dict[bytes, tuple[bytes, int]] = {}
    size = len(wire)
    for _ in range(answers):
        if wire[position] == 0xC0 and wire[position + 1] == 12:
            owner = name
            position += 2
        else:
            owner, position = read_name(wire, position)
        rdtype, rdclass, ttl, length = _RR.unpack_from(wire, position)
        position += 10
        end = position + length
        if end > size:
            raise BadReply("a record ends after the reply")
        if rdclass == 1:
            if rdtype == wanted:
                found.append((owner, ttl, position, end))
            elif rdtype == CNAME:
                aliases[owner] = (read_name(wire, position)[0], ttl)
        position = end
    if aliases:
        name = _follow(reply, name, aliases)
    rows = [row for row in found if row[0] == name]
    if rows:
        _decode(reply, wanted, rows)
    policy = _read_rest(reply, name, position, authorities, additionals)
    if not reply.referral:
        reply.own = _own(reply, policy, wanted, others=bool(answers) and not rows)
    return reply


def _follow(reply: Reply, name: bytes, aliases: dict[bytes, tuple[bytes, int]]) -> bytes:
    seen = [name]
    ttls = []
    while (alias := aliases.get(name)) is not None:
        name = alias[0]
        ttls.append(_ttl(alias[1]))
        if name in seen or len(seen) > MAX_CHAIN:
            reply.loops = True
            break
        seen.append(name)
    reply.chain = tuple(seen[1:])
    reply.ttl = min(ttls, default=None)
    return name


def _decode(reply: Reply, rdtype: int, rows: list[tuple[bytes, int, int, int]]) -> None:
    wire = reply.wire
    make = decoder(rdtype)
    if len(rows) == 1:
        _, ttl, start, end = rows[0]
        reply.records = (make(wire, start, end),)
        lowest = _ttl(ttl)
    else:
        unique: dict[bytes, tuple[int, int]] = {}
        for _, _, start, end in rows:
            unique.setdefault(wire[start:end], (start, end))
        records = [make(wire, start, end) for start, end in unique.values()]
        reply.records = tuple(records if rdtype in _NO_NAMES_INSIDE else distinct(records))
        lowest = min(_ttl(row[1]) for row in rows)
    reply.ttl = lowest if reply.ttl is None else min(reply.ttl, lowest)


def _read_rest(reply: Reply, name: bytes, position: int, authorities: int, additionals: int) -> bytes:
    """Read authority and additional sections: SOA (RFC 2308), a referral, OPT with its extended errors.

    Returns the owner of an SOA record in the additional section: so resolvers show that they rewrote a reply
    by a response policy zone.
    """
    wire = reply.wire
    delegations: list[tuple[int, int]] = []
    policy = b""
    for index in range(authorities + additionals):
        owner = position
        position = position + 1 if not wire[position] else _after_name(wire, position)
        rdtype, _, ttl, length = _RR.unpack_from(wire, position)
        position += 10
        end = position + length
        if end > len(wire):
            raise BadReply("a record ends after the reply")
        if rdtype == SOA and index < authorities and not reply.records:
            reply.soa = read_name(wire, owner)[0]
            minimum = int.from_bytes(wire[end - 4 : end]) if length >= 22 else 0
            lowest = min(_ttl(ttl), _ttl(minimum))
            reply.ttl = lowest if reply.ttl is None else min(reply.ttl, lowest)
        elif rdtype == SOA and index >= authorities:
            policy = read_name(wire, owner)[0]
        elif rdtype == NS and index < authorities:
            delegations.append((owner, position))
        elif rdtype == OPT and not reply.edns:
            reply.edns = True
            reply.rcode |= (ttl >> 24) << 4
            if length:
                reply.errors = _extended_errors(wire[position:end])
        position = end
    reply.referral = bool(delegations) and not reply.soa and not reply.flags & (AA | RA)
    if reply.referral:
        rows = [start for owner, start in delegations if read_name(wire, owner)[0] == name]
        reply.delegation = tuple(read_name(wire, start)[0] for start in rows)
    return policy


def _own(reply: Reply, policy: bytes, wanted: int, *, others: bool) -> str:
    """See ``Reply.own``. ``others``: the answer section has no record of the name and type."""
    for code, text in reply.errors:
        if code in _OWN_ERRORS:
            return f"{_OWN_ERRORS[code]} by the resolver{extended(code, text)}"
    if policy:
        return f"rewritten by the resolver's policy zone {name_text(policy)}"
    local = reply.flags & (AA | RA) == AA | RA
    if reply.records:
        null = local and wanted in (A, AAAA) and all(map(_unspecified, reply.records))
        return "the null address, by the resolver's own authority" if null else ""
    if reply.soa or reply.chain:
        return ""
    if others:
        return "only records that were not asked for"
    # RFC 2308 section 3: a zone's server adds its SOA record. Caches may leave it out; djbdns's, which lacks
    # EDNS, claims authority for each NXDOMAIN.
    made_up = local and (reply.edns or reply.rcode != NXDOMAIN)
    return "made up by the resolver: without the SOA record of a zone" if made_up else ""


def _unspecified(record: Rdata) -> bool:
    return ip_address(record.to_text()).is_unspecified


def _extended_errors(data: bytes) -> tuple[tuple[int, str], ...]:
    """The extended DNS errors (RFC 8914) in an OPT record."""
    errors: list[tuple[int, str]] = []
    position = 0
    while position + 4 <= len(data) and len(errors) < 8:
        code, length = _TWO.unpack_from(data, position)
        value = data[position + 4 : position + 4 + length]
        position += 4 + length
        if code == _EXTENDED_ERROR and len(value) >= 2:
            errors.append((value[0] << 8 | value[1], clean(value[2:202]).strip()))
    return tuple(errors)


def extended(code: int, text: str) -> str:
    """An extended error as it is added to a reason."""
    return f" (EDE {code}{': ' + text if text else ''})"


def _ttl(ttl: int) -> int:
    """RFC 2181 section 8: a TTL with the highest bit set counts as zero."""
    return ttl if ttl < 0x80000000 else 0
