"""``mailproof watch``: ``mailproof monitor`` for domains alone."""

from __future__ import annotations

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import argument, grouped
from mailproof.cli.monitor_options import NO_OPTIONS, MonitorOptions
from mailproof.errors import UsageError


@grouped
def command(
    domains: list[str] | None = argument(
        "[DOMAIN]...",
        "The domains to watch (default: those of mailproof.toml).",
        None,
        complete=complete.configured_domains,
    ),
    no_connect: opt.NoConnect = False,
    allowed: opt.Allowed = None,
    wanted: MonitorOptions = NO_OPTIONS,
    dns: opt.DnsOptions = opt.DNS,
    timeout: opt.Timeout = None,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Audit domains on a schedule and report what changes: records, keys, certificates, listings, grade.

    [bold]mailproof watch acme.example --interval 1h[/]

    From cron: [bold]mailproof watch acme.example --once[/]
    """
    from mailproof.cli.domains import given_domains
    from mailproof.cli.monitoring import monitor_targets
    from mailproof.monitor.checking import targets_of

    config = rules.load_config()
    names = list(given_domains(domains or ())) or [each.name for each in config.domains]
    if not names:
        raise UsageError("no domain to watch: name one, or add [[domains]] to mailproof.toml")
    targets = targets_of(config, (), names)
    monitor_targets(
        targets, config, wanted, dns, rules, timeout=timeout, no_connect=no_connect, allowed=allowed
    )
