"""A file of a domain's known findings: with ``--baseline`` only new ones fail a run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from mailproof.errors import UsageError
from mailproof.files import read_given
from mailproof.model import Report, Suppressed
from mailproof.policy import BASELINE

VERSION = 1
#: The largest baseline that is read, in octets.
MAX_BASELINE_BYTES = 64 * 1024 * 1024


class KnownFinding(Struct, frozen=True, order=True):
    """A known finding. Only its fingerprint is compared; the rest is for people."""

    subject: str
    rule: str
    fingerprint: str
    message: str = ""


class Baseline(Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of the file."""

    mailproof_baseline: int = VERSION
    findings: tuple[KnownFinding, ...] = ()

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of the known findings."""
        return frozenset(each.fingerprint for each in self.findings)

    def gone(self, reports: Iterable[Report]) -> tuple[KnownFinding, ...]:
        """The known findings that the reports checked for and did not find.

        Findings that could not be checked, or that belong to other domains, are not gone.
        """
        found: set[str] = set()
        checked: set[tuple[str, str]] = set()
        for report in reports:
            found.update(each.fingerprint for each in report.findings)
            for suppressed in report.suppressed:
                found.add(suppressed.finding.fingerprint)
                checked.add((suppressed.rule, suppressed.subject))
            checked.update(
                (each.check, each.subject)
                for each in report.outcomes
                if each.status in ("pass", "warn", "fail")
            )
        return tuple(
            each
            for each in self.findings
            if each.fingerprint not in found and (each.rule, each.subject) in checked
        )

    def updated(self, reports: Iterable[Report]) -> Baseline:
        """A baseline with the findings of the reports, and without those that are gone.

        The reports must come from a policy with the baseline ``all``.
        """
        reports = tuple(reports)
        gone = set(self.gone(reports))
        new = (_known(each) for report in reports for each in report.suppressed if each.reason == BASELINE)
        kept = {each.fingerprint: each for each in self.findings if each not in gone}
        kept.update((each.fingerprint, each) for each in new)
        return Baseline(findings=tuple(sorted(kept.values())))

    def to_text(self) -> str:
        """The text of the file: one finding per line, so that diffs are readable."""
        lines = [json.dumps(msgspec.to_builtins(each), ensure_ascii=False) for each in self.findings]
        joined = ",\n    ".join(lines)
        body = f"[\n    {joined}\n  ]" if lines else "[]"
        return f'{{\n  "mailproof_baseline": {VERSION},\n  "findings": {body}\n}}\n'


def _known(suppressed: Suppressed) -> KnownFinding:
    finding = suppressed.finding
    return KnownFinding(finding.subject, finding.rule, finding.fingerprint, finding.message)


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file. Raises UsageError."""
    try:
        raw = read_given(path, MAX_BASELINE_BYTES)
    except FileNotFoundError:
        raise UsageError(f"--baseline {path}: there is no such file: --update-baseline writes one") from None
    except OSError as error:
        raise UsageError(f"--baseline {path}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BASELINE_BYTES:
        raise UsageError(f"--baseline {path}: larger than {MAX_BASELINE_BYTES // 1024**2} MiB")
    try:
        version = msgspec.json.decode(raw, type=dict[str, object]).get("mailproof_baseline")
        if version == VERSION:
            return msgspec.json.decode(raw, type=Baseline)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        version = None
    if isinstance(version, int) and version != VERSION:
        raise UsageError(
            f"--baseline {path}: version {version} is not known here, only {VERSION}: write it with "
            "--update-baseline"
        )
    raise UsageError(f"--baseline {path}: not a baseline that --update-baseline wrote, or cut off")
