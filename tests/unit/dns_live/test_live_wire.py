"""Our reply parser: the same results as dnspython if that can parse them, and never an exception."""

from __future__ import annotations

import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
from dns.rdataclass import IN
from hypothesis import given
from hypothesis import strategies as st

from mailproof.dns.live.decode import decoder, read_labels
from mailproof.dns.live.packet import (
    BadReply,
    Reply,
    answers_question,
    encode_name,
    name_text,
    question_of,
    read_reply,
)
from tests.support.examples import examples
from tests.support.work import calls

TYPES = [1, 2, 5, 6, 12, 15, 16, 28, 33, 43, 46, 52, 257, 65280]
QUESTION = question_of(b"\x01a\x04test\0", 16)


@given(st.sampled_from(TYPES), st.binary(max_size=80))
@examples(600)
def test_rdata_is_decoded_as_dnspython_does(rdtype: int, rdata: bytes) -> None:
    wire = b"\x01b\x04Test\0" + rdata
    try:
        expected = dns.rdata.from_wire(IN, dns.rdatatype.RdataType.make(rdtype), wire, 8, len(rdata))
    except dns.exception.DNSException:
        with pytest.raises(dns.exception.DNSException):
            decoder(rdtype)(wire, 8, len(wire))
        return
    made = decoder(rdtype)(wire, 8, len(wire))
    assert made == expected
    assert (made.to_text(), type(made), made.to_wire()) == (
        expected.to_text(),
        type(expected),
        expected.to_wire(),
    )


@pytest.mark.parametrize("rdtype", ["A", "AAAA", "TXT", "MX", "CNAME", "NS", "PTR", "SOA"])
def test_the_short_way_is_taken(rdtype: str) -> None:
    assert decoder(int(dns.rdatatype.from_text(rdtype))).__name__ == "quick"


@given(st.binary(max_size=400))
@examples(500)
def test_names_never_raise_anything_else(wire: bytes) -> None:
    try:
        labels, end = read_labels(wire, 0)
    except (ValueError, IndexError):
        return
    assert 0 < end <= len(wire)
    assert dns.name.Name(labels).is_absolute()


@given(st.binary(min_size=12, max_size=300), st.booleans())
@examples(800)
def test_replies_never_raise_anything_else(tail: bytes, headed: bool) -> None:
    wire = b"\0\0\x81\x80\0\1" + tail[6:12] + QUESTION + tail[12:] if headed else tail
    try:
        reply = read_reply(wire, QUESTION)
    except BadReply:
        return
    assert isinstance(reply, Reply)


@given(st.data())
@examples(300)
def test_mutated_replies_read_as_dnspython_reads_them(data: st.DataObject) -> None:
    query = dns.message.make_query("a.test", "TXT")
    message = dns.message.make_response(query)
    for line in ("a.test. CNAME b.test.", 'b.test. TXT "x" "y"', 'b.test. TXT "z"'):
        owner, kind, rdata = line.split(" ", 2)
        message.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, rdata))
    wire = bytearray(message.to_wire())
    for _ in range(data.draw(st.integers(0, 3))):
        wire[data.draw(st.integers(2, len(wire) - 1))] = data.draw(st.integers(0, 255))
    octets = bytes(wire)
    if not answers_question(octets, QUESTION):
        return
    try:
        ours = read_reply(octets, QUESTION)
    except BadReply:
        return
    try:
        theirs = dns.message.from_wire(octets)
        if not isinstance(theirs, dns.message.QueryMessage):
            return
        found = theirs.resolve_chaining()
    except (dns.exception.DNSException, ValueError, AttributeError):
        return
    # If a name has a CNAME and other records, which is forbidden, the two parsers may differ.
    same_way = bool(ours.chain) == bool(found.cnames)
    whole = same_way and not ours.truncated and not ours.loops
    if whole and found.answer is not None and theirs.rcode() == ours.rcode:
        assert set(ours.records) == set(found.answer)


def test_a_pointer_chain_made_to_cost_time_is_cut() -> None:
    wire = bytearray(b"\0")
    for index in range(200):
        wire += bytes((0xC0 | (max(0, index * 2 - 1) >> 8), max(0, index * 2 - 1) & 255))
    with pytest.raises(ValueError, match="pointer"):
        read_labels(bytes(wire), len(wire) - 2)


def test_twice_the_records_are_twice_the_work() -> None:
    def read(count: int) -> None:
        record = b"\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\x02\x01x"
        wire = b"\0\0\x81\x80\0\1" + count.to_bytes(2) + b"\0\0\0\0" + QUESTION + record * count
        assert len(read_reply(wire, QUESTION).records) == 1

    assert calls(lambda: read(4000)) < 2.1 * calls(lambda: read(2000))


@given(st.text(max_size=80))
@examples(400)
def test_any_text_is_a_name_or_none(text: str) -> None:
    wire = encode_name(text)
    if wire is not None:
        assert len(wire) <= 255
        assert dns.name.from_wire(wire, 0)[1] == len(wire)


@pytest.mark.parametrize(
    "text", [".", "a", "a.test", "_dmarc.a-b.test", "a\\.b.test", "\\000.test", "a\\032b.test"]
)
def test_names_there_and_back(text: str) -> None:
    wire = encode_name(text)
    assert wire is not None
    assert name_text(wire) == text
    assert wire == dns.name.from_text(text).to_wire()
