"""Two states of a domain's records for ``mailproof diff``: zones, recordings, reports, and a name server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from mailproof.dns import ZoneResolver
from tests.support.bad_servers import dns_server
from tests.support.cli import Run, mailproof

BASE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 60 IN NS ns1
ns1 60 IN A 192.0.2.53
mx1 60 IN A 192.0.2.26
mx2 60 IN A 192.0.2.27
"""
ONE = "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
OTHER = "p=lKsLdETXiLoYqi6cCR2GMSXBOuUOJ8y0hkIyAT0vvpU="
MX = "@ 60 IN MX 10 mx1"
SPF = '@ 60 IN TXT "v=spf1 mx include:sendgrid.net -all"'
DMARC = '_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"'
KEY = f's1._domainkey 60 IN TXT "v=DKIM1; k=ed25519; {ONE}"'
ALL = (MX, SPF, DMARC, KEY)
PROVIDERS = f"""$ORIGIN .
$TTL 60
sendgrid.net. IN TXT "v=spf1 ip4:167.89.0.0/17 ip4:208.117.48.0/20 ~all"
s1.domainkey.u1.wl.sendgrid.net. IN TXT "v=DKIM1; k=ed25519; {ONE}"
spf.mtasv.net. IN TXT "v=spf1 ip4:50.31.156.0/24 ~all"
"""
#: The text of `diff` if the provider of one side was not looked up.
OPEN = ": not all of NEW could be looked up"
#: Delegates hidden.test, which is not in the given zones.
HIDDEN = """$ORIGIN test.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
hidden 60 IN NS ns1
"""


class Sides:
    """Writes zones and compares them, offline."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("providers.zone", PROVIDERS)
        self.write("hidden.zone", HIDDEN)

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return str(path)

    def zone(self, name: str, *records: str) -> str:
        return self.write(name, BASE + "\n".join(records) + "\n")

    def diff(self, old: str, new: str, *more: str) -> Run:
        shared = [f"--zone={self.folder / name}" for name in ("providers.zone", "hidden.zone")]
        return mailproof("diff", old, new, "--offline", *shared, *more, columns=100)


def changes(run: Run) -> list[dict[str, Any]]:
    return [change for domain in json.loads(run.out)["domains"] for change in domain["changes"]]


def short(run: Run) -> list[tuple[str, str, str]]:
    """The changes without findings, which have their own tests."""
    return [(c["part"], c["effect"], c["what"]) for c in changes(run) if c["part"] != "findings"]


def swapped(old: str, new: str) -> tuple[str, ...]:
    return tuple(new if each == old else each for each in ALL)


def recorded(sides: Sides, name: str, zone: str) -> str:
    path = str(sides.folder / name)
    shared = str(sides.folder / "providers.zone")
    mailproof(
        "audit", "acme.example", "--zone", zone, "--zone", shared, "--offline", "-s", "s1", "--record", path
    )
    return path


def reported(sides: Sides, name: str, *zones: str) -> str:
    path = str(sides.folder / name)
    given = [word for zone in (*zones, str(sides.folder / "providers.zone")) for word in ("--zone", zone)]
    mailproof("audit", "acme.example", *given, "--offline", "-q", "-o", path)
    return path


@contextmanager
def served(zone: str) -> Iterator[str]:
    """Run a name server for a zone file with the root as its origin."""
    world = ZoneResolver.from_file(zone, ".", strict=True)

    def answer(raw: bytes) -> bytes:
        query = dns.message.from_wire(raw)
        asked = query.question[0]
        found = world.known(str(asked.name), dns.rdatatype.to_text(asked.rdtype))
        reply = dns.message.make_response(query, recursion_available=True)
        if found.records:
            reply.answer.append(dns.rrset.from_rdata_list(asked.name, 60, list(found.records)))
        elif found.status == "nxdomain":
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    with dns_server(answer) as address:
        yield address
