"""``mailproof check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.baseline import NO_BASELINE, BaselineOptions
from mailproof.cli.groups import argument, grouped, option
from mailproof.cli.transfers import TransferOptions
from mailproof.errors import UsageError
from mailproof.files import shortest
from mailproof.render.places import Place

if TYPE_CHECKING:
    from mailproof.config import Config


@grouped
def command(
    domains: list[str] | None = argument(
        "[DOMAIN]...",
        "Check only these of the configured domains. Default: all.",
        None,
        complete=complete.configured_domains,
    ),
    environment: str | None = option(
        "--environment -e NAME",
        "Use this environment of the configuration: its zones, name servers, domains.",
        None,
        autocompletion=complete.environments,
    ),
    no_connect: opt.NoConnect = False,
    dns: opt.DnsOptions = opt.DNS,
    transfer: TransferOptions = TransferOptions(),
    timeout: opt.Timeout = None,
    output: opt.OutputOptions = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
    known: BaselineOptions = NO_BASELINE,
) -> None:
    """Check everything in mailproof.toml: its domains, and what each is expected to publish.

    In a pipeline, before DNS changes go live: [bold]mailproof check[/]

    Write the file first: [bold]mailproof init --domain acme.example[/]
    """
    from mailproof.cli.auditing import SharedOptions, audit_all
    from mailproof.cli.domains import given_domains
    from mailproof.engine.arguments import checked_domain
    from mailproof.engine.audit import AuditOptions
    from mailproof.engine.check import check, chosen_domains

    config = rules.load_config()
    if environment is not None:
        config = config.in_environment(environment)
    chosen = chosen_domains(config, given_domains(domains or ()))
    dns = _configured(dns, config, () if environment is None else ("environments", environment))
    options = AuditOptions(connect=dns.connect(no_connect, output.require))
    out, _ = audit_all(
        [checked_domain(each.name) for each in chosen],
        lambda session: check(chosen, session, options),
        SharedOptions(dns, transfer, timeout, output, rules, known),
        config,
        doing="checking",
        listed=_listed(config),
    )
    out.finish()


def _listed(config: Config) -> dict[str, Place]:
    """The position of each domain in the configuration, for findings on live domains that are in no zone."""
    from mailproof.engine.arguments import checked_domain

    found: dict[str, Place] = {}
    for settings, written in zip(config.domains, config.places, strict=False):
        numbers = written.removeprefix(f"{config.path}:").split(":")
        if len(numbers) == 2:
            found[checked_domain(settings.name)] = Place(str(config.path), int(numbers[0]), int(numbers[1]))
    return found


def _configured(dns: opt.DnsOptions, config: Config, keys: tuple[str, ...]) -> opt.DnsOptions:
    """The DNS options, with the configuration's zones and ``offline`` as defaults. Raises UsageError.

    ``keys`` are those of the environment, if one is used.
    """
    from mailproof.config import locate

    missing = next((each for each in config.zones if not each.exists()), None)
    if missing is not None and not dns.zones:
        raise UsageError(f"{locate(config, *keys, 'zones')}: zones: {shortest(missing)} does not exist")
    elsewhere = bool(dns.nameservers or dns.replay or dns.validate or dns.trust_anchors)
    return dns._replace(
        zones=dns.zones or [shortest(path) for path in config.zones] or None,
        offline=dns.offline or (config.offline and not elsewhere),
    )
