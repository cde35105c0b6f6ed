# ruff: noqa: E501 (one reply a line reads best; other languages)
"""Words in a context that reverses or changes their meaning, and words in other languages."""

from __future__ import annotations

import pytest

from mailproof.explain import explain_dsn, explain_text
from mailproof.render.text.explanation import render_explanation
from tests.support.notices import notified


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
        ("451 4.7.5 Temporary failure: SPF record lookup for acme.example timed out", "authentication-lookup"),
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
        ("450 4.1.8 <ada@acme.example>: Sender address rejected: unverified address: connect to mx.acme.example[192.0.2.25]:25: Connection timed out", "sender-verify"),
        ("554 5.7.1 This message contains a link to a domain listed in SURBL", "link-listed"),
        ("550 5.7.1 Message rejected: a link in it (shop.example) is on our blocklist", "link-listed"),
        ("554 5.7.1 Service unavailable; Body URL domain [shop.example] blocked using dbl.spamhaus.org", "link-listed"),
        ("550 5.7.1 Blacklisted URL in message", "link-listed"),
        ("554 5.7.1 Your IP 192.0.2.25 is on a blacklist, follow the link for removal", "blocklist"),
        ("554 5.7.1 Service unavailable; Sender address [ada@acme.example] blocked using dbl.spamhaus.org", "spamhaus-listed"),
        ("550 5.7.703 Your message can't be delivered: acme.example is blocked by the Tenant Allow Block List.", "microsoft-transport-rule"),
        ("550 5.2.121 RESOLVER.RST.RecipientsRateLimit; recipient has exceeded their limit for the number of messages they can receive per hour", "rate-limited"),
        ("450-Requested mail action not taken: mailbox unavailable 450-Mail send limit exceeded.", "rate-limited"),
        ("421 4.3.2 Too many open connections from your host.", "rate-limited"),
        ("550 5.7.1 <ada@acme.example>: Sender address rejected: Domain acme.example is blacklisted", "blocklist"),
        ("a TLS session is required, but the server did not offer TLS support", "tls-needed"),
        ("554 Not accepting messages; 554 SMTP synchronization error", "protocol"),
        ("554 5.7.0 Reject, id=1234-01 - BANNED: .exe,invoice.exe", "content-form"),
        ("550 5.7.1 Message content rejected due to virus.", "virus"),
        ("554 5.7.1 Action rejected by policy: DMARC", "authentication"),
        ("450 4.1.1 <bob@receiver.example>: Recipient address rejected: unverified address: Address verification in progress", "server-not-available"),
        ("503 This mail server requires authentication when attempting to send to a non-local e-mail address.", "login-needed"),
        ("Die Nachricht überschreitet die maximale Größe", "too-large"),
        ("Il messaggio è troppo grande per essere recapitato.", "too-large"),
        ("Vous n'êtes pas autorisé à envoyer des messages à ce destinataire.", "recipient-restricted"),
        ("U bent niet gemachtigd om berichten te verzenden naar deze geadresseerde", "recipient-restricted"),
        ("550 Endereço não encontrado", "unknown-user"),
        ("550 Domínio não encontrado", "host-not-found"),
        ("552 邮箱空间已满", "mailbox-full"),
        ("550 5.7.1 SPF-Prüfung fehlgeschlagen für acme.example", "authentication"),
        ("421 Too many messages received from your IP (192.0.2.25), please try again later", "rate-limited"),
        ("554 5.4.6 Too many 'Received:' headers", "loop"),
        ("554 5.7.1 - SZN: message refused, reason: spam", "spam-content"),
        ("550 JunkMail rejected - mail.acme.example [192.0.2.25] is in an RBL: see there", "other-blocklist"),
        ("550 Unavailable: mail contains blocked URL", "link-listed"),
        ("530 5.7.0 Posteo TLS guarantee: recipients' server does not support TLS", "tls-needed"),
        ("550 5.7.1 Mailing list accepts only posts from members", "recipient-restricted"),
        ("554 5.7.0 Reject, id=1-01 - VIRUS: Eicar-Test-Signature", "virus"),
        ("550 Please turn on SMTP Authentication, or login to the IMAP/POP3 server before sending.", "login-needed"),
        ("550 5.7.1 Sender domain acme.example has no MX record", "sender-domain"),
        ("550 5.7.1 Sender domain acme.example has no DMARC policy", "dmarc-fail"),
        ("550 5.1.2 Recipient domain receiver.example has expired", "host-not-found"),
        ("550 5.7.1 Sender quota exceeded, 500 mails per day", "rate-limited"),
        ("421 4.3.2 System maintenance in progress", "server-not-available"),
        ("451 4.7.1 Content filter unavailable", "server-not-available"),
        ("550 5.7.1 Message has no From header", "content-form"),
        ("550 5.7.1 Connections from your country are blocked", "ip-blocked"),
        ("454 4.7.0 Temporary authentication failure", "server-not-available"),
        ("535 5.7.8 Account locked: too many failed logins", "login-needed"),
        ("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "auth-failed"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "microsoft-basic-auth"),
        ("535 Authentication credentials invalid", "login-needed"),
        ("554 5.7.1 No virus found, but attachment type .exe is not allowed", "content-form"),
        ("550 5.1.8 Cannot resolve domain of sender acme.example: SERVFAIL", "sender-domain"),
        ("554 5.7.1 The PTR for 192.0.2.25 (dsl-7.isp.example) looks generic", "reverse-name"),
        ("550 5.7.30 REQUIRETLS support required", "tls-needed"),
        ("550 5.7.20 No passing DKIM signature found", "authentication"),
        ("554 5.6.3 Message requires 8BITMIME but it is not supported by next hop", "content-form"),
        ("Your message to bob@receiver.example was automatically rejected: no", "recipient-restricted"),
        ("554 5.7.1 Ihr Mailserver 192.0.2.25 wurde wegen Spamversand gesperrt", "ip-blocked"),
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


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("550 5.7.1 Your IP is not listed on any blocklist, but the message was refused", "blocked"),
        ("452 4.3.1 Insufficient disk space; try again later", "mailbox-full"),
    ],
)
def test_what_is_not_certain(text: str, kind: str) -> None:
    (reply,) = explain_text(text).replies
    assert not [each for each in reply.causes if each.kind == kind and each.certain]


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


def test_an_address_that_exim_does_not_disclose() -> None:
    words = "could not be delivered:\n\n  an undisclosed address\n    (generated from bob@receiver.example)"
    (reply,) = notified(f"A message that you sent {words}")
    assert (reply.recipient, reply.permanent) == ("bob@receiver.example", True)


def test_what_is_said_of_the_recipient_comes_first() -> None:
    (reply,) = notified("A message could not be delivered.\n\n<bob@receiver.example>:\nUnrouteable address")
    assert reply.text == "Unrouteable address"
    (alone,) = notified("User unknown. A message could not be delivered:\n\n<bob@receiver.example>")
    assert alone.text.startswith("User unknown.")


def test_words_that_are_denied_are_no_blocklist() -> None:
    (reply,) = explain_text("554 Your host could not be listed in our whitelist, message refused").replies
    assert "blocklist" not in [cause.id for cause in reply.causes]


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
        ("550 Verification failed for <ada@acme.example>", "acme.example", ""),
        ("421 4.7.27 SPF acme.example with ip: 192.0.2.25 = Did not pass.", "acme.example", "192.0.2.25"),
        ("550 5.7.26 The MAIL FROM domain [acme.example] fails", "acme.example", ""),
        ("550 5.1.8 Sender domain acme.example has no valid MX record", "acme.example", ""),
        ("550 SPF check failed for ada@acme.example", "acme.example", ""),
        ("451 4.4.3 DNS lookup of receiver.example timed out", "", ""),
        ("550 5.7.511 Access denied, banned sender[192.0.2.25].", "", "192.0.2.25"),
        (
            "NOQUEUE: reject: RCPT from mail.acme.example[192.0.2.25]: 554 5.7.1 Relay denied",
            "",
            "192.0.2.25",
        ),
        ("550 5.1.1 no (host mx.receiver.example[198.51.100.5])", "", ""),
    ],
)
def test_the_sender_that_a_reply_names(text: str, domain: str, address: str) -> None:
    (reply,) = explain_text(text).replies
    assert (reply.domain, reply.address) == (domain, address)


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("550 Verification failed for <ada@acme.example>\nSent: RCPT TO:<ada@acme.example>\n550 Sender verify failed", ""),
        ("550 5.7.511 Access denied, banned sender [192.0.2.25]. To request removal forward this message to delist@microsoft.com.", ""),
        ("550 5.7.1 rejected by DMARC policy for acme.example", ""),
        ("Sender Address: ada@acme.example\nRecipient Address: bob@receiver.example\nError: 550 5.7.1 no", "bob@receiver.example"),
        ("hMailServer sent: RCPT TO:<bob@receiver.example>\nRemote server replied: 550 5.7.1 no", "bob@receiver.example"),
    ],
    ids=["callout", "request", "policy", "labels", "sent by the server"],
)  # fmt: skip
def test_who_is_no_recipient(text: str, recipient: str) -> None:
    assert {reply.recipient for reply in explain_text(text).replies} == {recipient}
