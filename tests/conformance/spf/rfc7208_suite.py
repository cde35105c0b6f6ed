"""The RFC 7208 test suite, from pyspf's source distribution, with its zones as a resolver."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import yaml
from dns.rdata import Rdata
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from mailproof.dns.answer import Answer
from mailproof.dns.text import normalize

VERSION = "2.0.14"
#: The environment's, then the system's: the environment may have been created without pip.
PYTHONS = (sys.executable, "python3", "/usr/bin/python3")
CACHE = Path(__file__).resolve().parents[3] / ".cache" / "rfc7208"


def suite_text() -> str | None:
    """The suite's YAML, from the cache or fetched with pip; None if unavailable."""
    cached = CACHE / f"rfc7208-tests-{VERSION}.yml"
    if cached.exists():
        return cached.read_text("utf-8")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        archive = next((path for python in PYTHONS if (path := _download(python, Path(folder)))), None)
        if archive is None:
            return None
        try:
            with tarfile.open(archive) as tar:
                member = tar.extractfile(f"pyspf-{VERSION}/test/rfc7208-tests.yml")
                raw = member.read() if member else b""
        except (tarfile.TarError, KeyError, OSError):
            return None
        fresh = Path(folder) / "fresh.yml"
        fresh.write_bytes(raw)
        fresh.replace(cached)  # atomic: several test processes may do this at once
    return raw.decode("utf-8")


def _download(python: str, folder: Path) -> Path | None:
    command = [python, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
    command += ["--dest", str(folder), f"pyspf=={VERSION}"]
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return next(iter(folder.glob("pyspf-*.tar.gz")), None)


@dataclass(frozen=True)
class Case:
    """One test of the suite. ``results`` are those allowed, the preferred one first."""

    name: str
    scenario: str
    host: str
    mail_from: str
    helo: str
    results: tuple[str, ...]
    explanation: str | None
    resolver: SuiteResolver


class SuiteResolver:
    """Answers from a scenario's zonedata by the suite's own conventions.

    ``SPF`` entries are published as TXT too unless the name has a TXT entry; with the entry ``TIMEOUT``,
    every type that the name does not have times out; CNAMEs are followed, and a loop is a failure.
    """

    def __init__(self, zonedata: dict[str, list[Any]]) -> None:
        self.zone = {normalize(str(name)): _entries(entries) for name, entries in zonedata.items()}
        self.asked: list[tuple[str, str]] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        key = normalize(name)
        self.asked.append((key, rrtype))
        question = key
        chain: list[str] = []
        while True:
            entries = self.zone.get(key)
            if entries is None:
                return Answer(question, rrtype, "nxdomain", chain=tuple(chain))
            records = tuple(_rdata(t, v) for t, v in entries if t == rrtype and v != "TIMEOUT")
            if records:
                return Answer(question, rrtype, "ok", records, 60, chain=tuple(chain))
            if any(v == "TIMEOUT" and t in ("*", rrtype) for t, v in entries):
                return Answer(question, rrtype, "timeout", chain=tuple(chain))
            target = next((v for t, v in entries if t == "CNAME"), None)
            if target is None:
                return Answer(question, rrtype, "nodata", chain=tuple(chain))
            key = normalize(str(target))
            if key in chain or len(chain) > 8:
                return Answer(question, rrtype, "servfail", chain=tuple(chain))
            chain.append(key)


def load() -> list[Case]:
    """All cases; empty if the suite is unavailable."""
    text = suite_text()
    cases: list[Case] = []
    for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if text else ():
        for name, test in document["tests"].items():
            result = test["result"]
            cases.append(
                Case(
                    name=name,
                    scenario=document["description"],
                    host=test["host"],
                    mail_from=test["mailfrom"],
                    helo=test["helo"],
                    results=tuple(result) if isinstance(result, list) else (result,),
                    explanation=test.get("explanation"),
                    resolver=SuiteResolver(document["zonedata"]),
                )
            )
    return cases


def _entries(entries: list[Any]) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for entry in entries:
        out.extend(entry.items() if isinstance(entry, dict) else [("*", "TIMEOUT")])
    has_txt = any(t == "TXT" for t, _ in out)
    if not has_txt:
        out.extend(("TXT", v) for t, v in list(out) if t == "SPF")
    return [(t, v) for t, v in out if v != "NONE"]


def _rdata(rrtype: str, value: Any) -> Rdata:
    cls = dns.rdataclass.IN
    if rrtype == "TXT":
        strings = [part.encode() for part in ([value] if isinstance(value, str) else value)]
        return null_txt() if not strings else TXT(cls, dns.rdatatype.TXT, _chunks(strings))
    if rrtype == "MX":
        return MX(cls, dns.rdatatype.MX, value[0], _name(value[1]))  # type: ignore[no-untyped-call] # of dnspython
    if rrtype in ("PTR", "CNAME"):
        return dns.rdata.from_text(cls, rrtype, normalize(value) + ".")
    return dns.rdata.from_text(cls, rrtype, str(ip_address(value)))


def null_txt() -> Rdata:
    """A TXT record without any strings, which dnspython refuses to build."""
    record = TXT(dns.rdataclass.IN, dns.rdatatype.TXT, [b"x"])
    object.__setattr__(record, "strings", ())
    return record


def _chunks(strings: list[bytes]) -> list[bytes]:
    return [part[i : i + 255] for part in strings for i in range(0, max(len(part), 1), 255)]


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text or ".")
