# ruff: noqa: E501 (one case a line reads best)
"""Writes common real-world failures as messages with their DNS: fixtures/failures/.

    .venv/bin/python -m tests.rules.generate_failures

``index.toml`` has the symptom, and the finding that is the true cause. Failures that a message cannot show
are bounces, in the forms of Postfix, Exim and Exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.rules import message_parts as make
from tests.rules.generate_messages import CASES

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "failures"
UNSIGNED = make.deliver(make.compose(), results=("spf=permerror smtp.mailfrom=alice@acme.example", make.FAIL))
SIGNED = make.deliver(make.sign(make.compose()))
GOOD = make.zone()
KEY = "v=DKIM1; k=rsa; p=" + make.public("acme")
LATER = "Sun, 01 Nov 2026 11:59:30 +0000"


@dataclass(frozen=True)
class Failure:
    """One failure. ``seen`` is the symptom, ``rule`` that of the first finding, which contains ``words``."""

    name: str
    seen: str
    rule: str
    words: str
    message: bytes
    zone: str = GOOD


def bounce(
    diagnostic: str,
    *,
    status: str,
    to: str = "bob@rcpt.test",
    original: str = "",
    remote: str = "",
    reporter: str = "mail.acme.example",
    kind: str = "smtp",
    action: str = "failed",
    words: str = "",
) -> bytes:
    """A delivery status notification (RFC 3464) for the default message, returned to Alice.

    ``words`` is the text of the human-readable part (default: the diagnostic); without ``diagnostic`` there
    is no Diagnostic-Code, as with Exim if no server replied.
    """
    status_lines = [
        f"Reporting-MTA: dns; {reporter}",
        "Arrival-Date: Sun, 01 Nov 2026 11:59:00 +0000 (UTC)",
        "",
        f"Original-Recipient: rfc822;{original}" if original else "",
        f"Final-Recipient: rfc822; {to}",
        f"Action: {action}",
        f"Status: {status}",
        f"Remote-MTA: dns; {remote}" if remote else "",
        f"Diagnostic-Code: {kind}; {diagnostic}" if diagnostic else "",
    ]
    blank = status_lines.index("")
    report = [line for i, line in enumerate(status_lines) if line or i == blank]
    lines = [
        "Return-Path: <>",
        "Delivered-To: alice@acme.example",
        f"Received: by {reporter} (Postfix) id 4Xz; {LATER} (UTC)",
        f"Date: {LATER}",
        f"From: MAILER-DAEMON@{reporter} (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        "To: alice@acme.example",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="4Xz/mail"',
        f"Message-ID: <20261101115930.4Xz@{reporter}>",
        "",
        "This is a MIME-encapsulated message.",
        "",
        "--4Xz/mail",
        "Content-Description: Notification",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"This is the mail system at host {reporter}.",
        "",
        "I'm sorry to have to inform you that your message could not be delivered to",
        "one or more recipients. It's attached below.",
        "",
        f"<{to}>: {words or diagnostic}",
        "",
        "--4Xz/mail",
        "Content-Description: Delivery report",
        "Content-Type: message/delivery-status",
        "",
        *report,
        "",
        "--4Xz/mail",
        "Content-Description: Undelivered Message Headers",
        "Content-Type: text/rfc822-headers",
        "",
        *make.compose().decode().partition("\r\n\r\n")[0].split("\r\n"),
        "",
        "--4Xz/mail--",
        "",
    ]
    return "\r\n".join(lines).replace("\r\n", "\n").replace("\n", "\r\n").encode()


def null_mx() -> str:
    """The sending domain accepts no mail."""
    return GOOD.replace("$ORIGIN acme.example.\n", "$ORIGIN acme.example.\n@ 3600 IN MX 0 .\n", 1)


FAILURES = (
    Failure("01-spf-lookups", "spf=permerror … lookups exceeded", "AUTH001", "DNS lookup",
            CASES["AUTH001"].bad(), CASES["AUTH001"].bad_zone),
    Failure("02-two-spf-records", "redundant SPF records", "AUTH001", "records", UNSIGNED,
            GOOD.replace('@ 3600 IN TXT "v=spf1 ip4:192.0.2.10 -all"', '@ 3600 IN TXT "v=spf1 ip4:192.0.2.10 -all"\n@ 3600 IN TXT "v=spf1 mx -all"')),
    Failure("03-void-lookups", "3/2 maximum void DNS lookups", "AUTH001", "void", UNSIGNED,
            make.zone(spf="v=spf1 a:x1.acme.example a:x2.acme.example a:x3.acme.example -all")),
    Failure("04-mail-service-not-aligned", "spf=pass, dkim=pass d=mcsv.net, dmarc=fail", "AUTH013", "esp.test",
            CASES["AUTH013"].bad()),
    Failure("05-no-key", "dkim=permerror (no key for signature)", "AUTH002", "s2._domainkey.acme.example",
            CASES["AUTH002"].bad()),
    Failure("06-pasted-key", "the panel says DKIM valid, receivers fail", "AUTH003", "s1", SIGNED,
            make.zone(key='\\"' + KEY[:150] + '\\"')),
    Failure("07-footer", "body hash did not verify", "AUTH007", "body", CASES["AUTH007"].bad()),
    Failure("08-ipv6-without-ptr", "550-5.7.1 … IPv6 sending guidelines", "MSG025", "2001:db8::25",
            SIGNED.replace(b"(mail.acme.example [192.0.2.10])", b"(unknown [IPv6:2001:db8::25])"),
            make.zone(spf="v=spf1 ip6:2001:db8::/64 -all")),
    Failure("09-no-ptr", "4.7.23, 5.7.25", "MSG025", "192.0.2.10", CASES["MSG025"].bad()),
    Failure("10-forwarded", "5.7.26 on forwarded mail", "AUTH009", "forward", CASES["AUTH009"].bad()),
    Failure("11-forwarded-to-outlook", "5.7.515 on mail forwarded to Outlook", "MSG030", "forwarded", bounce(
        "550 5.7.515 Access denied, sending domain ACME.EXAMPLE doesn't meet the required authentication level. "
        "The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender. "
        "Spf= Fail , Dkim= Fail , DMARC= Fail [outlook-com.olc.protection.outlook.com 2026-11-01T11:59:25.000Z]",
        status="5.7.515", to="bob@outlook.com", original="bob@alumni.list.test", reporter="alumni.list.test",
        remote="outlook-com.olc.protection.outlook.com")),
    Failure("12-microsoft-block", "S3140, S3150", "MSG030", "Microsoft's own blocklist", bounce(
        "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service provider "
        "since part of their network is on our block list (S3150). You can also refer your provider to "
        "http://mail.live.com/mail/troubleshooting.aspx#errors.",
        status="5.7.1", to="bob@outlook.com", remote="outlook-com.olc.protection.outlook.com")),
    Failure("13-open-resolver", "everything is listed in zen (127.255.255.254)", "MSG030", "not a listing", bounce(
        "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org; Error: open resolver; "
        "https://www.spamhaus.org/returnc/pub/203.0.113.53",
        status="5.7.1", remote="mx.rcpt.test")),
    Failure("14-mta-sts", "MX hosts of … failed MTA-STS validation", "MSG030", "MTA-STS policy", bounce(
        "550 5.4.8 SMTPSEND.MTASTS.STSValidationFailed; MX hosts of 'rcpt.test' failed MTA-STS validation.",
        status="5.4.8", reporter="AM0PR01MB0001.eurprd01.prod.exchangelabs.com")),
    Failure("15-dane", "Server certificate not verified (4.7.5)", "MSG030", "TLSA", bounce(
        "Server certificate not verified", status="4.7.5", kind="X-Postfix", remote="mx.rcpt.test")),
    Failure("16-port-25-blocked", "an SMTP time-out, and no refusal", "MSG030", "port 25", bounce(
        "connect to mx.rcpt.test[198.51.100.3]:25: Connection timed out", status="4.4.1", kind="X-Postfix")),
    Failure("17-implicit-tls-on-587", "[SSL: WRONG_VERSION_NUMBER]", "MSG030", "587", bounce(
        "", status="5.0.0", reporter="web.acme.example",
        words="host smtp.provider.test [198.51.100.4]:\n    TLS session: (SSL_connect): error:0A00010B:SSL routines::wrong version number")),
    Failure("18-no-unsubscribe-button", "Gmail shows no unsubscribe button", "MSG006", "List-Unsubscribe",
            CASES["MSG006"].bad()),
    Failure("19-return-path-missing", "unresolvable RFC.5321 domain", "MSG026", "nowhere.acme.example",
            CASES["MSG026"].bad()),
    Failure("20-null-mx", "a null MX on a domain that sends", "MSG029", "null MX", SIGNED, null_mx()),
)  # fmt: skip


def write() -> None:
    """Write all failures."""
    FOLDER.mkdir(exist_ok=True)
    index = [
        "# What people bring, and the finding that comes first. Written by tests/rules/generate_failures.py."
    ]
    for each in FAILURES:
        (FOLDER / f"{each.name}.eml").write_bytes(each.message)
        (FOLDER / f"{each.name}.zone").write_text("$ORIGIN .\n" + each.zone)
        index += ["", f"[{each.name}]"]
        for key in ("seen", "rule", "words"):
            index.append(f'{key} = "{getattr(each, key)}"')
    (FOLDER / "index.toml").write_text("\n".join(index) + "\n")


if __name__ == "__main__":
    write()
