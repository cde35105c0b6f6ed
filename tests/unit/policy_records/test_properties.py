"""Properties of every fix of a policy record: it parses, no address is lost, no policy is changed unasked."""

from __future__ import annotations

import asyncio
import re

import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.TXT import TXT
from hypothesis import given
from hypothesis import strategies as st

from mailproof.checks import registry
from mailproof.dns import Answer, MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.model import DmarcRecord, Fix
from mailproof.records.dmarc import is_dmarc, parse_dmarc
from mailproof.records.dmarc_text import repaired
from mailproof.records.mta_sts import parse_sts_record
from mailproof.records.tls_rpt import parse_tls_rpt
from tests.support.examples import examples

DOMAIN = "acme.example"
ADDRESS = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: Mistakes whose intention is unambiguous.
SLIPS: tuple[tuple[str, str], ...] = (
    ("v=DMARC1;", "v=dmarc1;"),
    ("v=DMARC1;", "v=DMARC 1;"),
    ("v=DMARC1;", "v=DMARK1;"),
    ("v=DMARC1;", "v=DMARC1,"),
    ("v=DMARC1;", "v=DMARC1"),
    ("v=DMARC1;", "DMARC1;"),
    ("v=", "_dmarc v="),
    ("v=", "\u200bv="),
    ("v=", '"v='),
    ("; ", ";\u00a0"),
    ("; ", ", "),
    ("; ", " "),
    ("; ", "\\; "),
    ("; ", ";; "),
    ("mailto:", "mailto: "),
    ("mailto:", "mailto//"),
    ("mailto:", ""),
    ("rua=", "rua:"),
    ("rua=", "rau="),
    ("rua=", "RUA="),
    ("p=reject", "p=rejct"),
    ("p=quarantine", "p=qurantine"),
    (",mailto:", " mailto:"),
    (",mailto:", ";mailto:"),
)
ADDRESSES = st.sampled_from(
    ("d@acme.example", "dmarc-reports@mail.acme.example", "a+b@esp.test", "x@y-z.test")
)
POLICIES = st.sampled_from(("none", "quarantine", "reject"))


@st.composite
def records(draw: st.DrawFn) -> str:
    """A record without a fault."""
    tags = [f"p={draw(POLICIES)}"]
    if draw(st.booleans()):
        tags.append(f"sp={draw(POLICIES)}")
    if draw(st.booleans()):
        tags.append(f"adkim={draw(st.sampled_from('rs'))}")
    if draw(st.booleans()):
        tags.append(f"t={draw(st.sampled_from('yn'))}")
    if draw(st.booleans()):
        tags.append(f"pct={draw(st.sampled_from(('0', '50', '100')))}")
    boxes = draw(st.lists(ADDRESSES, min_size=1, max_size=3, unique=True))
    tags.append("rua=" + ",".join(f"mailto:{box}" for box in boxes))
    if draw(st.booleans()):
        tags.append(f"fo=1; ruf=mailto:{draw(ADDRESSES)}")
    return "; ".join(("v=DMARC1", *tags))


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, str]:
    """A record and a broken version of it."""
    text = intended = draw(records())
    for old, new in draw(st.lists(st.sampled_from(SLIPS), min_size=1, max_size=3, unique=True)):
        text = text.replace(old, new, 1) if draw(st.booleans()) else text.replace(old, new)
    return intended, text


def asked(record: DmarcRecord) -> tuple[object, ...]:
    sp = record.sp or record.p
    # RFC 9989 section A.6: t=y replaces pct=0.
    pct = record.tag("pct")
    enforced = {record.p, record.sp, record.np} & {"quarantine", "reject"}
    testing = record.testing or (pct is not None and pct.value == "0" and bool(enforced))
    return record.p, sp, record.np or sp, testing, record.adkim, record.aspf


def boxes_of(text: str) -> set[str]:
    return {box.lower() for box in ADDRESS.findall(text)}


@pytest.mark.once
@examples(400)
@given(broken())
def test_a_broken_record_is_read_as_it_was_meant(pair: tuple[str, str]) -> None:
    intended, text = pair
    new = parse_dmarc(repaired(text))
    assert new.valid, text
    assert asked(new) == asked(parse_dmarc(intended)), text
    assert boxes_of(new.text) == boxes_of(intended), text
    assert repaired(new.text) == new.text


ANY = st.text(max_size=150) | st.text(alphabet='vDMARC1=; ps\\"rua:mailto@,!npx.e\u00e9\u00a0', max_size=150)


@pytest.mark.once
@examples(400)
@given(ANY, st.sampled_from(("", "v=DMARC1; ", "v=DMARC1; p=reject; rua=mailto:d@acme.example,", "p=none;")))
def test_no_text_loses_an_address_or_changes_what_receivers_apply(text: str, head: str) -> None:
    whole = head + text
    new = repaired(whole)
    if not new:
        return
    assert is_dmarc(new)
    record = parse_dmarc(whole)
    if record.valid and not record.problems:
        assert asked(parse_dmarc(new)) == asked(record)
        assert boxes_of(new) == boxes_of(whole)


class OneRecord:
    """Answers one TXT query with a text; nothing else exists."""

    def __init__(self, name: str, text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")[:2000]
        chunks = [raw[i : i + 255] for i in range(0, len(raw), 255)] or [b""]
        self.name, self.record = name, TXT(RdataClass.IN, RdataType.TXT, chunks)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        if rrtype == "TXT" and name == self.name:
            return Answer(name, rrtype, "ok", (self.record,))
        exists = name in (DOMAIN, self.name) or self.name.endswith(f".{name}")
        return Answer(name, rrtype, "nodata" if exists else "nxdomain")


def fixes_of(name: str, text: str) -> list[Fix]:
    options = DomainOptions(collectors=("dmarc", "mta_sts", "tls_rpt", "bimi", "mx", "misplaced"))
    facts = asyncio.run(collect_domain(DOMAIN, MemoResolver(OneRecord(name, text)), options))
    checks = registry.of_topics("dmarc", "mta_sts", "tls_rpt", "bimi")
    outcomes = judge(checks, facts, DOMAIN, facts.failures)
    assert [each.reason for each in outcomes if each.status == "error"] == []
    return [finding.fix for each in outcomes for finding in each.findings if finding.fix is not None]


NAMES = st.sampled_from(
    ("_dmarc.acme.example", "acme.example", "_dmarc.acme.example.acme.example", "dmarc.acme.example")
)


@pytest.mark.once
@examples(150)
@given(broken(), NAMES)
def test_each_fix_of_a_dmarc_record_keeps_what_is_meant(pair: tuple[str, str], name: str) -> None:
    intended, text = pair
    today = parse_dmarc(text)
    for fix in fixes_of(name, text):
        for record in fix.records:
            if record.action == "remove" or record.rrtype != "TXT":
                continue
            assert record.name == "_dmarc.acme.example"
            new = parse_dmarc(record.value)
            assert new.valid, (text, record.value)
            assert boxes_of(record.value) == boxes_of(intended), (text, record.value)
            if fix.kind != "decision":
                meant = asked(parse_dmarc(intended))
                same = {meant, (*meant[:3], True, *meant[4:]) if "pct=0" in intended else meant}
                assert asked(new) in ({*same, asked(today)} if today.valid else same), (text, record.value)


TLS_SLIPS = st.sampled_from(
    (
        "v=TLSRPTv1; rua=mailto:{}",
        "v=TLSRPTv2; rua=mailto:{}",
        "v=TLSRPT1 rua={}",
        "v=tlsrptv1; rau=mailto: {}",
        "v=TLSRPTv1; mailto:{}",
        "_smtp._tls v=TLSRPTv1; rua=<mailto:{}>",
        '"v=TLSRPTv1; rua:mailto:{}"',
    )
)


@pytest.mark.once
@examples(60)
@given(
    TLS_SLIPS, ADDRESSES, st.sampled_from(("_smtp._tls.acme.example", "acme.example", "_tls.acme.example"))
)
def test_each_fix_of_a_tls_reporting_record_keeps_the_address(form: str, box: str, name: str) -> None:
    for fix in fixes_of(name, form.format(box)):
        for record in fix.records:
            if record.name == "_smtp._tls.acme.example" and record.action == "publish":
                assert record.value == f"v=TLSRPTv1; rua=mailto:{box}"
                assert parse_tls_rpt(record.value).problems == ()


@pytest.mark.once
@examples(60)
@given(
    st.sampled_from(
        ("v=STS1; id={}", "v=STSv2; id={}", "v=stsv1 id={}", "STSv1; id:{}", '"v=STSv1; ID={};"')
    ),
    st.from_regex(r"[A-Za-z0-9]{1,32}", fullmatch=True),
    st.sampled_from(("_mta-sts.acme.example", "acme.example", "mta-sts.acme.example")),
)
def test_each_fix_of_an_mta_sts_record_keeps_the_id(form: str, identifier: str, name: str) -> None:
    for fix in fixes_of(name, form.format(identifier)):
        for record in fix.records:
            if record.name == "_mta-sts.acme.example" and record.action == "publish":
                assert parse_sts_record(record.value).id == identifier
