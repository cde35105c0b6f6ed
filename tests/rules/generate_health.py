"""Writes bad.toml and good.toml of the DNS and blocklist rules that no zone file can bring about.

Run it from the repository: python -m tests.rules.generate_health
"""

from __future__ import annotations

import copy
from typing import Any

from tests.rules.generate_delivery import HERE, toml

DOMAIN = "acme.example"
SOA = "ns1.acme.example hostmaster.acme.example {serial} 7200 3600 1209600 3600"
SPF = "v=spf1 ip4:192.0.2.25 -all"
DMARC = "v=DMARC1; p=reject"
SERVERS = {"ns1.acme.example": "192.0.2.53", "ns2.esp.example": "198.51.100.53"}
Table = dict[str, Any]


def lookup(name: str, rrtype: str, *records: str, **changes: Any) -> Table:
    return {
        "name": name,
        "rrtype": rrtype,
        "status": "ok" if records else "nodata",
        "records": list(records),
        "ttl": 3600,
        "secure": "unknown",
        "server": "127.0.0.1:53",
        **changes,
    }


def facts(**parts: Any) -> Table:
    return {"domain": DOMAIN, "unicode_domain": DOMAIN, **parts}


def zone(state: str, secure: str, **changes: Any) -> Table:
    questions = (
        (DOMAIN, "SOA", SOA.format(serial=7)),
        (DOMAIN, "MX", "10 mx.esp.example"),
        (DOMAIN, "TXT", SPF),
        (f"_dmarc.{DOMAIN}", "TXT", DMARC),
    )
    signed = secure == "yes"
    return {
        "zone": DOMAIN,
        "role": "domain",
        "state": state,
        "ds": lookup(DOMAIN, "DS", *(["30199 13 2 55436c5b"] if signed else []), secure=secure),
        "dnskey": lookup(DOMAIN, "DNSKEY", *(["257 3 13 +evkZBR8"] if signed else []), secure=secure),
        "keys": [{"key_tag": 30199, "algorithm": 13, "entry_point": True}] if signed else [],
        "names": [lookup(*question, secure=secure) for question in questions],
        **changes,
    }


def mx_zone(state: str, secure: str, **changes: Any) -> Table:
    return {
        "zone": "esp.example",
        "role": "mx",
        "state": state,
        "hosts": ["mx.esp.example"],
        "names": [lookup("mx.esp.example", "A", "192.0.2.25", secure=secure)],
        **changes,
    }


def bogus(*questions: tuple[str, str]) -> list[Table]:
    reason = "127.0.0.1:53: signature expired (EDE 7)"
    return [lookup(*each, status="bogus", secure="bogus", ttl=0, reason=reason) for each in questions]


def answers(serial: int = 7, **changes: Any) -> list[Table]:
    """What one healthy server says."""
    server = changes.pop("server", "")
    return [
        {"lookup": {**lookup(*question, server=server), **changes}, "authoritative": True}
        for question in (
            (DOMAIN, "SOA", SOA.format(serial=serial)),
            (DOMAIN, "NS", *SERVERS),
            (DOMAIN, "MX", "10 mx.esp.example"),
            (DOMAIN, "TXT", SPF),
            (f"_dmarc.{DOMAIN}", "TXT", DMARC),
        )
    ]


def authority(second: list[Table] | None = None, first: list[Table] | None = None) -> Table:
    said = (first or answers(), second or answers())
    return facts(
        authority={
            "zone": DOMAIN,
            "ns": lookup(DOMAIN, "NS", *SERVERS),
            "asked": True,
            "servers": [
                {
                    "host": host,
                    "a": lookup(host, "A", address),
                    "aaaa": lookup(host, "AAAA"),
                    "addresses": [{"address": address, "answers": copy.deepcopy(given)}],
                }
                for (host, address), given in zip(SERVERS.items(), said, strict=True)
            ],
        }
    )


def delegated(*names: str) -> Table:
    """The same, with what the parent's server says."""
    said = {
        "parent": "example",
        "server": "192.0.2.1",
        "names": list(names),
        "lookup": lookup(DOMAIN, "NS", server="192.0.2.1"),
    }
    table = authority()
    table["authority"]["delegation"] = said
    return table


def changed(index: int, *records: str, **changes: Any) -> list[Table]:
    """A server's answers with one of them different."""
    result = answers()
    result[index]["lookup"].update({"records": list(records), **changes})
    return result


def failing(status: str, reason: str = "", **changes: Any) -> list[Table]:
    result = answers()
    for each in result:
        each["lookup"].update({"status": status, "records": [], "ttl": 0, "reason": reason})
        each.update({"authoritative": False, **changes})
    return result


def listing(name: str, subject: str, role: str, answer: str = "", **changes: Any) -> Table:
    question = f"{'.'.join(reversed(subject.split('.'))) if role != 'domain' else subject}.{name}.test"
    found = lookup(question, "A", *([answer] if answer else []))
    if not answer:
        found["status"] = "nxdomain"
    return {
        "blocklist": name,
        "subject": subject,
        "role": role,
        "status": "listed" if answer else "clear",
        "lookup": found,
        "major": True,
        "removal": f"https://{name}.test/removal",
        **changes,
    }


def lists(*listings: Table) -> Table:
    return facts(
        blocklists={"list_date": "2026-11-23", "asked": ["spamhaus-zen"], "listings": list(listings)}
    )


SPAM = {"codes": [{"code": "127.0.0.2", "meaning": "SBL: a known source of spam"}]}
PBL = {
    "codes": [
        {
            "code": "127.0.0.10",
            "meaning": "PBL: the provider says that it does not send mail directly",
            "policy": True,
        }
    ]
}
DBL = {"codes": [{"code": "127.0.1.2", "meaning": "a low-reputation or spam domain"}]}
CLEAR = lists(
    listing("spamhaus-zen", "192.0.2.25", "sending"),
    listing("spamhaus-zen", "192.0.2.26", "mx", host="mx.esp.example"),
    listing("spamhaus-dbl", DOMAIN, "domain"),
)
SIGNED = zone("signed", "yes")
UNSIGNED = zone("insecure", "no")
MIXED = zone("mixed", "yes")
MIXED["names"][3]["secure"] = "no"
ALL_BOGUS = bogus((DOMAIN, "SOA"), (DOMAIN, "MX"), (DOMAIN, "TXT"), (f"_dmarc.{DOMAIN}", "TXT"))
EXPIRED = {"reason": "127.0.0.1:53: signature expired (EDE 7)"}
ISLAND = zone("insecure", "no", keys=[{"key_tag": 30199, "algorithm": 13, "entry_point": True}])
CNAME = lookup(DOMAIN, "CNAME", "shop.web.example")


def health(*aliases: Table) -> Table:
    unlikely = f"mailproof-wildcard-test.{DOMAIN}"
    nothing = [lookup(unlikely, kind, status="nxdomain") for kind in ("MX", "TXT")]
    asked = [lookup(f"_dmarc.{DOMAIN}", "TXT", DMARC)]
    return facts(
        health={"wildcard_name": unlikely, "wildcard": nothing, "asked": asked, "aliases": list(aliases)}
    )


CASES: dict[str, tuple[Table, Table]] = {
    "DNS001": (
        facts(dnssec=[zone("bogus", "bogus", names=ALL_BOGUS, ds=SIGNED["ds"], **EXPIRED)]),
        facts(dnssec=[SIGNED]),
    ),
    "DNS002": (
        facts(dnssec=[SIGNED, mx_zone("bogus", "bogus", names=bogus(("mx.esp.example", "A")), **EXPIRED)]),
        facts(dnssec=[SIGNED, mx_zone("signed", "yes")]),
    ),
    "DNS004": (facts(dnssec=[ISLAND]), facts(dnssec=[UNSIGNED])),
    "DNS006": (facts(dnssec=[UNSIGNED]), facts(dnssec=[SIGNED])),
    "DNS007": (
        facts(dnssec=[SIGNED, mx_zone("insecure", "no")]),
        facts(dnssec=[SIGNED, mx_zone("signed", "yes")]),
    ),
    "DNS026": (facts(dnssec=[MIXED]), facts(dnssec=[SIGNED])),
    "DNS008": (
        authority(changed(3, "v=spf1 ip4:203.0.113.9 -all")),
        authority(changed(3, "v=spf1 ip4:192.0.2.25 -all")),
    ),
    "DNS009": (authority(answers(serial=6)), authority()),
    "DNS010": (authority(failing("refused", "198.51.100.53 answered RCODE 5")), authority()),
    "DNS011": (authority(failing("timeout", "no answer from 198.51.100.53:53")), authority()),
    "DNS014": (authority(changed(1, "ns1.acme.example", "ns9.old.example")), authority()),
    "DNS016": (authority(first=changed(2, "10 mx.esp.example", ttl=30)), authority()),
    "DNS027": (delegated("ns1.acme.example", "ns9.old.example"), delegated(*SERVERS)),
    "DNS022": (
        health(
            {
                "name": DOMAIN,
                "cname": CNAME,
                "target": lookup(DOMAIN, "TXT", SPF),
                "beside": [lookup(DOMAIN, "MX", "10 mx.esp.example"), lookup(DOMAIN, "TXT", SPF)],
            }
        ),
        health(),
    ),
    "RBL001": (lists(listing("spamhaus-zen", "192.0.2.25", "sending", "127.0.0.2", **SPAM)), CLEAR),
    "RBL002": (
        lists(
            listing("spamhaus-zen", "192.0.2.26", "mx", "127.0.0.2", host="mx.esp.example", **SPAM),
            listing("spamhaus-zen", "192.0.2.27", "mx", "127.0.0.10", host="mx2.esp.example", **PBL),
        ),
        CLEAR,
    ),
    "RBL003": (lists(listing("spamhaus-dbl", DOMAIN, "domain", "127.0.1.2", **DBL)), CLEAR),
    "RBL004": (
        lists(
            listing(
                "spamhaus-zen",
                "192.0.2.25",
                "sending",
                "127.255.255.254",
                status="refused",
                reason="it was asked through a public resolver",
            )
        ),
        CLEAR,
    ),
    "RBL005": (
        lists(
            listing(
                "old-list",
                "192.0.2.25",
                "sending",
                "127.0.0.2",
                status="unusable",
                reason="old-list lists everything: also 127.0.0.1, which must not be listed",
            )
        ),
        CLEAR,
    ),
    "RBL006": (lists(listing("spamhaus-zen", "192.0.2.25", "sending", "127.0.0.10", **PBL)), CLEAR),
}


def main() -> None:
    for rule, pair in CASES.items():
        (HERE / rule).mkdir(exist_ok=True)
        for which, table in zip(("bad", "good"), pair, strict=True):
            path = HERE / rule / f"{which}.toml"
            path.write_text("\n".join(toml(copy.deepcopy(table))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
