"""The record of a submission: its dialogue, stages and retries."""

from __future__ import annotations

import asyncio
import time
from typing import Literal, NoReturn

from mailproof.config.settings import SubmitSettings
from mailproof.mail.login import Means
from mailproof.model import StageName, SubmissionStage
from mailproof.model.delivery import TroubleKind
from mailproof.printable import clean

MAX_LINES = 600
MAX_WIDTH = 500
MAX_ATTEMPTS = 50
LONGEST_PAUSE_S = 60.0


class Dialogue:
    """Lines ``C: …`` and ``S: …`` in order, and ``--`` for events."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def client(self, line: str) -> None:
        """A line that we sent, without credentials."""
        self._add(f"C: {line}")

    def server(self, *lines: str) -> None:
        for line in lines:
            self._add(f"S: {line}")

    def note(self, text: str) -> None:
        self._add(f"-- {text}")

    def _add(self, line: str) -> None:
        if len(self._lines) < MAX_LINES:
            self._lines.append(clean(line)[:MAX_WIDTH])
        elif len(self._lines) == MAX_LINES:
            self._lines.append("-- (the rest is left out)")

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)


class Retries:
    """The attempts of one submission: how many, which were deferred, and the time spent waiting."""

    def __init__(self, settings: SubmitSettings, dialogue: Dialogue, means: Means) -> None:
        self._settings, self._dialogue, self._means = settings, dialogue, means
        self._pause, self._started = settings.retry_interval, time.monotonic()
        self.attempts, self.waited_s = 1, 0.0
        self.deferrals: tuple[SubmissionStage, ...] = ()

    async def next_attempt(self, deferred: SubmissionStage, by: str, asked: float | None = None) -> bool:
        """Wait for the next attempt, at least ``asked`` seconds; False if there are no attempts left."""
        least = self._settings.retry_interval
        wait = self._pause if asked is None else max(asked, least)
        left = self._settings.retry_for - (time.monotonic() - self._started)
        if left < wait or self.attempts >= MAX_ATTEMPTS:
            return False
        self._dialogue.note(f"attempt {self.attempts} was deferred ({deferred.stage}); again in {wait:g} s")
        self._means.show(f"deferred by {by}: trying again in {wait:g} s", left)
        await asyncio.sleep(wait)
        self.attempts, self.waited_s = self.attempts + 1, round(self.waited_s + wait, 3)
        self.deferrals = (*self.deferrals, deferred)
        self._pause = min(self._pause * 1.5, max(LONGEST_PAUSE_S, least))
        return True


class Ended(Exception):
    """A stage failed, and was recorded."""


class Stages:
    """The stages of one attempt with the time each took: ``stages`` for the facts."""

    def __init__(self, settings: SubmitSettings, dialogue: Dialogue) -> None:
        self.settings, self.dialogue = settings, dialogue
        self.stages: list[SubmissionStage] = []
        self._began = time.monotonic()

    def begin(self) -> None:
        self._began = time.monotonic()

    def elapsed(self) -> float:
        """Milliseconds since the start of the current or last stage."""
        return round((time.monotonic() - self._began) * 1000, 1)

    def passed(self, stage: StageName, code: int = 0, text: str = "") -> None:
        self.stages.append(SubmissionStage(stage, True, code, text=text, elapsed_ms=self.elapsed()))

    def fail(
        self,
        stage: StageName,
        kind: TroubleKind | Literal["unsupported", "local"],
        reason: str,
        code: int = 0,
        *,
        elapsed: float | None = None,
    ) -> NoReturn:
        self.dialogue.note(reason)
        took = self.elapsed() if elapsed is None else elapsed
        self.stages.append(SubmissionStage(stage, False, code, kind=kind, reason=reason, elapsed_ms=took))
        raise Ended
