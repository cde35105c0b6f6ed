"""Dates of mail headers (RFC 5322 section 3.3, including obsolete and malformed variants)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from mailproof.records.remember import remembered

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: The zones of RFC 5322 section 4.3, and others whose name has one meaning in mail.
_ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "MEZ": 1, "MESZ": 2, "WEST": 1, "EET": 2, "EEST": 3,
    "BST": 1, "MSK": 3, "HKT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s{0,5}([+-]\d{4}|[A-Za-z]{1,5})?"
_DATE = re.compile(
    rf"(\d{{1,2}})[\s-]{{1,9}}([A-Za-z]{{3}})[a-z]{{0,6}}[\s-]{{1,9}}(\d{{2,4}})\s{{1,9}}{_TIME}"
)
_ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}})[T ]{_TIME}")
#: The form of RFC 5322 sections 3.3 and 4.3, without comments.
_FORM = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)\s{0,9},)?\s{0,9}\d{1,2}\s{1,9}"
    rf"(?:{'|'.join(_MONTHS)})\s{{1,9}}(?:\d{{2}}|\d{{4}})\s{{1,9}}"
    r"\d{1,2}\s{0,9}:\s{0,9}\d{2}(?:\s{0,9}:\s{0,9}\d{2})?\s{1,9}(?:[+-]\d{4}|[a-z]{1,5})",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]{0,200}\)")


def is_in_form(text: str) -> bool:
    """Whether a date is written as RFC 5322 defines it, its obsolete forms included."""
    return _FORM.fullmatch(" ".join(_COMMENT.sub(" ", text[:400]).split())) is not None


@remembered(64)
def parse_date(text: str) -> datetime | None:
    """The date and time in ``text``, with its UTC offset; None if there is none. Never raises."""
    text = " ".join(text[:400].split())  # folding may leave any amount of white space
    if match := _DATE.search(text):
        day, month_name, year_text, hour, minute, second, zone = match.groups()
        month = _MONTHS.index(month_name.lower()) + 1 if month_name.lower() in _MONTHS else 0
        year = int(year_text)
        if len(year_text) < 4:  # RFC 5322 section 4.3
            year += 2000 if len(year_text) == 2 and year < 50 else 1900
    elif match := _ISO.search(text):
        year_text, month_text, day, hour, minute, second, zone = match.groups()
        year, month = int(year_text), int(month_text)
    else:
        return None
    try:
        time = int(hour), int(minute), min(int(second or 0), 59)
        return datetime(year, month, int(day), *time, tzinfo=_offset(zone or ""))
    except ValueError:
        return None


@remembered(64)
def _offset(zone: str) -> timezone:
    if zone and zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[3:5])
        if minutes >= 24 * 60:
            return UTC
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    return timezone(timedelta(hours=_ZONES.get(zone.upper(), 0)))
