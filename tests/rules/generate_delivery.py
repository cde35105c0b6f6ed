"""Writes bad.toml and good.toml of the delivery rules: one healthy delivery, and what each rule is about.

Run it from the repository: python -m tests.rules.generate_delivery
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
STAGES = ("connect", "greeting", "ehlo", "starttls", "tls", "ehlo", "auth", "mail", "rcpt", "data", "quit")


def certificate(days: int = 60, names: tuple[str, ...] = ("smtp.acme.example",)) -> dict[str, Any]:
    return {
        "subject": f"CN={names[0]}",
        "issuer": "CN=Example Issuing CA",
        "names": list(names),
        "not_before": NOW - timedelta(days=90 - days),
        "not_after": NOW + timedelta(days=days),
        "days_left": days,
        "key": "EC secp256r1",
        "signature": "ecdsa-with-SHA256",
    }


def healthy() -> dict[str, Any]:
    return {
        "profile": "default",
        "mail_from": "bounces@acme.example",
        "recipient": "probe@receiver.example",
        "from_address": "news@acme.example",
        "token": "mp-0123456789abcdef0123",
        "message_id": "<mp-0123456789abcdef0123.1793534400@acme.example>",
        "sent_at": NOW,
        "submission": {
            "host": "smtp.acme.example",
            "port": 587,
            "security": "starttls",
            "address": "192.0.2.25",
            "accepted": True,
            "greeting": "smtp.acme.example ESMTP Postfix",
            "ehlo_name": "probe.acme.example",
            "extensions": ["SIZE 52428800", "8BITMIME", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"],
            "auth_mechanism": "PLAIN",
            "auth_offered": ["PLAIN", "LOGIN"],
            "authenticated": True,
            "queue_id": "4XyZ123abc",
            "stages": [{"stage": stage, "ok": True} for stage in STAGES],
            "tls": {
                "version": "TLSv1.3",
                "cipher": "TLS_AES_256_GCM_SHA384",
                "bits": 256,
                "verified": True,
                "chain": [certificate()],
            },
        },
        "retrieval": {
            "method": "imap",
            "server": "imap.receiver.example:993",
            "result": "found",
            "folder": "INBOX",
            "folders_seen": ["INBOX", "Junk"],
            "waited_s": 1.5,
            "deadline_s": 120.0,
            "removed": True,
            "remove_requested": True,
            "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "bits": 256, "verified": True},
        },
        "comparison": {
            "body_intact": True,
            "changes": [
                {
                    "part": "header",
                    "name": "Received",
                    "kind": "added",
                    "after": "from smtp.acme.example by mx.receiver.example",
                    "hop": "mx.receiver.example",
                    "harmless": True,
                }
            ],
        },
    }


def stopped(stage: str, **fields: Any) -> dict[str, Any]:
    """The submission ends at ``stage``; nothing is waited for."""
    facts = healthy()
    sent = facts["submission"]
    last = len(STAGES) - 1 - STAGES[::-1].index(stage)
    sent["stages"] = [*sent["stages"][:last], {"stage": stage, "ok": False, **fields}]
    sent |= {"accepted": False, "queue_id": ""}
    if last <= STAGES.index("tls"):
        del sent["tls"]
        sent |= {"authenticated": False, "auth_mechanism": "", "auth_offered": []}
    reason = "nothing to wait for: the SMTP server did not take the message"
    facts["retrieval"] |= {"result": "skipped", "reason": reason, "folder": "", "removed": False}
    del facts["comparison"]
    return facts


def refused(stage: str, code: int, enhanced: str, text: str, meaning: str = "") -> dict[str, Any]:
    kind = "deferred" if code < 500 else "rejected"
    return stopped(stage, code=code, enhanced=enhanced, text=text, kind=kind, meaning=meaning)


def with_certificate(code: str, problem: str, shown: dict[str, Any]) -> dict[str, Any]:
    facts = stopped("tls", kind="certificate", reason=problem)
    facts["submission"]["tls"] = {
        "version": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "bits": 256,
        "verified": False,
        "problem": problem,
        "problem_code": code,
        "chain": [shown],
    }
    return facts


def changed(*path_and_value: Any) -> dict[str, Any]:
    """The healthy one with a value put in: ``section, key, value``, several in a row."""
    facts = healthy()
    for index in range(0, len(path_and_value), 3):
        section, key, value = path_and_value[index : index + 3]
        facts[section][key] = value
    return facts


def waited(result: str, **fields: Any) -> dict[str, Any]:
    facts = healthy()
    facts["retrieval"] |= {"result": result, "folder": "", "removed": False, **fields}
    del facts["comparison"]
    return facts


def verification_off() -> dict[str, Any]:
    facts = healthy()
    facts["submission"]["tls"] |= {"verification_off": True}
    del facts["submission"]["tls"]["verified"]
    return facts


def expiring(days: int) -> dict[str, Any]:
    facts = healthy()
    facts["submission"]["tls"]["chain"] = [certificate(days)]
    return facts


def plain() -> dict[str, Any]:
    facts = changed("submission", "security", "plain")
    del facts["submission"]["tls"]
    facts["submission"]["stages"] = [{"stage": s, "ok": True} for s in STAGES if "tls" not in s]
    next(s for s in facts["submission"]["stages"] if s["stage"] == "auth")["code"] = 235
    return facts


def old_tls() -> dict[str, Any]:
    facts = healthy()
    facts["submission"]["tls"] |= {"version": "TLSv1.1", "cipher": "ECDHE-RSA-AES256-SHA"}
    return facts


def judged_strictly(*faults: dict[str, Any]) -> dict[str, Any]:
    facts = healthy()
    facts["submission"]["tls"]["strict_faults"] = list(faults)
    facts["retrieval"]["tls"]["strict_faults"] = []
    return facts


def wrong_mode() -> dict[str, Any]:
    facts = stopped(
        "tls",
        kind="wrong-mode",
        reason="the server speaks plain text here ('220 smtp.acme.example ESMTP'): this is a STARTTLS "
        "port, not implicit TLS",
    )
    facts["submission"] |= {"security": "tls", "greeting": "", "extensions": []}
    facts["submission"]["stages"] = [{"stage": "connect", "ok": True}, facts["submission"]["stages"][-1]]
    return facts


def no_mechanism() -> dict[str, Any]:
    facts = stopped("auth", kind="unsupported", reason="no common mechanism: the server offers GSSAPI")
    facts["submission"] |= {"auth_offered": ["GSSAPI"], "extensions": ["AUTH GSSAPI"], "authenticated": False}
    return facts


def unencrypted_mailbox() -> dict[str, Any]:
    facts = changed("retrieval", "server", "imap.receiver.example:143")
    del facts["retrieval"]["tls"]
    return facts


GREYLISTED = {
    "stage": "rcpt",
    "ok": False,
    "code": 450,
    "enhanced": "4.2.0",
    "text": "Greylisted, see http://postgrey.example/help",
    "kind": "deferred",
    "meaning": "Greylisting: an unknown sender is asked to come back later.",
}
BOUNCE = {
    "action": "failed",
    "status": "5.7.26",
    "diagnostic": "550-5.7.26 This mail is blocked because the sender is unauthenticated. 550 5.7.26 - gsmtp",
    "remote_mta": "gmail-smtp-in.l.google.com",
    "reporting_mta": "smtp.acme.example",
    "recipient": "probe@receiver.example",
    "meaning": "Gmail: neither SPF nor DKIM passes for the sending domain.",
}
DELAY = {
    "action": "delayed",
    "status": "4.4.1",
    "diagnostic": "connect to mx.receiver.example[192.0.2.9]:25: Connection timed out",
    "reporting_mta": "smtp.acme.example",
    "recipient": "probe@receiver.example",
}

NO_IDENTIFIER = {
    "code": "authority-key-identifier-missing",
    "text": "it has no authority key identifier",
    "certificate": "CN=smtp.acme.example",
}

#: Where a healthy delivery has to say more than the others.
GOOD = {"SMTP025": judged_strictly()}
BAD: dict[str, dict[str, Any]] = {
    "SMTP001": stopped(
        "connect",
        kind="unresolved",
        reason="smtp.acme.example could not be resolved: Name or service not known",
    ),
    "SMTP002": stopped(
        "connect",
        kind="refused",
        reason="192.0.2.25:587 refuses connections: nothing listens there, or a firewall says no",
    ),
    "SMTP003": stopped("connect", kind="timeout", reason="no answer from 192.0.2.25:587 within 30 s"),
    "SMTP004": refused("greeting", 554, "5.7.1", "No SMTP service for you here"),
    "SMTP005": stopped("starttls", kind="unsupported", reason="the server does not offer STARTTLS"),
    "SMTP006": wrong_mode(),
    "SMTP007": stopped("tls", kind="tls", reason="no TLS version in common (UNSUPPORTED_PROTOCOL)"),
    "SMTP008": with_certificate("expired", "the certificate has expired", certificate(-3)),
    "SMTP009": with_certificate(
        "wrong-name",
        "the certificate is not for smtp.acme.example",
        certificate(names=("mail.hoster.example", "hoster.example")),
    ),
    "SMTP010": with_certificate(
        "untrusted",
        "no trusted authority stands behind the certificate (unknown root, or a missing intermediate "
        "certificate) (OpenSSL: unable to get local issuer certificate)",
        certificate(),
    ),
    "SMTP011": with_certificate("not-yet-valid", "the certificate is not valid yet", certificate(95)),
    "SMTP012": expiring(9),
    "SMTP013": verification_off(),
    "SMTP014": changed(
        "submission",
        "tls",
        healthy()["submission"]["tls"] | {"version": "TLSv1.1", "cipher": "ECDHE-RSA-AES256-SHA"},
    ),
    "SMTP015": plain(),
    "SMTP016": refused(
        "auth",
        535,
        "5.7.8",
        "Error: authentication failed: (reason unavailable)",
        "5.7.8: The user name, password or token is wrong, or must not be used here.",
    ),
    "SMTP017": no_mechanism(),
    "SMTP018": refused(
        "mail",
        553,
        "5.7.1",
        "<bounces@acme.example>: Sender address rejected: not owned by user probe",
    ),
    "SMTP019": refused(
        "rcpt",
        550,
        "5.1.1",
        "<probe@receiver.example>: Recipient address rejected: User unknown in virtual mailbox table",
        "5.1.1: The mailbox does not exist at the recipient's domain.",
    ),
    "SMTP020": refused(
        "data",
        550,
        "5.7.26",
        "Your email has been blocked because the sender is unauthenticated. - gsmtp",
        "Gmail: neither SPF nor DKIM passes for the sending domain, or its DMARC policy refuses the message.",
    ),
    "SMTP021": refused("rcpt", 450, "4.2.0", "Greylisted", "Greylisting: come back later."),
    "SMTP022": changed(
        "submission", "deferrals", [GREYLISTED], "submission", "attempts", 2, "submission", "waited_s", 10.0
    ),
    "SMTP023": stopped(
        "mail",
        kind="unsupported",
        reason="the addresses or header need SMTPUTF8 (RFC 6531), which the server does not offer",
    ),
    "SMTP024": stopped(
        "data",
        kind="protocol",
        reason="the server dropped the connection without a word",
    ),
    "SMTP025": judged_strictly(NO_IDENTIFIER),
    "RECV001": waited("deadline", waited_s=120.0),
    "RECV002": changed("retrieval", "folder", "Junk", "retrieval", "junk", True),
    "RECV003": waited("bounced", bounce=BOUNCE),
    "RECV004": waited(
        "error",
        kind="login",
        reason="the server refuses the login: NO [AUTHENTICATIONFAILED] Authentication failed.",
    ),
    "RECV005": waited("error", kind="connect", reason="no answer from 192.0.2.143:993 within 30 s"),
    "RECV006": changed(
        "comparison",
        "changes",
        [
            {
                "part": "header",
                "name": "Subject",
                "kind": "changed",
                "before": "mailproof test message [mp-0123456789abcdef0123]",
                "after": "[list] mailproof test message [mp-0123456789abcdef0123]",
                "hop": "lists.receiver.example",
            }
        ],
    ),
    "RECV007": changed(
        "comparison",
        "changes",
        [
            {
                "part": "body",
                "name": "text/plain footer",
                "kind": "added",
                "after": "-- \nThis message was scanned.",
                "hop": "relay.acme.example",
            }
        ],
        "comparison",
        "body_intact",
        False,
    ),
    "RECV008": changed("retrieval", "waited_s", 84.0),
    "RECV009": changed("retrieval", "removed", False, "retrieval", "remove_requested", False),
    "RECV010": unencrypted_mailbox(),
    "RECV011": waited("deadline", waited_s=120.0, bounce=DELAY),
}


def text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    return str(value)


def toml(table: dict[str, Any], prefix: str = "") -> list[str]:
    lines: list[str] = []
    later: list[str] = []
    for key, value in table.items():
        if isinstance(value, dict):
            later += ["", f"[{prefix}{key}]", *toml(value, f"{prefix}{key}.")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for row in value:
                later += ["", f"[[{prefix}{key}]]", *toml(row, f"{prefix}{key}.")]
        else:
            lines.append(f"{key} = {text(value)}")
    return lines + later


def main() -> None:
    for rule, bad in BAD.items():
        folder = HERE / rule
        folder.mkdir(exist_ok=True)
        (folder / "bad.toml").write_text("\n".join(toml(copy.deepcopy(bad))) + "\n", encoding="utf-8")
        good = GOOD.get(rule) or healthy()
        (folder / "good.toml").write_text("\n".join(toml(good)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
