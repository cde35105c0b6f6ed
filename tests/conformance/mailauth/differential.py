"""Runs mailproof and mailauth on the same messages and DNS, and compares their results."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailproof.errors import MailproofError
from mailproof.facts.message import MessageOptions, collect_message
from mailproof.model import MessageFacts
from tests.conformance.arc import arc_suite
from tests.conformance.dkim import dkim_corpus
from tests.conformance.mailauth.peer import Case, verdicts
from tests.support.resolvers import zone

ROOT = Path(__file__).resolve().parents[3]
#: Disagreements over whether a method passes, by name: docs/conformance.md explains each.
ARGUED = {
    ("ARC/ams_fields_h_empty", "arc"): "an empty h= is allowed by the suite",
    ("MSG001/bad", "dkim 0 acme.example/s1"): "a second From that is not signed: RFC 6376 section 8.15",
    ("MSG001/bad", "dmarc"): "From names two domains: we say permerror, mailauth gives no result",
    ("MSG010/bad", "dmarc"): "From is alice@web@acme.example: we judge the last domain, mailauth none",
    ("MSG030/bad", "dmarc"): "a bounce of one's own server: without a client SPF is unknown, and so is DMARC",
}
RULES = ROOT / "tests" / "rules"
#: mailauth uses the machine's clock: no message here expires between the two.
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Difference:
    """A method whose result for a message differs."""

    name: str
    method: str
    ours: str
    theirs: str
    reason: str = ""


def cases() -> Iterator[Case]:
    """Messages of the rules, of Mail::DKIM's corpus and of the ARC suite."""
    for path in sorted(RULES.glob("*/*.eml")):
        records = path.with_suffix(".zone")
        if not records.exists():
            records = path.with_name("both.zone")
        settings_file = path.with_name("case.toml")
        settings = tomllib.loads(settings_file.read_text()) if settings_file.exists() else {}
        if "failures" in settings or "now" in settings or not records.exists():
            continue
        yield Case(
            f"{path.parent.name}/{path.stem}",
            path.read_bytes(),
            zone(records.read_text()),
            settings.get("ip", ""),
            settings.get("helo", ""),
            settings.get("mail_from"),
        )
    for message in dkim_corpus.load():
        yield Case(f"Mail::DKIM/{message.name}", message.message, message.resolver)
    for chain in arc_suite.load():
        yield Case(f"ARC/{chain.name}", chain.message, chain.resolver)


async def disagreements(folder: Path) -> tuple[list[Difference], int]:
    """Where the two differ, and how many results were compared."""
    ours: dict[str, dict[str, tuple[str, str]]] = {}
    told: list[Case] = []
    for case in cases():
        results, facts = await _ours(case)
        ours[case.name] = results
        if facts is None:
            told.append(case)
            continue
        envelope = facts.envelope
        told.append(Case(case.name, case.raw, case.resolver, envelope.ip, envelope.helo, envelope.mail_from))
    found, compared = [], 0
    theirs = await verdicts(folder, told)
    for name, mine in ours.items():
        peer = _theirs(theirs[name])
        only = ("arc",) if name.startswith("ARC/") else ("dkim",) if name.startswith("Mail") else ()
        for method in sorted({*mine, *peer}):
            if only and not method.startswith(only):
                continue
            compared += 1
            (a, why), (b, said) = mine.get(method, ("none", "")), peer.get(method, ("none", ""))
            if a != b:
                found.append(Difference(name, method, a, b, f"ours: {why}; theirs: {said}"))
    return sorted(found), compared


def explanation(difference: Difference) -> str:
    """Why the two differ, or "" if it is not explained yet."""
    if argued := ARGUED.get((difference.name, difference.method)):
        return argued
    ours, theirs = difference.ours, difference.theirs
    if difference.method.startswith("dkim") and "pass" not in (ours, theirs):
        if (ours, theirs) == ("permerror", "neutral"):
            return "unusable signature or key: PERMFAIL in RFC 6376, two words for it in RFC 8601"
        if (ours, theirs) in (("policy", "fail"), ("permerror", "fail")):
            return "two faults at once: we name the signature or its key, mailauth the body hash"
        if (ours, theirs) == ("neutral", "fail") and "changed-since" in difference.reason:
            return "the receiving server saw it pass: the copy was changed since, no matter for mailauth"
    return ""


async def _ours(case: Case) -> tuple[dict[str, tuple[str, str]], MessageFacts | None]:
    try:
        known = MessageOptions(case.ip or None, case.helo or None, case.sender)
        facts = await collect_message(case.raw, case.resolver, known, now=NOW)
    except MailproofError as error:
        return {"arc": ("none", str(error))}, None
    results: dict[str, tuple[str, str]] = {
        f"dkim {v.index} {v.domain}/{v.selector}": (v.result, v.code)
        for v in facts.dkim
        if v.code != "signature-limit"
    }
    if facts.arc:
        results["arc"] = (facts.arc.result, facts.arc.code)
    if facts.spf:
        results["spf"] = (facts.spf.result, facts.spf.reason)
    if facts.dmarc:
        results["dmarc"] = (facts.dmarc.result, facts.dmarc.reason)
    return results, facts


def _theirs(said: dict[str, Any]) -> dict[str, tuple[str, str]]:
    if "error" in said:
        return {"error": ("error", said["error"])}
    results = {
        f"dkim {index} {domain}/{selector}": (result, comment)
        for index, (domain, selector, result, comment) in enumerate(said["dkim"])
    }
    for method in ("arc", "spf", "dmarc"):
        if said[method]:
            results[method] = (said[method][0], said[method][1])
    return results
