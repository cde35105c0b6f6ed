"""Writes bad.toml and good.toml of the transport and DANE rules: one healthy domain, and what each is about.

Run it from the repository: python -m tests.rules.generate_transport
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.rules.generate_delivery import HERE, NOW, toml

Change = Callable[[dict[str, Any]], None]
KEYS = {"mx1.acme.example": "1a" * 32, "mx2.acme.example": "2b" * 32}
ADDRESSES = {"mx1.acme.example": "192.0.2.25", "mx2.acme.example": "198.51.100.25"}


def certificate(host: str, days: int = 60) -> dict[str, Any]:
    return {
        "subject": f"CN={host}",
        "issuer": "CN=Example Issuing CA",
        "names": [host],
        "not_before": NOW - timedelta(days=90 - days),
        "not_after": NOW + timedelta(days=days),
        "days_left": days,
        "key": "EC secp256r1",
        "signature": "ecdsa-with-SHA256",
        "sha256": KEYS[host][::-1],
        "spki_sha256": KEYS[host],
    }


def issuer() -> dict[str, Any]:
    return {
        "subject": "CN=Example Issuing CA",
        "issuer": "CN=Example Root",
        "names": [],
        "not_before": NOW - timedelta(days=900),
        "not_after": NOW + timedelta(days=900),
        "days_left": 900,
        "key": "RSA 4096",
        "signature": "sha256WithRSAEncryption",
        "sha256": "cc" * 32,
        "spki_sha256": "dd" * 32,
    }


def lookup(name: str, rrtype: str, *records: str, status: str = "", secure: str = "yes") -> dict[str, Any]:
    return {
        "name": name,
        "rrtype": rrtype,
        "status": status or ("ok" if records else "nodata"),
        "records": list(records),
        "ttl": 3600,
        "secure": secure,
        "server": "192.0.2.53:53",
    }


def versions(*offered: str) -> list[dict[str, Any]]:
    everything = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    return [{"version": version, "offered": version in offered} for version in everything]


def connection(host: str) -> dict[str, Any]:
    return {
        "host": host,
        "address": ADDRESSES[host],
        "state": "answered",
        "code": 220,
        "greeting": f"{host} ESMTP Postfix",
        "greeting_name": host,
        "ehlo_name": host,
        "extensions": ["PIPELINING", "SIZE 52428800", "STARTTLS", "8BITMIME"],
        "starttls": True,
        "tls": {
            "version": "TLSv1.3",
            "cipher": "TLS_AES_256_GCM_SHA384",
            "bits": 256,
            "verified": True,
            "chain": [certificate(host), issuer()],
        },
        "names_match": True,
        "versions": versions("TLSv1.2", "TLSv1.3"),
        "relay": "refused",
        "relay_reply": "554 5.7.1 Relay access denied",
        "elapsed_ms": 84.0,
    }


def record(usage: int, selector: int, matching: int, data: str, *problem: Any) -> dict[str, Any]:
    made = {
        "text": f"{usage} {selector} {matching} {data}",
        "usage": usage,
        "selector": selector,
        "matching": matching,
        "data": data,
    }
    if problem:
        code, text, start, end = problem
        made["problems"] = [{"code": code, "text": text, "start": start, "end": end}]
    return made


def dane_host(host: str) -> dict[str, Any]:
    name = f"_25._tcp.{host}"
    return {
        "host": host,
        "base": host,
        "address_secure": "yes",
        "state": "matched",
        "tlsa": lookup(name, "TLSA", f"3 1 1 {KEYS[host]}"),
        "records": [record(3, 1, 1, KEYS[host])],
        "matches": [{"address": ADDRESSES[host], "records": [0]}],
    }


def mx_host(preference: int, host: str) -> dict[str, Any]:
    address = ADDRESSES[host]
    reverse = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    return {
        "preference": preference,
        "host": host,
        "a": lookup(host, "A", address),
        "aaaa": lookup(host, "AAAA"),
        "addresses": [{"address": address, "confirmed": True, "ptr": lookup(reverse, "PTR", f"{host}.")}],
    }


def healthy(dane: bool = True) -> dict[str, Any]:
    first, second = ADDRESSES
    facts: dict[str, Any] = {
        "domain": "acme.example",
        "unicode_domain": "acme.example",
        "mx_lookup": lookup("acme.example", "MX", f"10 {first}.", f"20 {second}."),
        "mx": [mx_host(10, first), mx_host(20, second)],
        "transport": {"connected": True, "connections": [connection(first), connection(second)]},
    }
    if dane:
        facts["dane"] = {"mx_secure": "yes", "hosts": [dane_host(first), dane_host(second)]}
    return facts


def connected(**values: Any) -> Change:
    """The first host's connection is another."""

    def change(facts: dict[str, Any]) -> None:
        facts["transport"]["connections"][0].update(values)

    return change


def unreached(state: str, reason: str) -> Change:
    def change(facts: dict[str, Any]) -> None:
        facts["transport"]["connections"][0] = {
            "host": "mx1.acme.example",
            "address": "192.0.2.25",
            "state": state,
            "reason": reason,
        }

    return change


def leaf(problem: str = "", code: str = "", alone: bool = False, **values: Any) -> Change:
    """The first host's certificate is another."""

    def change(facts: dict[str, Any]) -> None:
        tls = facts["transport"]["connections"][0]["tls"]
        tls["chain"][0].update(values)
        if alone:
            del tls["chain"][1:]
        if code:
            tls.update(verified=False, problem=problem, problem_code=code)

    return change


def tls_of(**values: Any) -> Change:
    def change(facts: dict[str, Any]) -> None:
        facts["transport"]["connections"][0]["tls"].update(values)

    return change


def strictly(*faults: dict[str, Any]) -> Change:
    """What strict verification has against the first host's chain; nothing against the second's."""

    def change(facts: dict[str, Any]) -> None:
        first, second = facts["transport"]["connections"]
        first["tls"]["strict_faults"], second["tls"]["strict_faults"] = list(faults), []

    return change


def pinned(**values: Any) -> Change:
    """The first host's DANE is another."""

    def change(facts: dict[str, Any]) -> None:
        facts["dane"]["hosts"][0].update(values)

    return change


def all_of(*changes: Change) -> Change:
    def change(facts: dict[str, Any]) -> None:
        for each in changes:
            each(facts)

    return change


def published(*records: dict[str, Any], state: str, matches: list[int] | None = None) -> Change:
    """The first host's records are others."""
    name = "_25._tcp.mx1.acme.example"
    shown = [{"address": "192.0.2.25", "records": matches or []}]
    return pinned(
        tlsa=lookup(name, "TLSA", *(each["text"] for each in records)),
        records=list(records),
        state=state,
        matches=shown,
    )


def no_tls() -> Change:
    def change(facts: dict[str, Any]) -> None:
        each = facts["transport"]["connections"][0]
        del each["tls"], each["names_match"]
        each.update(starttls=False, extensions=["PIPELINING", "SIZE 52428800"], versions=[])

    return change


EXPIRED: dict[str, Any] = {
    "not_after": NOW - timedelta(days=3),
    "not_before": NOW - timedelta(days=93),
    "days_left": -3,
}
ALIAS = "_25._tcp.mx1.acme.example"
KEY = KEYS["mx1.acme.example"]
TLSA = f"3 1 1 {KEY}"
WRONG_LENGTH = "matching type 1 is a SHA-256 digest of 32 octets, and the data has 20"
PKIX = ("pkix-usage", "usage 1 relies on public authorities, which senders of mail do not use", 0, 1)

#: A public root, as it is.
ROOT_FAULT = {
    "code": "subject-key-identifier-missing",
    "text": "it is an authority without a subject key identifier",
    "certificate": "CN=Example Root",
    "root": True,
}

#: Where a healthy domain has to say more than the others.
GOOD: dict[str, Change] = {"TLS018": strictly()}
TRANSPORT: dict[str, Change] = {
    "TLS001": unreached("refused", "192.0.2.25:25 refuses connections: nothing listens there"),
    "TLS002": unreached("timeout", "no answer from 192.0.2.25:25 within 4 s"),
    "TLS003": connected(
        code=554, greeting="5.7.1 No SMTP service here", greeting_name="5.7.1", starttls=None, tls=None
    ),
    "TLS004": connected(greeting_name="localhost.localdomain", ehlo_name="localhost.localdomain"),
    "TLS005": connected(greeting_name="smtp-in.example.net", ehlo_name="smtp-in.example.net"),
    "TLS006": no_tls(),
    "TLS007": connected(
        tls=None,
        names_match=None,
        versions=[],
        starttls_problem="STARTTLS is answered by 454 4.7.0 No TLS",
    ),
    "TLS008": connected(versions=versions("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")),
    "TLS009": all_of(connected(versions=versions("TLSv1")), tls_of(version="TLSv1", cipher="AES256-SHA")),
    "TLS010": all_of(connected(versions=versions("TLSv1.2")), tls_of(version="TLSv1.2")),
    "TLS011": all_of(
        connected(names_match=False),
        leaf("the certificate is not for mx1.acme.example", "wrong-name", names=["mail.example.net"]),
    ),
    "TLS012": leaf("the certificate has expired", "expired", **EXPIRED),
    "TLS013": leaf(**{**EXPIRED, "not_after": NOW + timedelta(days=9), "days_left": 9}),
    "TLS014": leaf("no trusted authority stands behind the certificate", "untrusted", alone=True),
    "TLS015": leaf(key="RSA 1024"),
    "TLS016": leaf(signature="sha1WithRSAEncryption"),
    "TLS017": connected(relay="accepted", relay_reply="250 2.1.5 Ok"),
    "TLS018": strictly(ROOT_FAULT),
}
DANE: dict[str, Change] = {
    "DANE001": pinned(state="insecure", address_secure="no", tlsa=lookup(ALIAS, "TLSA", TLSA, secure="no")),
    "DANE002": pinned(state="failed", records=[], matches=[], tlsa=lookup(ALIAS, "TLSA", status="servfail")),
    "DANE003": published(record(1, 1, 1, KEY, *PKIX), state="unusable"),
    "DANE004": published(
        record(3, 2, 1, KEY, "selector", "selector 2 is not defined", 2, 3), state="unusable"
    ),
    "DANE005": published(
        record(
            3, 1, 1, KEY[:40], "length",
            WRONG_LENGTH, 6, 46,
        ),
        state="unusable",
    ),
    "DANE006": published(record(3, 1, 1, "0f" * 32), state="mismatched"),
    "DANE007": published(record(3, 1, 1, KEY), record(3, 1, 1, "0f" * 32), state="matched", matches=[0]),
    "DANE008": all_of(no_tls(), pinned(state="no-tls", matches=[])),
    "DANE009": pinned(
        base="mail.example.net",
        tlsa=lookup("_25._tcp.mail.example.net", "TLSA", f"3 1 1 {KEY}"),
        other=lookup(ALIAS, "TLSA", f"3 1 1 {'0f' * 32}"),
    ),
    "DANE010": pinned(state="absent", records=[], matches=[], tlsa=lookup(ALIAS, "TLSA")),
    "DANE011": lambda facts: facts["dane"].update(mx_secure="no"),
    "DANE012": published(record(3, 0, 1, KEY[::-1]), state="matched", matches=[0]),
}  # fmt: skip


def bare(value: Any) -> Any:
    """Without what is None: TOML has no word for it."""
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items() if each is not None}
    return [bare(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    for rule, change in {**TRANSPORT, **DANE}.items():
        good = healthy(dane=rule in DANE)
        GOOD.get(rule, all_of())(good)
        bad = copy.deepcopy(good)
        change(bad)
        folder = HERE / rule
        folder.mkdir(exist_ok=True)
        (folder / "bad.toml").write_text("\n".join(toml(bare(bad))) + "\n", encoding="utf-8")
        (folder / "good.toml").write_text("\n".join(toml(good)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
