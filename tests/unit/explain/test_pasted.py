# ruff: noqa: E501 (one reply a line reads best)
"""Replies as users paste them: wrapped, quoted, in a session or in a notification; and who says them."""

from __future__ import annotations

import textwrap

import pytest

from mailproof.explain import explain_text
from tests.support.notices import notified

PTR = "421 4.7.1 Connection refused: the address 192.0.2.25 has no PTR record, and mail that comes without one wasn't accepted"
SPF = "550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.1 SPF fail of acme.example"
FORMS = {
    "wrapped": lambda text: "The response was:\n\n" + textwrap.fill(text, 60),
    "quoted": lambda text: textwrap.indent(textwrap.fill(text, 60), "> > ") + "\n\nWhat does it mean?",
    "session": lambda text: f" -> RCPT TO:<bob@receiver.example>\n<** {text}\n -> QUIT\n<-  221 2.0.0 Bye\n",
    "diagnostic": lambda text: f"Diagnostic-Code: smtp; {text}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "cause", "permanent"), [(PTR, "reverse-name", False), (SPF, "forwarding-spf", True)]
)
def test_each_form_is_the_same_reply(form: str, text: str, cause: str, permanent: bool) -> None:
    (reply,) = explain_text(FORMS[form](text)).replies
    assert (reply.causes[0].id, reply.permanent, reply.code) == (cause, permanent, int(text[:3]))


def test_pasted_fields_say_what_was_given_up() -> None:
    fields = "Final-Recipient: rfc822; bob@receiver.example\nAction: {}\nStatus: 4.4.7\nDiagnostic-Code: smtp; 421 4.7.0 Too many connections"
    for action, permanent in (("failed", True), ("delayed", False)):
        (reply,) = explain_text(fields.format(action)).replies
        assert (reply.recipient, reply.permanent) == ("bob@receiver.example", permanent)


def test_a_notice_of_a_session_is_not_the_senders_failure() -> None:
    words = "Transcript of session follows.\n\n Out: 220 mx.acme.example\n In:  RCPT TO:<bob@acme.example>\n Out: 451 4.3.0 Error: queue file write error\n In:  QUIT\n Out: 221 2.0.0 Bye\n"
    (reply,) = notified(words)
    assert (reply.text, reply.permanent) == ("451 4.3.0 Error: queue file write error", False)


@pytest.mark.parametrize(
    ("words", "server"),
    [
        ("SMTP error from remote mail server after RCPT TO:<bob@receiver.example>:\n host mx.receiver.example [198.51.100.5]: 550 no", "mx.receiver.example"),
        ("host mx.receiver.example [198.51.100.5]\n SMTP error from remote mail server after end of data:\n 550 no", "mx.receiver.example"),
        ("mx.receiver.example [198.51.100.5] did not like our RCPT TO:\n550 no", "mx.receiver.example"),
        ("It was rejected by the server for the recipient domain receiver.example by mx.receiver.example. [198.51.100.5].\n550 no", "mx.receiver.example"),
        ("198.51.100.5 does not like recipient.\nRemote host said: 550 no", "198.51.100.5"),
        ("mx.receiver.example\nRemote server returned '550 no'", "mx.receiver.example"),
        ("550-host mail.acme.example [192.0.2.25] is not permitted to relay through this server\n550 no", ""),
        ("550 Sender address rejected: undeliverable address: host mx.acme.example[192.0.2.26] said: 550 no", ""),
    ],
)  # fmt: skip
def test_the_server_that_says_it(words: str, server: str) -> None:
    (reply,) = notified(f"<bob@receiver.example>:\n{words}")
    assert reply.remote == server


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("550 no (Other servers tried: 198.51.100.5 said 550 for RCPT TO response)", ""),
        ("550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", ""),
        ("550 192.0.2.25 may not send here, see RFC 5321", "192.0.2.25"),
    ],
)
def test_an_address_of_another_is_not_the_senders(words: str, address: str) -> None:
    (reply,) = explain_text(words).replies
    assert reply.address == address


def test_what_an_alias_of_sendmail_led_to_is_the_recipient() -> None:
    (reply,) = explain_text(
        "Final-Recipient: RFC822; info@forwarder.example\nX-Actual-Recipient: RFC822; bob@gmail.com\nAction: failed\nStatus: 5.7.26\n"
        "Diagnostic-Code: SMTP; 550 5.7.26 This mail is unauthenticated"
    ).replies
    assert (reply.recipient, reply.original) == ("bob@gmail.com", "info@forwarder.example")
    assert reply.causes[0].id == "gmail-forwarded"


@pytest.mark.parametrize(
    ("text", "speaker", "cause"),
    [
        # Names of Microsoft's hosts begin like codes of Yahoo.
        ("550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant [BL2NAM02FT061.prod.protection.outlook.com]", "Microsoft", "content-form"),
        ("550 5.7.1 The message was rejected [PH0PEPF0000A1B2.namprd07.prod.outlook.com]", "Microsoft", "policy"),
        ("553 5.7.1 [BL22] Connections will not be accepted", "Yahoo", "yahoo-spamhaus"),
        # The domain of the sender does not speak.
        ("550 5.1.8 <ada@outlook.com>: Sender address rejected: Domain not found", "", "sender-domain"),
        ("554 5.7.1 <ada@yahoo.com>: Sender address rejected: Access denied", "", "sender-refused"),
    ],
)  # fmt: skip
def test_who_says_it(text: str, speaker: str, cause: str) -> None:
    (reply,) = explain_text(text).replies
    assert (reply.speaker, reply.causes[0].id) == (speaker, cause)


def test_words_say_more_than_a_code_for_anything() -> None:
    (reply,) = explain_text(
        "554 5.7.1 <bob@receiver.example>: Recipient address rejected: Access denied"
    ).replies
    assert [cause.id for cause in reply.causes] == ["policy"]  # no guess at what Gmail may mean


@pytest.mark.parametrize("text", ["550 5.4.1 Recipient address rejected: Access denied [a.prod.protection.outlook.com]", "541 5.4.1 Mail rejected by destination domain", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"])  # fmt: skip
def test_the_registry_is_not_quoted_against_the_words(text: str) -> None:
    (reply,) = explain_text(text).replies
    assert reply.registered == ""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("450 Requested mail action not taken: mailbox unavailable", "mailbox-busy"),
        ("451 4.3.0 Delivery failed due to a recipient error. Please try again later.", "server-not-available"),
        ("451 4.3.0 <bob@receiver.example>: Temporary lookup failure", "server-fault"),
        ("450 4.2.1 The recipient has exceeded message rate limit. Try again later.", "rate-limited"),
        ("451 Temporarily limited: too many messages to one recipient", "rate-limited"),
        ("550-Verification failed for <ada@acme.example> 550-No Such User Here 550 Sender verify failed", "sender-verify"),
        ("550 Unroutable sender address", "sender-domain"),
        ("503 5.5.1 Error: send HELO/EHLO first", "protocol"),
        ("421 4.4.2 mx.receiver.example Error: timeout exceeded", "lost-connection"),
        ("The mail server could not deliver mail to bob@receiver.example. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.", "unknown-user"),
        ("message has lines too long for transport", "content-form"),
        ("550 5.1.20 Multiple From addresses are not allowed without Sender address", "content-form"),
        ("550 5.7.1 <bob@receiver.example>... Relaying denied. IP name lookup failed [192.0.2.25]", "relay-denied"),
        ("550-Please turn on SMTP Authentication in your mail client. 550-host mail.acme.example [192.0.2.25]:4021 is not permitted to relay through this server without authentication.", "login-needed"),
        ("550 5.7.1 ada's mail appeared to be forged. Ask your Mail/DNS-Administrator to correct HELO and DNS MX settings (helo/hostname mismatch)", "policyd-weight"),
        ("451 4.7.500 Server busy. Please try again later from [192.0.2.25].", "microsoft-reputation"),
        ("550 5.7.513 Service unavailable, Client host [192.0.2.25] blocked by receiver.example using Customer Block list", "microsoft-customer-block"),
        ("550 5.7.703 Your message can't be delivered because one or more recipients are blocked by your organization's tenant recipient block policy", "microsoft-own-policy"),
        ("451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451", "mimecast-greylisted"),
        ("550 permanent failure for one or more recipients (bob@receiver.example:blocked)", "barracuda-blocked"),
        ("550-5.7.0 Message considered as spam. If it is none, write to fpr@rx.t-online.de", "spam-content"),
        ("421 4.7.0 Too many spams from your IP (192.0.2.25)", "poor-reputation"),
        ("450 MI:DMC mx8,abc http://mail.163.com/help/help_spam_16.htm?ip=192.0.2.25", "netease-rate"),
        ("553 MI:SPF mx14 http://mail.163.com/help/help_spam_16.htm", "netease-spf"),
        ("550 Outgoing mail from \"ada@acme.example\" has been suspended.", "sending-suspended"),
        ("550 5.7.1 [CS] Message blocked.", "mailchannels"),
        ("Your message to bob@receiver.example has been blocked.\n550 5.7.1 Rejected", "policy"),
        ("host mx.receiver.example[198.51.100.5] said: 550 5.7.1 Blacklisted URL in message (shop.example). See http://lookup.uribl.com", "link-listed"),
        ("554 5.7.1 [internal] recipient address was suppressed due to customer policy", "service-suppressed"),
        ("You tried to send to recipients that have been marked as inactive: bob@receiver.example. Inactive recipients have generated a hard bounce, a spam complaint, or a manual suppression.", "service-suppressed"),
        ("550-5.7.26 The MAIL FROM domain [acme.example] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks with the ip: [192.0.2.25] - gsmtp", "gmail-spf-hard-fail"),
        ("Ihre Nachricht kann nicht zugestellt werden, da die Zustellung an diese Adresse eingeschränkt ist.", "recipient-restricted"),
        ("La cassetta postale del destinatario è piena.", "mailbox-full"),
    ],
)  # fmt: skip
def test_the_cause_of_more_words(text: str, cause: str) -> None:
    (reply,) = explain_text(text).replies
    assert reply.causes[0].id == cause


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("550 5.7.0 Sender's hourly quota of 100 messages exceeded", "rate-limited"),
        ("550 5.7.1 Messages with password-protected archives are not accepted here", "content-form"),
        ("504 5.5.4 Unrecognized authentication type", "login-needed"),
        ("554 5.7.1 Message contains malware (Test.Phishing.Fake)", "virus"),
        ("421 4.4.2 Connection dropped due to ConnectionReset", "unreachable"),
        ("554 5.7.1 Connection refused", "ip-blocked"),
        ("550 Absender unbekannt", "sender-refused"),
        ("550 Your email address has been blacklisted", "sender-refused"),
        ("550 Bad sender IP address", "ip-blocked"),
        ("550 Client host rejected: was not authenticated", "login-needed"),
        ("550 The message was rejected because it contains prohibited virus or spam content", "virus"),
        ("552 mail size limit exceeded for mailbox", "mailbox-full"),
        ("550 5.1.0 Sender mailbox does not exist: ada@acme.example", "sender-refused"),
        ("550 MAIL FROM: invalid domain acme.invalid", "sender-domain"),
        ("554 5.4.6 Message exceeded the maximum number of hops", "loop"),
        ("550 5.7.26 Senders must authenticate with SPF or DKIM", "authentication"),
        ("550 5.7.1 Sender authentication failed: SPF", "authentication"),
        ("550 5.7.1 Mail to this recipient is not allowed from external domains", "recipient-restricted"),
        ("450 4.4.4 MX lookup failed temporarily for receiver.example", "name-server-failed"),
        ("451 4.2.0 mailbox locked by another process", "mailbox-busy"),
        ("550 5.1.10 Domain receiver.example accepts no mail (null MX)", "recipient-null-mx"),
        ("550 5.7.1 This message was not accepted due to domain (acme.example) owner DMARC policy", "dmarc-fail"),
        ("2026-11-20 10:00:00 1vM3xy-000000012AB-3Cde == bob@receiver.example R=dnslookup T=remote_smtp defer (-37): TLS session: (SSL_connect): error:0A000102:SSL routines::unsupported protocol H=mx.receiver.example [198.51.100.5]", "postfix-tls-failed"),
    ],
)  # fmt: skip
def test_words_with_another_sense(text: str, cause: str) -> None:
    (reply,) = explain_text(text).replies
    assert reply.causes[0].id == cause


@pytest.mark.parametrize(
    ("text", "permanent"),
    [
        ("2026-11-20 10:00:00 H=mail.acme.example [192.0.2.25] F=<ada@acme.example> rejected RCPT <bob@receiver.example>: relay not permitted", True),
        ("Delivery is delayed to these recipients:\n\nbob@receiver.example\n\nThe server will keep trying to deliver this message.", False),
        ("<bob@receiver.example>: lost connection with mx.receiver.example[198.51.100.5] while sending data\n\nIt could not be delivered.", True),
        ("The server cannot be contacted on port 587: Connection timed out", None),
    ],
)  # fmt: skip
def test_a_text_without_a_code_says_whether_it_was_given_up(text: str, permanent: bool | None) -> None:
    (reply,) = explain_text(text).replies
    assert (reply.code, reply.permanent) == (0, permanent)
    assert reply.recipient in ("bob@receiver.example", "" if permanent is None else None)


def test_each_host_of_a_transcript_is_that_of_its_recipient() -> None:
    _, carol = explain_text(
        "<bob@receiver.example>\n    (reason: 550 5.1.1 User unknown)\n<carol@other.example>\n    (reason: 552 5.2.2 Mailbox full)\n\n"
        "... while talking to mx.receiver.example.:\n<<< 550 5.1.1 User unknown\n... while talking to mx.other.example.:\n<<< 552 5.2.2 Mailbox full"
    ).replies
    assert (carol.recipient, carol.remote) == ("carol@other.example", "mx.other.example")


def test_rows_of_a_table_are_apart() -> None:
    rows = "email,status,reason\nbob@receiver.example,bounced,550 5.1.1 User unknown\ncarol@other.example,blocked,554 5.7.1 Blocked using zen.spamhaus.org"
    found = [(each.recipient, each.causes[0].id) for each in explain_text(rows).replies]
    assert found == [("bob@receiver.example", "unknown-user"), ("carol@other.example", "spamhaus-listed")]


def test_what_is_no_bounce_is_not_read_as_one() -> None:
    ask = "Hello,\nbob@receiver.example - could not be delivered since Monday, why?\nThanks"
    assert not explain_text(ask).known


def test_the_words_of_gmail_say_more_than_its_code() -> None:
    for text, cause in (
        ("550 5.7.1 Unauthenticated email from acme.example is not accepted due to domain's DMARC policy - gsmtp", "gmail-dmarc-policy"),
        ("421 4.7.0 Too many login attempts - gsmtp", "login-needed"),
        ("550 5.7.1 no - gsmtp", "gmail-policy"),
    ):  # fmt: skip
        (reply,) = explain_text(text).replies
        assert reply.causes[0].id == cause


def test_a_reply_cut_after_its_first_line_is_completed_by_the_transcript() -> None:
    first = "550-5.7.1 [192.0.2.25] Our system has detected that this message is"
    (reply,) = explain_text(
        f"... while talking to gmail-smtp-in.l.google.com.:\n<<< {first}\n<<< 550-5.7.1 likely unsolicited mail.\n<<< 550 5.7.1 - gsmtp\n"
        "550 5.1.1 <bob@gmail.com>... User unknown\n\nFinal-Recipient: RFC822; bob@gmail.com\nAction: failed\nStatus: 5.7.1\n"
        f"Remote-MTA: DNS; gmail-smtp-in.l.google.com\nDiagnostic-Code: SMTP; {first}"
    ).replies
    assert reply.causes[0].id == "gmail-low-reputation"
