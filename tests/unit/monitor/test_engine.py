"""The schedule on a simulated clock: due checks, running checks, and failures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from mailproof.config.durations import window
from mailproof.errors import CredentialError, UsageError
from mailproof.model import Report
from mailproof.monitor.alerts import Alerts
from mailproof.monitor.engine import Monitor, Plan, Round
from mailproof.monitor.events import Event, Known, Target
from mailproof.monitor.schedule import Rhythm
from mailproof.monitor.state import Store
from mailproof.monitor.webhook import WebhookError
from mailproof.structs import replace
from tests.support.clock import timed
from tests.support.monitoring import DMARC, HEALTHY, START, audited, probed

ACME, PROBE = Target("domain", "acme.example"), Target("probe", "x")
HEALTH = audited()
BROKEN = audited(tuple(each for each in HEALTHY if each != DMARC))
HOUR = 3600.0
NO_JITTER = Plan(Rhythm(HOUR, 0.0), alert_after=1)


class Watched:
    """A monitor on the loop's clock, with a record of its output and actions."""

    def __init__(
        self,
        path: Path,
        check: Callable[[Target], Awaitable[Report]],
        *targets: Target,
        plan: Plan = NO_JITTER,
        begun: float = 0.0,
        webhook: Callable[[list[Event]], None] | None = None,
    ) -> None:
        self.store = Store(path / "s.db")
        self.text = ""
        self.shown: list[str] = []
        self.complaints: list[str] = []
        self.checks: list[tuple[str, float]] = []
        self._begun, self._check = begun, check
        self.alerts = Alerts(self.store, _Deliver(webhook), self.complaints.append) if webhook else None
        self.monitor = Monitor(
            targets or (ACME,),
            self._checked,
            self.store,
            plan,
            now=self.now,
            show=lambda event: self.shown.append(f"{event.label} {event.news.part} {event.news.effect}"),
            complain=self.complaints.append,
            alerts=self.alerts,
            random=Random(1),
        )

    def now(self) -> datetime:
        try:
            passed = asyncio.get_running_loop().time()
        except RuntimeError:
            passed = 0.0
        return START + timedelta(seconds=self._begun + passed)

    async def _checked(self, target: Target, _known: Known | None) -> Report:
        self.checks.append((target.label, asyncio.get_running_loop().time()))
        return await self._check(target)

    def run(self, seconds: float) -> None:
        """Run the monitor for this long, and close the file, as kill -9 would."""

        async def work() -> None:
            task = asyncio.ensure_future(self.monitor.forever())
            await asyncio.wait((task,), timeout=seconds)
            if task.done():
                task.result()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        try:
            timed(work())
        finally:
            self.text = self.monitor.metrics()
            self.store.close()

    def once(self) -> Round:
        """Run one round."""
        try:
            return timed(self.monitor.once())[0]
        finally:
            self.store.close()


class _Deliver:
    def __init__(self, take: Callable[[list[Event]], None]) -> None:
        self._take = take

    async def deliver(self, events: list[Event]) -> None:
        self._take(events)


def giving(*reports: Report) -> Callable[[Target], Awaitable[Report]]:
    """A check that returns these in order, then the last one repeatedly."""
    left = list(reports)

    async def check(_target: Target) -> Report:
        return left.pop(0) if len(left) > 1 else left[0]

    return check


def test_each_is_checked_at_its_time(tmp_path: Path) -> None:
    seen = Watched(tmp_path, giving(HEALTH, HEALTH, BROKEN))
    seen.run(3.5 * HOUR)
    assert seen.checks == [("acme.example", each * HOUR) for each in (0.0, 1.0, 2.0, 3.0)]
    assert seen.shown[0] == "acme.example first neutral"
    assert seen.shown.count("acme.example dmarc worse") == 1


def test_jitter_spreads_the_checks(tmp_path: Path) -> None:
    seen = Watched(tmp_path, giving(HEALTH), plan=replace(NO_JITTER, rhythm=Rhythm(HOUR, 600.0)))
    seen.run(20 * HOUR)
    times = [at for _, at in seen.checks]
    gaps = [after - before for before, after in pairwise(times)]
    assert all(3000 <= gap <= 4200 for gap in gaps)
    assert len({round(gap) for gap in gaps}) > 10


def test_a_probe_under_way_is_not_doubled(tmp_path: Path) -> None:
    async def slow(_target: Target) -> Report:
        await asyncio.sleep(2.5 * HOUR)
        return probed()

    seen = Watched(tmp_path, slow, PROBE)
    seen.run(6 * HOUR)
    assert seen.checks == [("probe x", 0.0), ("probe x", 2.5 * HOUR), ("probe x", 5 * HOUR)]


def test_a_mailbox_that_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    """Unknown is not a change, but the reason for exit code 3 is shown."""
    seen = Watched(tmp_path, giving(probed(result="error")), PROBE)
    seen.run(3.5 * HOUR)
    assert len(seen.checks) > 2
    assert seen.complaints == ["probe x: the mailbox of p@receiver.example cannot be read: "]


def test_nor_is_a_host_that_cannot_be_looked_up_passed_over(tmp_path: Path) -> None:
    seen = Watched(tmp_path, giving(probed(refused="unresolved")), PROBE)
    seen.run(2.5 * HOUR)
    assert seen.complaints == ["probe x: the probe could not be sent: "]


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    Watched(tmp_path, giving(HEALTH)).run(0.5 * HOUR)
    later = Watched(tmp_path, giving(HEALTH), begun=0.5 * HOUR)
    later.run(1.0 * HOUR)
    assert later.checks == [("acme.example", 0.5 * HOUR)]
    assert later.shown == []


def test_a_kill_in_the_middle_of_a_probe_sends_no_second_one_at_once(tmp_path: Path) -> None:
    async def endless(_target: Target) -> Report:
        await asyncio.sleep(10 * HOUR)
        return probed()

    Watched(tmp_path, endless, PROBE).run(60.0)
    later = Watched(tmp_path, giving(probed()), PROBE, begun=120.0)
    later.run(2 * HOUR)
    assert later.checks[0] == ("probe x", HOUR - 120.0)


def test_but_an_audit_is_made_again_at_once(tmp_path: Path) -> None:
    async def endless(_target: Target) -> Report:
        await asyncio.sleep(10 * HOUR)
        return HEALTH

    Watched(tmp_path, endless).run(60.0)
    later = Watched(tmp_path, giving(HEALTH), begun=120.0)
    later.run(60.0)
    assert later.checks == [("acme.example", 0.0)]


def test_what_was_kept_and_not_shown_is_shown_after_a_restart_once(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def kill(_event: Event) -> None:
        raise Killed

    first = Watched(tmp_path, giving(HEALTH))
    first.monitor._show = kill
    with pytest.raises(Killed):
        first.run(1.0)
    second = Watched(tmp_path, giving(HEALTH))
    second.run(2.5 * HOUR)
    assert second.shown == ["acme.example first neutral"]
    third = Watched(tmp_path, giving(HEALTH), begun=2.5 * HOUR)
    third.run(HOUR)
    assert third.shown == []


def test_a_fault_in_one_check_costs_the_others_nothing(tmp_path: Path) -> None:
    other = Target("domain", "other.example")

    async def check(target: Target) -> Report:
        if target is other:
            raise ZeroDivisionError("hm")
        return HEALTH

    seen = Watched(tmp_path, check, other, ACME)
    seen.run(2.5 * HOUR)
    assert seen.shown == ["acme.example first neutral"]
    assert seen.complaints == ["other.example: not checked: internal error: ZeroDivisionError: hm"]
    assert 'mailproof_run_failures_total{target="other.example",kind="domain"} 3' in seen.text


def test_a_check_that_cannot_be_made_is_no_change(tmp_path: Path) -> None:
    state = {"fails": False}

    async def check(_target: Target) -> Report:
        if state["fails"]:
            raise CredentialError("the environment variable PW is not set")
        return probed()

    seen = Watched(tmp_path, check, PROBE)
    assert seen.once() == Round(worse=False, incomplete=False)
    state["fails"] = True
    seen = Watched(tmp_path, check, PROBE)
    assert seen.once() == Round(worse=False, incomplete=True)
    assert seen.shown == []
    assert seen.complaints == ["probe x: not checked: the environment variable PW is not set"]
    state["fails"] = False
    seen = Watched(tmp_path, check, PROBE)
    assert seen.once() == Round(worse=False, incomplete=False)
    assert seen.shown == []


def test_rounds_of_cron(tmp_path: Path) -> None:
    rounds = [Watched(tmp_path, giving(each)).once() for each in (HEALTH, BROKEN, BROKEN, HEALTH)]
    assert [each.worse for each in rounds] == [False, True, False, False]


def test_an_interrupted_report_counts_for_nothing(tmp_path: Path) -> None:
    seen = Watched(tmp_path, giving(replace(BROKEN, interrupted=True)))
    assert seen.once() == Round(incomplete=True)
    assert seen.shown == []


def test_a_silent_window_by_the_local_clock(tmp_path: Path) -> None:
    plan = replace(NO_JITTER, windows=(window("13:00-14:30"),))  # START is at 12:00
    seen = Watched(tmp_path, giving(HEALTH, BROKEN), plan=plan)
    seen.run(2.9 * HOUR)
    assert seen.shown == ["acme.example first neutral"]
    later = Watched(tmp_path, giving(BROKEN), plan=plan, begun=3 * HOUR)
    later.run(60.0)
    assert "acme.example dmarc worse" in later.shown


def test_a_due_time_in_the_far_future_is_not_believed(tmp_path: Path) -> None:
    """The clock was wrong, or the interval was a year."""
    store = Store(tmp_path / "s.db")
    store.begin(PROBE, START.timestamp() + 1000 * HOUR, START.timestamp())
    store.close()
    seen = Watched(tmp_path, giving(probed()), PROBE)
    seen.run(1.5 * HOUR)
    assert seen.checks == [("probe x", HOUR)]


def test_the_textfile_is_whole_and_trouble_with_it_is_said_once(tmp_path: Path) -> None:
    file = tmp_path / "m.prom"
    Watched(tmp_path, giving(HEALTH), plan=replace(NO_JITTER, textfile=file)).run(60.0)
    assert 'mailproof_grade{domain="acme.example"} 4\n' in file.read_text()
    assert [each.name for each in tmp_path.glob(".*")] == []
    nowhere = Watched(tmp_path, giving(HEALTH), plan=replace(NO_JITTER, textfile=tmp_path / "no" / "m.prom"))
    nowhere.run(3.5 * HOUR)
    assert nowhere.complaints == [
        f"{tmp_path}/no/m.prom: the metrics cannot be written: No such file or directory"
    ]


def test_figures_survive_a_restart(tmp_path: Path) -> None:
    Watched(tmp_path, giving(probed()), PROBE).run(2.5 * HOUR)
    later = Watched(tmp_path, giving(probed()), PROBE, begun=2.6 * HOUR)
    later.run(1.0)
    line = 'mailproof_probe_placed_total{profile="x",receiver="receiver.example",folder="INBOX"} 3'
    assert line in later.text


def test_alerts_are_sent_again_until_they_are_taken(tmp_path: Path) -> None:
    got: list[list[int]] = []
    times: list[float] = []

    def take(events: list[Event]) -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) < 4:
            raise WebhookError("it refuses with HTTP 503")
        got.append([each.id for each in events])

    seen = Watched(tmp_path, giving(HEALTH, BROKEN), webhook=take)
    seen.run(2 * HOUR)
    # Stored at the second check, an hour after the first; retried after 30, 60 and 120 s.
    assert [each - HOUR for each in times] == [0.0, 30.0, 90.0, 210.0]
    assert len(got) == 1
    assert seen.complaints == [
        "the webhook did not accept the alerts: it refuses with HTTP 503: "
        "they are kept and will be sent later"
    ]


def test_and_after_a_restart(tmp_path: Path) -> None:
    def refuse(_events: list[Event]) -> None:
        raise WebhookError("no", wait=86_400.0)

    got: list[str] = []
    Watched(tmp_path, giving(HEALTH, BROKEN), webhook=refuse).run(1.5 * HOUR)
    later = Watched(
        tmp_path,
        giving(BROKEN),
        begun=1.6 * HOUR,
        webhook=lambda events: got.extend(each.news.part for each in events),
    )
    later.run(2 * HOUR)
    assert got.count("dmarc") == 1
    assert "first" not in got


def test_a_state_file_that_fails_ends_the_monitor(tmp_path: Path) -> None:
    seen = Watched(tmp_path, giving(HEALTH, BROKEN))
    seen.store.record = _broken  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="disk is full"):
        seen.run(HOUR)


def _broken(*_: object, **__: object) -> None:
    raise UsageError("s.db: database or disk is full")


def test_health(tmp_path: Path) -> None:
    seen = Watched(tmp_path, giving(HEALTH))
    assert seen.monitor.healthy()
    seen._begun = 3 * HOUR
    assert not seen.monitor.healthy()
    seen.store.close()
