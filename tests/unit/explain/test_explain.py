# ruff: noqa: E501 (one case a line reads best)
"""Pasted texts, and their cause, proof and next step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.checks import registry
from mailproof.data.bounces import bounces
from mailproof.errors import MessageError
from mailproof.explain import explain_dsn, explain_file, explain_text
from mailproof.mail.enhanced_status import registry as registered
from mailproof.model import BounceReply
from mailproof.render.look import SCREEN
from mailproof.render.text.explanation import render_explanation

POSTFIX = (
    "Nov 23 10:00:00 mail postfix/smtp[123]: 4Xy: to=<bob@gmail.com>, "
    "relay=gmail-smtp-in.l.google.com[198.51.100.26]:25, delay=421, dsn=5.7.26, status=bounced (host "
    "gmail-smtp-in.l.google.com[198.51.100.26] said: 550-5.7.26 Your email has been blocked because the sender "
    "is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. "
    "550-5.7.26  Authentication results: 550-5.7.26  DKIM = did not pass 550-5.7.26  SPF [acme.example] with "
    "ip: [192.0.2.10] = did not pass 550 5.7.26 For instructions, see x - gsmtp (in reply to end of DATA command))"
)
EXIM = (
    "2026-11-01 12:00:00 1tABcd-00000000abc-1xYz ** bob@outlook.test <bob@outlook.test> F=<a@acme.example> "
    "R=dnslookup T=remote_smtp H=outlook-com.olc.protection.outlook.com [198.51.100.1] X=TLS1.2: SMTP error "
    "from remote mail server after end of data: 550 5.7.509 Access denied, sending domain ACME.EXAMPLE does not "
    "pass DMARC verification and has a DMARC policy of reject."
)

#: Twenty common failures: the symptom, the cause, a rule that proves it.
TWENTY = (
    ("spf=permerror (error in processing during lookup of acme.example: DNS lookups exceeded)", "spf-too-many-lookups", "SPF003"),
    ("spf=permerror redundant SPF records", "spf-several-records", "SPF002"),
    ("SPF Permanent Error: 3/2 maximum void DNS lookups", "spf-void-lookups", "SPF005"),
    ("spf=pass smtp.mailfrom=b@esp.test; dkim=pass header.d=esp.test; dmarc=fail header.from=acme.example", "dmarc-not-aligned", "AUTH013"),
    ("dkim=permerror (no key for signature) header.d=acme.example", "dkim-no-key", "AUTH002"),
    ("dkim=permerror (invalid public key) header.d=acme.example", "dkim-bad-key", "DKIM014"),
    ("dkim=fail (body hash did not verify) header.d=acme.example", "dkim-body-hash", "AUTH007"),
    ("550-5.7.1 [2001:db8::25] Our system has detected that this message does not meet IPv6 sending guidelines regarding PTR records and authentication. - gsmtp", "gmail-ipv6", "MX014"),
    ("550-5.7.25 [192.0.2.10] The IP address sending this message does not have a PTR record setup - gsmtp", "gmail-ptr", "MX015"),
    ("550 5.7.26 unauthenticated mail, forwarded by alumni.test - gsmtp", "gmail-forwarded", "AUTH009"),
    ("550 5.7.515 Access denied, sending domain acme.example doesn't meet the required authentication level; it was forwarded", "microsoft-forwarded", "AUTH009"),
    ("550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Part of their network is on our block list (S3150).", "microsoft-private-block", ""),
    ("554 5.7.1 Client host [192.0.2.10] blocked using zen.spamhaus.org; 127.255.255.254", "spamhaus-open-resolver", "RBL004"),
    ("MX hosts of 'rcpt.test' failed MTA-STS validation", "mta-sts", "STS010"),
    ("4.7.5 Server certificate not verified", "postfix-certificate", "DANE006"),
    ("connect to mx.rcpt.test[198.51.100.3]:25: Connection timed out", "connect-timeout", "SMTP003"),
    ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "tls-wrong-version", "SMTP006"),
    ("there is no Gmail unsubscribe button", "unsubscribe-button", "MSG006"),
    ("451 Message temporarily deferred due to unresolvable RFC.5321 from domain; see yahooinc.com", "yahoo-domain", "DOM002"),
    ("550 5.7.27 Sender domain acme.example has a null MX", "null-mx", "MX003"),
)  # fmt: skip

#: Codes from the receivers' own pages: words that identify the receiver, and the cause.
CODES = (
    ("421 4.7.26 x - gsmtp", "gmail-5.7.26"),
    ("451 4.7.26 x - gsmtp", "gmail-dmarc-tempfail"),
    ("550 5.7.26 x - gsmtp", "gmail-5.7.26"),
    ("421 4.7.27 x - gsmtp", "gmail-spf"),
    ("550 5.7.27 x - gsmtp", "gmail-spf"),
    ("550 5.7.30 x - gsmtp", "gmail-dkim"),
    ("421 4.7.29 x - gsmtp", "gmail-tls"),
    ("421 4.7.23 x - gsmtp", "gmail-ptr"),
    ("421 5.7.32 x - gsmtp", "gmail-alignment"),
    ("421 4.7.32 x - gsmtp", "gmail-alignment"),
    ("421 4.7.31 x - gsmtp", "gmail-no-dmarc"),
    ("421 4.7.40 x - gsmtp", "gmail-no-dmarc"),
    ("550 5.7.40 x", "gmail-no-dmarc"),
    ("550 5.7.24 x - gsmtp", "gmail-spf-suspicious"),
    ("421 4.7.28 x - gsmtp", "gmail-rate"),
    ("421 4.7.28 an unusual rate of unsolicited mail - gsmtp", "gmail-rate"),
    ("421 4.7.0 x - gsmtp", "gmail-temporary"),
    ("421 4.7.0 TLS required for RCPT domain - gsmtp", "gmail-tls-required"),
    ("550 5.7.1 Messages missing a valid messageId header are not accepted - gsmtp", "gmail-message-id"),
    ("550 5.7.1 This message is not RFC 5322 compliant: multiple From headers - gsmtp", "gmail-duplicate-headers"),
    ("550 5.7.1 low reputation of the sending domain - gsmtp", "gmail-low-reputation"),
    ("550 5.7.26 from acme.example is not accepted due to domain's DMARC policy. - gsmtp", "gmail-dmarc-policy"),
    ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1", "yahoo-deferred"),
    ("553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1", "yahoo-spamhaus"),
    ("550 5.7.9 Message not accepted for policy reasons. See yahooinc.com", "yahoo-unauthenticated"),
    ("554 5.7.9 x yahoo.com", "yahoo-unauthenticated-code"),
    ("554 Message not allowed - [PH01] Email not accepted for policy reasons", "yahoo-content"),
    ("550 5.7.515 Access denied", "microsoft-bulk"),
    ("550 5.7.509 Access denied", "microsoft-dmarc"),
    ("550 5.7.23 x protection.outlook.com", "microsoft-spf"),
    ("550 5.7.25 x protection.outlook.com", "microsoft-ipv6-ptr"),
    ("550 5.7.506 Access Denied, Bad HELO", "microsoft-helo"),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.9]", "microsoft-banned-ip"),
    ("550 5.7.649 Access denied, banned sending IP", "microsoft-banned-ip"),
    ("550 5.7.1 (S3140)", "microsoft-private-block"),
    ("554 5.7.1 [HME1] rejected", "apple-unauthenticated"),
    ("554 5.7.1 [CS01] Message rejected due to local policy", "apple-local-policy"),
    ("552-5.7.0 This message was blocked because its content presents a potential security issue - gsmtp", "gmail-attachment"),
    ("550 SC-001 (BAY004) Unfortunately, messages from 192.0.2.9 weren't sent", "microsoft-reputation-words"),
    ("550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy", "microsoft-transport-rule"),
    ("554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.9", "proofpoint-reputation"),
    ("450 4.1.8 x domain not found mail.icloud.com", "apple-domain"),
)  # fmt: skip


def only(text: str) -> BounceReply:
    replies = explain_text(text).replies
    assert len(replies) == 1
    return replies[0]


@pytest.mark.parametrize(("text", "cause", "rule"), TWENTY)
def test_twenty_failures(text: str, cause: str, rule: str) -> None:
    best = only(text).causes[0]
    assert (best.id, best.certain) == (cause, True)
    assert rule in best.checks or (not rule and not best.checks)  # Microsoft's own list is not in the DNS
    assert best.fix
    assert best.next.startswith("mailproof ")
    assert "{" not in best.cause + best.fix + best.next


@pytest.mark.parametrize(("text", "cause"), CODES)
def test_codes_of_the_receivers(text: str, cause: str) -> None:
    best = only(text).causes[0]
    assert (best.id, best.certain) == (cause, True)


def test_a_line_of_postfix() -> None:
    reply = only(POSTFIX)
    assert (reply.code, reply.status, reply.permanent, reply.speaker) == (550, "5.7.26", True, "Gmail")
    assert reply.remote == "gmail-smtp-in.l.google.com"
    assert (reply.recipient, reply.domain, reply.address) == ("bob@gmail.com", "acme.example", "192.0.2.10")
    assert reply.stated == ("dkim=fail", "spf=fail")
    assert reply.causes[0].next == "mailproof audit acme.example --ip 192.0.2.10"
    assert "(192.0.2.10)" in reply.causes[0].fix


def test_a_line_of_exim() -> None:
    reply = only(EXIM)
    assert (reply.status, reply.recipient, reply.domain) == ("5.7.509", "bob@outlook.test", "acme.example")
    assert reply.causes[0].id == "microsoft-dmarc"
    assert reply.address == ""


@pytest.mark.parametrize(("mark", "permanent"), [("**", True), ("==", False)])
def test_exims_mark_says_whether_it_gave_up(mark: str, *, permanent: bool) -> None:
    line = f"2026-11-25 12:00:00 1abcde-000001-AB {mark} bob@a.example R=dnslookup: Unrouteable address"
    assert only(line).permanent is permanent


def test_a_reply_that_quotes_another_servers_is_read_as_its_own() -> None:
    reply = "550 5.1.7 <ada@acme.example>: Sender address rejected: host mx.acme.example[192.0.2.25] said: 550 5.1.1 User unknown"
    event = f'{{"event": "bounce", "email": "bob@a.example", "reason": "{reply}"}}'
    assert [(only(each).status, only(each).causes[0].kind) for each in (reply, event)] == [
        ("5.1.7", "sender-refused")
    ] * 2


def test_what_the_text_says_passed_is_not_to_be_checked() -> None:
    text = "550 5.7.515 Access denied, sending domain acme.example. Spf= Fail , Dkim= Pass , DMARC= Pass"
    reply = only(text)
    assert reply.stated == ("spf=fail", "dkim=pass", "dmarc=pass")
    assert "AUTH010" in reply.causes[0].checks
    assert not {"AUTH012", "AUTH014"} & set(reply.causes[0].checks)


def test_a_code_alone_names_who_might_have_said_it() -> None:
    reply = only("5.7.27")
    assert {cause.certain for cause in reply.causes} == {False}
    assert reply.causes[0].who == "Gmail"
    assert "null MX" in reply.registered
    assert not only("5.7.27 from outlook.com").causes


def test_several_lines_are_told_once_each() -> None:
    sent = POSTFIX.replace("status=bounced", "status=sent").partition("(host")[0] + "(250 2.0.0 OK)"
    explained = explain_text("\n".join((sent, POSTFIX, EXIM, POSTFIX.replace("10:00:00", "10:00:09"))))
    assert [reply.causes[0].id for reply in explained.replies] == ["gmail-unauthenticated", "microsoft-dmarc"]
    assert explained.kind == "log"


def test_a_reply_of_several_lines_is_one() -> None:
    text = "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n550-5.7.26 Gmail requires\n550 5.7.26 more - gsmtp"
    assert only(text).causes[0].id == "gmail-unauthenticated"


def test_notification_of_two_recipients() -> None:
    raw = (
        b"From: MAILER-DAEMON@acme.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        b"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.acme.example\n\n"
        b"Final-Recipient: rfc822; a@gmail.com\nAction: failed\nStatus: 5.7.1\nRemote-MTA: dns; gmail-smtp-in.l.google.com\n"
        b"Diagnostic-Code: smtp; 550-5.7.1 [2001:db8::1] does not meet IPv6 sending guidelines\n\n"
        b"Final-Recipient: rfc822; b@rcpt.test\nAction: delayed\nStatus: 4.4.1\n\n--B--\n"
    )
    explained = explain_dsn(raw)
    assert explained is not None
    first, second = explained.replies
    assert (first.recipient, first.causes[0].id, first.address) == (
        "a@gmail.com",
        "gmail-ipv6",
        "2001:db8::1",
    )
    assert (second.recipient, second.permanent) == ("b@rcpt.test", False)
    assert "did not answer" in second.registered
    assert explain_dsn(b"From: a@b.example\n\nhello\n") is None


def test_files_of_other_kinds() -> None:
    letter = b"From: a@acme.example\r\nContent-Length: 450\r\nX-Score: 550 5.7.1\r\n\r\n"
    quoted = explain_file(
        letter + b"They wrote:\r\n\r\n550 5.7.26 the sender is unauthenticated - gsmtp\r\n\r\nBye\r\n"
    )
    assert [reply.causes[0].id for reply in quoted.replies] == ["gmail-unauthenticated"]
    assert quoted.kind == "message"
    with pytest.raises(MessageError, match="mailproof verify"):
        explain_file(letter + b"your order of 250 has been sent\r\n")
    assert explain_file(EXIM.encode()).replies[0].causes[0].id == "microsoft-dmarc"


def test_nothing_known() -> None:
    assert not explain_text("hello world").known
    assert not explain_text("").known


def test_every_registered_code_is_told() -> None:
    for detail in registered().details:
        assert only(f"550 5.{detail} refused").registered, detail


def test_the_data_is_sourced_and_names_rules_that_exist() -> None:
    rules = set(registry.ids())
    data = bounces()
    assert data.date
    assert len({entry.id for entry in data.entries}) == len(data.entries)
    for entry in data.entries:
        assert entry.codes or entry.needles, entry.id
        assert entry.source, entry.id
        assert set(entry.checks) <= rules, entry.id
        assert all(all(needle) for needle in entry.needles), entry.id


def test_page_names_code_speaker_cause_rules_and_next_step() -> None:
    page = render_explanation(explain_text(POSTFIX), {"AUTH010": "SPF fails"}, SCREEN._replace(width=100))
    for part in (
        "Gmail",
        "550 5.7.26",
        "permanent",
        "AUTH010  SPF fails",
        "mailproof audit acme.example",
        "3726730",
    ):
        assert part in page


@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                "550-5.7.26 ",
                "\n",
                "said: ",
                "[",
                "]",
                "x@y.z",
                "\x00",
                "SPF [",
                "= did not pass",
                "5.7.1",
                " * ",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_hostile_text(text: str) -> None:
    explained = explain_text(text)
    assert len(explained.replies) <= 50
    render_explanation(explained, {})


def test_long_text_is_bounded() -> None:
    for unit in ("550-5.7.26 \n", "a.", "a-", "SPF [" + "a." * 40, "1:", "from=<", "DMARC policy "):
        explained = explain_text(unit * (200_000 // len(unit)))
        assert len(explained.replies) <= 50


@pytest.mark.parametrize(
    ("text", "speaker", "cause"),
    [
        ("421 5.7.32 not aligned", "", "gmail-alignment"),
        (
            "451-4.7.26 Unauthenticated email from acme.example is not accepted due to domain's DMARC policy, "
            "but temporary DNS failures prevent authentication.",
            "Gmail",
            "gmail-dmarc-tempfail",
        ),
        ("550 5.7.25 [2001:db8::1] The IP address sending this message does not have a PTR record setup", "Gmail", ""),
        ("550 5.7.25 Service unavailable, sending IPv6 address [2001:db8::1] must have reverse DNS record",
         "Microsoft", "microsoft-ipv6-ptr"),
        ("550 5.1.8 Access denied, bad outbound sender AS(42004)", "Microsoft", "microsoft-throttled"),
        ("550 5.7.520 Access denied, Your organization does not allow external forwarding", "", "microsoft-forwarding"),
        ("554 5.4.14 Hop count exceeded - possible mail loop ATTR34", "Microsoft", "loop"),
        ("554 5.7.1 [HM08] Message rejected due to local policy", "Apple", "apple-hm"),
        ("451 Message temporarily deferred - [160]", "", "yahoo-deferred"),
        ("status=deferred (TLSA lookup error for mx.x.test:25)", "", "dane-lookup"),
    ],
)  # fmt: skip
def test_who_spoke_is_told_by_the_words(text: str, speaker: str, cause: str) -> None:
    (reply,) = explain_text(text).replies
    assert reply.speaker == speaker
    assert reply.causes[0].certain
    assert not cause or reply.causes[0].id == cause


def test_the_reply_code_decides_whether_it_is_permanent() -> None:
    (reply,) = explain_text("421 5.7.32 not aligned").replies
    assert (reply.code, reply.status, reply.permanent) == (421, "5.7.32", False)
