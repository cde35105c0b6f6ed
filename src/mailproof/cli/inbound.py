"""``mailproof inbound``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof.cli import options as opt
from mailproof.cli.groups import grouped, option
from mailproof.errors import UsageError
from mailproof.render.places import no_anchor

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop


@grouped
def command(
    profile: opt.Profile = "",
    eicar: bool = option("--eicar", "Send the EICAR virus test file as well.", False),
    allow_addresses: list[str] | None = option(
        "--allow-address NETWORK",
        "The recipient's MX may be in this non-public network (repeatable).",
        None,
        envvar="MAILPROOF_ALLOW_ADDRESS",
    ),
    dns: opt.DnsOptions = opt.DNS,
    output: opt.ReportOutput = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Send your own mailbox messages that its server should refuse, and see where each lands.

    A harmless message goes first; where it does not arrive, nothing else is sent. All go straight to the
    recipient's mail server, from addresses of yours: [bold]profiles.NAME.inbound[/] in mailproof.toml.
    """
    from mailproof.cli.output import Output, anchored
    from mailproof.cli.policies import policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.config.permits import permitted_inbound
    from mailproof.engine.arguments import checked_networks
    from mailproof.engine.inbound import inbound

    config = rules.load_config()
    if not config.profiles:
        raise UsageError("no profile is configured: run mailproof init")
    chosen = permitted_inbound(config, profile or None)
    policy = policy_of(rules, config)
    out = Output(output, policy, config.fail_on, anchor=anchored(no_anchor, config.path))
    check_dns(dns)
    allowed = checked_networks(tuple(allow_addresses or ()))
    retrieve = chosen.recipients[0].retrieve
    total = 2 * retrieve.deadline if retrieve is not None else 0.0

    async def work(stop: Stop) -> None:
        async with open_session(dns, config, stop, policy=policy) as session:
            with progress(output.quiet, total=total) as show:
                report = await inbound(chosen, session, eicar=eicar, allowed=allowed, progress=show)
            out.take(report)

    run(work)
    out.finish()
