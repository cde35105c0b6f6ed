"""Comments in zone files that accept findings: ``; mailproof: ignore[SPF003] until 2027-01-31 why``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from mailproof.dns.zone.reader import ZoneComment
from mailproof.errors import ZoneFileError
from mailproof.model import Accepted

#: Rules ignored by comments, in all zone files together.
MAX_IGNORES = 10_000
_MARKER = re.compile(r"mailproof:\s*ignore", re.IGNORECASE)
_IGNORE = re.compile(
    r"mailproof:\s*ignore\s*\[(?P<rules>[^\[\]]*)\]\s*(?:until\s+(?P<until>[^\s:]+):?\s*)?(?P<reason>.*)",
    re.IGNORECASE,
)


def inline_ignores(comments: Iterable[ZoneComment]) -> Iterator[Accepted]:
    """The findings that each comment accepts, for the record beside or below it. Raises ZoneFileError."""
    count = 0
    for comment in comments:
        if _MARKER.search(comment.text):
            for each in _parsed(comment):
                count += 1
                if count > MAX_IGNORES:
                    raise _error(comment, f"more than {MAX_IGNORES} rules in all: use [[ignore]] instead")
                yield each


def _parsed(comment: ZoneComment) -> Iterator[Accepted]:
    found = _IGNORE.search(comment.text)
    rules = [rule.strip() for rule in found["rules"].split(",")] if found is not None else []
    if found is None or not all(rules):
        raise _error(comment, "write the rules in brackets: ; mailproof: ignore[SPF003] the reason")
    if not comment.about:
        raise _error(comment, "no record follows: put it beside the record, or on the line above it")
    until = None
    if found["until"] is not None:
        try:
            until = date.fromisoformat(found["until"])
        except ValueError:
            raise _error(comment, f"until {found['until'][:20]!a}: write a date like 2027-01-31") from None
    reason = found["reason"].strip(" :-") or f"{comment.file}:{comment.line}"
    for rule in rules:
        yield Accepted(
            rule,
            reason=reason,
            expires=until,
            owner=comment.of,
            file=comment.file,
            line=comment.about,
        )


def _error(comment: ZoneComment, words: str) -> ZoneFileError:
    return ZoneFileError(f"ignore: {words}", file=comment.file, line=comment.line)
