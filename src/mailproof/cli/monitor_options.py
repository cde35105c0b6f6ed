"""The options of ``mailproof monitor`` and ``mailproof watch``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from mailproof.choices import WebhookKind
from mailproof.cli import complete
from mailproof.cli.groups import option, panel
from mailproof.errors import UsageError
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.config import MonitorSettings


#: How changes are written.
Lines = Literal["text", "jsonl"]


@panel("Monitoring")
class MonitorOptions(NamedTuple):
    """Options as given; "" or None leaves the configured value."""

    interval: str = option("--interval TIME", "Time between two checks: 90s, 15m, 1h, 1d (1h).", "")
    jitter: str = option("--jitter TIME", "Vary the interval by up to this much (a tenth of it).", "")
    once: bool = option(
        "--once",
        "Check everything once and exit, for cron; exit code 0 nothing worse, 1 worse, 3 unknown.",
        False,
    )
    alert_after: int | None = option(
        "--alert-after N", "Report a change once N checks in a row have seen it (2).", None, min=1, max=100
    )
    state: Path | None = option(
        "--state FILE",
        "The file with the state and the history (monitor.db in ~/.local/state/mailproof).",
        None,
    )
    listen: str = option("--listen ADDR:PORT", "Serve /metrics for Prometheus, and /healthz.", "")
    textfile: Path | None = option(
        "--textfile FILE", "Write the metrics to this file, for the node exporter.", None
    )
    webhook_env: str = option(
        "--webhook-env VARIABLE", "Environment variable with the URL that gets alerts.", ""
    )
    webhook_kind: WebhookKind | None = option(
        "--webhook-kind", "The webhook's format (json).", None, show_default=False
    )
    blocklists: bool = option("--blocklists", "Also query the blocklists that are free to use.", False)
    blocklist: list[str] | None = option(
        "--blocklist NAME",
        "Also query this blocklist, such as spamhaus-zen (repeatable). Mind its terms of use.",
        None,
        autocompletion=complete.blocklists,
    )
    form: Lines = option("-f --format", "How changes are written.", "text")

    def over(self, settings: MonitorSettings) -> MonitorSettings:
        """The settings, overridden by the options. Raises UsageError."""
        from mailproof.config import Credential, WebhookSettings
        from mailproof.config.monitoring import monitor_problems

        webhook = settings.webhook
        if self.webhook_env:
            webhook = WebhookSettings(url=Credential("env", (self.webhook_env,)))
        if self.webhook_kind is not None:
            if webhook is None:
                raise UsageError("--webhook-kind needs a webhook: give --webhook-env VARIABLE")
            webhook = replace(webhook, kind=self.webhook_kind)
        found = replace(
            settings,
            interval=self.interval or settings.interval,
            jitter=self.jitter or ("" if self.interval else settings.jitter),
            alert_after=self.alert_after or settings.alert_after,
            state=self.state or settings.state,
            listen=self.listen or settings.listen,
            textfile=self.textfile or settings.textfile,
            webhook=webhook,
            blocklists=(*(("open",) if self.blocklists else ()), *(self.blocklist or settings.blocklists)),
        )
        for _, problem in monitor_problems(found):
            raise UsageError(problem.replace("'interval'", "--interval").replace("'jitter'", "--jitter"))
        return found


NO_OPTIONS = MonitorOptions()
