"""A whole SPF record with every suggestion put in."""

from __future__ import annotations

from mailproof.model import SpfRecord
from mailproof.records.spf.parse import parse_spf


def mended(record: SpfRecord) -> str | None:
    """The record with every suggestion put in, if that leaves nothing wrong with it."""
    current = record
    for _ in range(3):  # one mend may bring the next fault to light, like a dash that stands apart
        text = current.text
        for problem in sorted(current.problems, key=lambda p: p.start, reverse=True):
            if problem.suggestion is not None:
                text = text[: problem.start] + problem.suggestion + text[problem.end :]
            elif problem.fatal:
                return None
        text = " ".join(part for part in text.split(" ") if part)
        current = parse_spf(text)
        if current.valid:
            return text if text != record.text else None
    return None
