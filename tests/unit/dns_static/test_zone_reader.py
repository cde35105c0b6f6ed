"""Reading master files: syntax, defaults, limits, and errors with file, line and column."""

from __future__ import annotations

from pathlib import Path

import dns.rdata
import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.dns import ZoneFile, ZoneLimits, ZoneResolver
from mailproof.dns.text import record_text, txt_bytes
from mailproof.errors import ZoneFileError
from tests.support.places import place


def fault(text: str | bytes, origin: str | None = "z.example", **options: object) -> ZoneFileError:
    with pytest.raises(ZoneFileError) as caught:
        ZoneResolver.from_text(text, origin=origin, file="z.zone", **options)  # type: ignore[arg-type] # keywords by their names
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("@ A 192.0.2.300\n", 1, 5, "A data cannot be read"),
        ("@ A 192.0.2.1\nx BANANA y\n", 2, 3, "unknown record type BANANA"),
        ("@ A 192.0.2.1\nx TYPE70000 y\n", 2, 3, "unknown record type"),
        ("@ AXFR x\n", 1, 3, "not a record type"),
        ('@ TXT "open\nx A 192.0.2.1\n', 1, 7, "not closed"),
        ("@ A (\n192.0.2.1\n", 1, 5, "never closed"),
        ("@ A 192.0.2.1 )\n", 1, 15, "without a '('"),
        ("  A 192.0.2.1\n", 1, 3, "no owner"),
        ("@ CH TXT x\n", 1, 3, "class CH"),
        ("@ IN 300\n", 1, 6, "without a type"),
        ("@\n", 1, 1, "without a type"),
        ("@ 4294967296 A 192.0.2.1\n", 1, 3, "RFC 2181"),
        ("$TTL soon\n", 1, 6, "not a time"),
        ("$TTL\n", 1, 1, "needs an argument"),
        ("$MAGIC 1\n", 1, 1, "unknown directive"),
        ("$ORIGIN a..b.\n", 1, 9, "not a domain name"),
        ("x" * 64 + " A 192.0.2.1\n", 1, 1, "not a domain name"),
        ("münchen A 192.0.2.1\n", 1, 1, "A-labels"),
        ('"q" A 192.0.2.1\n', 1, 1, "not a domain name"),
        ("a\\", 1, 2, "backslash"),
        ("@ MX mx 10\n", 1, 6, "MX data"),
        ("@ LOC 0 0 0 N 0 0 0 E 42849673m 0m 0m 0m\n", 1, 0, "LOC data"),
        ("x DS 12345 13 2 [omitted]\n", 1, 6, "left out (dig +nocrypto)"),
        ("@ TXT\n", 1, 3, "TXT data"),
        ('@ TXT "ok" "' + "x" * 256 + '"\n', 1, 12, "256 octets"),
        ("@ SOA ns h 1 2 3 4\n", 1, 7, "SOA data"),
        ("$INCLUDE other.zone\n", 1, 10, "no folder"),
        ("$GENERATE 1-x h$ A 192.0.2.1\n", 1, 11, "not a range"),
        ("$GENERATE 1-3 h$\n", 1, 1, "needs an argument"),
        ("$GENERATE 1-3 h${a} A 192.0.2.1\n", 1, 11, "offset"),
        ("$GENERATE 1-3 h${-9} A 192.0.2.1\n", 1, 11, "below zero"),
        ("@ A 192.0.2.1\nelse.test. A 192.0.2.1\n", 2, 0, "outside the zone"),
        ("x CNAME y\nx A 192.0.2.1\n", 2, 0, "beside"),
        ("x A 192.0.2.1\nx CNAME y\n", 2, 0, "beside"),
        ("x CNAME y\nx CNAME z\n", 2, 0, "second CNAME"),
    ],
)
def test_errors_name_the_place(text: str, line: int, column: int, words: str) -> None:
    error = fault(text)
    assert words in str(error)
    assert (error.file, error.line, error.column) == ("z.zone", line, column)
    assert str(error).startswith(f"z.zone:{line}:")


def test_a_relative_name_without_an_origin() -> None:
    assert "no origin is known" in str(fault("@ A 192.0.2.1\n", origin=None))
    assert "no $ORIGIN" in str(fault("a.example. A 192.0.2.1\n", origin=None))


def test_defaults_of_ttl() -> None:
    zone = ZoneResolver.from_text(
        "$ORIGIN t.example.\na A 192.0.2.1\nb 1h30m A 192.0.2.1\nc A 192.0.2.1\n$TTL 2d\nd A 192.0.2.1\n"
        "e IN 5 A 192.0.2.1\nf 6 IN A 192.0.2.1\ng class1 7 A 192.0.2.1\n"
    )
    ttls = {name: zone.known(f"{name}.t.example", "A").ttl for name in "abcdefg"}
    assert ttls == {"a": 3600, "b": 5400, "c": 5400, "d": 172800, "e": 5, "f": 6, "g": 7}


def test_soa_minimum_as_ttl() -> None:
    zone = ZoneResolver.from_text("@ SOA ns h 1 2 3 4 77\n@ A 192.0.2.1\n", origin="t.example")
    assert zone.known("t.example", "A").ttl == 77


def test_octets_pass_through_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "o.example.zone"
    path.write_bytes(
        b'\xef\xbb\xbf@ TXT "v=spf1 \xff\xa0 -all"\r\nu TXT "\xc2\xa0" \r\n'
        b'e TXT "\\255\\"\\\\;(" \r\nn TXT bare;x\r\n'
        b's TXT "" \r\nl TXT "a\xe2\x80\xa8b"\r\n'
    )
    zone = ZoneResolver.from_file(path)

    def octets(name: str) -> bytes:
        (record,) = zone.known(name, "TXT").records
        return txt_bytes(record)

    assert octets("o.example") == b"v=spf1 \xff\xa0 -all"
    assert octets("u.o.example") == b"\xc2\xa0"
    assert octets("e.o.example") == b'\xff"\\;('
    assert octets("n.o.example") == b"bare"
    assert octets("s.o.example") == b""
    assert octets("l.o.example") == "a\u2028b".encode()


def test_parentheses_over_lines() -> None:
    zone = ZoneResolver.from_text(
        '@ IN TXT ( "a" ; first\n\n  "b"\n"c" ) ; end\nx A 192.0.2.1\n', origin="p.example", file="p.zone"
    )
    assert record_text(zone.known("p.example", "TXT").records[0]) == "abc"
    assert place(zone.position("p.example", "TXT", "abc")) == ("p.zone", 1)
    assert place(zone.position("x.p.example", "A", "192.0.2.1")) == ("p.zone", 5)


def test_an_owner_that_looks_like_a_type_or_ttl() -> None:
    zone = ZoneResolver.from_text(
        "mx A 192.0.2.1\n10 A 192.0.2.2\nin IN A 192.0.2.3\n  A 192.0.2.4\n", "o.example"
    )
    assert zone.known("mx.o.example", "A").found
    assert zone.known("10.o.example", "A").found
    assert len(zone.known("in.o.example", "A").records) == 2


def test_unknown_types() -> None:
    zone = ZoneResolver.from_text("@ TYPE65400 \\# 3 abcdef\n@ TYPE1 \\# 4 c0000201\n", origin="u.example")
    assert zone.known("u.example", "TYPE65400").records[0].to_wire() == b"\xab\xcd\xef"
    assert record_text(zone.known("u.example", "A").records[0]) == "192.0.2.1"


def test_generate() -> None:
    zone = ZoneResolver.from_text(
        "$GENERATE 1-5/2 host-$ 60 A 192.0.2.$\n"
        "$GENERATE 0-2 ${1,3} IN CNAME x-${0,2,x}.\\$y\n"
        '$GENERATE 18-18 n.${0,3,n} TXT "$ and $$"\n'
        '$GENERATE 1-2 quoted$ TXT "\\"v=spf1 ip4:192.0.2.$\\" \\" -all\\""\n'
        '$GENERATE 1-2 mail$ MX "10 mx$"\n',
        origin="g.example",
        file="g.zone",
    )
    assert record_text(zone.known("host-3.g.example", "A").records[0]) == "192.0.2.3"
    assert zone.known("host-2.g.example", "A").status == "nxdomain"
    assert zone.known("host-5.g.example", "A").ttl == 60
    assert record_text(zone.known("003.g.example", "CNAME").records[0]) == "x-02.\\$y.g.example"
    assert record_text(zone.known("n.2.1.g.example", "TXT").records[0]) == "18and$"
    assert record_text(zone.known("quoted2.g.example", "TXT").records[0]) == "v=spf1 ip4:192.0.2.2 -all"
    assert record_text(zone.known("mail1.g.example", "MX").records[0]) == "10 mx1.g.example"
    assert place(zone.position("host-3.g.example", "A", "192.0.2.3")) == ("g.zone", 1)


def test_generate_is_bounded() -> None:
    assert "too many records" in str(fault("$GENERATE 1-2000000000 h$ A 192.0.2.1\n"))
    assert "too many records" in str(fault("$GENERATE 1-20 h$ A 192.0.2.1\n", limits=ZoneLimits(records=10)))


def test_limits() -> None:
    assert "more than 2 records" in str(
        fault("a A 192.0.2.1\nb A 192.0.2.1\nc A 192.0.2.1\n", limits=ZoneLimits(records=2))
    )
    assert "limit" in str(fault("a A 192.0.2.1\n", limits=ZoneLimits(file_bytes=5)))


def test_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "big.example.zone"
    path.write_text("@ A 192.0.2.1\n" * 100)
    with pytest.raises(ZoneFileError, match="limit"):
        ZoneResolver.from_file(path, limits=ZoneLimits(file_bytes=100))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ZoneFileError, match="No such file"):
        ZoneResolver.from_file(tmp_path / "none.example.zone")
    with pytest.raises(ZoneFileError, match="Is a directory"):
        ZoneResolver.from_file(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "apex"),
    [
        ("acme.example.zone", "@ TXT x\n", "acme.example"),
        ("db.acme.example", "@ TXT x\n", "acme.example"),
        ("acme.example.db", "@ TXT x\n", "acme.example"),
        ("anything", "$ORIGIN acme.example.\n@ TXT x\n", "acme.example"),
        (
            "anything",
            "acme.example. SOA ns.acme.example. h.acme.example. 1 2 3 4 5\nacme.example. TXT x\n",
            "acme.example",
        ),
        (
            "compiled",
            "$ORIGIN .\nacme.example 60 IN SOA ns h 1 2 3 4 5\n  TXT x\n$ORIGIN acme.example.\nw A 192.0.2.1",
            "acme.example",
        ),
        ("acme.example.zone", "@ TXT x\n$ORIGIN _domainkey.acme.example.\ns1 TXT y\n", "acme.example"),
    ],
)
def test_the_origin_is_told_by_the_file(tmp_path: Path, name: str, text: str, apex: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    zone = ZoneResolver.from_file(path)
    assert zone.known(apex, "TXT").found
    assert zone.covers(f"x.{apex}")
    assert not zone.covers("other.example")
    assert not zone.covers("example")


def test_several_zones_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "zones"
    path.write_text("$ORIGIN acme.example.\n@ TXT a\n$ORIGIN esp.example.\n@ TXT b\n")
    zone = ZoneResolver.from_file(path)
    assert zone.covers("acme.example")
    assert zone.covers("esp.example")
    assert not zone.covers("third.example")


def test_the_same_zone_twice(tmp_path: Path) -> None:
    one, two = tmp_path / "acme.example.zone", tmp_path / "db.acme.example"
    for path in (one, two):
        path.write_text("@ TXT a\n")
    with pytest.raises(ZoneFileError, match="read already"):
        ZoneResolver(ZoneFile.open(one), ZoneFile.open(two))


ORACLE = r"""$TTL 1h
@ IN SOA ns1 hostmaster.acme.example. ( 2024010101 ; serial
    2h 15m 2w 1h )
  NS ns1
  NS ns2.esp.example.
  MX 10 mx
  MX 20 mx.esp.example.
  TXT "v=spf1 include:esp.example" " -all"
  CAA 0 issue "ca.example"
ns1 A 192.0.2.1
mx 300 IN A 192.0.2.2
   IN 400 AAAA 2001:db8::2
_dmarc TXT v=DMARC1\; p=reject
s1._domainkey TXT ( "v=DKIM1; k=rsa; "
  "p=MIGf" )
_25._tcp.mx TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
_submission._tcp SRV 0 1 587 mx
*.w CNAME mx
quoted\.dot TXT "\"q\" \\ \228\246\252"
www HTTPS 1 . mandatory="alpn" alpn="h3,h2" ipv4hint=192.0.2.1 ; quoted as by BIND and dig
_dns SVCB 1 mx port=853 key65280="a b;c"
"""


def test_records_equal_to_those_of_dnspythons_reader() -> None:
    theirs = dns.zone.from_text(ORACLE, origin="acme.example.", relativize=False)
    ours = ZoneResolver.from_text(ORACLE, origin="acme.example")
    count = 0
    for name, ttl, rdata in theirs.iterate_rdatas():
        answer = ours.known(name.to_text(), dns.rdatatype.to_text(rdata.rdtype))
        assert rdata in answer.records
        assert answer.ttl == ttl
        count += 1
    assert count == 18


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    try:
        ZoneResolver.from_text(text, origin="z.example")
    except ZoneFileError as error:
        assert "\n" not in str(error)  # noqa: PT017 - some octets are a zone


@given(
    st.lists(
        st.sampled_from(
            [
                "@",
                "a",
                "IN",
                "300",
                "TXT",
                '"x"',
                "A",
                "192.0.2.1",
                "(",
                ")",
                "\n",
                " ",
                ";c",
                "$ORIGIN",
                "$TTL",
                "$GENERATE",
                "1-3",
                "h$",
                "MX",
                "10",
                "CNAME",
                "DNAME",
                "SOA",
                "NS",
                "\\",
                "\\300",
                "*",
                "$INCLUDE",
            ]
        ),
        max_size=25,
    )
)
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    try:
        zone = ZoneResolver.from_text(" ".join(words), origin="z.example")
    except ZoneFileError:
        return
    for rrtype in ("A", "TXT", "MX", "NS", "CNAME"):
        assert zone.known("a.z.example", rrtype).name == "a.z.example"


@pytest.mark.parametrize(
    "text",
    [
        "@ " + "1" * 39 + "! A 192.0.2.1\n",
        "@ " + "1" * 100_000 + "! A 192.0.2.1\n",
        '@ TXT "' + "\\" * 100_001 + '"\n',
        "a." * 50_000 + " A 192.0.2.1\n",
        "(" * 100_000 + "\n",
        "$GENERATE 1-2 " + "${" * 50_000 + " A 192.0.2.1\n",
        "@ TXT " + "x " * 100_000 + "\n",
    ],
    ids=["ttl", "long-ttl", "escapes", "labels", "parentheses", "template", "strings"],
)
@pytest.mark.once
def test_nothing_in_a_file_takes_long(text: str) -> None:
    fault(text)


def test_very_many_records_at_one_name() -> None:
    lines = "".join(f"@ A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}\n" for i in range(20_000))
    zone = ZoneResolver.from_text(lines, origin="f.example")
    assert len(zone.known("f.example", "A").records) == 20_000


@given(
    st.lists(
        st.from_regex(r'[^"\\\r\n]{0,60}', fullmatch=True, alphabet=st.characters(codec="utf-8")), min_size=1
    )
)
def test_strings_are_read_as_dnspython_reads_them(strings: list[str]) -> None:
    data = " ".join(f'"{string}"' for string in strings)
    ours = ZoneFile.from_text(f"a.example. 60 IN TXT {data}\n").reader.records[0].rdata
    assert ours == dns.rdata.from_text("IN", "TXT", data)


def test_a_value_in_quotes_belongs_to_its_key() -> None:
    """RFC 9460 section 2.1: ``alpn="h2"``; between strings no space is needed."""
    text = '@ HTTPS 1 . alpn="h2,h3" port=8443\n@ TXT "a""b="\n'
    rdatas = [each.rdata.to_text() for each in ZoneFile.from_text(text, "z.example").reader.records]
    assert rdatas == ['1 . alpn="h2,h3" port="8443"', '"a" "b="']
