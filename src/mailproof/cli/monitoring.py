"""Monitoring on a schedule, for ``mailproof monitor`` and ``mailproof watch``."""

from __future__ import annotations

import asyncio
import signal
import sys
import textwrap
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typer

from mailproof.cli import options as opt
from mailproof.cli.interrupts import STATE
from mailproof.cli.monitor_options import Lines, MonitorOptions
from mailproof.cli.policies import policy_of
from mailproof.cli.profile import host_and_port
from mailproof.cli.running import run
from mailproof.cli.session import check_dns, open_session
from mailproof.cli.streams import complain, fit, screen
from mailproof.cli.writing import write_page, write_text
from mailproof.cli.zones import read_once
from mailproof.config import Config, MonitorSettings, WebhookSettings
from mailproof.config.permits import permitted_monitor
from mailproof.config.trust import state_folder
from mailproof.engine.arguments import checked_blocklists, checked_networks
from mailproof.engine.audit import AuditOptions
from mailproof.errors import Interrupted, UsageError
from mailproof.facts.stop import Stop
from mailproof.facts.transport_options import TransportOptions
from mailproof.files import check_writable
from mailproof.model import Report
from mailproof.monitor.alerts import Alerts
from mailproof.monitor.checking import check_target
from mailproof.monitor.engine import Check, Monitor, Plan, Round
from mailproof.monitor.events import Event, Known, Target
from mailproof.monitor.limits import MOST_TARGETS
from mailproof.monitor.listen import MetricsServer
from mailproof.monitor.schedule import Rhythm
from mailproof.monitor.shapes import plain, stamp
from mailproof.monitor.state import Store
from mailproof.monitor.webhook import Webhook, WebhookError
from mailproof.render.json import json_text


def monitor_targets(
    targets: Sequence[Target],
    config: Config,
    wanted: MonitorOptions,
    dns: opt.DnsOptions,
    rules: opt.RuleOptions,
    *,
    timeout: float | None,
    no_connect: bool,
    allowed: list[str] | None,
) -> None:
    """Check the targets on a schedule, or once."""
    settings = wanted.over(permitted_monitor(config))
    if len(targets) > MOST_TARGETS:
        raise UsageError(f"{len(targets)} domains and profiles, but at most {MOST_TARGETS} are monitored")
    if dns.record is not None or dns.replay is not None:
        raise UsageError("--record and --replay are for a single run: remove them")
    check_dns(dns)
    policy = policy_of(rules, config)
    options = AuditOptions(
        connect=dns.connect(no_connect),
        transport=TransportOptions(allowed=checked_networks(tuple(allowed or ()))),
        prove=False,
        blocklists=checked_blocklists(settings.blocklists),
    )
    listen = _listen(settings.listen, "--listen" if wanted.listen else f"{config.path}: 'monitor.listen'")
    limit = opt.limit_of(timeout, config)
    store = Store(settings.state or _default_state())

    async def work(stop: Stop) -> Round | None:
        async def check(target: Target, known: Known | None) -> Report:
            # A new session for each check: zone files are re-read, and memory does not grow. A probe has its
            # own limits.
            own = limit if target.kind == "domain" else None
            with read_once():
                async with open_session(dns, config, stop, policy=policy, limit=own) as session:
                    return await check_target(target, session, known, options, remove=settings.remove)

        if settings.webhook is not None:
            await _check_webhook(settings.webhook)
        monitor = _monitor(targets, check, store, settings, wanted.form)
        task = asyncio.ensure_future(_work(monitor, wanted.once, listen))
        await stop.wait_for((task,))
        return None if stop.interrupted else task.result()

    try:
        found = run(work)
    finally:
        store.close()
    if found is None:
        # Stopping a service is its normal end; cron and people are notified that a run was cut short.
        if STATE.number == signal.SIGTERM and not wanted.once:
            raise typer.Exit(0)
        raise Interrupted("interrupted")
    raise typer.Exit(1 if found.worse else 3 if found.incomplete else 0)


async def _check_webhook(settings: WebhookSettings) -> None:
    """Warn now if no alert could be sent, not when the first one is lost."""
    try:
        await Webhook(settings).check()
    except WebhookError as error:
        complain(f"the webhook can't be used, so alerts will wait: {error}")


async def _work(monitor: Monitor, once: bool, listen: tuple[str, int] | None) -> Round:
    server = MetricsServer(monitor.metrics, monitor.healthy)
    if listen is not None:
        await server.start(*listen)
    try:
        if once:
            return await monitor.once()
        await monitor.forever()
        return Round()
    finally:
        await server.stop()


def _monitor(
    targets: Sequence[Target], check: Check, store: Store, settings: MonitorSettings, form: Lines
) -> Monitor:
    if settings.textfile is not None:
        check_writable(f"textfile {settings.textfile}", settings.textfile)
    alerts = None
    if settings.webhook is not None:
        alerts = Alerts(store, Webhook(settings.webhook), complain)
    plan = Plan(
        Rhythm(settings.interval_s, settings.jitter_s),
        settings.alert_after,
        settings.windows,
        settings.retention_s,
        settings.textfile,
    )
    return Monitor(
        targets,
        check,
        store,
        plan,
        now=lambda: datetime.now().astimezone(),
        show=lambda event: _show(event, form),
        complain=complain,
        alerts=alerts,
    )


def _show(event: Event, form: Lines) -> None:
    if form == "jsonl":
        write_text(json_text(plain(event), indent=None))
        return
    effect = {"worse": "worse ", "better": "better", "neutral": "note  "}[event.news.effect]
    begin = f"{stamp(event.at)} {effect} "
    write_page(f"{_fitted(begin + fit(f'{event.label}: {event.news.text}', 2000), len(begin))}\n")


def _fitted(line: str, indent: int) -> str:
    """One line, or wrapped to the terminal's width."""
    if sys.stdout is None or not sys.stdout.isatty():
        return line
    width = max(screen(sys.stdout).width, 2 * indent)
    return textwrap.fill(line, width, subsequent_indent=" " * indent, break_on_hyphens=False)


def _listen(text: str, name: str) -> tuple[str, int] | None:
    """Parse address and port; ``name`` is for messages. Raises UsageError."""
    if not text:
        return None
    host, port = host_and_port(text, name)
    if not host or not port:
        raise UsageError(f"{name} {text}: write it like 127.0.0.1:9620")
    return host, port


def _default_state() -> Path:
    try:
        return state_folder() / "monitor.db"
    except RuntimeError:
        raise UsageError("there is no home folder to keep the state in: give --state FILE") from None
