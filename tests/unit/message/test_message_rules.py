"""Branches of the message rules: when a failed signature is serious, and when it is only an info."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import pytest

from mailproof.checks.message._spf import allow
from mailproof.model import Outcome, Report, SpfVerdict
from mailproof.structs import replace
from tests.support.dkim import MESSAGE, NOW, PUBLIC, craft
from tests.support.engine import verify_async
from tests.support.resolvers import FailingResolver, zone


def txt(value: str) -> str:
    return " ".join(f'"{value[at : at + 200]}"' for at in range(0, len(value), 200))


def key(name: str, more: str = "") -> str:
    return txt(f"v=DKIM1; {more}p={PUBLIC[name]}")


def world(*, dmarc: str = "v=DMARC1; p=reject", spf: str = "v=spf1 ip4:192.0.2.10 -all") -> str:
    return f"""$ORIGIN acme.example.
@ IN TXT {txt(spf)}
s1._domainkey IN TXT {key("rsa2048")}
short._domainkey IN TXT {key("rsa512")}
weak._domainkey IN TXT {key("rsa1024")}
other._domainkey IN TXT {key("rsa4608")}
revoked._domainkey IN TXT "v=DKIM1; p="
testing._domainkey IN TXT {key("rsa2048", "t=y; ")}
_dmarc IN TXT {txt(dmarc)}
mail IN A 192.0.2.10
mail IN TXT "v=spf1 a -all"
$ORIGIN esp.test.
@ IN TXT "v=spf1 ip4:198.51.100.20 -all"
s1._domainkey IN TXT {key("rsa2048")}
short._domainkey IN TXT {key("rsa512")}
other._domainkey IN TXT {key("rsa4608")}
$ORIGIN notacme.example.
@ IN TXT "v=spf1 ip4:198.51.100.20 -all"
s1._domainkey IN TXT {key("rsa2048")}
short._domainkey IN TXT {key("rsa512")}
other._domainkey IN TXT {key("rsa4608")}
"""


async def verified(
    raw: bytes,
    zones: str = "",
    *,
    ip: str = "203.0.113.9",
    mail_from: str = "ann@acme.example",
    now: datetime = NOW,
    failures: dict[tuple[str, str], str] | None = None,
) -> Report:
    resolver = FailingResolver(zone(zones or world()), failures or {})  # type: ignore[arg-type]
    return await verify_async(raw, ip, "mail.acme.example", mail_from, resolver, now)


def outcome(report: Report, rule: str) -> Outcome:
    return next(each for each in report.outcomes if each.check == rule)


def told(report: Report, rule: str) -> list[tuple[str, str]]:
    """The severity and the message of each finding of a rule."""
    return [(each.severity.value, each.message) for each in outcome(report, rule).findings]


Fault = Callable[[bytes, str], bytes]
#: Faults of signatures, as (rule, a function that makes a signature of a domain with the fault).
FAULTS: dict[str, Fault] = {
    "AUTH002": lambda raw, domain: craft(raw, d=domain, s="gone"),
    "AUTH003": lambda raw, domain: craft(raw, "rsa512", d=domain, s="short"),
    "AUTH004": lambda raw, domain: craft(raw, d=domain, bh=None),
    "AUTH005": lambda raw, domain: craft(raw, d=domain, a="rsa-sha1"),
    "AUTH006": lambda raw, domain: craft(raw, d=domain, t=1700000000, x=1700003600),
    "AUTH007": lambda raw, domain: craft(raw, d=domain, bh="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    "AUTH008": lambda raw, domain: craft(raw, d=domain, s="other"),
}


@pytest.mark.parametrize("rule", FAULTS)
@pytest.mark.parametrize(
    ("broken", "beside", "severity"),
    [
        ("acme.example", "", "error"),
        ("acme.example", "esp.test", "error"),  # the passing one is from another domain
        ("acme.example", "notacme.example", "error"),
        ("acme.example", "acme.example", "warning"),
        ("esp.test", "", "warning"),
        ("esp.test", "acme.example", "warning"),
        ("notacme.example", "", "warning"),
    ],
)
async def test_a_failed_signature_is_serious_where_nothing_else_proves_from(
    rule: str, broken: str, beside: str, severity: str
) -> None:
    raw = FAULTS[rule](craft(MESSAGE, d=beside) if beside else MESSAGE, broken)
    report = await verified(raw)
    assert [each[0] for each in told(report, rule)] == [severity], report.facts.message


@pytest.mark.parametrize(("c", "relaxed"), [("relaxed/relaxed", False), ("simple/simple", True)])
async def test_the_fix_of_a_folded_signature_follows_its_canonicalization(c: str, relaxed: bool) -> None:
    report = await verified(craft(MESSAGE, c=c).replace(b":subject:", b":\r\n subject:"))
    (finding,) = outcome(report, "AUTH008").findings
    assert finding.fix is not None
    assert ("c=relaxed/relaxed" in str(finding.fix)) is relaxed


FUTURE = (
    b"Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test with ESMTPS id 1;\r\n"
    b"\tSun, 24 Nov 2030 12:00:00 +0000\r\n"
)


@pytest.mark.parametrize(
    ("received", "status"), [(FUTURE, "skipped"), (FUTURE.replace(b"2030", b"2025"), "warn")]
)
async def test_a_date_is_not_compared_with_a_clock_in_the_future(received: bytes, status: str) -> None:
    assert outcome(await verified(received + MESSAGE), "MSG024").status == status


@pytest.mark.parametrize(
    ("scope", "domain", "words"),
    [
        ("helo", "host.acme.example", "a HELO name of yours that has an SPF record with ip4:203.0.113.9"),
        ("helo", "203.0.113.9", "a HELO name of yours that has an SPF record with ip4:203.0.113.9"),
        ("mfrom", "none.example", "publish an SPF record with ip4:203.0.113.9 for none.example"),
    ],
)
def test_no_term_is_added_to_a_record_that_does_not_exist(
    scope: Literal["helo", "mfrom"], domain: str, words: str
) -> None:
    verdict = SpfVerdict("none", domain, ip="203.0.113.9", scope=scope)
    assert allow(verdict).summary.endswith(words)
    softly = replace(verdict, result="softfail")
    assert allow(softly).summary.endswith(f"add ip4:203.0.113.9 to the SPF record of {domain}")


# RFC 6376 section 5.4.2: of several fields with one name, the lowest is signed first.

TWO_SUBJECTS = MESSAGE.replace(b"Subject: ", b"Subject: Win a prize\r\nSubject: ")


@pytest.mark.parametrize(
    ("signed", "remarked"),
    [
        ("from:to:subject:date", True),
        ("from:to:subject:subject:date", False),
        ("from:to:date", False),  # Subject is not signed at all, which another rule reports
    ],
)
async def test_a_second_copy_of_a_signed_header_is_remarked(signed: str, remarked: bool) -> None:
    report = await verified(craft(TWO_SUBJECTS, h=signed))
    assert report.facts.message is not None
    (verdict,) = report.facts.message.dkim
    assert verdict.result == "pass"
    assert ("duplicate-signed-header" in verdict.notes) is remarked
    assert ["second copy" in message for _, message in told(report, "AUTH021")] == [True] * remarked


async def test_the_lowest_copy_is_what_is_signed() -> None:
    signature = craft(MESSAGE, h="from:to:subject:date").partition(b"From:")[0]
    on_top = MESSAGE.replace(b"Subject: ", b"Subject: Win a prize\r\nSubject: ")
    below = MESSAGE.replace(b"dinner ready?\r\n", b"dinner ready?\r\nSubject: Win a prize\r\n")
    results = []
    for raw in (signature + on_top, signature + below):
        report = await verified(raw)
        assert report.facts.message is not None
        results.append(report.facts.message.dkim[0].result)
    assert results == ["pass", "fail"]


@pytest.mark.parametrize(
    ("selector", "pair", "words"),
    [
        ("weak", "rsa1024", ["a key of only 1024 bits"]),
        ("testing", "rsa2048", ["testing mode"]),
        ("s1", "rsa2048", []),
    ],
)
async def test_remarks_on_a_passing_signature(selector: str, pair: str, words: list[str]) -> None:
    found = told(await verified(craft(MESSAGE, pair, s=selector)), "AUTH021")
    assert len(found) == len(words)
    assert all(word in message for word, (_, message) in zip(words, found, strict=True))


# RFC 8301 section 3.2: keys under 1024 bits are invalid, 1024 bits are valid. Gmail requires at least 1024.


@pytest.mark.parametrize(
    ("selector", "pair", "state"),
    [("weak", "rsa1024", "met"), ("s1", "rsa2048", "met"), ("short", "rsa512", "not met")],
)
async def test_how_long_a_key_receivers_demand(selector: str, pair: str, state: str) -> None:
    report = await verified(craft(MESSAGE, pair, s=selector))
    assert report.facts.message is not None
    gmail = next(each for each in report.facts.message.receivers if each.receiver == "gmail")
    (bits,) = (each for each in gmail.requirements if "1024 bits" in each.text)
    assert bits.state == state


# AUTH009 to AUTH020


OF_BOTH = craft(craft(MESSAGE), d="esp.test")
ONCE, TWICE = craft(MESSAGE, h="from:to:subject:date"), craft(MESSAGE, h="from:from:to:subject:date")


@pytest.mark.parametrize(
    ("rule", "raw", "ip", "mail_from", "dmarc", "found"),
    [
        ("AUTH010", MESSAGE, "203.0.113.9", "ann@acme.example", "reject", ["error"]),
        ("AUTH010", MESSAGE, "192.0.2.10", "ann@acme.example", "reject", []),
        ("AUTH012", MESSAGE, "192.0.2.10", "ann@acme.example", "reject", ["warning"]),
        ("AUTH012", MESSAGE, "203.0.113.9", "ann@acme.example", "reject", ["error"]),
        ("AUTH012", craft(MESSAGE), "203.0.113.9", "ann@acme.example", "reject", []),
        # Only if something passes, and nothing that passes is aligned.
        ("AUTH013", MESSAGE, "203.0.113.9", "ann@acme.example", "reject", []),
        ("AUTH013", MESSAGE, "198.51.100.20", "b@esp.test", "reject", ["error"]),
        ("AUTH013", craft(MESSAGE, d="esp.test"), "203.0.113.9", "ann@acme.example", "reject", ["error"]),
        (
            "AUTH013",
            craft(MESSAGE, d="notacme.example"),
            "203.0.113.9",
            "a@acme.example",
            "reject",
            ["error"],
        ),
        ("AUTH013", OF_BOTH, "203.0.113.9", "a@acme.example", "reject", []),
        ("AUTH014", MESSAGE, "192.0.2.10", "ann@acme.example", "reject", []),
        ("AUTH014", MESSAGE, "203.0.113.9", "ann@acme.example", "none", ["error"]),
        ("AUTH016", MESSAGE, "203.0.113.9", "ann@acme.example", "none", ["info"]),
        ("AUTH016", MESSAGE, "203.0.113.9", "ann@acme.example", "quarantine", []),
        ("AUTH016", MESSAGE, "192.0.2.10", "ann@acme.example", "none", []),
        ("AUTH017", craft(MESSAGE), "198.51.100.20", "b@esp.test", "reject", ["info"]),
        ("AUTH017", craft(MESSAGE), "192.0.2.10", "ann@acme.example", "reject", []),
        ("AUTH017", craft(MESSAGE), "203.0.113.9", "ann@acme.example", "reject", []),
        ("AUTH018", craft(MESSAGE, d="esp.test"), "192.0.2.10", "ann@acme.example", "reject", ["warning"]),
        ("AUTH018", craft(MESSAGE, d="esp.test"), "203.0.113.9", "ann@acme.example", "reject", []),
        ("AUTH018", craft(MESSAGE), "192.0.2.10", "ann@acme.example", "reject", []),
        (
            "AUTH019",
            craft(MESSAGE, h="from:to:subject:date"),
            "192.0.2.10",
            "a@acme.example",
            "reject",
            ["info"],
        ),
        (
            "AUTH019",
            craft(MESSAGE, h="from:from:to:subject:date"),
            "192.0.2.10",
            "a@acme.example",
            "reject",
            [],
        ),
        (
            "AUTH019",
            craft(MESSAGE, h="from:from:to:date"),
            "192.0.2.10",
            "a@acme.example",
            "reject",
            ["warning"],
        ),
        ("AUTH020", craft(MESSAGE, l=0), "192.0.2.10", "ann@acme.example", "reject", ["warning"]),
        ("AUTH020", craft(MESSAGE), "192.0.2.10", "ann@acme.example", "reject", []),
    ],
)
async def test_what_is_reported(
    rule: str, raw: bytes, ip: str, mail_from: str, dmarc: str, found: list[str]
) -> None:
    report = await verified(raw, world(dmarc=f"v=DMARC1; p={dmarc}"), ip=ip, mail_from=mail_from)
    assert [severity for severity, _ in told(report, rule)] == found


@pytest.mark.parametrize(
    ("spf", "severity"),
    [("v=spf1 ~all", "error"), ("v=spf1 ?all", "error"), ("v=spf1", "error")],
)
async def test_weak_spf_is_serious_where_dmarc_fails_without_it(spf: str, severity: str) -> None:
    alone = await verified(MESSAGE, world(spf=spf))
    assert [each[0] for each in told(alone, "AUTH011")] == [severity]
    beside_dkim = await verified(craft(MESSAGE), world(spf=spf))
    assert [each[0] for each in told(beside_dkim, "AUTH011")] == ["warning"]


async def test_what_dns_left_open_is_unknown() -> None:
    failing = {("acme.example", "TXT"): "servfail"}
    report = await verified(MESSAGE, ip="192.0.2.10", failures=failing)
    assert {outcome(report, rule).status for rule in ("AUTH001", "AUTH010", "AUTH011", "AUTH014")} == {
        "unknown"
    }
    passing = await verified(craft(MESSAGE), ip="192.0.2.10", failures=failing)
    assert outcome(passing, "AUTH014").status == "pass", "an aligned signature is enough"


@pytest.mark.parametrize(
    ("rule", "field", "html", "words"),
    [
        ("MSG018", "", "<a href=https://bank.test>www.bank.test.</a>", []),
        ("MSG018", "", "<a href=https://evil.test>www.bank.test.</a>", ["www.bank.test"]),
        ("MSG018", "", "<a href=https://xn--mnchen-3ya.test>www.münchen.test</a>", []),
        ("MSG018", "", "<a href=https://evil.test>www.münchen.test</a>", ["www.münchen.test"]),
        ("MSG018", "", "<a href=https://files.test/1>Report.pdf</a>", []),
        ("MSG018", "", "<a href=https://files.test/1>bank.test/report.pdf</a>", ["bank.test"]),
        ("MSG016", 'From: "ann@münchen.test" <ann@xn--mnchen-3ya.test>', "", []),
        ("MSG016", 'From: "ann@bank.test" <ann@xn--mnchen-3ya.test>', "", ["ann@bank.test"]),
        ("MSG007", "List-Unsubscribe: <https://a.test/1>, <mailto:u@a.test>", "", []),
        ("MSG007", "List-Unsubscribe: <mailto:u@a.it>\nList-Unsubscribe: <https://a.test>", "", ["2 times"]),
        ("MSG002", "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: 8bit", "", ["2 times"]),
        ("MSG003", "Date: 3 Nov 26 10:00 (noon) GMT\nMessage-ID: <1@a.test>", "", []),
        ("MSG003", "Date: 2026-11-03 10:00:00 +0000\nMessage-ID: <1@a.test>", "", ["RFC 5322"]),
        ("MSG003", "Date: Di, 3 Nov 2026 10:00:00 +0100\nMessage-ID: <1@a.test>", "", ["RFC 5322"]),
        ("MSG003", "Date: Tue, 3 Nov 2026 10:00:00\nMessage-ID: <1@a.test>", "", ["RFC 5322"]),
        ("MSG003", "Date: 31 Nov 2026 10:00:00 +0000\nMessage-ID: <1@a.test>", "", ["is not a date."]),
        ("MSG021", 'Content-Disposition: attachment; filename="a.exe."', "", [".exe"]),
    ],
)  # fmt: skip
async def test_what_is_nearly_so(rule: str, field: str, html: str, words: list[str]) -> None:
    header = field if field.startswith("From") else f"From: ann@acme.example\n{field}".rstrip()
    raw = f"{header}\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>{html}</p>\n"
    found = told(await verified(raw.encode()), rule)
    assert len(found) == len(words)
    for (_, message), word in zip(found, words, strict=True):
        assert word in message
