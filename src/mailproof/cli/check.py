"""``mailproof check``."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.audit import DEFAULT_LIMIT
from mailproof.cli.baseline import NO_BASELINE, BaselineOptions
from mailproof.cli.groups import grouped
from mailproof.cli.transfers import TransferOptions, transfer_zones

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.facts.stop import Stop
    from mailproof.render.places import Place


@grouped
def command(
    domains: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DOMAIN]",
            autocompletion=complete.configured_domains,
            help="Check only these of the configured domains. Default: all.",
        ),
    ] = None,
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            metavar="NAME",
            autocompletion=complete.environments,
            help="Use this environment of the configuration: its zones, name servers, domains.",
        ),
    ] = None,
    no_connect: Annotated[bool, typer.Option("--no-connect", help="Query DNS only; connect to no host.")] = (
        False
    ),
    dns: opt.DnsOptions = opt.DNS,
    transfer: TransferOptions = TransferOptions(),
    timeout: opt.Timeout = None,
    output: opt.OutputOptions = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
    known: BaselineOptions = NO_BASELINE,
) -> None:
    """Check all that mailproof.toml says: its domains, and what each is expected to publish.

    In a pipeline, before DNS changes go live: [bold]mailproof check[/]

    Write the file first: [bold]mailproof init --domain acme.example[/]
    """
    from mailproof.checks.registry import modules
    from mailproof.cli.baseline import BaselineRun
    from mailproof.cli.domain_table import Late, with_table
    from mailproof.cli.domains import given_domains
    from mailproof.cli.output import Output, anchored, policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.running import import_idly, run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.cli.zones import beginnings
    from mailproof.config import load_config
    from mailproof.engine.arguments import checked_domain
    from mailproof.engine.audit import AuditOptions
    from mailproof.engine.check import check, chosen_domains

    config = load_config(rules.config_file, commands=rules.allow_commands)
    if environment is not None:
        config = config.in_environment(environment)
    chosen = chosen_domains(config, given_domains(domains or ()))
    dns = _configured(dns, config)
    connect = False if no_connect or dns.offline or dns.replay is not None else None
    baseline = BaselineRun(known)
    check_dns(dns, transfers=transfer.axfr is not None)
    policy = baseline.over(policy_of(rules, config, dns.zones or (), dns.form))
    begins, listed = beginnings(dns.zones or (), dns.form), _listed(config)
    anchor = anchored(lambda name: begins(name) or listed.get(name), config.path)
    limit = timeout or config.timeout or DEFAULT_LIMIT
    names = [each.name for each in chosen]
    late = Late(names, limit, output.form)
    out = Output(
        output,
        policy,
        config.fail_on or "error",
        baseline,
        anchor=anchor,
        config=config,
        sink=with_table(names, limit),
    )

    async def work(stop: Stop) -> None:
        zones = await transfer_zones(transfer, [checked_domain(each.name) for each in chosen], stop)
        async with (
            open_session(dns, config, stop, policy=policy, limit=limit, transferred=zones) as session,
            aclosing(check(chosen, session, AuditOptions(connect=connect))) as audits,
        ):
            import_idly((*modules("domain"), "mailproof.engine.fixes", *output.form.modules))
            with progress(output.quiet) as show:
                show(f"checking {', '.join(each.name for each in chosen[:3])}")
                async for audited in audits:
                    with show.hidden():
                        late.take(out.take(audited.report))

    run(work)
    late.complain()
    out.finish()


def _listed(config: Config) -> dict[str, Place]:
    """The line of each domain in the configuration: what is live and in no zone is shown there."""
    from mailproof.engine.arguments import checked_domain
    from mailproof.render.places import Place

    found: dict[str, Place] = {}
    for settings, written in zip(config.domains, config.places, strict=False):
        numbers = written.removeprefix(f"{config.path}:").split(":")
        if len(numbers) == 2:
            found[checked_domain(settings.name)] = Place(str(config.path), int(numbers[0]), int(numbers[1]))
    return found


def _configured(dns: opt.DnsOptions, config: Config) -> opt.DnsOptions:
    """The DNS options, with zones and ``offline`` of the configuration where no option says otherwise."""
    from mailproof.files import shortest

    elsewhere = bool(dns.nameservers or dns.replay or dns.validate or dns.trust_anchors)
    return dns._replace(
        zones=dns.zones or [shortest(path) for path in config.zones] or None,
        offline=dns.offline or (config.offline and not elsewhere),
    )
