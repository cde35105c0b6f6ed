"""``mailproof monitor``."""

from __future__ import annotations

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import argument, grouped, option
from mailproof.cli.monitor_options import NO_OPTIONS, MonitorOptions
from mailproof.errors import UsageError


@grouped
def command(
    profiles: list[str] | None = argument(
        "[PROFILE]...", "Profiles in mailproof.toml (default: all).", None, complete=complete.profiles
    ),
    no_connect: bool = option("--no-connect", "Audits query DNS only; they connect to no host.", False),
    allowed: opt.Allowed = None,
    wanted: MonitorOptions = NO_OPTIONS,
    dns: opt.DnsOptions = opt.DNS,
    timeout: opt.Timeout = None,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Probe and audit on a schedule, and report what changes: lines, webhook, Prometheus.

    The profiles and the domains of mailproof.toml: [bold]mailproof monitor --interval 1h[/]

    From cron: [bold]mailproof monitor --once[/]
    """
    from mailproof.cli.monitoring import monitor_targets
    from mailproof.config.permits import permitted_profile
    from mailproof.monitor.checking import targets_of

    config = rules.load_config()
    names = dict.fromkeys(profiles or [each.name for each in config.profiles])
    chosen = [permitted_profile(config, name) for name in names]
    targets = targets_of(config, chosen, [each.name for each in config.domains])
    if not targets:
        raise UsageError(
            f"{config.where}: no profiles and no [[domains]] to monitor: "
            "run mailproof init, or mailproof watch"
        )
    monitor_targets(
        targets, config, wanted, dns, rules, timeout=timeout, no_connect=no_connect, allowed=allowed
    )
