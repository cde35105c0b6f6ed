"""``mailproof probe``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof.cli import options as opt
from mailproof.cli.groups import grouped, option
from mailproof.cli.probe_options import SENDING, ProbeOptions
from mailproof.render.places import no_anchor

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop


@grouped
def command(
    profile: opt.Profile = "",
    dry_run: bool = option("--dry-run", "Check key, sender and recipient without sending anything.", False),
    wanted: ProbeOptions = SENDING,
    no_connect: bool = option(
        "--no-connect", "Don't connect to a recipient's mail hosts when the probe doesn't reach it.", False
    ),
    allowed: opt.Allowed = None,
    filters: opt.FilterOptions = opt.FILTERS,
    dns: opt.DnsOptions = opt.DNS,
    output: opt.OutputOptions = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Send a test message, fetch it back, verify what arrived; one report with the DNS audit.

    With the profile in mailproof.toml: [bold]mailproof probe[/]

    [bold]mailproof probe --smtp mail.acme.example --smtp-user ada --smtp-password-env PW
    --from ada@acme.example --to test@receiver.example --maildir ~/Maildir[/]
    """
    from mailproof.cli.output import Output, anchored
    from mailproof.cli.policies import policy_of
    from mailproof.cli.profile import chosen_profile, options_named
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.config.permits import permitted_filters
    from mailproof.engine.arguments import checked_networks
    from mailproof.engine.probe import probe
    from mailproof.facts.transport_options import TransportOptions

    config = rules.load_config()
    chosen = chosen_profile(config, profile, wanted)
    policy = policy_of(rules, config)
    out = Output(output, policy, config.fail_on, anchor=anchored(no_anchor, config.path), config=config)
    asked = filters.over(permitted_filters(config))
    check_dns(dns)
    transport = TransportOptions(allowed=checked_networks(tuple(allowed or ())))
    waits = (each.retrieve.deadline for each in chosen.recipients if each.retrieve and not dry_run)
    total = max(waits, default=0.0)

    async def work(stop: Stop) -> None:
        async with open_session(dns, config, stop, policy=policy) as session:
            with progress(output.quiet, total=total) as show:
                report = await probe(
                    chosen,
                    session,
                    progress=show,
                    filters=asked,
                    connect=dns.connect(no_connect),
                    dry_run=dry_run,
                    transport=transport,
                )
            out.take(report)

    with options_named(wanted):
        run(work)
    out.finish()
