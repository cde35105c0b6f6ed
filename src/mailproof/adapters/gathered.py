"""Synchronous libraries over an asynchronous Resolver: run, see what was missing, fetch it, run again.

pyspf, dkimpy and checkdmarc ask the DNS from deep inside a plain call. They are given answers that are
already there; the first question without one ends or spoils the call, the question is remembered, and the
call is run again from the start once its answer is known. No socket, thread or loop of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    """The answers that a synchronous call may use, and the questions that it asked in vain."""

    def __init__(self, known: Callable[[str, str], Answer | None] | None = None) -> None:
        self._known = known
        self._answers: dict[Question, Answer] = {}
        self._missing: dict[Question, None] = {}

    def get(self, name: str, rrtype: str) -> Answer:
        """The answer. Raises MissingAnswer, and remembers the question, where it is not there."""
        answer = self.peek(name, rrtype)
        if answer is None:
            key = (normalize(name), rrtype.upper())
            self._missing[key] = None
            raise MissingAnswer(*key)
        return answer

    def peek(self, name: str, rrtype: str) -> Answer | None:
        """The answer if it is there; its lack is not remembered."""
        key = (normalize(name), rrtype.upper())
        answer = self._answers.get(key)
        if answer is None and self._known is not None:
            answer = self._known(*key)
            if answer is not None:
                # Kept, so that each run of the call sees the same answers.
                self._answers[key] = answer
        return answer

    @property
    def missing(self) -> tuple[Question, ...]:
        """What was asked in vain since the last ``forget``."""
        return tuple(self._missing)

    @property
    def size(self) -> int:
        """How many answers were used."""
        return len(self._answers)

    def forget(self) -> None:
        """Begin a new run: nothing is missing yet."""
        self._missing.clear()

    def put(self, questions: Iterable[Question], answers: Iterable[Answer]) -> None:
        self._answers.update(zip(questions, answers, strict=True))


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
        gathered.forget()
        try:
            result = call(gathered)
        except Exception:  # what a library does with a missing answer is not a result
            # Without a missing answer the fault is its own.
            if not gathered.missing:
                raise
        else:
            if not gathered.missing:
                return result
        questions = gathered.missing
        if gathered.size + len(questions) > max_questions:
            raise TooManyQuestions(f"more than {max_questions} DNS questions for one evaluation")
        gathered.put(questions, await ask(resolver, *questions))
    raise TooManyQuestions(f"DNS questions still open after {max_rounds} rounds")
