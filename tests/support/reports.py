"""Reports for pipeline formats: a broken one, a hostile one, one with each kind of gap."""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.engine.report import build_report
from mailproof.model import (
    UNASKED,
    DomainFacts,
    Facts,
    Finding,
    Fix,
    FixRecord,
    Location,
    Outcome,
    Report,
    Rule,
    Severity,
    Unanswered,
)
from mailproof.render.look import Look
from mailproof.render.places import Place

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RULES = (
    Rule("SPF006", "SPF: +all lets every host send", Severity.ERROR, "spf", ()),
    Rule("SPF009", "SPF: deprecated ptr mechanism", Severity.WARNING, "spf", ()),
    Rule("MX013", "MX: hosts reachable over IPv4 only", Severity.INFO, "mx", ()),
)
RECORD = FixRecord("acme.example", "TXT", "v=spf1 mx ~all")


def finding(
    rule: str = "SPF006", severity: Severity = Severity.ERROR, *, text: str = "", file: str = "acme.zone"
) -> Finding:
    return Finding(
        rule,
        severity,
        "acme.example",
        f"The SPF record of acme.example is wrong{text}.",
        Location("acme.example", "TXT", f"v=spf1 +all{text}", file=file, line=9 if file else None),
        fix=Fix(f"End the record in ~all{text}", (RECORD,)),
    )


def report(*outcomes: Outcome, subject: str = "acme.example") -> Report:
    passed = Outcome("SPF001", subject, "pass")
    return build_report(subject, NOW, (*outcomes, passed), Facts(dns=DomainFacts(subject)), RULES)


def broken(text: str = "", file: str = "acme.zone") -> Report:
    """An error, a warning and a note."""
    return report(
        Outcome("MX013", "acme.example", "pass", (finding("MX013", Severity.INFO, text=text, file=file),)),
        Outcome(
            "SPF009", "acme.example", "warn", (finding("SPF009", Severity.WARNING, text=text, file=file),)
        ),
        Outcome("SPF006", "acme.example", "fail", (finding(text=text, file=file),)),
    )


def with_gaps(text: str = "") -> Report:
    """Checks that failed, that were not queried, and that are impossible on this machine."""
    servfail = Unanswered("acme.example", "TXT", "servfail", f"192.0.2.53{text}")
    unasked = Unanswered("esp.example", "TXT", "unasked", "", UNASKED)
    return report(
        Outcome("DMARC001", "acme.example", "unknown", reason=f"SERVFAIL{text}", unanswered=(servfail,)),
        Outcome("BIMI001", "acme.example", "error", reason=f"ValueError: {text or 'x'}"),
        Outcome("SPF030", "acme.example", "skipped", reason=UNASKED, unanswered=(unasked,)),
        Outcome(
            "TLS001", "acme.example", "skipped", reason="port 25 is blocked", not_possible_here="transport"
        ),
    )


def place(subject: str) -> Place | None:
    return Place("domains.txt", 3) if subject == "acme.example" else None


def page(rule: str) -> str:
    """A page in the format of rule pages."""
    return f"{rule}: a title\n\n## What it checks\nThe [record](x) of {{0}}.\n\n## Why it matters\nMail.\n"


LOOK = Look(root="/repo", page=page)
ANCHORED = LOOK._replace(anchor=place)
