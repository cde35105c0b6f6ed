"""Broken records of DMARC, MTA-STS, TLS reporting and BIMI, read as their author must have intended."""

from __future__ import annotations

import pytest

from mailproof.records.bimi import BIMI
from mailproof.records.dmarc_text import DMARC, repaired
from mailproof.records.mta_sts import STS
from mailproof.records.nearest import nearest
from mailproof.records.tag_repair import LONGEST, Format, near_miss
from mailproof.records.tag_repair import repaired as repaired_as
from mailproof.records.tls_rpt import TLS_RPT

D = "mailto:d@shop.example"
E = "mailto:e@shop.example"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # the version
        ("v=DMARC 1; p=none", "v=DMARC1; p=none"),
        ("v=DMARK1; p=reject", "v=DMARC1; p=reject"),
        ("v=DMRAC1; p=reject", "v=DMARC1; p=reject"),
        ("v=DMARC1,p=none", "v=DMARC1; p=none"),
        ("v=DMARC1p=none", "v=DMARC1; p=none"),
        ("v=DMARC1.0; p=none", "v=DMARC1; p=none"),
        ("v=DMARCv1; p=none", "v=DMARC1; p=none"),
        ("v==DMARC1; p=none", "v=DMARC1; p=none"),
        ("v:DMARC1; p:none", "v=DMARC1; p=none"),
        ("vDMARC1; p=none", "v=DMARC1; p=none"),
        ("DMARC1; p=none", "v=DMARC1; p=none"),
        ("=DMARC1; p=none", "v=DMARC1; p=none"),
        (f"p=none; rua={D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DKIM1; p=none; rua={D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1&p=none&rua={D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1;\\np=reject;\\nrua={D}", f"v=DMARC1; p=reject; rua={D}"),
        (f"p=quarantine; v=DMARC1; rua={D}", f"v=DMARC1; p=quarantine; rua={D}"),
        ("\ufeffv=DMARC1; p=none", "v=DMARC1; p=none"),
        ("v=DM\u200bARC1; p=re\u200bject", "v=DMARC1; p=reject"),
        # the record's name, or a column title, in the value
        ("_dmarc: v=DMARC1; p=none;", "v=DMARC1; p=none"),
        ("_dmarcv=DMARC1; p=none;", "v=DMARC1; p=none"),
        ("TXT v=DMARC1; p=none", "v=DMARC1; p=none"),
        ("DMARC: v=DMARC1; p=none", "v=DMARC1; p=none"),
        (f"v=DMARC1;%20p=reject;&nbsp;rua={D}", f"v=DMARC1; p=reject; rua={D}"),
        ("v=DMARC1&#59; p=reject", "v=DMARC1; p=reject"),
        ("DMARC policy = v=DMARC1; p=none", "v=DMARC1; p=none"),
        (
            f'_dmarc.shop.example. 3600 IN TXT ( "v=DMARC1; p=none; " "rua={D}" )',
            f"v=DMARC1; p=none; rua={D}",
        ),
        # quotes and escapes
        (f'"v=DMARC1\\; p=none\\; rua={D}"', f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1\\059\\032p=none\\059 rua={D}", f"v=DMARC1; p=none; rua={D}"),
        ('v=DMARC1; p="reject"', "v=DMARC1; p=reject"),
        ("\u201cv=DMARC1\uff1b p=none\u201d", "v=DMARC1; p=none"),
        # separators of tags
        (f"v=DMARC1 p=reject rua={D} fo=1", f"v=DMARC1; p=reject; rua={D}; fo=1"),
        (f"v=DMARC1, p=reject, sp=none, rua={D},{E}", f"v=DMARC1; p=reject; sp=none; rua={D},{E}"),
        (f"v=DMARC1; p=nonerua={D}", f"v=DMARC1; p=none; rua={D}"),
        ("v=DMARC1; p=quarantinesp=none", "v=DMARC1; p=quarantine; sp=none"),
        (f"v=DMARC1; p=none; rua={D}ruf={E}", f"v=DMARC1; p=none; rua={D}; ruf={E}"),
        (f"v=DMARC1;\u00a0p=reject;\u00a0rua={D}", f"v=DMARC1; p=reject; rua={D}"),
        ("v=DMARC1;; p=none; ;", "v=DMARC1; p=none"),
        (f"v=DMARC1; p=none | rua={D}", f"v=DMARC1; p=none; rua={D}"),
        # names of tags
        (f"v=DMARC1; pp=none; rau={D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1; policy=reject; aru={D}", f"v=DMARC1; p=reject; rua={D}"),
        (f"v=DMARC1; p=none; ru={D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1; p=none; rua={D}; rfu={E}", f"v=DMARC1; p=none; rua={D}; ruf={E}"),
        (f"v=DMARC1; P=reject; RUA={D}", f"v=DMARC1; p=reject; rua={D}"),
        ("v=DMARC1; p:none; adkmi=s", "v=DMARC1; p=none; adkim=s"),
        ("v=DMARC1; p=reject; ps=none", "v=DMARC1; p=reject; sp=none"),
        (f"v=DMARC1; p=none; rua {D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1; p=none; {D}", f"v=DMARC1; p=none; rua={D}"),
        # values
        ("v=DMARC1; p=rejct; sp=qurantine", "v=DMARC1; p=reject; sp=quarantine"),
        ("v=DMARC1; p=Reject.; np=nome", "v=DMARC1; p=reject; np=none"),
        ("v=DMARC1; p=none; adkim=strict; aspf=relaxed; t=yes", "v=DMARC1; p=none; adkim=s; aspf=r; t=y"),
        ("v=DMARC1; p=none; fo=0,1,d", "v=DMARC1; p=none; fo=1:d"),
        ("v=DMARC1; p=reject; pct=100%", "v=DMARC1; p=reject; pct=100"),
        # addresses split by separators
        (f"v=DMARC1; p=none; rua={D}; {E}; fo=1", f"v=DMARC1; p=none; rua={D},{E}; fo=1"),
        ("v=DMARC1; p=none; rua=mailto;d@shop.example", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1; p=none; rua;{D}", f"v=DMARC1; p=none; rua={D}"),
        (f"v=DMARC1; p=none; rua={D}; rua={E}", f"v=DMARC1; p=none; rua={D},{E}"),
        # nothing to do
        (
            f"v=DMARC1;p=reject;sp=reject;adkim=s;rua={D}!10m;",
            f"v=DMARC1; p=reject; sp=reject; adkim=s; rua={D}!10m",
        ),
    ],
)
def test_dmarc_records_are_read_as_meant(text: str, meant: str) -> None:
    assert repaired(text) == meant
    assert repaired(meant) == meant


@pytest.mark.parametrize(
    "text",
    [
        "v=DMARC1; p=block; rua=mailto:d@shop.example",  # not similar to any policy
        "v=DMARC1; p=none; p=reject",  # which of the two?
        "v=DMARC1; p=none; policy=reject",
        "v=DMARC1; p=none; P=reject",
        "v=DMARC1; reject",
        "v=DMARC1; p=none; sp=",
        "v=DMARC1; p=none; foo=bar",
        "v=DMARC1; p=none; foo=d@shop.example",
        "v=DMARC1; rua=mailto:d@shop.examplesp=none",  # of example and p, or of exampl and sp
        "v=DMARC1; p=none; adkim=x",
    ],
)
def test_what_cannot_be_told_stays_as_it_is(text: str) -> None:
    assert repaired(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 -all",
        "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEF",
        "v=STSv1; id=1",
        "v=BIMI1; l=https://shop.example/l.svg",
        "v=verifydomain; p=MIIBIjANBgkqhkiG9w0BAQEF",
        "google-site-verification=DMARC1",
        "dmarc",
        "DMARC record of the shop",
        "mailto:d@shop.example",
        "",
        "v=DMARC1; p=none; rua=" + "mailto:d@shop.example," * 200,
    ],
)
def test_other_texts_are_not_taken_for_dmarc(text: str) -> None:
    assert repaired(text) == ""
    assert len(text) > LONGEST or near_miss(text, DMARC) == ""


LOGO = "https://shop.example/l.svg"
MARK = "https://shop.example/c.pem"


@pytest.mark.parametrize(
    ("form", "text", "meant"),
    [
        (STS, "v=STS1; id=2024", "v=STSv1; id=2024"),
        (STS, "v=STS; id=2024", "v=STSv1; id=2024"),
        (STS, "v=STSv2; id=2024", "v=STSv1; id=2024"),
        (STS, "v=MTA-STSv1; id=2024", "v=STSv1; id=2024"),
        (STS, "v=TSSv1; id=2024", "v=STSv1; id=2024"),
        (STS, "v = STSv1; id=2024", "v=STSv1; id=2024"),
        (STS, "v=STSv1id=2024", "v=STSv1; id=2024"),
        (STS, "STSv1; id=2024", "v=STSv1; id=2024"),
        (STS, "id=2024", "v=STSv1; id=2024"),
        (STS, "v=STSv1; ID=2024", "v=STSv1; id=2024"),
        (STS, "v=STSv1; id:2024-01-01T10", "v=STSv1; id=20240101T10"),
        (STS, "_mta-sts v=STSv1; id=2024", "v=STSv1; id=2024"),
        (STS, "v=spf1 -all", ""),
        (STS, "v=verify; id=1", ""),
        (TLS_RPT, f"v=TLSRPT1; rua={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLSRPTv2; rua={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLS-RPTv1; rua={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLSRTPv1; rua={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLSRPTv1 rua={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLSRPTv1; ruf={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, "v=TLSRPTv1; rau=mailto: d@shop.example", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLSRPTv1; rua={D}; {E}", f"v=TLSRPTv1; rua={D},{E}"),
        (TLS_RPT, f"v=TLSRPTv1; rua={D}; rua={E}", f"v=TLSRPTv1; rua={D},{E}"),
        (TLS_RPT, "v=TLSRPTv1; d@shop.example", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"rua={D}", f"v=TLSRPTv1; rua={D}"),
        (TLS_RPT, f"v=TLSv1; rua={D}", ""),
        (TLS_RPT, f"v=DMARC1; p=none; rua={D}", ""),
        (BIMI, f"v=BIMI; l={LOGO}", f"v=BIMI1; l={LOGO}"),
        (BIMI, f"v=BIM1; l={LOGO}; a=", f"v=BIMI1; l={LOGO}; a="),
        (BIMI, f"v=BIMI1 l={LOGO} a={MARK}", f"v=BIMI1; l={LOGO}; a={MARK}"),
        (BIMI, f"v=BIMI1; L={LOGO}; vmc={MARK}", f"v=BIMI1; l={LOGO}; a={MARK}"),
        (BIMI, f"v=BIMI1; i={LOGO}; a={MARK}; avp=brnad", f"v=BIMI1; l={LOGO}; a={MARK}; avp=brand"),
        (BIMI, "v=BIMI1; l=; a=", "v=BIMI1; l=; a="),
        (BIMI, "v=DKIM1; k=rsa; p=", ""),
    ],
)
def test_the_other_records_are_read_as_meant(form: Format, text: str, meant: str) -> None:
    assert repaired_as(text, form) == meant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("_dmarc v=DMARC1; p=none", "pasted-name"),
        ("v=DM\u200bARC1; p=none", "invisible"),
        ("v=DMARC1\uff1b p=none", "invisible"),
        ("v=DMARC1:p=none", "missing-semicolon"),
        ("v=DMARK1; p=none", "version"),
        ("p=none; rua=mailto:d@shop.example", "no-version"),
        ("v=DMARC1; p=none", ""),
    ],
)
def test_why_it_is_no_record(text: str, why: str) -> None:
    assert near_miss(text, DMARC) == why


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("pp", ("p",)),
        ("aru", ("rua",)),
        ("rfu", ("ruf",)),
        ("ru", ("rua", "ruf")),
        ("adkmi", ("adkim",)),
        ("x", ()),
        ("policy", ()),
        ("", ()),
        ("r" * 50, ()),
    ],
)
def test_the_nearest_words(word: str, near: tuple[str, ...]) -> None:
    assert nearest(word, DMARC.names[:10]) == near


@pytest.mark.parametrize(
    "text",
    [
        "v=DMARC1; p=" + "p=" * 1900,
        "v=DMARC1; p=" + "nonesp=" * 500,
        "v=DMARC1; rua=" + "mailto:a@b.c" * 300,
        "v=DMARC1; " + "rua=x," * 600,
        "_a." * 20_000,
        "a" + " " * 60_000 + "v=DMARC1",
        '"' * 60_000,
    ],
)
def test_hostile_texts_take_bounded_work(text: str) -> None:
    for form in (DMARC, STS, TLS_RPT, BIMI):
        near_miss(text, form)
        assert len(repaired_as(text, form)) < 2 * LONGEST
