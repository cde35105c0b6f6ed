"""What NSEC and NSEC3 records prove, and what they don't."""

from __future__ import annotations

import dns.dnssec
import dns.name
import dns.rdata
import pytest
from dns.name import Name
from dns.rdatatype import DS, TXT, A

from mailproof.dns.dnssec_denial import Denial, Proofs

ZONE = dns.name.from_text("acme.test.")


def name(text: str) -> Name:
    return dns.name.from_text(text, ZONE) if text != "@" else ZONE


def proofs(*lines: str) -> Proofs:
    """Lines of ``owner next types``."""
    pairs = []
    for line in lines:
        owner, following, types = line.split(" ", 2)
        rdata = dns.rdata.from_text("IN", "NSEC", f"{name(following)} {types}")
        pairs.append((name(owner), rdata))
    return Proofs(ZONE, tuple(pairs))  # type: ignore[arg-type] # NSEC or NSEC3


APEX = "@ b NS SOA TXT RRSIG NSEC DNSKEY"


@pytest.mark.parametrize(
    ("lines", "asked", "rdtype", "expected"),
    [
        (("b d A RRSIG NSEC",), "b", TXT, Denial("nodata")),
        (("b d A RRSIG NSEC",), "b", A, None),
        (("b d CNAME RRSIG NSEC",), "b", TXT, None),
        (("b d A RRSIG NSEC", APEX), "c", TXT, Denial("nxdomain")),
        (("b d A RRSIG NSEC",), "c", TXT, None),  # a wildcard could answer
        (("b d A RRSIG NSEC", "* b TXT RRSIG NSEC"), "c", TXT, None),
        (("b d A RRSIG NSEC", "* b TXT RRSIG NSEC"), "c", A, Denial("nodata")),
        (("b x.d A RRSIG NSEC",), "d", A, Denial("nodata")),  # an empty non-terminal
        (("b d NS RRSIG NSEC",), "b", DS, Denial("nodata", True)),
        (("b d NS RRSIG NSEC",), "b", TXT, None),  # the parent's view of a delegation
        (("b d NS RRSIG NSEC", APEX), "x.b", TXT, None),  # below a delegation
        (("b d DNAME RRSIG NSEC", APEX), "x.b", TXT, None),
        (("b d NS DS RRSIG NSEC",), "b", DS, None),
        ((APEX,), "@", DS, None),  # the child zone cannot deny its own DS
        (("z @ A RRSIG NSEC", APEX), "zz", A, Denial("nxdomain")),  # the last name of the zone
        (("d b A RRSIG NSEC",), "c", A, None),
        ((APEX,), "other.test.", A, None),
        ((), "c", A, None),
    ],
)
def test_nsec(lines: tuple[str, ...], asked: str, rdtype: int, expected: Denial | None) -> None:
    question = dns.name.from_text(asked) if asked.endswith(".") else name(asked)
    assert proofs(*lines).denies(question, rdtype) == expected


def test_wildcard_needs_a_proof_that_nothing_closer_exists() -> None:
    assert proofs("b d A NSEC").no_closer_name(name("c"), 2) == Denial("nxdomain")
    assert proofs("b d A NSEC").no_closer_name(name("e"), 2) is None
    assert proofs("b d A NSEC").no_closer_name(ZONE, 2) is None


def test_one_way_of_hashing_a_reply() -> None:
    """Each additional salt would require another hash of each name (CVE-2023-50868)."""

    def at_apex(salt: str) -> tuple[Name, dns.rdata.Rdata]:
        hashed = dns.dnssec.nsec3_hash(ZONE, bytes.fromhex(salt), 1, 1)
        rdata = dns.rdata.from_text("IN", "NSEC3", f"1 0 1 {salt} {'v' * 32} SOA NS")
        return Name((hashed.encode(), *ZONE.labels)), rdata

    one, other = at_apex("aa"), at_apex("bb")
    stranger = (Name((b"0" * 32, *ZONE.labels)), other[1])
    assert Proofs(ZONE, nsec3=(one, other)).denies(ZONE, TXT) == Denial("nodata")  # type: ignore[arg-type] # NSEC3
    assert Proofs(ZONE, nsec3=(stranger, one)).denies(ZONE, TXT) is None  # type: ignore[arg-type] # NSEC3
