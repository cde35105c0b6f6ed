# ruff: noqa: E501 (headers are quoted as they are)
"""Headers of receivers and filters in their real formats, with documentation domains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.message.border import find_border
from mailproof.message.comparison import Verdicts, compare
from mailproof.message.reader import read
from mailproof.model import DkimVerdict, DmarcVerdict, SpfVerdict
from mailproof.records.authentication_results import parse_authentication_results
from mailproof.records.spam_headers import read_filter
from mailproof.structs import replace

OURS = Verdicts(
    spf=SpfVerdict("pass", "acme.example", "192.0.2.10"),
    dkim=(DkimVerdict("pass", "acme.example", "s1", code="pass", index=0),),
    signatures=("dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSb",),
    dmarc=DmarcVerdict("pass", "acme.example"),
)

#: The value, its author, and its methods with their results.
DIALECTS = {
    "gmail": (
        "mx.google.example; dkim=pass header.i=@acme.example header.s=s1 header.b=dzdVyOfA; spf=pass (google.example: domain of "
        "a@acme.example designates 192.0.2.10 as permitted sender) smtp.mailfrom=a@acme.example; dmarc=pass (p=REJECT sp=REJECT "
        "dis=NONE) header.from=acme.example",
        "mx.google.example",
        ("dkim=pass", "spf=pass", "dmarc=pass"),
    ),
    "microsoft": (
        "spf=pass (sender IP is 192.0.2.10) smtp.mailfrom=acme.example; dkim=pass (signature was verified) header.d=acme.example;"
        "dmarc=pass action=none header.from=acme.example;compauth=pass reason=100",
        "",
        ("spf=pass", "dkim=pass", "dmarc=pass", "compauth=pass"),
    ),
    "microsoft with an id": (
        "mx.outlook.example; spf=pass (sender IP is 192.0.2.10) smtp.rcpttodomain=rcpt.test smtp.mailfrom=acme.example; "
        "dmarc=pass (p=reject sp=reject pct=100) action=none header.from=acme.example; dkim=pass (signature was verified) "
        "header.d=acme.example; arc=none (0)",
        "mx.outlook.example",
        ("spf=pass", "dmarc=pass", "dkim=pass", "arc=none"),
    ),
    "yahoo": (
        "atlas114.mail.yahoo.example; dkim=pass header.i=@acme.example header.s=s1; spf=pass smtp.mailfrom=acme.example; "
        "dmarc=pass(p=REJECT) header.from=acme.example;",
        "atlas114.mail.yahoo.example",
        ("dkim=pass", "spf=pass", "dmarc=pass"),
    ),
    "yahoo, older": (
        "mta1001.mail.yahoo.example  header.i=@acme.example; header.s=s1; dkim=pass (ok)",
        "mta1001.mail.yahoo.example",
        ("dkim=pass",),
    ),
    "apple": (
        "bimi.icloud.example; bimi=skipped reason=\"insufficient dmarc\"",
        "bimi.icloud.example",
        ("bimi=skipped",),
    ),
    "apple, dmarc": (
        "dmarc.icloud.example; dmarc=pass header.from=acme.example",
        "dmarc.icloud.example",
        ("dmarc=pass",),
    ),
    "apple, dkim": (
        "dkim-verifier.icloud.example; dkim=pass (2048-bit key) header.d=acme.example header.i=@acme.example header.b=dzdVyOfA",
        "dkim-verifier.icloud.example",
        ("dkim=pass",),
    ),
    "opendmarc": (
        "OpenDMARC; dmarc=pass (p=reject dis=none) header.from=acme.example",
        "OpenDMARC",
        ("dmarc=pass",),
    ),
    "opendkim": (
        'mx.rcpt.test;\tdkim=pass (2048-bit key; unprotected) header.d=acme.example header.i=@acme.example header.a=rsa-sha256 '
        'header.s=s1 header.b="dzdVyOfA"; dkim-atps=neutral',
        "mx.rcpt.test",
        ("dkim=pass", "dkim-atps=neutral"),
    ),
    "rspamd": (
        "mx.rcpt.test;\tdkim=pass header.d=acme.example header.s=s1 header.b=dzdVyOfA;\tdmarc=pass (policy=reject) header.from=acme.example;"
        "\tspf=pass (mx.rcpt.test: domain of a@acme.example designates 192.0.2.10 as permitted sender) smtp.mailfrom=a@acme.example;"
        "\tarc=none",
        "mx.rcpt.test",
        ("dkim=pass", "dmarc=pass", "spf=pass", "arc=none"),
    ),
    "fastmail": (
        "mx5.messagingengine.example; arc=none (no signatures found); bimi=skipped (DMARC did not pass); dkim=pass (2048-bit rsa key sha256) "
        "header.d=acme.example header.i=@acme.example header.b=dzdVyOfA header.a=rsa-sha256 header.s=s1 x-bits=2048; dmarc=pass "
        "policy.published-domain-policy=reject policy.applied-disposition=none policy.evaluated-disposition=none (p=reject,d=none,d.eval=none) "
        "policy.policy-from=p header.from=acme.example; iprev=pass smtp.remote-ip=192.0.2.10 (mail.acme.example); spf=pass "
        "smtp.mailfrom=a@acme.example smtp.helo=mail.acme.example; x-aligned-from=pass (Address match); x-ptr=pass smtp.helo=mail.acme.example "
        "policy.ptr=mail.acme.example; x-return-mx=pass header.domain=acme.example policy.is_org=yes (MX Records found: mail.acme.example); "
        "x-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256/256",
        "mx5.messagingengine.example",
        ("arc=none", "bimi=skipped", "dkim=pass", "dmarc=pass", "iprev=pass", "spf=pass", "x-aligned-from=pass", "x-ptr=pass", "x-return-mx=pass", "x-tls=pass"),
    ),
    "proofpoint": (
        "ppops.example; spf=pass smtp.mailfrom=a@acme.example smtp.helo=mail.acme.example; dkim=pass header.d=acme.example header.s=s1; dmarc=pass header.from=acme.example",
        "ppops.example",
        ("spf=pass", "dkim=pass", "dmarc=pass"),
    ),
    "mimecast": (
        "relay.mimecast.example;\tdkim=pass header.d=acme.example header.s=s1 header.b=dzdVyOfA;\tdmarc=pass (policy=reject) header.from=acme.example;"
        "\tspf=pass (relay.mimecast.example: domain of a@acme.example designates 192.0.2.10 as permitted sender) smtp.mailfrom=a@acme.example",
        "relay.mimecast.example",
        ("dkim=pass", "dmarc=pass", "spf=pass"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_methods_of_each_dialect(dialect: str) -> None:
    value, authserv_id, methods = DIALECTS[dialect]
    parsed = parse_authentication_results(value)
    assert parsed.authserv_id == authserv_id
    assert tuple(f"{m.method}={m.result}" for m in parsed.methods) == methods


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_is_compared_with_ours(dialect: str) -> None:
    parsed = replace(parse_authentication_results(DIALECTS[dialect][0]), trusted=True)
    ours = replace_used(OURS)
    for method in compare((parsed,), ours)[0].methods:
        if method.method in ("spf", "dkim", "dmarc"):
            assert method.agrees is True, (method.method, method.note)


def replace_used(ours: Verdicts) -> Verdicts:
    return Verdicts(ours.spf, ours.spf_helo, ours.dkim, ours.signatures, ours.arc, ours.dmarc)


def test_older_yahoo_results_have_their_properties() -> None:
    (method,) = parse_authentication_results(DIALECTS["yahoo, older"][0]).methods
    assert [(p.name, p.value) for p in method.properties] == [("i", "@acme.example"), ("s", "s1")]


def test_compauth_is_explained() -> None:
    parsed = replace(parse_authentication_results("spf=fail; compauth=fail reason=001"), trusted=True)
    assert "implicit failure" in compare((parsed,), OURS)[0].methods[1].note


BORDER = (
    b"Return-Path: <a@acme.example>\r\n"
    b"Received-SPF: Pass (mx.rcpt.test: domain of acme.example designates 192.0.2.10) client-ip=192.0.2.10; helo=mail.acme.example;"
    b' envelope-from="a@acme.example"; receiver=mx.rcpt.test\r\n'
    b"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test with ESMTPS id 1; Sun, 01 Nov 2026 12:00:00 +0000\r\n"
    b"ARC-Authentication-Results: i=1; mx.rcpt.test; spf=pass smtp.mailfrom=acme.example\r\n"
    b"DKIM-Signature: v=1; d=acme.example\r\nReceived-SPF: pass (forged) client-ip=203.0.113.9\r\nFrom: a@acme.example\r\n\r\n"
)


def test_received_spf_and_arc_results_are_kept_with_their_trust() -> None:
    others = find_border(read(BORDER)).others
    assert [(each.header, each.trusted) for each in others] == [
        ("Received-SPF", True),
        ("ARC-Authentication-Results", False),
        ("Received-SPF", False),
    ]
    judged = compare(others, OURS)
    assert judged[0].methods[0].agrees is True
    assert judged[2].methods[0].agrees is None


FOREFRONT = "CIP:192.0.2.10;CTRY:DE;LANG:en;SCL:5;SRV:;IPV:NLI;SFV:SPM;H:mail.acme.example;PTR:mail.acme.example;CAT:PHSH;SFS:(13230040)(36860700013);DIR:INB;"


def test_microsoft() -> None:
    report = read_filter("X-Forefront-Antispam-Report", FOREFRONT)
    bulk = read_filter("X-Microsoft-Antispam", "BCL:8;ARA:13230040|36860700013;")
    level = read_filter("X-MS-Exchange-Organization-SCL", "-1")
    assert report is not None
    assert bulk is not None
    assert level is not None
    assert (report.filter, report.judgement, report.score) == ("Microsoft", "phish", 5.0)
    said = {detail.name: detail.meaning for detail in report.details}
    assert "Junk" in said["SCL"]
    assert said["CAT"] == "phishing"
    assert "spam by the filter" in said["SFV"]
    assert "no reputation list" in said["IPV"]
    assert "SFS" not in said
    assert "many complaints" in bulk.details[0].meaning
    assert level.judgement == "bypassed"


@pytest.mark.parametrize(
    ("name", "value", "filter_", "judgement", "score", "threshold", "first"),
    [
        ("X-Spam-Status", "Yes, score=7.2 required=5.0 tests=DKIM_SIGNED,HTML_MESSAGE, MISSING_MID autolearn=no version=4.0.0", "SpamAssassin", "spam", 7.2, 5.0, "DKIM_SIGNED"),
        ("X-Spam-Status", "No, score=-0.2 required=5.0 tests=[DKIM_VALID=-0.1] autolearn=ham", "SpamAssassin", "clean", -0.2, 5.0, "DKIM_VALID"),
        ("X-Spamd-Result", "default: False [3.50 / 15.00]; MISSING_MID(2.50)[]; R_SPF_ALLOW(-0.20)[+ip4:192.0.2.10]; ARC_NA(0.00)[]", "Rspamd", "clean", 3.5, 15.0, "MISSING_MID"),
        ("X-Spam-Flag", "YES", "a spam filter", "spam", None, None, ""),
        ("X-Spam-Score", "4.1", "a spam filter", "unknown", 4.1, None, ""),
        ("X-Proofpoint-Spam-Details", "rule=notspam policy=default score=0 spamscore=0 phishscore=0 adultscore=0", "Proofpoint", "clean", 0.0, None, "rule"),
        ("X-Mimecast-Spam-Score", "2", "Mimecast", "unknown", 2.0, None, ""),
        ("X-Forefront-Antispam-Report", "nonsense;;:;SCL:abc", "Microsoft", "unknown", None, None, ""),
        ("X-Spamd-Result", "rubbish", "Rspamd", "unknown", None, None, ""),
    ],
)  # fmt: skip
def test_other_filters(
    name: str,
    value: str,
    filter_: str,
    judgement: str,
    score: float | None,
    threshold: float | None,
    first: str,
) -> None:
    verdict = read_filter(name, value)
    assert verdict is not None
    assert (verdict.filter, verdict.judgement, verdict.score, verdict.threshold) == (
        filter_,
        judgement,
        score,
        threshold,
    )
    if first:
        assert verdict.details[0].name == first


@given(
    st.sampled_from(
        [
            "X-Spam-Status",
            "X-Spamd-Result",
            "X-Forefront-Antispam-Report",
            "X-Proofpoint-Spam-Details",
            "X-Spam-Flag",
            "X-MS-Exchange-Organization-SCL",
        ]
    ),
    st.text(max_size=300),
)
def test_nothing_raises(name: str, value: str) -> None:
    assert read_filter(name, value) is not None
