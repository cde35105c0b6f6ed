"""Check targets when due, save the results, and pass on changes.

Each target has its own schedule, and is never checked twice at the same time. Results are in the state file
before any of them is shown or sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct

from mailproof.config.durations import Window
from mailproof.errors import MailproofError
from mailproof.files import write_whole
from mailproof.model import Report
from mailproof.monitor.advance import Step, advance
from mailproof.monitor.alerts import Alerts
from mailproof.monitor.checking import rules_known
from mailproof.monitor.events import Event, Kind, Known, Sample, Target
from mailproof.monitor.limits import AT_ONCE, EVENT_TEXT, LONGEST_SLEEP
from mailproof.monitor.metrics import render
from mailproof.monitor.placement import own_failures
from mailproof.monitor.samples import failed_sample, sample_of
from mailproof.monitor.schedule import Rhythm
from mailproof.monitor.state import Saved, Store
from mailproof.redaction import hide
from mailproof.render.shown import clean

Check = Callable[[Target, Known | None], Awaitable[Report]]
#: Seconds between cleanups of the state file.
TIDY_EVERY = 3_600.0


class Plan(Struct, frozen=True):
    """How to monitor."""

    rhythm: Rhythm
    alert_after: int = 2
    windows: tuple[Window, ...] = ()
    retention: float = 90 * 86_400.0
    textfile: Path | None = None


class Round(Struct, frozen=True):
    """The combined result of checking every target once."""

    worse: bool = False
    incomplete: bool = False


class Done(Struct, frozen=True):
    """One finished check: its result, and when the target is due next."""

    due: float
    worse: bool = False
    incomplete: bool = False


Running = dict[asyncio.Future[Done], Target]


class Monitor:
    """Monitors all targets. ``now`` gives local time; ``show`` writes a change, ``complain`` a message."""

    def __init__(
        self,
        targets: Sequence[Target],
        check: Check,
        store: Store,
        plan: Plan,
        *,
        now: Callable[[], datetime],
        show: Callable[[Event], None],
        complain: Callable[[str], None],
        alerts: Alerts | None = None,
        random: Random | None = None,
    ) -> None:
        self._targets, self._check, self._store, self._plan = targets, check, store, plan
        self._now, self._show, self._complain = now, show, complain
        self._alerts, self._random = alerts, random or Random()  # noqa: S311 - jitter is no secret
        self._complaints: dict[str, str] = {}
        self._samples: dict[tuple[Kind, str], Sample] = {}
        self._due: dict[Target, float] = {}
        self._tidied = 0.0
        for target in targets:
            saved = store.load(target)
            self._samples[target.kind, target.name] = saved.sample
            self._due[target] = plan.rhythm.clamped(saved.due, self._time())

    def metrics(self) -> str:
        """Current metrics in Prometheus format."""
        return render(self._samples, self._store.waiting(), self._time())

    def healthy(self) -> bool:
        """Whether no check is overdue by more than two intervals."""
        late = self._time() - 2 * self._plan.rhythm.interval - LONGEST_SLEEP
        return all(due > late for due in self._due.values())

    async def once(self) -> Round:
        """Check all targets now, and make one attempt to deliver pending alerts."""
        self._pass_on()
        free = asyncio.Semaphore(AT_ONCE)

        async def one(target: Target) -> Done:
            async with free:
                return await self._checked(target)

        tasks = [asyncio.ensure_future(one(target)) for target in self._targets]
        try:
            done = await asyncio.gather(*tasks)
        finally:
            await _cancel_all(tasks)
        if self._alerts is not None:
            await self._alerts.once()
        return Round(any(each.worse for each in done), any(each.incomplete for each in done))

    async def forever(self) -> None:
        """Check each target when it is due, until cancelled."""
        self._pass_on()
        running: Running = {}
        sending = asyncio.ensure_future(self._alerts.forever()) if self._alerts is not None else None
        others: set[asyncio.Future[Any]] = {sending} if sending is not None else set()
        try:
            while True:
                self._start_due(running)
                pause = self._pause(running)
                tasks: set[asyncio.Future[Any]] = {*running, *others}
                if tasks:
                    done, _ = await asyncio.wait(tasks, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(pause)
                    done = set()
                if sending is not None and sending in done:
                    sending.result()  # raises: it ends only with an error
                for task in [each for each in running if each in done]:
                    self._due[running.pop(task)] = task.result().due
        finally:
            await _cancel_all([*running, *others])

    def _start_due(self, running: Running) -> None:
        now, busy = self._time(), set(running.values())
        for target in sorted((each for each in self._targets if each not in busy), key=self._due.__getitem__):
            if self._due[target] <= now and len(running) < AT_ONCE:
                running[asyncio.ensure_future(self._checked(target))] = target

    def _pause(self, running: Running) -> float:
        """Seconds until the next check may start; bounded, as the clock may be set."""
        busy = set(running.values())
        waiting = [self._due[each] for each in self._targets if each not in busy]
        if len(running) >= AT_ONCE or not waiting:
            return LONGEST_SLEEP
        return min(max(min(waiting) - self._time(), 0.0), LONGEST_SLEEP)

    async def _checked(self, target: Target) -> Done:
        started = self._time()
        due = self._plan.rhythm.after(started, self._random)
        if target.kind == "probe":
            self._store.begin(target, due, started)
        saved = self._load(target)
        clock = asyncio.get_running_loop().time()
        try:
            report = await self._check(target, saved.known)
        except MailproofError as error:
            return self._failed(target, due, saved, str(error))
        except Exception as error:  # noqa: BLE001 - a bug in one check must not end all others
            return self._failed(target, due, saved, f"internal error: {type(error).__name__}: {error}")
        elapsed = round(asyncio.get_running_loop().time() - clock, 3)
        if report.interrupted:
            return Done(started, incomplete=True)
        self._complain_once(target.label, _why_unknown(target, report))
        return self._recorded(target, due, saved, report, elapsed)

    def _recorded(self, target: Target, due: float, saved: Saved, report: Report, elapsed: float) -> Done:
        now = self._now()
        step = advance(
            saved.known,
            report,
            target.kind,
            alert_after=self._plan.alert_after,
            silent=any(each.contains(now) for each in self._plan.windows),
            at=now.timestamp(),
        )
        sample = sample_of(saved.sample, report, target.kind, step.known, now.timestamp(), elapsed)
        due = self._save(target, due, step, sample, now.timestamp())
        return Done(due, any(each.effect == "worse" for each in step.news), report.incomplete)

    def _failed(self, target: Target, due: float, saved: Saved, words: str) -> Done:
        """Record a check that could not be made: nothing is known, so nothing changed."""
        words, now = hide(words), self._time()
        self._complain_once(target.label, f"{target.label}: not checked: {words}")
        due = self._save(target, due, None, failed_sample(saved.sample), now, words)
        return Done(due, incomplete=True)

    def _save(
        self, target: Target, due: float, step: Step | None, sample: Sample, now: float, problem: str = ""
    ) -> float:
        """Save a check's result to the state file, pass it on, and return when the target is due."""
        known, news = (step.known, step.news) if step is not None else (None, ())
        due, owes = max(due, now), self._alerts is not None
        self._store.record(target, due, known, sample, news, now=now, owes=owes, problem=problem)
        self._samples[target.kind, target.name] = sample
        self._pass_on()
        return due

    def _load(self, target: Target) -> Saved:
        saved = self._store.load(target)
        problem = saved.problem
        if saved.known is not None and not rules_known(saved.known.report):
            problem = "its saved state is from a newer version of mailproof: it starts afresh"
            saved = Saved(saved.due, None, saved.sample)
        if problem:
            self._complain(f"{target.label}: {problem}")
        return saved

    def _pass_on(self) -> None:
        """Show new events, write the metrics, wake the alerts, and clean up from time to time."""
        for event in self._store.not_shown():
            self._show(event)
            self._store.shown(event)
        now = self._time()
        if now - self._tidied > TIDY_EVERY:
            self._tidied = now
            self._store.tidy(now - self._plan.retention)
        if self._plan.textfile is not None:
            self._write(self._plan.textfile)
        if self._alerts is not None:
            self._alerts.wake()

    def _write(self, path: Path) -> None:
        try:
            write_whole(path, self.metrics().encode())
        except OSError as error:
            self._complain_once("textfile", f"{path}: the metrics cannot be written: {error.strerror}")
        else:
            self._complain_once("textfile", "")

    def _complain_once(self, about: str, words: str) -> None:
        """Report a problem when it starts or changes, not each time it occurs."""
        if words and self._complaints.get(about) != words:
            self._complain(words)
        self._complaints[about] = words

    def _time(self) -> float:
        return self._now().timestamp()


def _why_unknown(target: Target, report: Report) -> str:
    """Why the outcome of a probe is unknown; "" if it is known. Nothing else reports it."""
    facts = report.facts
    deliveries = tuple(each.delivery for each in facts.recipients) or (facts.delivery,)
    unread = [
        f"the mailbox of {each.recipient} cannot be read: {each.retrieval.reason}"
        for each in deliveries
        if each is not None and each.retrieval is not None and each.retrieval.result == "error"
    ]
    unsent = [f"the probe could not be sent: {reason}" for reason in dict.fromkeys(own_failures(report))]
    words = "; ".join((*unsent, *unread))
    return clean(hide(f"{target.label}: {words}"), EVENT_TEXT) if words else ""


async def _cancel_all(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
