"""Mail::DKIM's corpus: messages with DKIM and DomainKeys signatures, their keys and the expected results."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mailproof.model import Status
from tests.conformance import mail_dkim
from tests.conformance.txt_resolver import TxtResolver

_WANTED = re.compile(r'^\s*test_email\(\s*"([\w.]+)",\s*"(\w+)"', re.MULTILINE)
_SKIPPED = re.compile(r"SKIP:\s*\{\s*skip .*?^\}", re.MULTILINE | re.DOTALL)
_FAILURES: dict[str, Status] = {"~~Query timed out~~": "timeout", "~~SERVFAIL~~": "servfail"}


@dataclass(frozen=True, eq=False)
class Case:
    """One message. ``wanted`` is pass, fail or invalid, as expected by Mail::DKIM's own tests."""

    name: str
    message: bytes
    wanted: str
    resolver: TxtResolver


def load() -> list[Case]:
    """All messages that Mail::DKIM evaluates; empty if they are unavailable."""
    folder = mail_dkim.folder()
    if folder is None:
        return []
    resolver = keys(folder)
    script = (folder / "verifier.t").read_text("utf-8")
    skipped = {name for part in _SKIPPED.findall(script) for name, _ in _WANTED.findall(part)}
    cases = []
    for name, wanted in _WANTED.findall(script):
        if name not in skipped:
            raw = (folder / "corpus" / name).read_bytes()
            cases.append(Case(name.removesuffix(".txt"), raw, wanted, resolver))
    return cases


def keys(folder: Path) -> TxtResolver:
    """The corpus's DNS records."""
    records: dict[str, str] = {}
    failures: dict[str, Status] = {}
    for line in (folder / "FAKE_DNS.dat").read_text("utf-8").splitlines():
        name, _, value = line.strip().partition(" ")
        value = value.strip()
        if not name or name[0] in "#;":
            continue
        if value in _FAILURES:
            failures[name] = _FAILURES[value]
        elif value != "NXDOMAIN":
            records[name] = "" if value == '""' else value
    return TxtResolver(records, failures)
