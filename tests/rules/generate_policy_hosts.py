"""Writes bad.toml and good.toml of the rules on what is fetched: policies, logos, mark certificates.

Run it from the repository: python -m tests.rules.generate_policy_hosts
(The keys of the mark certificates are new each time, so that their fingerprints change.)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from mailproof.dns import MemoResolver
from mailproof.facts.bimi_evidence import read_evidence
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.model import (
    BimiLogo,
    CertificateFacts,
    DomainFacts,
    FetchFacts,
    MxConnectionFacts,
    StrictFault,
    TlsFacts,
    TransportFacts,
)
from mailproof.records.mta_sts_policy import parse_sts_policy
from mailproof.records.svg_tiny import inspect_svg
from mailproof.structs import replace
from tests.rules.generate_delivery import HERE, NOW
from tests.support.mark import LOGO, mark_chain
from tests.support.resolvers import zone

Change = Callable[[DomainFacts], DomainFacts]
WWW = "https://www.acme.example"
URL = "https://mta-sts.acme.example/.well-known/mta-sts.txt"
ZONE = f"""$ORIGIN acme.example.
@ 3600 IN MX 10 mx1
@ 3600 IN MX 20 mx2
mx1 3600 IN A 192.0.2.25
mx2 3600 IN A 198.51.100.25
_mta-sts 3600 IN TXT "v=STSv1; id=20261101"
mta-sts 3600 IN A 192.0.2.80
_dmarc 3600 IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
default._bimi 3600 IN TXT "v=BIMI1; l={WWW}/logo.svg; a={WWW}/vmc.pem"
"""
POLICY = (
    "version: STSv1\r\nmode: enforce\r\nmx: mx1.acme.example\r\nmx: *.acme.example\r\nmax_age: 2592000\r\n"
)


def collected(text: str = ZONE) -> DomainFacts:
    """What the DNS says, nothing fetched yet."""
    options = DomainOptions(collectors=("dmarc", "mx", "wildcard", "mta_sts", "bimi", "misplaced"))
    facts = asyncio.run(collect_domain("acme.example", MemoResolver(zone(text)), options))
    return replace(facts, lookups=())


def certificate(name: str, issuer: str = "CN=Example Issuing CA") -> CertificateFacts:
    moments = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    return CertificateFacts(f"CN={name}", issuer, (name,), *moments, days_left=29)


def got(url: str, **values: Any) -> FetchFacts:
    """A fetch that went well, but for what is said."""
    usual: dict[str, Any] = {"kind": "ok", "status": 200, "address": "192.0.2.80"}
    return FetchFacts(url=url, **{**usual, **values})


def policy(text: str = POLICY, of: DomainFacts | None = None, **values: Any) -> DomainFacts:
    """The domain with this policy served, or with a fetch that went otherwise."""
    facts = of or collected()
    assert facts.mta_sts is not None
    fetched = got(URL, **{"media_type": "text/plain", "size": len(text), **values})
    served = parse_sts_policy(text) if fetched.ok else None
    sts = replace(facts.mta_sts, fetch=fetched, policy=served, not_fetched="")
    connections = tuple(
        MxConnectionFacts(
            host, address, state="answered", starttls=True, tls=TlsFacts("TLSv1.3", verified=True)
        )
        for host, address in (("mx1.acme.example", "192.0.2.25"), ("mx2.acme.example", "198.51.100.25"))
    )
    transport = TransportFacts(connected=True, connections=connections)
    return replace(facts, mta_sts=sts, bimi=None, dmarc=None, transport=transport)


def strictly(*faults: StrictFault) -> DomainFacts:
    """What strict verification has against the policy host's chain."""
    return policy(chain=(certificate("mta-sts.acme.example"),), strict_faults=faults)


def untrusted(facts: DomainFacts) -> DomainFacts:
    """The second host's certificate is not one that senders trust."""
    assert facts.transport is not None
    first, second = facts.transport.connections
    problem = "the certificate is self-signed (OpenSSL: self-signed certificate)"
    tls = TlsFacts("TLSv1.3", verified=False, problem=problem, problem_code="self-signed")
    connections = (first, replace(second, tls=tls))
    return replace(facts, transport=replace(facts.transport, connections=connections))


def bimi(
    logo: bytes = LOGO, pem: bytes | None = None, logo_fetch: Any = None, pem_fetch: Any = None
) -> DomainFacts:
    """The domain with this logo and this certificate served."""
    facts = collected()
    assert facts.bimi is not None
    (selector,) = facts.bimi.selectors
    fetched = got(
        f"{WWW}/logo.svg", **{"media_type": "image/svg+xml", "size": len(logo), **(logo_fetch or {})}
    )
    image = inspect_svg(logo)
    shown = BimiLogo(fetched)
    if fetched.ok:
        digest = sha256(logo).hexdigest()
        seen = (image.title, image.width, image.height, tuple(image.problems))
        shown = BimiLogo(fetched, len(logo), digest, *seen)
    chain = mark_chain("acme.example", now=NOW) if pem is None else pem
    pem_got = got(f"{WWW}/vmc.pem", **{"size": len(chain), **(pem_fetch or {})})
    evidence = read_evidence(pem_got, chain if pem_got.ok else b"", NOW)
    if not pem_got.ok:
        evidence = replace(evidence, problem="")
    found = replace(selector, logo=shown, evidence=evidence, not_fetched="")
    return replace(facts, bimi=replace(facts.bimi, selectors=(found,)), mta_sts=None, mx_lookup=None, mx=())


def without_record() -> DomainFacts:
    return policy(of=collected(ZONE.replace("_mta-sts 3600", "unused 3600")))


BAD: dict[str, DomainFacts] = {
    "STS007": policy(
        kind="redirect",
        status=301,
        location="https://www.acme.example/mta-sts.txt",
        problem="the server redirects (HTTP 301) to https://www.acme.example/mta-sts.txt",
    ),
    "STS008": policy(
        kind="certificate",
        status=0,
        problem="the certificate is not for mta-sts.acme.example (OpenSSL: Hostname mismatch)",
        problem_code="wrong-name",
        chain=(certificate("*.pages.test"),),
    ),
    "STS009": policy("<!DOCTYPE html>\n<html><body>Not found</body></html>\n", media_type="text/html"),
    "STS010": policy(POLICY.replace("mx: *.acme.example\r\n", "")),
    "STS011": untrusted(policy()),
    "STS012": policy(POLICY + "mx: 192.0.2.25\r\nmx: https://mx1.acme.example\r\n"),
    "STS013": policy(POLICY + "mx: mx.former-provider.test\r\n"),
    "STS014": policy(POLICY.replace("2592000", "86400")),
    "STS015": policy(POLICY.replace("2592000", "99999999")),
    "STS016": policy(POLICY.replace("enforce", "testing")),
    "STS017": without_record(),
    "STS018": policy(media_type="application/octet-stream"),
    "STS019": policy("\ufeff" + POLICY + "\r\nmode: testing\r\npolicy_note: hello\r\n"),
    "STS020": strictly(
        StrictFault(
            "authority-key-identifier-missing",
            "it has no authority key identifier",
            "CN=mta-sts.acme.example",
        )
    ),
    "BIMI006": bimi(
        logo_fetch={"kind": "status", "status": 404, "problem": "the server answers HTTP 404", "size": 0}
    ),
    "BIMI007": bimi(
        LOGO.replace(b"tiny-ps", b"tiny").replace(
            b"</svg>", b'<script>x()</script><image href="a.png"/></svg>'
        )
    ),
    "BIMI008": bimi(LOGO.replace(b"0 0 64 64", b"0 0 64 32")),
    "BIMI010": bimi(pem=b"<html>Not here any more</html>"),
    "BIMI011": bimi(pem=mark_chain("acme.example", now=NOW, usage=False, logo=None)),
    "BIMI012": bimi(pem=mark_chain("acme.example", now=NOW, days=-3)),
    "BIMI013": bimi(pem=mark_chain("acme-group.test", now=NOW)),
    "BIMI014": bimi(LOGO.replace(b"#06c", b"#0066cc")),
    "BIMI018": bimi(pem=mark_chain("acme.example", now=NOW, alone=True)),
}


#: Where a healthy domain has to say more than the others.
GOOD = {"STS020": strictly()}


def plain(value: Any) -> Any:
    """As TOML can hold it: defaults and what is None left out."""
    if isinstance(value, msgspec.Struct):
        pairs = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        return {f.name: plain(v) for f, v in pairs if v is not None and v != f.default}
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def toml(table: dict[str, Any], prefix: str = "") -> list[str]:
    """Tables after the values, as the format wants it; a JSON string is a TOML string."""
    lines: list[str] = []
    later: list[str] = []
    for key, value in table.items():
        rows = value if isinstance(value, list) and value and isinstance(value[0], dict) else []
        if isinstance(value, dict):
            later += ["", f"[{prefix}{key}]", *toml(value, f"{prefix}{key}.")]
        elif rows:
            for row in rows:
                later += ["", f"[[{prefix}{key}]]", *toml(row, f"{prefix}{key}.")]
        else:
            text = value.isoformat() if isinstance(value, datetime) else json.dumps(value)
            lines.append(f"{key} = {text}")
    return lines + later


def main() -> None:
    for rule, bad in BAD.items():
        folder = HERE / rule
        folder.mkdir(exist_ok=True)
        good = GOOD.get(rule) or (bimi() if rule.startswith("BIMI") else policy())
        (folder / "bad.toml").write_text("\n".join(toml(plain(bad))) + "\n", encoding="utf-8")
        (folder / "good.toml").write_text("\n".join(toml(plain(good))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
