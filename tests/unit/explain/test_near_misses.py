# ruff: noqa: E501 (one reply a line reads best; other languages)
"""Words beside others that mean the opposite or something else, and words in other languages."""

from __future__ import annotations

import base64

import pytest

from mailproof.data.bounces import bounces
from mailproof.errors import MessageError
from mailproof.explain import explain_dsn, explain_file, explain_text
from mailproof.model import BounceReply
from mailproof.render.text.explanation import render_explanation


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "550 5.1.1 The recipient was not found in our directory; your IP 192.0.2.25 is not blocked or blacklisted",
            "unknown-user",
        ),
        ("550 5.1.1 No such user; client host 192.0.2.25 isn't currently blocked", "unknown-user"),
        ("554 5.7.1 Your IP 192.0.2.25 is blocked", "ip-blocked"),
        ("554 5.7.1 Sender ada@acme.example is not listed in the allowed senders of this group", "recipient-restricted"),
        ("556 5.1.10 Recipient address has null MX", "recipient-null-mx"),
        ("Domain receiver.example does not accept mail (nullMX)", "recipient-null-mx"),
        ("550 5.7.27 Sender address rejected: Domain acme.example does not accept mail (nullMX)", "null-mx"),
        ("550 5.7.1 Your domain acme.example has a null MX", "null-mx-words"),
        ("550 5.7.1 <bob@receiver.example>: Recipient address rejected: Policy rejection due to weak SPF", "forwarding-spf"),
        ("SMTPUTF8 is required, but was not offered by host mx.receiver.example[198.51.100.5]", "smtputf8"),
        ("550 5.6.7 Non-ASCII addresses not permitted for that sender/recipient", "smtputf8"),
        ("451 4.7.24 The SPF record of the sending domain has one or more suspicious entries.", "gmail-spf-suspicious"),
        ("451 4.3.0 Mail server temporarily rejected message", "server-not-available"),
        ("bob@receiver.example: lowest numbered MX record points to local host", "loop"),
        ("TLS connect failed: timed out; connected to 198.51.100.5.", "postfix-tls-failed"),
        ("550-Requested action not taken: mailbox unavailable 550-invalid DNS MX or A/AAAA resource record 550 5.5.0", "gmx-sender-domain"),
        ("554 5.7.9 Message not allowed - [PH01] Email not accepted for policy reasons. yahoo.com", "yahoo-content"),
        ("550 5.2.121 RecipientThrottled; recipient's per hour message receive limit from specific sender exceeded", "rate-limited"),
        ("554 5.7.1 The message from (<ada@acme.example>) with the subject of (550 user unknown) matches a profile the Internet community may consider spam", "spam-content"),
        ("550 5.7.29 ARC validation failure", "arc-chain"),
        ("554 5.5.1 Error: no valid recipients", "protocol"),
        ("Das Postfach des Empfängers ist voll.", "mailbox-full"),
        ("El buzón del destinatario está lleno.", "mailbox-full"),
        ("La boîte de réception du destinataire est pleine.", "mailbox-full"),
        ("La casella del destinatario è piena.", "mailbox-full"),
        ("A caixa de correio do destinatário está cheia.", "mailbox-full"),
        ("Почтовый ящик переполнен.", "mailbox-full"),
        ("Schránka příjemce je plná.", "mailbox-full"),
        ("550 收件人邮箱不存在", "unknown-user"),
        ("Nachricht zu groß (max. 20 MB)", "too-large"),
        ("554 5.7.1 Nachricht wegen Spamverdacht abgelehnt", "spam-content"),
        ("Das Postfach ist deaktiviert.", "mailbox-disabled"),
        ("L'adresse de messagerie est introuvable.", "unknown-user"),
        ("Нет такого пользователя", "unknown-user"),
        ("Die Domäne des Empfängers wurde nicht gefunden.", "host-not-found"),
        ("Le domaine du destinataire n'existe pas.", "host-not-found"),
        ("550 relay not permitted, authentication required", "relay-denied"),
        ("450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.25]", "reverse-name"),
        ("host mx.receiver.example[198.51.100.5] said: 450 4.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.25]", "reverse-name"),
        ("550 5.7.1 Service unavailable, Client host [192.0.2.25] blocked using Spamhaus", "spamhaus-listed"),
        ("554 5.7.5 Permanent error evaluating DMARC policy", "dmarc-permerror"),
        ("550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains", "microsoft-unregistered"),
        ("554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", "microsoft-send-as-words"),
        ("550 5.0.350 Remote server returned an error -> 550 Blocked due to content", "spam-content"),
        ("421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client", "tls-needed"),
        ("521 5.5.2 mx.receiver.example Error: bare <LF> received", "bare-newline"),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using dnsbl.sorbs.net", "closed-blocklist"),
        ("421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your DKIM domain", "gmail-rate"),
        ("Policy error: DANE error: tlsa lookup DEFER: retry timeout exceeded", "dane-lookup"),
        ("Benutzer bob (bob@receiver.example) nicht im Domino-Verzeichnis aufgeführt", "unknown-user"),
        ("450 4.7.0 bob@receiver.example: First contact from this sender, please come back in 00:05:00", "greylisting"),
        ("451 DT:SPM greylist, please try again", "greylisting"),
        ("554 5.7.1 Connection refused by policy: sender IP 192.0.2.25 is listed", "ip-blocked"),
        ("554 5.7.1 You are not allowed to connect.", "ip-blocked"),
        ("451 4.7.5 Temporary failure: SPF record lookup for acme.example timed out", "authentication"),
        ("452 4.3.4 Insufficient disk space on server", "server-fault"),
        ("530 5.7.57 Client not authenticated to send mail.", "login-needed"),
        ("550 5.7.124 Sender not in allowed-senders list", "recipient-restricted"),
        ("554 5.6.1 Eight bit data not allowed", "content-form"),
        ("550 5.7.1 You are not authorized to send mail to this recipient", "recipient-restricted"),
        ("550 5.7.1 ada@acme.example is not allowed to send to this group", "recipient-restricted"),
        ("550 5.7.1 Account eve is not permitted to send from ada@acme.example", "sender-not-owned"),
        ("550 5.1.1 <greylist@receiver.example>: user unknown", "unknown-user"),
        ("550 5.7.30 Basic authentication is not supported for Client Submission", "login-needed"),
        ("550 5.7.1 Messages missing a valid address in From: header are not accepted. - gsmtp", "gmail-duplicate-headers"),
        ("&lt;bob@receiver.example&gt;: host mx.receiver.example[198.51.100.5] said: 550 5.1.1 &lt;bob@receiver.example&gt;: no", "unknown-user"),
        ("451 4.7.1 <ada@acme.example>: Sender address rejected: Message delivery quota exceeded (300 per hour)", "rate-limited"),
        ("450 4.1.8 <ada@acme.example>: Sender address rejected: unverified address: connect to mx.acme.example[192.0.2.25]:25: Connection timed out", "sender-refused"),
        ("554 5.7.1 This message contains a link to a domain listed in SURBL", "spam-content"),
        ("550 5.7.1 bob@receiver.example does not accept mail from outside the organization", "recipient-restricted"),
        ("550-5.7.1 [192.0.2.25] The IP you're using to send mail is not authorized to 550 5.7.1 send email directly to our servers. - gsmtp", "gmail-no-mail-server"),
        ("550 5.7.1 SPF unauthorized mail is prohibited.", "authentication"),
        ("550 maximum allowed line length is 998 octets, got 2048", "content-form"),
        ("550 5.0.0 Message could not be delivered for 5 days", "retry-timeout"),
        ("550 Nie ma takiego użytkownika", "unknown-user"),
        ("550 存在しないユーザーです", "unknown-user"),
        ("550 域名不存在", "host-not-found"),
        ("552 Превышена квота почтового ящика", "mailbox-full"),
        ("552 信箱空間不足", "mailbox-full"),
        ("554 5.7.1 Ihre IP-Adresse 192.0.2.25 steht auf einer Sperrliste", "ip-blocked"),
        ("550 邮件被识别为垃圾邮件", "spam-content"),
        ("Het e-mailadres dat u hebt ingevoerd, kan niet worden gevonden.", "unknown-user"),
        ("Het domein van de geadresseerde kan niet worden gevonden.", "host-not-found"),
        ("Не удалось найти указанный адрес электронной почты.", "unknown-user"),
        ("Не удалось найти домен получателя.", "host-not-found"),
        ("找不到你输入的电子邮件地址。", "unknown-user"),
        ("找不到域 receiver.example", "host-not-found"),
        ("Error delivering to MAIL/ACME mail; Unable to extend an ID table - insufficient memory", "server-fault"),
        ("Reason: [{LED=554 5.2.2 mailbox full};{MSG=};{FQDN=mx.receiver.example}]", "mailbox-full"),
    ],
)  # fmt: skip
def test_the_cause_of_words(text: str, cause: str) -> None:
    (reply,) = explain_text(text).replies
    assert reply.causes[0].id == cause


def test_a_mailbox_that_is_unavailable_need_not_be_unknown() -> None:
    text = "550 5.5.0 Requested action not taken: mailbox unavailable"
    (anyones,) = explain_text(text).replies
    (theirs,) = explain_text(f"{text} [BL2NAM02FT001.prod.protection.outlook.com]").replies
    assert [reply.causes[0].degree for reply in (anyones, theirs)] == ["likely", "certain"]


def test_what_was_accepted_has_no_cause() -> None:
    found = explain_text("250 2.0.0 Ok: queued as 4ABC")
    assert [(reply.permanent, reply.causes) for reply in found.replies] == [(None, ())]
    assert "none: the message was delivered" in render_explanation(found, {})


def test_a_receivers_own_sense_of_a_code_is_not_contradicted() -> None:
    (reply,) = explain_text("550-5.7.30 This mail has been blocked because DKIM does not pass. gsmtp").replies
    assert (reply.causes[0].id, reply.registered) == ("gmail-dkim", "")
    (other,) = explain_text("550 5.7.30 no").replies
    assert "REQUIRETLS" in other.registered


def test_a_remote_server_given_by_address_is_not_the_sending_one() -> None:
    found = explain_dsn(
        b"From: MAILER-DAEMON@mx.acme.example\nContent-Type: message/delivery-status\n\n"
        b"Final-Recipient: rfc822; bob@receiver.example\nAction: failed\nStatus: 5.1.1\n"
        b"Remote-MTA: dns; 198.51.100.5\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
    )
    assert found is not None
    assert [(reply.remote, reply.address) for reply in found.replies] == [("198.51.100.5", "")]


def test_a_message_that_quotes_a_reply_is_no_bounce() -> None:
    found = explain_file(
        b"From: News <news@acme.example>\nSubject: Bounces\n\nWhat is 550 5.1.1 user unknown?\n"
    )
    assert found.kind == "message"
    assert render_explanation(found, {}).startswith("The message is not a bounce. It quotes:\n")


def test_the_words_of_a_loop_are_not_microsofts_alone() -> None:
    (reply,) = explain_text("5.4.6 Error transferring to DOMINO1; Maximum hop count exceeded.").replies
    assert (reply.speaker, reply.causes[0].id) == ("", "loop")
    (theirs,) = explain_text("554 5.4.14 Hop count exceeded - possible mail loop ATTR34").replies
    assert theirs.speaker == "Microsoft"


@pytest.mark.parametrize(
    "text",
    [
        "451 4.7.1 Greylisting in action, please come back later",
        "421 4.2.1 The user you are trying to contact is receiving mail at a rate that - gsmtp",
    ],
)
def test_no_advice_to_wait_for_a_queue_that_gave_up(text: str) -> None:
    (waiting,) = explain_text(text).replies
    assert "the queue retries" in waiting.causes[0].fix
    (ended,) = notified(f"<bob@receiver.example>:\nRemote host said: {text}\nI've given up.")
    assert ended.permanent is True
    assert "the queue retries" not in ended.causes[0].fix
    assert "not tried again" in ended.causes[0].fix


@pytest.mark.parametrize(
    "words",
    [
        "host mx.receiver.example [198.51.100.5]: Connection refused",
        "host mx.receiver.example [198.51.100.5]\n    Connection timed out: retry timeout exceeded",
        "TLS connect failed: timed out; connected to 198.51.100.5.",
        "198.51.100.5 does not like recipient.",
        "(0) mx.receiver.example. [2001:db8::25]:25: socket error",
        "Failed connect() to TCP port 25 of 198.51.100.5",
        "The message was received at Wed, 25 Nov 2026 11:59:00 GMT\nfrom ws.acme.example [192.0.2.77]",
    ],
)
def test_a_server_on_the_way_is_not_the_address_complained_of(words: str) -> None:
    (reply,) = notified(f"<bob@receiver.example>:\n{words}")
    assert reply.address == ""


@pytest.mark.parametrize(
    "words",
    [
        "550 5.7.1 Client host mail.acme.example [192.0.2.25] blocked",
        "550 5.7.26 SPF [acme.example] with ip: [192.0.2.25] = did not pass",
        "550 5.7.1 mail from host mail.acme.example [192.0.2.25] refused",
    ],
)
def test_the_address_complained_of(words: str) -> None:
    (reply,) = notified(f"<bob@receiver.example>:\n{words}")
    assert reply.address == "192.0.2.25"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Zustellung verzögert",
            "Die Nachricht konnte noch nicht zugestellt werden. Es wird weiter versucht.",
        ),
        ("Remise retardée", "Le message n'a pas encore été remis. Le serveur va continuer d'essayer."),
        ("Entrega retrasada", "El mensaje aún no se ha podido entregar. Se seguirá intentando."),
        ("Consegna in ritardo", "Il messaggio non è stato ancora consegnato."),
        ("Сообщение задержано", "Сообщение ещё не доставлено."),
    ],
)
def test_a_delay_in_another_language(subject: str, words: str) -> None:
    (reply,) = notified(f"{words}\n\n<bob@receiver.example>: 451 4.7.1 Greylisted", f"Subject: {subject}\n")
    assert reply.permanent is False
    assert reply.causes[0].fix.startswith("Wait:")
    (ended,) = notified(
        "Die Nachricht konnte nicht zugestellt werden.\n\n<bob@receiver.example>: 451 Greylisted"
    )
    assert ended.permanent is True


def test_a_relay_in_sendmails_log_is_the_server() -> None:
    log = "Nov 25 12:00:00 mx sendmail[1]: 3AP0: to=<bob@receiver.example>, relay=mx.receiver.example. [198.51.100.5], dsn=5.7.1, stat=Service unavailable"
    (reply,) = explain_text(log).replies
    assert (reply.remote, reply.address) == ("mx.receiver.example", "")


@pytest.mark.parametrize(
    "head",
    ["-----Original Message-----\n", "---------- Forwarded message ---------\n"],
    ids=["Outlook", "Gmail"],
)
def test_a_bounce_that_a_user_forwarded_in_the_text(head: str) -> None:
    """Not the user's own words, address and telephone number."""
    raw = (
        "From: Ada <ada@acme.example>\nTo: help@acme.example\nSubject: FW: Undeliverable: Lunch\n\n"
        f"Why?\n\nAda (ada@acme.example, +49 555 123456)\n\n{head}"
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.example>\n"
        "Sent: Wednesday, November 25, 2026 12:00 PM\nTo: Ada <ada@acme.example>\nSubject: Undeliverable: Lunch\n\n"
        "Delivery has failed to these recipients or groups:\n\nbob@receiver.example<mailto:bob@receiver.example>\n"
        "Remote Server returned '550 5.1.1 User unknown'\n"
    )
    (reply,) = explain_file(raw.encode()).replies
    assert (reply.recipient, reply.code, reply.causes[0].id) == ("bob@receiver.example", 550, "unknown-user")


def test_a_notification_that_greets_the_sender_is_about_the_addressee() -> None:
    words = "Hello ada@acme.example,\n\nthe group may not exist.\n\n----- Original message -----\n\n"
    (reply,) = notified(f"{words}From: ada@acme.example\nTo: talk@receiver.example\nSubject: x\n\nHi")
    assert reply.recipient == "talk@receiver.example"


def test_a_mail_server_is_no_recipient() -> None:
    words = "Von: Mail Delivery <mailer-daemon@a.example>\n\nNicht an bob@receiver.example zugestellt\n\n550 5.1.1 x\n"
    (reply,) = notified(words)
    assert reply.recipient == "bob@receiver.example"


def test_a_number_in_a_ticket_is_no_reply() -> None:
    ticket = '"550 5.1.1 User unknown"\n\nPlease call 0221 555 123.\n'
    assert [each.code for each in explain_text(ticket).replies] == [550]
    assert (
        explain_text('Please check the recipient "bob@a.example": 5.7.1 Relay access denied')
        .replies[0]
        .recipient
        == "bob@a.example"
    )
    assert (
        explain_text("Your message to *bob@a.example* bounced: 550 User unknown").replies[0].recipient
        == "bob@a.example"
    )


def test_what_was_sent_in_sendmails_log_is_no_failure() -> None:
    line = "Nov 25 12:00:00 mx sendmail[1]: 3AP0: to=<{}@receiver.example>, dsn={}, stat={}\n"
    log = line.format("bob", "2.0.0", "Sent (OK queued)") + line.format("eve", "5.1.1", "User unknown")
    assert [reply.recipient for reply in explain_text(log).replies] == ["eve@receiver.example"]
    assert not explain_text(log.splitlines()[0]).replies[0].causes


@pytest.mark.parametrize(("code", "permanent"), [("454 4.7.1", False), ("554 5.7.1", True)])
def test_a_pasted_session_was_given_up_where_its_reply_says_so(code: str, permanent: bool) -> None:
    session = f" -> RCPT TO:<bob@receiver.example>\n<** {code} <bob@receiver.example>: Relay access denied\n"
    (reply,) = explain_text(session).replies
    assert reply.permanent is permanent


def test_the_client_in_exims_log_is_the_sender() -> None:
    log = "2026-11-25 12:00:01 H=mail.acme.example [192.0.2.25] X=TLS1.3 F=<ada@acme.example> rejected RCPT <bob@receiver.example>: no"
    (reply,) = explain_text(log).replies
    assert (reply.address, reply.remote, reply.recipient) == ("192.0.2.25", "", "bob@receiver.example")
    (other,) = explain_text("{LED=450 4.4.316 Connection refused};{FQDN=mx.test};{IP=198.51.100.5}").replies
    assert other.address == ""


def test_a_notification_in_the_file_of_a_program() -> None:
    raw = b"From: MAILER-DAEMON@mx.test\nSubject: failure notice\n\n<bob@receiver.example>: 550 5.1.1 User unknown\n"
    for saved in (
        b"\xef\xbb\xbf" + raw,
        b"\n\n" + raw,
        raw.decode().encode("utf-16"),
        base64.encodebytes(raw),
    ):
        assert explain_file(saved) == explain_file(raw)


@pytest.mark.parametrize(
    "words",
    [
        "  carol@late.example\n    (generated from bob@receiver.example)\n    550 5.1.1 User unknown",
        "<carol@late.example> (expanded from <bob@receiver.example>): host mx.test[198.51.100.5] said: 550 5.1.1 User unknown",
        "<carol@late.example>\n    (reason: 550 5.1.1 User unknown)\n    (expanded from: <bob@receiver.example>)",
    ],
)
def test_the_address_that_was_written_is_named(words: str) -> None:
    (reply,) = notified(words, "X-Failed-Recipients: carol@late.example\n")
    assert (reply.recipient, reply.original) == ("carol@late.example", "bob@receiver.example")
    assert reply.text == "550 5.1.1 User unknown"


def test_each_recipient_of_a_log_has_its_row() -> None:
    line = "Nov 25 12:00:00 mx postfix/smtp[1]: 4ABC: {}host mx.test[198.51.100.5] said: 550 5.1.1 User unknown\n"
    to = ["to=<bob@receiver.example>, status=bounced ", "to=<carol@receiver.example>, status=bounced "]
    found = explain_text("".join(line.format(each) for each in ("", *to, *to)))
    assert [reply.recipient for reply in found.replies] == ["bob@receiver.example", "carol@receiver.example"]


@pytest.mark.parametrize(
    ("final", "original", "shown"),
    [
        (r"utf-8; bob\x{E9}@receiver.example", r"utf-8; bob\x{E9}@receiver.example", ("bobé@receiver.example", "")),
        ("utf-8; 用户@例子.example", r"utf-8; \x{7528}\x{6237}@xn--fsqu00a.example", ("用户@例子.example", "")),
        (r"utf-8; bob\x{D800}@receiver.example", "", (r"bob\x{D800}@receiver.example", "")),
    ],
)  # fmt: skip
def test_an_internationalized_recipient(final: str, original: str, shown: tuple[str, str]) -> None:
    named = (
        f"Final-Recipient: {final}\nOriginal-Recipient: {original}"
        if original
        else f"Final-Recipient: {final}"
    )
    found = explain_dsn(
        f"From: MAILER-DAEMON@mx.acme.example\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.acme.example\n\n{named}\nAction: failed\nStatus: 5.1.1\n".encode()
    )
    assert found is not None
    assert [(reply.recipient, reply.original) for reply in found.replies] == [shown]


def test_what_is_said_of_the_recipient_comes_first() -> None:
    (reply,) = notified("A message could not be delivered.\n\n<bob@receiver.example>:\nUnrouteable address")
    assert reply.text == "<bob@receiver.example>: Unrouteable address A message could not be delivered."
    (alone,) = notified("User unknown. A message could not be delivered:\n\n<bob@receiver.example>")
    assert alone.text.startswith("User unknown.")


def test_a_quoted_reply_and_a_transcript_end_where_they_end() -> None:
    (quoted,) = notified(
        "> <bob@receiver.example>: said: 552 5.2.2\n>     Mailbox full (in reply to RCPT TO command)"
    )
    assert quoted.text == "552 5.2.2 Mailbox full (in reply to RCPT TO command)"
    (mdaemon,) = notified(
        "Failed address: bob@receiver.example\n Wed 2026-11-25 12:00:00: <-- 550 5.1.1 Recipient unknown\n"
        " Wed 2026-11-25 12:00:00: --> QUIT"
    )
    assert mdaemon.text == "550 5.1.1 Recipient unknown"


def notified(words: str, header: str = "") -> tuple[BounceReply, ...]:
    """What is read of a notification of one part."""
    raw = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.acme.example\nTo: ada@acme.example\n"
        f"Subject: failure notice\n{header}\n{words}\n"
    )
    found = explain_dsn(raw.encode())
    return found.replies if found else ()


def test_words_that_are_denied_are_no_blocklist() -> None:
    (reply,) = explain_text("554 Your host could not be listed in our whitelist, message refused").replies
    assert "blocklist" not in [cause.id for cause in reply.causes]


def test_the_receiving_server_of_a_policy_error_is_not_the_sending_address() -> None:
    (reply,) = explain_text(
        "host mx.a.example [198.51.100.5] Policy error: DANE error: tlsa lookup DEFER"
    ).replies
    assert reply.address == ""


def test_a_reply_in_brackets_behind_the_address_has_its_code() -> None:
    """GroupWise."""
    found = explain_dsn(
        b"Return-Path: <>\nFrom: Mailer-Daemon@gw.a.example\nTo: ada@acme.example\nSubject: Message status - undeliverable"
        b"\n\nThe message that you sent was undeliverable to the following:\n\tbob@a.example (550 No such user)\n"
        b"\tcarol@a.example (450 Host down (mx.a.example))\n"
    )
    assert found is not None
    assert [(each.recipient, each.code) for each in found.replies] == [
        ("bob@a.example", 550),
        ("carol@a.example", 450),
    ]


@pytest.mark.parametrize(
    ("names", "to", "found"),
    [
        ("\tbob (user not found)\n\tEve Meyer (mailbox full)\n", "<bob@a.example>, Eve Meyer <em@a.example>",
         [("bob@a.example", "unknown-user"), ("em@a.example", "mailbox-full")]),
        ("\tbob (user not found)\n", "info@a.example", [("info@a.example", "unknown-user")]),
        ("\tEve (mailbox full)\n", "bob@a.example, info@a.example", [("Eve", "mailbox-full")]),
    ],
    ids=["each by name", "the only one", "of no one"],
)  # fmt: skip
def test_users_without_an_address_are_those_of_the_returned_message(
    names: str, to: str, found: list[tuple[str, str]]
) -> None:
    """GroupWise, with a copy that begins without trace fields."""
    raw = (
        "Return-Path: <>\nFrom: Mailer-Daemon@gw.a.example\nTo: ada@acme.example\nSubject: Message status - "
        f"undeliverable\n\nThe message that you sent was undeliverable to the following:\n{names}\n"
        f"Possibly truncated original message follows:\n\nFrom: ada@acme.example\nTo: {to}\nSubject: x\n\nHi\n"
    )
    explained = explain_dsn(raw.encode())
    assert explained is not None
    assert [(each.recipient, each.causes[0].id) for each in explained.replies] == found
    assert explained.returned is not None


_NOTICE = "Return-Path: {}\nFrom: {}\nTo: ada@acme.example\nSubject: {}\n\n{}\n"


@pytest.mark.parametrize(
    ("path", "author", "subject", "words"),
    [
        ("<postmaster@a.example>", "postmaster@a.example", "Meeting", "Shall we meet at bob@a.example?"),
        ("<shop@a.example>", "shop@a.example", "Delivery failed: parcel", "We could not deliver to bob@a.example."),
        ("<>", "MAILER-DAEMON@acme.example", "Quota", "ada@acme.example is 92% full: mail could not be delivered."),
    ],
    ids=["a postmaster writes", "a parcel", "a quota warning"],
)  # fmt: skip
def test_what_is_from_a_server_or_of_a_delivery_is_not_always_a_bounce(
    path: str, author: str, subject: str, words: str
) -> None:
    raw = _NOTICE.format(path, author, subject, words).encode()
    assert explain_dsn(raw, lenient=True) is None


def test_a_report_of_forged_mail_is_no_reason_to_let_its_sender_send() -> None:
    raw = (
        "From: dmarc@mx.test\nSubject: FW: dmarc failure\nContent-Type: multipart/report; boundary=b;"
        " report-type=feedback-report\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n"
        "Source-IP: 203.0.113.66\n\n--b\nContent-Type: message/rfc822\n\nFrom: ada@acme.example\n\nx\n--b--\n"
    )
    (reply,) = explain_file(raw.encode()).replies
    assert reply.causes[0].id == "failure-report"
    assert "no address added to SPF" in reply.causes[0].fix
    for entry in bounces().entries:
        assert "dd the sending address" not in entry.fix or "your own" in entry.fix, entry.id


@pytest.mark.parametrize("mark", ["From MAILER-DAEMON Sun Nov  1 12:00:00 2026\n", "\1\1\1\1\n"])
def test_each_bounce_of_a_mailbox_is_explained(mark: str) -> None:
    """What else is in it is passed over."""
    words = ("<bob@a.example>: 550 5.1.1 User unknown", "Hello", "<eve@a.example>: 552 5.2.2 Mailbox full")
    box = "".join(mark + _NOTICE.format("<>", "MAILER-DAEMON@a.example", "x", each) for each in words)
    found = explain_file(box.encode())
    assert [(each.recipient, each.code) for each in found.replies] == [
        ("bob@a.example", 550),
        ("eve@a.example", 552),
    ]
    with pytest.raises(MessageError, match="not a bounce"):
        explain_file((mark + _NOTICE.format("<>", "bob@a.example", "x", "Hello") * 2).encode())


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Automatic reply: Lunch", "Contact eve@a.example.\n\nBob <bob@a.example>\nPhone: 514 555 1234"),
        ("Automatic reply: Delivery failed?", "I am away. bob@a.example\nPhone: 514 555 1234"),
        (
            "Re: Undeliverable parcel",
            "We received your request for bob@a.example: 554 tickets are before you.",
        ),
    ],
)
def test_an_automatic_reply_of_a_person_is_no_bounce(subject: str, words: str) -> None:
    """Whatever numbers it has: RFC 3834."""
    raw = _NOTICE.format("<>", "Bob <bob@a.example>\nAuto-Submitted: auto-replied", subject, words)
    assert explain_dsn(raw.encode(), lenient=True) is None


def test_a_subject_that_is_quoted_is_no_reply() -> None:
    words = "This could not be delivered:\n\n  bob@a.example\n\nSubject: 550 5.7.1 a code"
    found = explain_dsn(_NOTICE.format("<>", "MAILER-DAEMON@a.example", "Undelivered", words).encode())
    assert found is not None
    assert [(each.code, each.status) for each in found.replies] == [(0, "")]


def test_the_subject_of_a_delay_says_less_than_its_reply() -> None:
    words = "<bob@a.example>: 450 4.0.0 Requested action aborted"
    subject = "Delayed Mail (still being retried)"
    found = explain_dsn(_NOTICE.format("<>", "MAILER-DAEMON@a.example", subject, words).encode())
    assert found is not None
    assert [each.causes[0].id for each in found.replies] == ["server-not-available"]


def test_a_warning_of_a_delay_is_one_though_it_speaks_of_errors() -> None:
    """Zoho: the queue still has the message."""
    words = (
        "THIS IS A WARNING MESSAGE ONLY.\n\n----- The following addresses had fatal errors -----\n[Status: Error, "
        "Address: <bob@a.example>, ResponseCode 421, , Host not reachable.]\n\nMessage will be retried for 4 more day(s)"
    )
    found = explain_dsn(
        _NOTICE.format("<>", "mailer-daemon@mail.zoho.example", "Mail Delivery", words).encode()
    )
    assert found is not None
    assert [(each.code, each.permanent) for each in found.replies] == [(421, False)]


@pytest.mark.parametrize(
    ("words", "permanent"),
    [
        ("is delayed. If it cannot be delivered in 3 days, it will be returned as undeliverable.", False),
        ("has not yet been delivered. You will be notified if the delivery fails permanently.", False),
        (
            "konnte noch nicht zugestellt werden. Sie hören davon, wenn die Zustellung endgültig scheitert.",
            False,
        ),
        ("is delayed: still trying. It will become undeliverable after 2 days.", False),
        ("could not be delivered for 5 days. I have given up.", True),
    ],
)
def test_what_happens_only_if_a_delay_lasts_has_not_happened(words: str, permanent: bool) -> None:
    text = f"<bob@a.example>: 450 4.2.0 Mailbox busy\n\nYour message {words}"
    found = explain_dsn(_NOTICE.format("<>", "MAILER-DAEMON@a.example", "Mail", text).encode())
    assert found is not None
    assert [each.permanent for each in found.replies] == [permanent]


@pytest.mark.parametrize(
    "session",
    [
        "~> AUTH PLAIN AHVzZXIAczNjcmV0\n<~* 535 5.7.8 failed",
        "Out: 334 UGFzc3dvcmQ6\n In:  AHVzZXIAczNjcmV0\n Out: 535 5.7.8 failed",
        "334 UGFzc3dvcmQ6\nAHVzZXIAczNjcmV0\n535 5.7.8 failed",
        "C: AUTH PLAIN\nS: 334\nC: AHVzZXIAczNjcmV0\nS: 535 5.7.8 failed",
        ">>> AUTH PLAIN  AHVzZXIAczNjcmV0\n<<< 535 5.7.8 failed",
    ],
)
def test_credentials_in_a_session_are_not_shown(session: str) -> None:
    for found in (
        explain_text(session),
        explain_file(_NOTICE.format("<>", "MAILER-DAEMON@a.example", "x", session).encode()),
    ):
        assert "535" in str(found)
        assert "AHVzZXIAczNjcmV0" not in str(found)


def _sixty() -> bytes:
    recipients = "".join(
        f"\nFinal-Recipient: rfc822; user{n}@a.example\nAction: failed\nStatus: 5.1.1\n" for n in range(60)
    )
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.acme.example\nTo: ada@acme.example\nSubject: Undelivered\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n" + recipients
    ).encode()


def test_more_recipients_than_are_shown_are_mentioned() -> None:
    found = explain_file(_sixty())
    assert (len(found.replies), found.more) == (50, True)
    assert "Only the first 50 are shown: the text has more." in render_explanation(found, {})
    few = explain_file(_sixty().partition(b"\nFinal-Recipient: rfc822; user50@")[0])
    assert (len(few.replies), few.more) == (50, False)
    assert "Only the first" not in render_explanation(few, {})


def test_more_lines_of_a_log_than_are_shown_are_mentioned() -> None:
    lines = [
        f"Nov 25 12:00:00 mx postfix/smtp[1]: A{n}: to=<user{n}@a.example>, dsn=5.1.1, status=bounced (host mx.a.example"
        f"[198.51.100.5] said: 550 5.1.1 <user{n}@a.example>: user unknown)"
        for n in range(60)
    ]
    assert explain_text("\n".join(lines)).more
    assert not explain_text("\n".join(lines[:50])).more


@pytest.mark.parametrize(
    ("text", "domain", "address"),
    [
        ("554 5.7.1 <mail.acme.example[192.0.2.25]>: Client host rejected: Access denied", "", "192.0.2.25"),
        ("DNS Error: DNS type 'mx' lookup of receiver.example responded with code NXDOMAIN", "", ""),
        ("2026-11-25T12:00:01.000Z,10.1.2.3,EX01,FAIL,550 5.1.1 User unknown", "", ""),
        (
            "550 SPF check failed: 192.0.2.25 is not allowed to send for acme.example",
            "acme.example",
            "192.0.2.25",
        ),
        (
            "550 SPF fail. See http://www.open-spf.org/Why?s=mfrom;id=ada%40acme.example;ip=192.0.2.25",
            "acme.example",
            "192.0.2.25",
        ),
    ],
)
def test_the_sender_that_a_reply_names(text: str, domain: str, address: str) -> None:
    (reply,) = explain_text(text).replies
    assert (reply.domain, reply.address) == (domain, address)


def test_the_recipients_of_an_exception_of_python() -> None:
    text = "SMTPRecipientsRefused: {'bob@a.example': (550, b'5.1.1 User unknown'), 'carol@b.example': (452, b'4.2.2 Mailbox full')}"
    assert [(each.recipient, each.code, each.causes[0].id) for each in explain_text(text).replies] == [
        ("bob@a.example", 550, "unknown-user"),
        ("carol@b.example", 452, "mailbox-full"),
    ]


def test_the_log_of_qmail() -> None:
    (reply,) = explain_text(
        "delivery 12: failure: 198.51.100.5_does_not_like_recipient./Remote_host_said:_550_5.1.1_<bob@a.example>:_User_unknown/"
    ).replies
    assert (reply.recipient, reply.code, reply.causes[0].id) == ("bob@a.example", 550, "unknown-user")
    line = "@4000000065614b0a2a3b4c5d delivery 1: deferral: Remote_host_said:_4{}_try_later/"
    assert [reply.code for reply in explain_text(f"{line.format(21)}\n{line.format(50)}").replies] == [
        421,
        450,
    ]
