# ruff: noqa: E501 (headers are quoted as they are)
"""Received headers of more servers: client, names and TLS in each format, unfolded with tabs."""

from __future__ import annotations

import pytest

from mailproof.records.received import parse_received

DATE = "; Mon, 23 Nov 2026 10:00:00 +0000"
AES = "TLS_AES_256_GCM_SHA384"
RSA = "ECDHE-RSA-AES256-GCM-SHA384"
FROM = "from mail.acme.example (host.acme.example [192.0.2.10])"

TLS = {
    "OpenSMTPD": (f"{FROM}\tby mx.test (OpenSMTPD) with ESMTPS id 1 (TLSv1.3:{AES}:256:NO)\tfor <b@x.test>", f"TLSv1.3 {AES}"),
    "OpenSMTPD 5": (f"{FROM}\tby mx.test (OpenSMTPD) with ESMTPS id 1\tTLS version=TLSv1.2 cipher={RSA} bits=256 verify=NO\tfor <b@x.test>", f"TLSv1.2 {RSA}"),
    "Haraka": (f"{FROM}\tby mx.test (Haraka/3.0.3) with ESMTPS id A.1\tenvelope-from <a@x.test>\ttls {AES} (authenticated bits=0)", f"TLSv1.3 {AES}"),
    "Haraka 2": (f"{FROM}\tby mx.test (Haraka/2.8) with ESMTPS id A.1\tenvelope-from <a@x.test>\t(version=TLSv1/SSLv3 cipher={RSA} verify=FAIL)", f"TLS {RSA}"),
    "Haraka, no version": (f"{FROM}\tby mx.test (Haraka) with ESMTPS id A.1\t(cipher={AES})", f"TLSv1.3 {AES}"),
    "Mimecast": (f"{FROM} by\t relay.mimecast.test with ESMTP with STARTTLS (version=TLSv1.3,\t cipher={AES}) id uk-mta-1", f"TLSv1.3 {AES}"),
    "Mailgun": (f"{FROM} by\t abc with SMTP id 65a (version=TLS1.3,\t cipher={AES})", f"TLSv1.3 {AES}"),
    "SmarterMail": (f"{FROM} by mx.test with SMTP\t(version=Tls12\tcipher=Aes256 bits=256)", "TLSv1.2 Aes256"),
    "Courier": (f"{FROM}  (TLS: TLSv1.3,256bits,{AES})  by mx.test with esmtps", f"TLSv1.3 {AES}"),
    "Courier, family only": (f"{FROM}  (TLS: TLSv1/SSLv3,256bits,AES256-SHA)  by mx.test with esmtps", "TLS AES256-SHA"),
    "James": (f"from mail.acme.example ([192.0.2.10]) by mx.test (JAMES SMTP Server ) with ESMTPS (TLSv1.3/{AES}) ID 1", f"TLSv1.3 {AES}"),
    "Trustwave": (f"from mail.acme.example (Not Verified[192.0.2.10]) by mx.test with Trustwave SEG (v10,0) \t(using TLS: TLSv1.2, {RSA})\tid <B6>", f"TLSv1.2 {RSA}"),
    "Cisco": (f"from mail.acme.example ([192.0.2.10])  by esa1.test with ESMTP/TLS/{RSA}", f"TLS {RSA}"),
    "Exchange 2010": ("from EX1 (192.0.2.10) by EX2 (10.0.0.1) with Microsoft SMTP Server (TLS) id 14.3.1", "TLS"),
    "Exim, GnuTLS": ("from host.acme.example ([192.0.2.10]) by mx.test with esmtps (TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256) (Exim 4.94) id 1", "TLSv1.3 ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM"),
    "T-Online": (f"from mail.acme.example ([192.0.2.10]) by mailin39.mgt.mul.t-online.test\twith (TLSv1.3:{AES} encrypted)\tesmtp id 1vTJDa-3R33K00", f"TLSv1.3 {AES}"),
    "Mimecast, from the client on": (f"{FROM} (Using TLS) by relay.mimecast.test with ESMTP id us-mta-4-E0-1", "TLS"),
    "IceWarp": ("from mail.acme.example ([192.0.2.10])\tby mx.test (13.0.2 build 9 RHEL7 x64) with SMTP (SSL) id 202305141542397229", "TLS"),
    "NoSpamProxy": ("from mail.acme.example ([192.0.2.10]) by mx.test with  (Tls12, Aes256, Sha384, DiffieHellmanEllipticKey384); Mon", "TLSv1.2 Aes256"),
    "NoSpamProxy 1.3": (f"{FROM} by mx.test (Kerio) with ESMTP (Tls13, {AES})", f"TLSv1.3 {AES}"),
    "SurgeMail": (f"{FROM} by mx.test (SurgeMail 7.4) with ESMTP (TLS/SSL) id 1", "TLS"),
    "qmail": (f"from unknown (HELO mail.acme.example) (192.0.2.10) by mx.test with {RSA} encrypted SMTP", f"TLS {RSA}"),
    "s/qmail": (f"from mail.acme.example (EHLO mail.acme.example) (192.0.2.10)\tde/crypted with TLSv1.3: {AES} [256/256] DN=unknown\tby mx.test with ESMTPS", "TLSv1.3"),
    "Microsoft's SMTP service": (f"{FROM} by mx.test over TLS secured channel with Microsoft SMTPSVC(8.5.9600.16384)", "TLS"),
    "Symantec": (f"{FROM} (using TLS with cipher {RSA} (256/256 bits))\tby mx.test (Symantec Messaging Gateway) with SMTP id 1", f"TLS {RSA}"),
    "words": (f"{FROM} by mx.test with ESMTP (encrypted with TLS 1.3) id 1", "TLSv1.3"),
    "GroupWise": (f"{FROM} by gw.test with ESMTP (TLS encrypted)", "TLS"),
    "STARTTLS": (f"{FROM} by mx.test with ESMTP (STARTTLS) id 1", "TLS"),
    "two words": (f"{FROM} by mx.test with MailEnable ESMTPS id 1", "TLS"),
    "TLS denied": (f"{FROM} by mx.test with ESMTP (not using TLSv1.2) id 1", ""),
    "a host that is called so": ("from mail.acme.example (tls1.acme.example [192.0.2.10]) by mx.test with ESMTP (tls12.mx.test) id 1", ""),
    "in the clear": (f"{FROM} by mx.test (Postfix) with ESMTP id 1", ""),
    "a comment that only speaks of TLS": (f"{FROM} by mx.test with ESMTP (no TLS) id 1", ""),
}  # fmt: skip


@pytest.mark.parametrize("form", TLS)
def test_tls(form: str) -> None:
    value, expected = TLS[form]
    hop = parse_received(value + DATE)
    assert (hop.tls, hop.ip, hop.problem) == (expected, "192.0.2.10", "")


TELLING = {
    "Postfix": (f"{FROM} by mx.test (Postfix) with ESMTP id 1", True),
    "Postfix, Debian": (f"{FROM} by mx.test (Postfix (Debian/GNU)) with SMTP id 1", True),
    "Exim": (f"{FROM} by mx.test with esmtp (Exim 4.96) id 1", True),
    "Sendmail": (f"{FROM} by mx.test (8.15.2/8.15.2/Debian-22) with ESMTP id 1", True),
    "Google": (f"{FROM} by mx.google.com with ESMTP id 1", True),
    "OpenSMTPD": (f"{FROM} by mx.test (OpenSMTPD) with ESMTP id 1", True),
    "Exchange": (f"{FROM} by EX1.test (10.0.0.1) with Microsoft SMTP Server id 15.2.1.2", True),
    "Exchange 2003": (f"{FROM} by EX1.test with Microsoft SMTPSVC(6.0.3790.4675)", False),
    "qmail": ("from unknown (HELO mail.acme.example) (192.0.2.10) by mx.test with SMTP", False),
    "Amazon": (f"{FROM} by inbound-smtp.us-east-1.amazonaws.test with SMTP id 1", False),
    "IceWarp": (f"{FROM} by mx.test (13.0.2 build 9 RHEL7 x64) with SMTP id 1", False),
    "unnamed": (f"{FROM} by mx.test with ESMTP id 1", False),
    "a client that calls itself so": ("from Postfix (Postfix [192.0.2.10]) by mx.test with ESMTP id 1", False),
    "another protocol": (f"{FROM} by mx.test (Postfix) with LMTP id 1", False),
}  # fmt: skip


@pytest.mark.parametrize("form", TELLING)
def test_who_says_tls_where_there_was(form: str) -> None:
    value, expected = TELLING[form]
    hop = parse_received(value + DATE)
    assert (hop.tells_tls, hop.tls) == (expected, "")


CLIENTS = {
    "XMail": ("from mail.acme.example (192.0.2.10:41234) by mx.test with [XMail 1.27 ESMTP Server] id <S1>", ("192.0.2.10", "mail.acme.example", "")),
    "Yahoo": ("from 192.0.2.10  (EHLO mail.acme.example) by 10.253.1.2 with SMTPs", ("192.0.2.10", "mail.acme.example", "")),
    "Momentum": ("from host.acme.example ([192.0.2.10:41234] helo=mail.acme.example) by mx.test (ecelerity 4.2 r(:)) with ESMTP", ("192.0.2.10", "mail.acme.example", "host.acme.example")),
    "fetchmail": ("from pop.isp.test [192.0.2.10] by home.test with POP3 (fetchmail-6.4)", ("192.0.2.10", "pop.isp.test", "")),
    "Sendmail with ident": ("from foo (ann@host.acme.example [192.0.2.10]) by mx.test (8.9.3/8.9.3) with ESMTP", ("192.0.2.10", "foo", "host.acme.example")),
    "Exim, HELO as the name": ("from host.acme.example ([192.0.2.10]:4123) by mx.test with esmtps (Exim 4.96)", ("192.0.2.10", "host.acme.example", "host.acme.example")),
    "Exim, no name": ("from [192.0.2.10] (port=4123 helo=mail.acme.example) by mx.test with esmtps (Exim 4.96)", ("192.0.2.10", "mail.acme.example", "")),
    "IPv6 and a port, as Exim": ("from host.acme.example ([2001:db8::25]:4123 helo=mail.acme.example) by mx.test with esmtps (Exim 4.96)", ("2001:db8::25", "mail.acme.example", "host.acme.example")),
    "IPv6 with a short last group": ("from m (h.test [IPv6:2001:db8::1:25]) by mx.test with ESMTP", ("2001:db8::1:25", "m", "h.test")),
    "IIS, from its pickup folder": ("from mail pickup service by web.acme.example with Microsoft SMTPSVC", ("", "", "")),
}  # fmt: skip


@pytest.mark.parametrize("form", CLIENTS)
def test_client(form: str) -> None:
    value, expected = CLIENTS[form]
    hop = parse_received(value + DATE)
    assert (hop.ip, hop.helo, hop.rdns) == expected
