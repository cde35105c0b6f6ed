# ruff: noqa: E501 (one case a line reads best)
"""Writes the messages and zones of the message rules: tests/rules/{AUTH,MSG}*/.

    .venv/bin/python -m tests.rules.generate_messages [ID ...]

The messages have real signatures, by dkimpy rather than our own code, with the test keys in
fixtures/messages/keys, as of SIGNED. The files are committed, so run this only to change or add a case;
then write expected.json with MAILPROOF_UPDATE_EXPECTED=1 and review it.
"""

from __future__ import annotations

import sys

from tests.rules.message_parts import (
    DATE,
    ESP_IP,
    ESP_RESULTS,
    FAIL,
    FOOTER,
    FORWARDER_IP,
    HEADERS,
    HERE,
    PASSES,
    SA_HAM,
    SA_SPAM,
    SIGNED,
    SIGNED_HEADERS,
    SPF_PASS,
    UNSUBSCRIBE,
    WORDS,
    Case,
    attached,
    compose,
    deliver,
    esp,
    expired,
    filtered,
    forwarded,
    from_esp,
    having,
    page,
    public,
    seal,
    sign,
    without,
    zone,
)

CASES: dict[str, Case] = {
    "MSG001": Case(lambda: deliver(b"From: Eve <eve@evil.test>\r\n" + sign(compose(), oversign=False))),
    "AUTH001": Case(
        lambda: deliver(compose(), results=("spf=permerror smtp.mailfrom=alice@acme.example", FAIL)),
        bad_zone=zone(spf="v=spf1 " + " ".join(f"a:h{i}.acme.example" for i in range(12)) + " -all").replace(
            "mail 3600 IN A", "\n".join(f"h{i} 3600 IN A 192.0.2.{50 + i}" for i in range(12)) + "\nmail 3600 IN A"
        ),
        good_zone=zone(),
    ),
    "AUTH002": Case(
        lambda: deliver(sign(compose(), selector="s2"), results=(SPF_PASS, "dkim=permerror (no key for signature) header.d=acme.example")),
    ),
    "AUTH003": Case(
        lambda: deliver(sign(compose()), results=(SPF_PASS,)),
        bad_zone=zone(key="v=DKIM1; k=rsa; p="),
        good_zone=zone(),
    ),
    "AUTH004": Case(lambda: deliver(sign(compose()).replace(b" bh=", b" qq=", 1), results=(SPF_PASS,))),
    "AUTH005": Case(
        lambda: deliver(sign(compose(), algorithm="rsa-sha1"), results=(SPF_PASS, "dkim=policy header.d=acme.example")),
    ),
    "AUTH006": Case(expired),
    "AUTH007": Case(
        lambda: deliver(sign(compose()) + FOOTER, results=(SPF_PASS, "dkim=fail (body hash did not verify) header.d=acme.example")),
    ),
    "AUTH008": Case(
        lambda: deliver(sign(compose()).replace(b"Subject: ", b"Subject: [SPAM?] ", 1), results=(SPF_PASS, "dkim=fail header.d=acme.example")),
    ),
    "AUTH009": Case(lambda: forwarded(compose(), "spf=fail smtp.mailfrom=alice@acme.example", FAIL)),
    "AUTH010": Case(
        lambda: deliver(sign(compose()), ip="192.0.2.77", host="web.acme.example", results=("spf=fail smtp.mailfrom=alice@acme.example", *PASSES[1:])),
    ),
    "AUTH011": Case(
        lambda: deliver(sign(compose()), ip="192.0.2.77", host="web.acme.example", results=("spf=softfail smtp.mailfrom=alice@acme.example", *PASSES[1:])),
        bad_zone=zone(spf="v=spf1 ip4:192.0.2.10 ~all"),
        good_zone=zone(spf="v=spf1 ip4:192.0.2.10 ~all"),
    ),
    "AUTH012": Case(lambda: deliver(compose(), results=(SPF_PASS, "dkim=none", PASSES[2]))),
    "AUTH013": Case(
        lambda: from_esp(esp(compose()), *ESP_RESULTS, FAIL),
        lambda: from_esp(sign(esp(compose())), *ESP_RESULTS, PASSES[1], PASSES[2]),
    ),
    "AUTH014": Case(lambda: from_esp(esp(compose()), *ESP_RESULTS, FAIL)),
    "AUTH015": Case(
        lambda: deliver(sign(compose()), results=(*PASSES[:2], "dmarc=none header.from=acme.example")),
        bad_zone=zone(dmarc=None),
        good_zone=zone(),
    ),
    "AUTH016": Case(
        lambda: from_esp(esp(compose()), *ESP_RESULTS, FAIL),
        bad_zone=zone(dmarc="v=DMARC1; p=none"),
        good_zone=zone(),
    ),
    "AUTH017": Case(lambda: from_esp(sign(esp(compose())), *ESP_RESULTS, PASSES[1], PASSES[2])),
    "AUTH018": Case(lambda: deliver(esp(compose()), results=(SPF_PASS, ESP_RESULTS[1], PASSES[2]))),
    "AUTH019": Case(lambda: deliver(sign(compose(), headers=("From", "Date", "Message-ID")))),
    "AUTH020": Case(lambda: deliver(sign(compose(), length=True) + FOOTER)),
    "AUTH021": Case(
        lambda: deliver(sign(compose(), key="weak")),
        bad_zone=zone(key="v=DKIM1; k=rsa; t=y; p=" + public("weak")),
        good_zone=zone(),
    ),
    "AUTH022": Case(
        lambda: deliver(seal(sign(compose())) + FOOTER, ip=FORWARDER_IP, host="list.test", mail_from="bounce@list.test", results=("arc=fail",)),
        lambda: deliver(seal(sign(compose())), ip=FORWARDER_IP, host="list.test", mail_from="bounce@list.test", results=("arc=pass",)),
    ),
    "AUTH023": Case(
        lambda: deliver(sign(compose()), results=("spf=softfail smtp.mailfrom=alice@acme.example", *PASSES[1:])),
    ),
    "AUTH024": Case(
        lambda: deliver(compose(), ip=ESP_IP, host="out.esp.test", results=("spf=fail smtp.mailfrom=alice@acme.example", FAIL),
                        below="Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=alice@acme.example\r\n"),
    ),
    "AUTH025": Case(lambda: deliver(sign(compose()), results=())),
    "AUTH026": Case(
        lambda: deliver(sign(compose(having("To", "Carol <carol@shop.test>")), at=SIGNED - 3 * 86400), ip=ESP_IP, host="out.esp.test",
                        mail_from="x@esp.test", results=("spf=pass smtp.mailfrom=x@esp.test", *PASSES[1:])),
        lambda: deliver(sign(compose(), at=SIGNED - 3 * 86400), ip=ESP_IP, host="out.esp.test",
                        mail_from="x@esp.test", results=("spf=pass smtp.mailfrom=x@esp.test", *PASSES[1:])),
    ),
    "MSG002": Case(lambda: deliver(sign(compose((*HEADERS, ("Subject", "Your order (copy)")))))),
    "MSG003": Case(lambda: deliver(sign(compose(without("Message-ID", "Date"))))),
    "MSG004": Case(lambda: deliver(sign(compose()).replace(b"your order has been sent.\r\n", b"your order\nhas been\0 sent.\r\n"))),
    "MSG005": Case(lambda: deliver(sign(compose(body="<p>" + "long " * 300 + "</p>\r\n")))),
    "MSG006": Case(lambda: deliver(sign(compose(), headers=SIGNED_HEADERS[:-1]))),
    "MSG007": Case(
        lambda: deliver(sign(compose(having("List-Unsubscribe", "<mailto:u@acme.example>")))),
    ),
    "MSG008": Case(lambda: deliver(sign(compose()), tls="")),
    "MSG009": Case(
        lambda: deliver(
            sign(compose()),
            date="Sun, 01 Nov 2026 12:10:02 +0000",
            below="Received: from app (localhost [127.0.0.1]) by mail.acme.example (Postfix) with ESMTP id 1;\r\n\t" + DATE + "\r\n",
        )
    ),
    "MSG010": Case(
        lambda: b"The original message\r\n" + deliver(sign(compose(having("From", "Alice <alice@web@acme.example>")))),
    ),
    "MSG011": Case(lambda: page(text=None), page),
    "MSG012": Case(lambda: page(WORDS + "<p>filler of a long letter</p>" * 4000 + UNSUBSCRIBE), page),
    "MSG013": Case(lambda: page(end=""), page),
    "MSG014": Case(lambda: page(text="Grüße aus Köln"), page),
    "MSG015": Case(
        lambda: deliver(sign(compose(having("From", "Alice <alice@gmail.com>"))), results=("dmarc=fail header.from=gmail.com",)),
        bad_zone=zone(extra='$ORIGIN gmail.com.\n_dmarc 3600 IN TXT "v=DMARC1; p=none; sp=quarantine"'),
        good_zone=zone(),
    ),
    "MSG016": Case(lambda: page(headers=having("From", '"service@bank.test" <alice@acme.example>')), page),
    "MSG017": Case(lambda: page(headers=having("From", "=?utf-8?b?0JBjbWUgU2hvcA==?= <alice@acme.example>")), page),
    "MSG018": Case(
        lambda: page(WORDS + '<a href="https://click.esp.test/x">https://www.acme.example/order</a>' + UNSUBSCRIBE),
        lambda: page(WORDS + '<a href="https://shop.acme.example/x">www.acme.example/order</a>' + UNSUBSCRIBE),
    ),
    "MSG019": Case(lambda: page(WORDS + '<a href="https://bit.ly/3xYz">your order</a>' + UNSUBSCRIBE), page),
    "MSG020": Case(lambda: page('<img src="https://acme.example/a.png" alt="">' + UNSUBSCRIBE), lambda: page(WORDS + '<img src="https://acme.example/a.png">' + UNSUBSCRIBE)),
    "MSG021": Case(lambda: page(extra=attached("invoice.pdf.exe")), lambda: page(extra=attached("invoice.pdf"))),
    "MSG022": Case(
        lambda: deliver(sign(compose((*HEADERS, ("Reply-To", "alice@freemail.test"))))),
        lambda: deliver(sign(compose((*HEADERS, ("Reply-To", "help@desk.acme.example"))))),
    ),
    "MSG023": Case(lambda: page(WORDS), page),
    "MSG025": Case(lambda: deliver(sign(compose())).replace(b"(mail.acme.example [", b"(unknown [", 1)),
    "MSG026": Case(
        lambda: deliver(sign(compose()), mail_from="bounce@nowhere.acme.example", results=("spf=none smtp.mailfrom=bounce@nowhere.acme.example", *PASSES[1:])),
    ),
    "MSG029": Case(
        lambda: deliver(sign(compose()), mail_from="bounce@mail.acme.example"),
        bad_zone=zone().replace("mail 3600 IN A", "@ 3600 IN MX 0 .\nmail 3600 IN MX 10 mail\nmail 3600 IN A", 1),
        good_zone=zone().replace("mail 3600 IN A", "@ 3600 IN MX 10 mail\nmail 3600 IN A", 1),
    ),
    "MSG027": Case(
        lambda: filtered("X-Forefront-Antispam-Report: CIP:192.0.2.10;CTRY:US;LANG:en;SCL:6;SRV:;IPV:NLI;SFV:SPM;H:mail.acme.example;PTR:mail.acme.example;CAT:SPOOF;SFTY:9.25;DIR:INB;", SA_SPAM),
        lambda: filtered("X-Forefront-Antispam-Report: CIP:192.0.2.10;CTRY:US;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:mail.acme.example;PTR:mail.acme.example;CAT:NONE;DIR:INB;", SA_HAM),
    ),
    "MSG028": Case(
        lambda: filtered(SA_HAM.replace("SPF_PASS", "RCVD_IN_ZEN_BLOCKED_OPENDNS,\r\n\tSPF_PASS,URIBL_BLOCKED")),
        lambda: filtered(SA_HAM),
    ),
    "MSG031": Case(lambda: deliver(sign(compose()))),
    "MSG032": Case(lambda: deliver(sign(compose()))),
    "MSG024": Case(lambda: deliver(sign(compose(having("Date", "Sun, 08 Nov 2026 11:59:00 +0000"))))),
}  # fmt: skip


def write(rule: str, case: Case) -> None:
    """Write the files of one rule."""
    folder = HERE / rule
    folder.mkdir(exist_ok=True)
    (folder / "bad.eml").write_bytes(case.bad())
    (folder / "good.eml").write_bytes(case.good())
    if case.good_zone is None:
        (folder / "both.zone").write_text(case.bad_zone)
    else:
        (folder / "bad.zone").write_text(case.bad_zone)
        (folder / "good.zone").write_text(case.good_zone)
    if case.toml:
        (folder / "case.toml").write_text(case.toml)


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        write(name, CASES[name])
