# ruff: noqa: E501 (headers are quoted as they are)
"""Header sections as receivers write them (``received_samples.py`` makes messages of them).

``{ip}``, ``{host}``, ``{path}`` (the return path) and ``{domain}`` are the sender's, ``{bip}`` the client that the
border's Received field names; ``{n}``, ``{m}`` and ``{date}`` vary. Forms are of real messages; names and
addresses are not.
"""

from __future__ import annotations

from tests.support.received_form import Form

GMAIL = """
Delivered-To: bob@gmail.example
Received: by 2002:a05:6520:{n}:b0:2a1:3c with SMTP id abc{n}csp123; {date}
X-Received: by 2002:a05:6a00:{n}:b0:6e3:1 with SMTP id x{n}; {date}
ARC-Seal: i=1; a=rsa-sha256; t=1; cv=none; d=google.com; s=arc-20240605; b=AAAA
ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=google.com; s=arc-20240605; h=from; bh=AAAA; b=AAAA
ARC-Authentication-Results: i=1; mx.google.com; spf=pass (google.com: domain of {path} designates {ip} as permitted sender) smtp.mailfrom={path}
Return-Path: <{path}>
Received: from {host} ({host}. [{bip}]) by mx.google.com with ESMTPS id c{n}si.{n} for <bob@gmail.example> (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256); {date}
Received-SPF: pass (google.com: domain of {path} designates {ip} as permitted sender) client-ip={ip};
@Authentication-Results: mx.google.com; dkim=pass header.i=@{domain} header.s=s1 header.b=abc; spf=pass (google.com: domain of {path} designates {ip} as permitted sender) smtp.mailfrom={path}; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from={domain}
"""
GATEWAY_BELOW = """
Received: from pps.filterd (m{n}.ppops.net [127.0.0.1]) by mx07-{n}.pphosted.com (8.18.1.2/8.18.1.2) with ESMTP id 3{n} for <bob@corp.example>; {date}
Received: from {host} ({host} [{ip}]) by mx07-{n}.pphosted.com (PPS) with ESMTPS id 3n{n} (version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO) for <bob@corp.example>; {date}
"""
MIMECAST_BELOW = """
Received: from {host} ({host} [{ip}]) (Using TLS) by relay.mimecast.com with ESMTP id us-mta-{n}-E0hHQRZnP3; {date}
"""
BARRACUDA_BELOW = """
X-ASG-Debug-ID: 16748{n}-1
Received: from {host} ({host} [{ip}]) by inbound01.corp.example with ESMTP id p{n} (version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO) for <bob@corp.example>; {date}
X-Barracuda-Envelope-From: {path}
X-Barracuda-Apparent-Source-IP: {ip}
"""
WORKSPACE_GATEWAY = (
    GMAIL.replace(
        "from {host} ({host}. [{bip}])", "from mx08-{n}.pphosted.com (mx08-{n}.pphosted.com. [{gateway}])"
    )
    + GATEWAY_BELOW
)
WORKSPACE_MIMECAST = (
    GMAIL.replace(
        "from {host} ({host}. [{bip}])",
        "from us-smtp-inbound-1.mimecast.com (us-smtp-inbound-1.mimecast.com. [{gateway}])",
    )
    + MIMECAST_BELOW
)
WORKSPACE_BARRACUDA = (
    GMAIL.replace(
        "from {host} ({host}. [{bip}])", "from inbound01.corp.example (inbound01.corp.example. [{gateway}])"
    )
    + BARRACUDA_BELOW
)
EX = "with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.{n}.18"
EXCHANGE_ONLINE = f"""
Received: from CH3PR10MB{{n}}.namprd10.prod.outlook.com (::1) by MW4PR10MB5749.namprd10.prod.outlook.com with HTTPS; {{date}}
ARC-Seal: i=1; a=rsa-sha256; s=arcselector10001; d=microsoft.com; cv=none; b=AAAA
ARC-Authentication-Results: i=1; mx.microsoft.com 1; spf=pass (sender ip is {{ip}}) smtp.rcpttodomain=corp.example smtp.mailfrom={{domain}}; dmarc=pass (p=none sp=none pct=100) action=none header.from={{domain}}; dkim=none (message not signed); arc=none (0)
Received: from MW4PR03CA0275.namprd03.prod.outlook.com (2603:10b6:303:b5::10) by CH3PR10MB{{n}}.namprd10.prod.outlook.com (2603:10b6:610:160::13) {EX}; {{date}}
Received: from MWH0EPF000C6184.namprd02.prod.outlook.com (2603:10b6:303:b5:cafe::a7) by MW4PR03CA0275.outlook.office365.com (2603:10b6:303:b5::10) {EX} via Frontend Transport; {{date}}
@Authentication-Results: spf=pass (sender IP is {{ip}}) smtp.mailfrom={{domain}}; dkim=none (message not signed) header.d=none;dmarc=pass action=none header.from={{domain}};compauth=pass reason=100
Received-SPF: Pass (protection.outlook.com: domain of {{domain}} designates {{ip}} as permitted sender) receiver=protection.outlook.com; client-ip={{ip}}; helo={{host}}; pr=C
Received: from {{host}} ({{bip}}) by MWH0EPF000C6184.mail.protection.outlook.com (10.167.249.116) {EX} via Frontend Transport; {{date}}
"""
EXCHANGE_END = """
From: Ada <ada@{domain}>
Return-Path: {path}
X-MS-Exchange-Organization-ExpirationInterval: 1:00:00:00.0000000
X-MS-Exchange-Organization-AuthAs: Anonymous
X-Forefront-Antispam-Report: CIP:{ip};CTRY:US;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;H:{host};PTR:{host};CAT:NONE;DIR:INB;
"""
OUTLOOK_COM = (
    EXCHANGE_ONLINE + EXCHANGE_END + "X-Sender-IP: {ip}\nX-SID-PRA: ADA@ACME.EXAMPLE\nX-SID-Result: PASS\n"
)
OUTLOOK_SENDERS_PATH = (
    EXCHANGE_ONLINE + "From: Ada <ada@{domain}>\nReturn-Path: bounce@other.example\nX-Sender-IP: {ip}\n"
)
EXCHANGE_BUSINESS = EXCHANGE_ONLINE + EXCHANGE_END
EXCHANGE_GATEWAY = (
    EXCHANGE_ONLINE.replace("from {host} ({bip})", "from mx0a-{n}.pphosted.com ({gateway})")
    + GATEWAY_BELOW
    + EXCHANGE_END
    + "X-MS-Exchange-SkipListedInternetSender: ip=[{ip}];domain={host}\nX-MS-Exchange-ExternalOriginalInternetSender: ip=[{ip}];domain={host}\n"
)
EXCHANGE_ENCODED = (
    EXCHANGE_ONLINE.replace(
        "@Authentication-Results: spf=pass (sender IP is {ip}) smtp.mailfrom={domain}; dkim=none (message not signed) header.d=none;dmarc=pass action=none header.from={domain};compauth=pass reason=100",
        "@Authentication-Results: =?utf-8?q?spf=3Dpass_=28sender_IP_is_{ip}=29_smtp=2Emailfrom=3D{domain}=3B_?= =?utf-8?q?dkim=3Dnone_=28message_not_signed=29_header=2Ed=3Dnone=3Bdmarc=3Dpass_action=3Dnone_header=2Efrom=3D{domain}?=",
    )
    + EXCHANGE_END
)
TENANT = f"""
Received: from DB9PR08MB1111.eurprd08.prod.outlook.com (2603:10a6:10:2ce::12) by AM0PR08MB{{n}}.eurprd08.prod.outlook.com with HTTPS; {{date}}
@Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=none action=none header.from={{domain}};
Received: from AS8PR08MB3333.eurprd08.prod.outlook.com (2603:10a6:20b:1::1) by DB9PR08MB1111.eurprd08.prod.outlook.com (2603:10a6:10:2ce::12) {EX}; {{date}}
Received: from AS8PR08MB3333.eurprd08.prod.outlook.com ([fe80::1234:5678:9abc:def0]) by AS8PR08MB3333.eurprd08.prod.outlook.com ([fe80::1234:5678:9abc:def0%4]) with mapi id 15.20.{{n}}.018; {{date}}
From: Ada <ada@{{domain}}>
Return-Path: {{path}}
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-Organization-AuthMechanism: 04
"""
OTHER_TENANT = (
    EXCHANGE_ONLINE.replace(
        "from {host} ({bip})", "from EUR05-VI1-obe.outbound.protection.outlook.com ({bip})"
    )
    + f"""
Received: from AS8PR08MB3333.eurprd08.prod.outlook.com (2603:10a6:20b:1::1) by DB9PR08MB1111.eurprd08.prod.outlook.com (2603:10a6:10:2ce::12) {EX}; {{date}}
"""
    + EXCHANGE_END
)
ON_PREMISES = """
Received: from EX02.corp.local (10.0.0.6) by EX01.corp.local (10.0.0.5) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.{n} via Mailbox Transport; {date}
Received: from EDGE01.corp.local (10.0.1.4) by EX02.corp.local (10.0.0.6) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.{n} via Frontend Transport; {date}
Received: from {host} ({bip}) by EDGE01.corp.local (10.0.1.4) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.{n}; {date}
From: Ada <ada@{domain}>
"""
YAHOO_RESULTS = "@Authentication-Results: atlas-production.v2-mail-prod1-gq1.omega.yahoo.com; dkim=pass header.i=@{domain} header.s=s1; spf=pass smtp.mailfrom={domain}; dmarc=pass(p=REJECT,sp=REJECT) header.from={domain};\n"
YAHOO_HOP = "Received: from {bip} (EHLO {host}) by 10.197.{m}.85 with SMTPs (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256); {date}\n"
YAHOO_TOP = "Received: from 127.0.0.1 by atlas-production.v2-mail-prod1-gq1.omega.yahoo.com pod-id atlas--production-gq1-{n}.gq1.yahoo.com with HTTP; {date}\n"
YAHOO_ORIGIN = (
    "X-Originating-Ip: [{ip}]\nReceived-SPF: pass (domain of {domain} designates {ip} as permitted sender)\n"
)
YAHOO = (
    YAHOO_TOP
    + "Return-Path: <{path}>\n"
    + YAHOO_ORIGIN
    + YAHOO_RESULTS
    + "X-Apparently-To: bob@yahoo.example; {date}\nX-YMailISG: abc\n"
    + YAHOO_HOP
)
YAHOO_BELOW = (
    YAHOO_TOP
    + "X-Apparently-To: bob@yahoo.example; {date}\nReturn-Path: <{path}>\n"
    + YAHOO_HOP
    + YAHOO_ORIGIN
    + YAHOO_RESULTS
)
YAHOO_GROUPED = (
    "Return-Path: <{path}>\n"
    + YAHOO_TOP
    + YAHOO_HOP
    + "Received: by {host} (Postfix, from userid 33) id A{n}; {date}\n"
    + YAHOO_ORIGIN
    + YAHOO_RESULTS
)
YAHOO_OLD = """
X-Apparently-To: bob@yahoo.example via 98.138.{m}.5; {date}
Return-Path: <{path}>
Received-SPF: pass (domain of {domain} designates {ip} as permitted sender)
X-YMailISG: abc
X-Originating-IP: [{ip}]
@Authentication-Results: mta1{m}.mail.bf1.yahoo.com  from={domain}; domainkeys=neutral (no sig);  from={domain}; dkim=pass (ok)
Received: from {bip}  (EHLO {host}) ({bip}) by mta1{m}.mail.bf1.yahoo.com with SMTP; {date}
"""
AOL = YAHOO.replace(".yahoo.com", ".aol.com")
APPLE_TOP = "Received: from p00-icloudmta-smtpin-us-west-2a-{m}-percent-1 by p121-mailgateway-smtp-{n} (mailgateway 2430B20) with SMTP id {n} for <bob@icloud.example>; {date}\n"
APPLE_RESULTS = """X-ICL-SCORE: 3.333
X-ICL-INFO: abc
@Authentication-Results: bimi.icloud.com; bimi=none
X-ARC-Info: policy=fail; arc=none
@Authentication-Results: arc.icloud.com; arc=none
@Authentication-Results: dmarc.icloud.com; dmarc=pass header.from={domain}
X-DMARC-Info: pass=pass; dmarc-policy=reject; s=r1; d=r1; pdomain={domain}
X-DMARC-Policy: v=DMARC1; p=reject
@Authentication-Results: dkim-verifier.icloud.com; dkim=pass (2048-bit key) header.d={domain} header.i=@{domain} header.b=abc
@Authentication-Results: spf.icloud.com; spf=pass (spf.icloud.com: domain of {path} designates {ip} as permitted sender) smtp.mailfrom={path}
Received-SPF: pass (spf.icloud.com: domain of {path} designates {ip} as permitted sender) receiver=spf.icloud.com; client-ip={ip}; helo={host}; envelope-from={path}
"""
APPLE_HOP = "Received: from {host} ({host} [{bip}]) by p00-icloudmta-smtpin-us-west-2a-{m}-percent-1 (Postfix) with ESMTPS id {n} for <bob@icloud.example>; {date}\n"
APPLE = (
    "Return-Path: <{path}>\nOriginal-recipient: rfc822;bob@icloud.example\n"
    + APPLE_TOP
    + APPLE_RESULTS
    + APPLE_HOP
)
APPLE_GROUPED = (
    "Return-Path: <{path}>\n"
    + APPLE_TOP
    + APPLE_HOP
    + "Received: by {host} (Postfix) id 1; {date}\n"
    + APPLE_RESULTS
)
FASTMAIL_TOP = """
Return-Path: <{path}>
Received: from phl-compute-01.internal (phl-compute-01.phl.internal [10.202.2.41]) by sloti30d1t27 (Cyrus 3.11.0-alpha0) with LMTPA; {date}
X-Cyrus-Session-Id: sloti30d1t27-{n}
X-Sieve: CMU Sieve 3.0
X-Spam-source: IP='{ip}', Host='{host}', Country='US', FromHeader='example', MailFrom='example'
X-Resolved-to: bob@fastmail.example
X-Mail-from: {path}
Received: from phl-mx-01 ([10.202.2.200]) by phl-compute-01.internal (LMTPProxy); {date}
Received: from phl-mx-01.messagingengine.com (localhost [127.0.0.1]) by mailmx.phl.internal (Postfix) with ESMTP id 1{n} for <bob@fastmail.example>; {date}
Received: from phl-mx-01.messagingengine.com (localhost [127.0.0.1]) by phl-mx-01.messagingengine.com (Authentication Milter) with ESMTP id 2{n}; {date}
"""
FASTMAIL_RESULTS = """ARC-Authentication-Results: i=1; phl-mx-01.messagingengine.com; x-csa=none; spf=pass smtp.mailfrom={path} smtp.helo={host}
X-ME-Authentication-Results: phl-mx-01.messagingengine.com; x-aligned-from=pass (Address match); x-ptr=pass smtp.helo={host} policy.ptr={host}
@Authentication-Results: phl-mx-01.messagingengine.com; bimi=skipped (DMARC Policy is not at enforcement); arc=none (no signatures found); dkim=pass (2048-bit rsa key sha256) header.d={domain} header.i=@{domain} header.b=abc; dmarc=pass policy.published-domain-policy=reject header.from={domain}; iprev=pass smtp.remote-ip={ip} ({host}); spf=pass smtp.mailfrom={path} smtp.helo={host}
X-ME-VSCause: abc
Received-SPF: pass ({domain}: Sender is authorized to use '{path}' in 'mfrom' identity (mechanism 'ip4:{ip}' matched)) receiver=phl-mx-01.messagingengine.com; identity=mailfrom; envelope-from="{path}"; helo={host}; client-ip={ip}
"""
FASTMAIL_HOP = "Received: from {host} ({host} [{bip}]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by phl-mx-01.messagingengine.com (Postfix) with ESMTPS id 3{n} for <bob@fastmail.example>; {date}\n"
FASTMAIL = FASTMAIL_TOP + FASTMAIL_RESULTS + FASTMAIL_HOP
FASTMAIL_BELOW = (
    FASTMAIL_TOP
    + FASTMAIL_HOP.replace(
        "from {host} ({host} ", "from fhigh-b1-smtp.messagingengine.com (fhigh-b1-smtp.messagingengine.com "
    )
    + "Received: from phl-compute-08.internal (phl-compute-08.phl.internal [10.202.2.48]) by mailfhigh.phl.internal (Postfix) with ESMTP id 4{n}; {date}\n"
    + FASTMAIL_RESULTS
)
PROTON_TOP = "Return-Path: <{path}>\nX-Original-To: bob@proton.example\nDelivered-To: bob@proton.example\n"
PROTON_HOP = "Received: from {host} ({host} [{bip}]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (4096 bits) server-digest SHA256) (No client certificate requested) by mailin0{m}.protonmail.ch (Postfix) with ESMTPS id 4S{n} for <bob@proton.example>; {date}\n"
PROTON_RESULTS = """@Authentication-Results: mailin0{m}.protonmail.ch; dmarc=pass (p=reject dis=none) header.from={domain}
@Authentication-Results: mailin0{m}.protonmail.ch; spf=pass smtp.mailfrom={domain}
@Authentication-Results: mailin0{m}.protonmail.ch; arc=none smtp.remote-ip={ip}
@Authentication-Results: mailin0{m}.protonmail.ch; dkim=pass (2048-bit key) header.d={domain} header.i=@{domain} header.b="abc"
"""
PROTON = PROTON_TOP + PROTON_RESULTS + PROTON_HOP
PROTON_GROUPED = (
    PROTON_TOP
    + PROTON_HOP
    + "Received: by {host} (Postfix, from userid 33) id 1D{n}; {date}\n"
    + PROTON_RESULTS
)
PROTON_SIGNED = (
    PROTON_TOP
    + PROTON_HOP
    + "Received: by {host} (Postfix, from userid 33) id 1D{n}; {date}\nDKIM-Signature: v=1; d={domain}\n"
    + PROTON_RESULTS
)
POSTEO_TOP = """
Return-Path: <{path}>
Delivered-To: bob@posteo.example
Received: from proxy02.posteo.name ([127.0.0.1]) by dovecot16.posteo.name (Dovecot) with LMTP id {n} for <bob@posteo.example>; {date}
Received: from proxy02.posteo.de ([127.0.0.1]) by proxy02.posteo.name (Dovecot) with LMTP id {n} for <bob@posteo.example>; {date}
Received: from mailin04.posteo.de (unknown [10.0.0.64]) by proxy02.posteo.de (Postfix) with ESMTPS id 4{n}; {date}
Received: from mx04.posteo.de (mailin04.posteo.de [127.0.0.1]) by mailin04.posteo.de (Postfix) with ESMTPS id 5{n}; {date}
X-Virus-Scanned: amavisd-new at posteo.de
X-Spam-Flag: NO
"""
POSTEO_HOP = "Received: from {host} ({host} [{bip}]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by mx04.posteo.de (Postfix) with ESMTPS id 6{n} for <bob@posteo.example>; {date}\n"
POSTEO_RESULTS = """X-Posteo-Antispam-Signature: v=1; e=base64
@Authentication-Results: posteo.de; dmarc=pass (p=none dis=none) header.from={domain}
@Authentication-Results: posteo.de; spf=pass smtp.mailfrom={domain}
@Authentication-Results: posteo.de; dkim=pass (2048-bit key) header.d={domain} header.i=@{domain} header.b=abc
"""
POSTEO = POSTEO_TOP + POSTEO_RESULTS + POSTEO_HOP
POSTEO_BELOW = POSTEO_TOP + POSTEO_HOP + POSTEO_RESULTS
POSTEO_GROUPED = (
    POSTEO_TOP.replace("X-Virus-Scanned: amavisd-new at posteo.de\nX-Spam-Flag: NO\n", "")
    + POSTEO_HOP
    + "Received: from laptop (unknown [203.0.113.77]) by {host} (Postfix) with ESMTPSA id 7; {date}\n"
    + POSTEO_RESULTS
)
GMX = """
Return-Path: <{path}>
@Authentication-Results: gmx.net; dkim=pass header.i=@{domain}
Received: from {host} ([{bip}]) by mx-ha.gmx.net (mxgmx114 [212.227.17.5]) with ESMTPS (Nemesis) id 1Mabc-{n} for <bob@gmx.example>; {date}
"""
WEB_DE = GMX.replace("gmx.net", "web.de").replace("mxgmx114", "mxweb111")
T_ONLINE = """
Return-Path: <{path}>
Received: from mailin39.aul.t-online.de ([172.20.26.71]) by ehead27f11.aul.t-online.de (Dovecot) with LMTP id {n}; {date}
Received: from {host} ([{bip}]) by mailin39.mgt.mul.t-online.de with (TLSv1.3:TLS_AES_256_GCM_SHA384 encrypted) esmtp id 1vTJDa-{n}; {date}
"""
MAIL_RU = """
Delivered-To: bob@mail.example
Return-path: <{path}>
Received: by e.mail.ru with local (envelope-from <{path}>) id 1{n}; {date}
@Authentication-Results: mxs.mail.ru; spf=pass (mx{m}.m.smailru.net: domain of {domain} designates {ip} as permitted sender) smtp.mailfrom={path} smtp.helo={host}; dkim=pass header.d={domain}; dmarc=pass header.from={path}
Received: from {host} ([{bip}]:44444) by mx{m}.m.smailru.net with esmtp (envelope-from <{path}>) id 1u{n}-00; {date}
"""
MAIL_RU_BELOW = """
Received: from {host} ([{bip}]:44444) by mx{m}.mail.ru with esmtp (envelope-from <{path}>) id 1u{n}-00 for bob@mail.example; {date}
X-Mru-BL: 0
X-Mailru-Src: smtp
@Authentication-Results: mxs.mail.ru; spf=pass (mx{m}.mail.ru: domain of {domain} designates {ip} as permitted sender) smtp.mailfrom={path} smtp.helo={host}; dkim=pass header.d={domain}
"""
YANDEX = """
Received: from mail-nwsmtp-mxfront-production-main-{m}.sas.yp-c.yandex.net (mail-nwsmtp-mxfront-production-main-{m}.sas.yp-c.yandex.net [IPv6:2a02:6b8:c08:1::{m}]) by mail-notsolitesrv-production-main-32.iva.yp-c.yandex.net (notsolitesrv/Yandex) with LMTPS id {n}; {date}
Received: from {host} ({host} [{bip}]) by mail-nwsmtp-mxfront-production-main-{m}.sas.yp-c.yandex.net (mxfront/Yandex) with ESMTPS id a{n}; {date} (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (Client certificate not present)
Return-Path: {path}
X-Yandex-Front: mail-nwsmtp-mxfront-production-main-{m}.sas.yp-c.yandex.net
X-Yandex-TimeMark: 1700000000.{n}
@Authentication-Results: mail-nwsmtp-mxfront-production-main-{m}.sas.yp-c.yandex.net; spf=pass (mail-nwsmtp-mxfront-production-main-{m}.sas.yp-c.yandex.net: domain of {domain} designates {ip} as permitted sender, rule=[ip4:{ip}]) smtp.mail={path}; dkim=pass header.i=@{domain}
X-Yandex-Spam: 1
"""
ZOHO = """
Delivered-To: bob@zoho.example
Received-SPF: pass (zohomail.com: domain of {domain} designates {ip} as permitted sender) client-ip={ip}; envelope-from={path}; helo={host};
@Authentication-Results: mx.zohomail.com; dkim=pass; spf=pass (zohomail.com: domain of {domain} designates {ip} as permitted sender)  smtp.mailfrom={path}; dmarc=pass(p=reject)  header.from={domain}
ARC-Seal: i=1; a=rsa-sha256; t=1; cv=none; d=zohomail.com; s=zohoarc; b=AAAA
ARC-Authentication-Results: i=1; mx.zohomail.com; dkim=pass; spf=pass smtp.mailfrom={path}
Return-Path: <{path}>
Received: from {host} ({host} [{bip}]) by mx.zohomail.com with SMTPS id 17{n}.45; {date}
"""
MAILBOX_ORG = """
Return-Path: <{path}>
Delivered-To: bob@mailbox.example
Received: from director-01.mailbox.org ([10.196.197.5]) by imap-{m}.mailbox.org (Dovecot) with LMTP id {n}; {date}
Received: from mx1.mailbox.org (unknown [10.196.197.11]) by director-01.mailbox.org (Postfix) with ESMTPS id 4{n}; {date}
@Authentication-Results: spamfilter05.heinlein-hosting.de; dkim=pass header.d={domain} header.s=s1 header.b=abc; dmarc=pass (policy=reject) header.from={domain}; spf=pass (spamfilter05.heinlein-hosting.de: domain of {path} designates {ip} as permitted sender) smtp.mailfrom={path}
X-Rspamd-Queue-Id: 4{n}
Received: from {host} ({host} [{bip}]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) by mx1.mailbox.org (Postfix) with ESMTPS id 5{n} for <bob@mailbox.example>; {date}
"""
POSTFIX_TOP = "Return-Path: <{path}>\nX-Original-To: bob@corp.example\nDelivered-To: bob@corp.example\n"
POSTFIX_HOP = "Received: from {host} ({host} [{bip}]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by mx.corp.example (Postfix) with ESMTPS id 4{n} for <bob@corp.example>; {date}\n"
OPENDKIM = "@Authentication-Results: mx.corp.example; dmarc=pass (p=reject dis=none) header.from={domain}\n@Authentication-Results: mx.corp.example; dkim=pass (2048-bit key; unprotected) header.d={domain} header.i=@{domain} header.b=abc; dkim-atps=neutral\n"
POSTFIX_ABOVE = (
    POSTFIX_TOP + "DKIM-Filter: OpenDKIM Filter v2.11.0 mx.corp.example 4{n}\n" + OPENDKIM + POSTFIX_HOP
)
POSTFIX_BELOW = POSTFIX_TOP + POSTFIX_HOP + OPENDKIM
POLICYD = (
    POSTFIX_TOP
    + "Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip={ip}; helo={host}; envelope-from={path}; receiver=corp.example\n"
    + OPENDKIM
    + POSTFIX_HOP
)
DOVECOT_LMTP = (
    "Return-Path: <{path}>\nDelivered-To: bob@corp.example\nReceived: from mx.corp.example by mx.corp.example with LMTP id {n} (envelope-from <{path}>) for <bob@corp.example>; {date}\n"
    + POSTFIX_ABOVE.removeprefix("Return-Path: <{path}>\n")
)
LMTP_ELSEWHERE = (
    "Return-Path: <{path}>\nReceived: from mx.corp.example by store.other.example with LMTP id {n}; {date}\n"
    + OPENDKIM
    + POSTFIX_HOP
)
AMAVIS = (
    POSTFIX_TOP
    + "Received: from localhost (localhost [127.0.0.1]) by mx.corp.example (Postfix) with ESMTP id 9{n}; {date}\nX-Virus-Scanned: Debian amavisd-new at mx.corp.example\nReceived: from mx.corp.example ([127.0.0.1]) by localhost (mx.corp.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 8{n}; {date}\n"
    + OPENDKIM
    + POSTFIX_HOP
)
RSPAMD = (
    POSTFIX_TOP
    + POSTFIX_HOP
    + "@Authentication-Results: mx.corp.example; dkim=pass header.d={domain} header.s=s1 header.b=abc; dmarc=pass (policy=reject) header.from={domain}; spf=pass (mx.corp.example: domain of {path} designates {ip} as permitted sender) smtp.mailfrom={path}\n"
)
AMAZON = """
Received: from {host} ({host} [{ip}]) by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 0a{n} for bob@corp.example; {date}
Received-SPF: pass (spfCheck: domain of {domain} designates {ip} as permitted sender) client-ip={ip}; envelope-from={path}; helo={host};
@Authentication-Results: amazonses.com; spf=pass (spfCheck: domain of {domain} designates {ip} as permitted sender) client-ip={ip}; envelope-from={path}; helo={host}; dmarc=pass header.from={domain};
X-SES-RECEIPT: abc{n}
"""
STRATO = """
Return-Path: <{path}>
@Authentication-Results: strato.com; dmarc=pass header.from="{domain}"
@Authentication-Results: strato.com; spf=pass smtp.mailfrom="{path}"
Received: from {host} ([{ip}]) by smtpin.rzone.de (RZmta 51.2.0 OK) with ESMTPS id x{n} (using TLSv1.3) for <bob@corp.example>; {date}
"""
HARAKA = """
Received: from {host} ({host} [{ip}]) by mx.corp.example (Haraka/3.0.5) with ESMTPS id 0A{n}.1 envelope-from <{path}> tls TLS_AES_256_GCM_SHA384; {date}
"""
EXIM = """
Return-path: <{path}>
Envelope-to: bob@corp.example
Delivery-date: {date}
Received: from {host} ([{bip}]:44444) by mx.corp.example with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96.2) (envelope-from <{path}>) id 1abc-{n}; {date}
"""
EXIM_RESULTS = EXIM.replace(
    "Envelope-to",
    "@Authentication-Results: mx.corp.example; iprev=pass ({host}) smtp.remote-ip={ip}; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain} header.s=s1; arc=none\nEnvelope-to",
)
CPANEL = (
    "Return-Path: <{path}>\nDelivered-To: bob@corp.example\nReceived: from server.host.example by server.host.example with LMTP id {n} (envelope-from <{path}>); {date}\n"
    + EXIM.lstrip().replace("mx.corp.example", "server.host.example")
    + "Received-SPF: pass (server.host.example: domain of {domain} designates {ip} as permitted sender) client-ip={ip}; envelope-from={path}; helo={host};\n"
)


FORMS = (
    Form("gmail", GMAIL), Form("workspace-proofpoint", WORKSPACE_GATEWAY),
    Form("workspace-mimecast", WORKSPACE_MIMECAST), Form("workspace-barracuda", WORKSPACE_BARRACUDA),
    Form("outlook.com", OUTLOOK_COM), Form("outlook.com-senders-path", OUTLOOK_SENDERS_PATH),
    Form("exchange-online", EXCHANGE_BUSINESS), Form("exchange-online-proofpoint", EXCHANGE_GATEWAY),
    Form("exchange-online-encoded", EXCHANGE_ENCODED), Form("exchange-tenant", TENANT, inside=True),
    Form("exchange-tenants", OTHER_TENANT), Form("exchange-on-premises", ON_PREMISES),
    Form("yahoo", YAHOO), Form("yahoo-below", YAHOO_BELOW), Form("yahoo-grouped", YAHOO_GROUPED), Form("yahoo-old", YAHOO_OLD), Form("aol", AOL),
    Form("icloud", APPLE), Form("icloud-grouped", APPLE_GROUPED),
    Form("fastmail", FASTMAIL), Form("fastmail-to-fastmail", FASTMAIL_BELOW),
    Form("proton", PROTON), Form("proton-grouped", PROTON_GROUPED), Form("proton-grouped-signed", PROTON_SIGNED),
    Form("posteo", POSTEO), Form("posteo-below", POSTEO_BELOW), Form("posteo-grouped", POSTEO_GROUPED),
    Form("gmx", GMX), Form("web.de", WEB_DE), Form("t-online", T_ONLINE), Form("mail.ru", MAIL_RU), Form("mail.ru-below", MAIL_RU_BELOW),
    Form("yandex", YANDEX), Form("zoho", ZOHO), Form("mailbox.org", MAILBOX_ORG),
    Form("postfix-above", POSTFIX_ABOVE), Form("postfix-below", POSTFIX_BELOW), Form("policyd-spf", POLICYD), Form("dovecot-lmtp", DOVECOT_LMTP),
    Form("lmtp-elsewhere", LMTP_ELSEWHERE), Form("amavis", AMAVIS), Form("rspamd", RSPAMD),
    Form("amazon", AMAZON), Form("haraka", HARAKA), Form("strato", STRATO), Form("mailcow", RSPAMD.replace("Postfix", "Postcow")),
    Form("exim", EXIM), Form("exim-results", EXIM_RESULTS), Form("cpanel", CPANEL),
)  # fmt: skip
