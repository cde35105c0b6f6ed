"""Synchronous libraries over an asynchronous Resolver: run, see what was missing, fetch it, run again.

pyspf, dkimpy and checkdmarc ask the DNS from deep inside a plain call. They are given answers that are
already there; the first question without one ends or spoils the call, the question is remembered, and the
call is run again from the start once its answer is known. No socket, thread or loop of their own.
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

#: Enough for ten nested includes and their hosts; a call that asks something new each time is stopped.
MAX_ROUNDS = 64
MAX_QUESTIONS = 512


class MissingAnswer(Exception):
    """The library asked a question whose answer is not there yet.

    Libraries may catch it (pyspf and dkimpy have bare ``except:`` clauses, which would catch any kind):
    ``Gathered.missing`` remembers the question in any case, so nothing hangs on its arriving.
    """

    def __init__(self, name: str, rrtype: str) -> None:
        self.name, self.rrtype = name, rrtype
        super().__init__(f"{rrtype} {name} was not asked yet")


class TooManyQuestions(MailproofError):
    """A call asked more, or in more rounds, than it is allowed to."""


class Gathered:
    """The answers that a synchronous call may use, and the questions that it asked in vain (``missing``)."""

    def __init__(self, known: Callable[[str, str], Answer | None] | None = None) -> None:
        self._known = known
        self.answers: dict[Question, Answer] = {}
        self.missing: dict[Question, None] = {}

    def get(self, name: str, rrtype: str) -> Answer:
        """The answer. Raises MissingAnswer, and remembers the question, where it is not there."""
        answer = self.peek(name, rrtype)
        if answer is None:
            key = (normalize(name), rrtype.upper())
            self.missing[key] = None
            raise MissingAnswer(*key)
        return answer

    def peek(self, name: str, rrtype: str) -> Answer | None:
        """The answer if it is there; its lack is not remembered."""
        key = (normalize(name), rrtype.upper())
        answer = self.answers.get(key)
        if answer is None and self._known is not None and (answer := self._known(*key)) is not None:
            self.answers[key] = answer  # so that each run of the call sees the same
        return answer


async def run_gathered(
    resolver: Resolver,
    call: Callable[[Gathered], T],
    *,
    max_rounds: int = MAX_ROUNDS,
    max_questions: int = MAX_QUESTIONS,
) -> T:
    """The result of ``call`` once no answer that it asks for is missing.

    ``call`` is run several times from the start, so it must not change anything outside itself. What it
    raises or returns while an answer was missing is thrown away; afterwards what it raises is passed on.
    Raises TooManyQuestions at the limits.
    """
    gathered = Gathered(resolver.known if isinstance(resolver, MemoResolver) else None)
    for _ in range(max_rounds):
        gathered.missing.clear()
        try:
            result = call(gathered)
        except Exception:  # what a library does with a missing answer is not a result
            # Without a missing answer the fault is its own.
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
