"""The ARC validation suite as shipped with Mail::DKIM: messages, keys and chain results."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from tests.conformance import mail_dkim
from tests.conformance.txt_resolver import TxtResolver

#: Verdicts of this old copy that current RFCs changed: the expected one now, and why.
_SHA1 = "rsa-sha1 does not count (RFC 8301 section 3.1)"
OUTDATED = {"ams_fields_a_sha1": ("fail", _SHA1), "as_fields_a_sha1": ("fail", _SHA1)}


@dataclass(frozen=True)
class Case:
    """One validation. ``wanted`` is none, pass or fail."""

    name: str
    message: bytes
    wanted: str
    records: dict[str, str]

    @property
    def resolver(self) -> TxtResolver:
        """The suite's keys. Each line of a record is one of its strings."""
        return TxtResolver({name: text.replace("\n", "") for name, text in self.records.items()})


def load() -> list[Case]:
    """All validations; empty if the suite is unavailable."""
    folder = mail_dkim.folder()
    if folder is None:
        return []
    text = (folder / "arc_test_suite" / "arc-draft-validation-tests.yml").read_text("utf-8")
    cases = []
    for scenario in yaml.load_all(text, Loader=yaml.CSafeLoader):
        records = {name: str(text) for name, text in (scenario.get("txt-records") or {}).items()}
        for name, test in scenario["tests"].items():
            raw = test["message"].replace("\n", "\r\n").encode("utf-8")
            wanted = (test["cv"] or "fail").lower()  # as Mail::DKIM reads an empty one
            cases.append(Case(name, raw, wanted, records))
    return cases
