# ruff: noqa: E501 (one reply a line reads best)
"""Over a hundred server replies, paraphrased, with the kind of cause; "" if there is none."""

from __future__ import annotations

REPLIES = (
    # Recipients
    (
        "550 5.1.1 <bob@receiver.example>: Recipient address rejected: User unknown in local recipient table",
        "unknown-recipient",
    ),
    ("550 5.1.1 <bob@receiver.example>... User unknown", "unknown-recipient"),
    (
        "550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 double-checking the recipient's email address - gsmtp",
        "unknown-recipient",
    ),
    (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient bob@receiver.example not found by SMTP address lookup",
        "unknown-recipient",
    ),
    (
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [BN8NAM12.eop-nam12.prod.protection.outlook.com]",
        "unknown-recipient",
    ),
    (
        "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [BL2NAM02.eop-nam02.prod.protection.outlook.com]",
        "unknown-recipient",
    ),
    (
        "554 delivery error: dd This user doesn't have a yahoo.com account (bob@yahoo.com) [0] - mta1.mail.yahoo.com",
        "unknown-recipient",
    ),
    ("550 sorry, no mailbox here by that name (#5.1.1 - chkuser)", "unknown-recipient"),
    ("550 No Such User Here", "unknown-recipient"),
    ("550 Requested action not taken: mailbox not found", "unknown-recipient"),
    ("550 Invalid recipient <bob@receiver.example>", "unknown-recipient"),
    (
        "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]",
        "unknown-recipient",
    ),
    ("550 5.2.1 The email account that you tried to reach is disabled. - gsmtp", "recipient-disabled"),
    (
        "554 delivery error: dd Sorry, your message to bob@receiver.example cannot be delivered. This mailbox is disabled (554.30).",
        "recipient-disabled",
    ),
    ("550 5.2.1 Mailbox disabled, not accepting messages", "recipient-disabled"),
    ("550 Mailbox is frozen. See http://mail.i.ua/err/3/", "recipient-disabled"),
    ("525 5.7.13 Disabled recipient address", "recipient-disabled"),
    ("552-5.2.2 The email account that you tried to reach is over quota. 552 5.2.2 - gsmtp", "mailbox-full"),
    ("452-4.2.2 The recipient's inbox is out of storage space. 452 4.2.2 - gsmtp", "mailbox-full"),
    ("552 5.2.2 Mailbox full", "mailbox-full"),
    (
        "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
        "mailbox-full",
    ),
    ("552 1 Requested mail action aborted, mailbox size limit exceeded for bob", "mailbox-full"),
    ("422 4.2.2 <bob@receiver.example> Quota exceeded (mailbox for user is full)", "mailbox-full"),
    ("551 5.1.6 Destination mailbox has moved, no forwarding address", "recipient-moved"),
    (
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required [Stage: CreateMessage]",
        "recipient-restricted",
    ),
    (
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated",
        "recipient-restricted",
    ),
    ("550 RCP-P2 Refused due to recipient preferences", "recipient-restricted"),
    # Domains and connections
    ("550 5.1.2 <bob@nowhere.example>: Recipient address rejected: Domain not found", "unknown-domain"),
    (
        "Host or domain name not found. Name service error for name=nowhere.example type=MX: Host not found",
        "unknown-domain",
    ),
    ("Sorry, I couldn't find any host named nowhere.example. (#5.1.2)", "unknown-domain"),
    (
        "DNS Error: DNS type 'mx' lookup of nowhere.example responded with code NXDOMAIN Domain name not found: nowhere.example",
        "unknown-domain",
    ),
    (
        "550 5.4.310 DNS domain nowhere.example does not exist [Message=InfoDomainNonexistent]",
        "unknown-domain",
    ),
    ("all relevant MX records point to non-existent hosts", "unknown-domain"),
    ("556 5.1.10 Recipient address has null MX", "no-mail-accepted"),
    ("Domain receiver.example does not accept mail (nullMX)", "no-mail-accepted"),
    ("connect to mx.receiver.example[198.51.100.5]:25: Connection timed out", "unreachable"),
    ("connect to mx.receiver.example[198.51.100.5]:25: Connection refused", "unreachable"),
    (
        "The recipient server did not accept our requests to connect. [(10) mx.receiver.example. [198.51.100.5]:25: Connection refused]",
        "unreachable",
    ),
    (
        "lost connection with mx.receiver.example[198.51.100.5] while receiving the initial server greeting",
        "unreachable",
    ),
    (
        "451 4.4.0 Primary target IP address responded with: 421 4.4.1 Connection timed out. Attempted failover to alternate host, but that did not succeed",
        "unreachable",
    ),
    ("Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)", "unreachable"),
    ("retry timeout exceeded", "expired"),
    ("550 4.4.7 QUEUE.Expired; message expired", "expired"),
    ("554 5.4.6 Hop count exceeded - possible mail loop", "loop"),
    ("mail for receiver.example loops back to myself", "loop"),
    # Addresses and reputation
    (
        "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.10",
        "blocked",
    ),
    (
        "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
        "blocked",
    ),
    (
        "550 5.7.606 Access denied, banned sending IP [192.0.2.10]. To request removal from this list please visit https://sender.office.com/",
        "blocked",
    ),
    (
        "421 RP-001 (BAY004-MC1F1) Unfortunately, some messages from 192.0.2.10 weren't sent. Please try again. We have limits for how many messages can be sent per hour and per day.",
        "rate",
    ),
    (
        "451 4.7.650 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation. (S775)",
        "rate",
    ),
    ("550 DY-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.10 weren't sent.", "reputation"),
    (
        "554-mx.receiver.example 554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. https://www.talosintelligence.com/",
        "reputation",
    ),
    (
        "554 Service unavailable; Client host [mx.acme.example] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.10",
        "reputation",
    ),
    ("554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.10", "reputation"),
    (
        "421 4.7.0 [TSS04] Messages from 192.0.2.10 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
        "reputation",
    ),
    (
        "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.10, because the ip is in Spamhaus's list",
        "blocked",
    ),
    ("554 Host network not allowed - https://community.mimecast.com/docs/DOC-1369#554", "blocked"),
    (
        "550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550",
        "sender-refused",
    ),
    (
        "550 Rejected by header based Anti-Spoofing policy: bob@acme.example - https://community.mimecast.com/docs/DOC-1369#550",
        "policy",
    ),
    ("521 5.2.1 : AOL will not accept delivery of this message. (RBL)", "blocked"),
    (
        "554 IP=192.0.2.10 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)",
        "blocked",
    ),
    ("554 5.1.0 AUP#CXBL", "blocked"),
    ("421 4.3.2 AUP#In-1340 too many connections", "rate"),
    ("550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.10]", "reverse-dns"),
    (
        "554-gmx.net (mxgmx101) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record.",
        "reverse-dns",
    ),
    (
        "550-5.7.25 [192.0.2.10] The IP address sending this message does not have a PTR record setup - gsmtp",
        "reverse-dns",
    ),
    (
        "550 5.7.1 Our system has detected that this message does not meet IPv6 sending guidelines regarding PTR records and authentication. - gsmtp",
        "reverse-dns",
    ),
    (
        "450 4.2.0 <bob@receiver.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/",
        "greylisted",
    ),
    ("421 Too many concurrent SMTP connections from this IP address; please try again later.", "rate"),
    ("452 4.5.3 Too many recipients", "rate"),
    (
        "450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages - gsmtp",
        "rate",
    ),
    ("550 Ip frequency limited [abc Blocked IP 192.0.2.10]", "rate"),
    # Senders and authentication
    (
        "553 5.1.8 <ada@acme.invalid>... Domain of sender address ada@acme.invalid does not exist",
        "sender-refused",
    ),
    ("450 4.1.8 <ada@acme.invalid>: Sender address rejected: Domain not found", "sender-refused"),
    ("550 Sender verify failed", "sender-refused"),
    (
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated. 550 5.7.26 - gsmtp",
        "authentication",
    ),
    (
        "550-5.7.26 Unauthenticated email from acme.example is not accepted due to domain's DMARC policy. 550 5.7.26 - gsmtp",
        "authentication",
    ),
    (
        "550 5.7.509 Access denied, sending domain acme.example does not pass DMARC verification and has a DMARC policy of reject.",
        "authentication",
    ),
    (
        "550 5.7.515 Access denied, sending domain acme.example doesn't meet the required authentication level.",
        "authentication",
    ),
    (
        "550 5.7.1 This message was not accepted due to domain (acme.example) owner DMARC policy (RFC 7489)",
        "authentication",
    ),
    (
        "550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.1 SPF check failed. protection.outlook.com",
        "authentication",
    ),
    ("554 5.7.1 [HME1] Both SPF and DKIM failed", "authentication"),
    (
        "550 SPF Sender Invalid - envelope rejected - https://community.mimecast.com/docs/DOC-1369#550",
        "authentication",
    ),
    (
        "554 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com/error-codes",
        "authentication",
    ),
    ("554 5.7.1 <bob@receiver.example>: Relay access denied", "relay"),
    ("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "relay"),
    ("530 5.7.1 Authentication required", "login"),
    ("535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "login"),
    ("451 Authentication failed: Maximum credits exceeded", "login"),
    (
        "550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.",
        "sender-refused",
    ),
    (
        "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: ada@acme.example",
        "sender-refused",
    ),
    ("454 Throttling failure: Maximum sending rate exceeded.", "rate"),
    ("530 5.7.0 Must issue a STARTTLS command first", "tls"),
    ("530 5.7.0 Must issue STARTTLS before AUTH", "tls"),
    ("550 5.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail.", "tls"),
    ("450 4.7.322 certificate-expired: Destination mail server's certificate is expired.", "tls"),
    ("450 4.7.324 dnssec-invalid: Destination domain returned invalid DNSSEC records", "tls"),
    ("503 AUTH command used when not advertised", "login"),
    ("450 4.7.1 <ada@acme.example>: Sender address rejected: Rate limit exceeded", "rate"),
    ("553 5.1.7 [BN3] Invalid address format", "sender-refused"),
    ("550 Message rejected because of DMARC failure", "authentication"),
    ("550 5.7.1 Message rejected due to DMARC.", "authentication"),
    ("554 DT:SUM mx1, SPF:Fail", "authentication"),
    ("450 4.7.1 Recipient address rejected: Policy Rejection- Quota Exceeded.", "rate"),
    (
        "550 Domain acme.example has exceeded the max defers and failures per hour (5/5 (100%)) allowed.",
        "rate",
    ),
    ("553 5.1.2 <bob@receiver.example>... Unable to find recipient domain", "unknown-domain"),
    # Content
    ("554 5.7.1 Message rejected due to content: this looks like spam", "spam"),
    (
        "550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=abc or report details to abuse@corp.mail.ru",
        "spam",
    ),
    ("550 5.7.1 Virus detected in message", "virus"),
    (
        "552-5.7.0 This message was blocked because its content presents a potential security issue. - gsmtp",
        "content",
    ),
    ("552 5.3.4 Message size exceeds fixed maximum message size (10485760)", "too-large"),
    # Replies that reveal no cause
    ("550 5.0.0 Rejected", "policy"),
    ("554 the moon is in the wrong house", ""),
    ("550 5.1.1 User unknown; see https://blocklist.example/spam?ip=192.0.2.25", "unknown-recipient"),
    ("451 4.7.1 Greylisted, see https://help.example/blocked-spam-quota-full", "greylisted"),
    ("554 Refused, see http://www.uceprotect.net/rblcheck.php?ipr=192.0.2.25", "blocked"),
    ("550 rejected, https://support.google.com/mail/?p=NoSuchUser - gsmtp", "unknown-recipient"),
    ("550 5.7.1 Message blocked by administrator's mail flow rule", "policy"),
    ("550 5.7.1 Sender not authenticated: please log in first", "login"),
    (
        "550 5.7.1 Sender not authenticated: only internal senders may send to this group",
        "recipient-restricted",
    ),
    ("554 5.6.0 Corrupt message content", "content"),
    (
        "<bob@receiver.example>: host mx.receiver.example[198.51.100.5] said: 550 5.1.1 Recipient not found",
        "unknown-recipient",
    ),
    ("553 sorry, that domain isn't in my list of allowed\nrcpthosts (#5.7.1)", "relay"),
)
