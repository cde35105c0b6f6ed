"""What an SPF evaluation keeps count of (RFC 7208 section 4.6.4)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from mailproof.dns.answer import Answer
from mailproof.model import MAX_LOOKUPS, MAX_VOID_LOOKUPS, STATUS_WORDS, AuthResult, Lookup


class Result(Struct, frozen=True):
    """The word of RFC 8601, why, the term that matched, and the domain owner's explanation."""

    word: AuthResult
    reason: str
    matched: str = ""
    explanation: str = ""
    failed: Lookup | None = None


class Stop(Exception):
    """The evaluation ends here with an error, however deep it is."""

    def __init__(
        self, word: Literal["temperror", "permerror"], reason: str, failed: Lookup | None = None
    ) -> None:
        super().__init__(reason)
        self.result = Result(word, reason, failed=failed)
        self.traced = False


class Counts(Struct):
    """The running counts. ``voids`` are the questions without an answer, in words."""

    lookups: int = 0
    voids: list[str] = field(default_factory=list)

    def count(self, term: str) -> None:
        """Count a term that costs a look-up. Raises Stop past the tenth."""
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            raise Stop(
                "permerror", f"{term} is look-up number {self.lookups}; at most {MAX_LOOKUPS} are allowed"
            )

    def void(self, answer: Answer) -> None:
        """Count a question that had no answer. Raises Stop past the second."""
        self.voids.append(f"{answer.rrtype} {answer.name}")
        if len(self.voids) > MAX_VOID_LOOKUPS:
            raise Stop(
                "permerror",
                f"{len(self.voids)} look-ups had no answer ({', '.join(self.voids)}); "
                f"at most {MAX_VOID_LOOKUPS} are allowed",
            )


def need(answer: Answer) -> Answer:
    """The answer, if it could be had. Raises Stop (temperror) if not: a failure is never an absence."""
    if answer.undetermined:
        reason = f"{answer.rrtype} {answer.name}: {STATUS_WORDS[answer.status]}"
        raise Stop("temperror", reason, answer.as_lookup())
    return answer
