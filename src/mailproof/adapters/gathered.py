"""Runs synchronous libraries over an asynchronous Resolver: run, fetch the missing answers, run again.

pyspf and checkdmarc query the DNS from deep inside a plain call. They get only answers that are already
known; the first question without one fails or spoils the call, is recorded, and the call is rerun from the
start once its answer is known. No socket, thread or event loop of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mailproof.dns import Answer, MemoResolver, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.text import normalize
from mailproof.errors import MailproofError

T = TypeVar("T")
Question = tuple[str, str]

#: Enough for ten nested includes and their hosts; a call that asks new questions forever is stopped.
MAX_ROUNDS = 64
MAX_QUESTIONS = 512


class MissingAnswer(Exception):
    """The library asked a question whose answer is not known yet.

    Libraries may swallow it (pyspf has bare ``except:`` clauses): ``Gathered.missing`` records the question
    in any case, so nothing depends on its propagating.
    """

    def __init__(self, name: str, rrtype: str) -> None:
        self.name, self.rrtype = name, rrtype
        super().__init__(f"{rrtype} {name} was not asked yet")


class TooManyQuestions(MailproofError):
    """A call asked more questions, or needed more rounds, than allowed."""


class Gathered:
    """The answers available to a synchronous call, and the questions it asked without one (``missing``)."""

    def __init__(self, known: Callable[[str, str], Answer | None] | None = None) -> None:
        self._known = known
        self.answers: dict[Question, Answer] = {}
        self.missing: dict[Question, None] = {}

    def get(self, name: str, rrtype: str) -> Answer:
        """The answer. Records the question and raises MissingAnswer if it is not known."""
        answer = self.peek(name, rrtype)
        if answer is None:
            key = (normalize(name), rrtype.upper())
            self.missing[key] = None
            raise MissingAnswer(*key)
        return answer

    def peek(self, name: str, rrtype: str) -> Answer | None:
        """The answer, if known; a missing one is not recorded."""
        key = (normalize(name), rrtype.upper())
        answer = self.answers.get(key)
        if answer is None and self._known is not None and (answer := self._known(*key)) is not None:
            self.answers[key] = answer  # so that each run of the call sees the same answer
        return answer


async def run_gathered(
    resolver: Resolver,
    call: Callable[[Gathered], T],
    *,
    max_rounds: int = MAX_ROUNDS,
    max_questions: int = MAX_QUESTIONS,
) -> T:
    """The result of ``call`` once no answer that it asks for is missing.

    ``call`` is run several times from the start, so it must have no side effects. Whatever it raises or
    returns while an answer is missing is discarded; after that, exceptions propagate. Raises TooManyQuestions
    at the limits.
    """
    gathered = Gathered(resolver.known if isinstance(resolver, MemoResolver) else None)
    for _ in range(max_rounds):
        gathered.missing.clear()
        try:
            result = call(gathered)
        except Exception:  # how a library reacts to a missing answer is not a result
            # Without a missing answer, the error is its own.
            if not gathered.missing:
                raise
        else:
            if not gathered.missing:
                return result
        questions = tuple(gathered.missing)
        if len(gathered.answers) + len(questions) > max_questions:
            raise TooManyQuestions(f"more than {max_questions} DNS questions for one evaluation")
        gathered.answers.update(zip(questions, await ask(resolver, *questions), strict=True))
    raise TooManyQuestions(f"DNS questions still open after {max_rounds} rounds")
