"""``mailproof audit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt
from mailproof.cli.output import OutputOptions, finish

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.model import Report

#: Domains audited at the same time.
AT_ONCE = 16
#: The whole run's time limit in seconds, where none is given.
DEFAULT_LIMIT = 30.0


def command(
    domains: Annotated[list[str], typer.Argument(metavar="DOMAIN", help="The domains to audit.")],
    selectors: Annotated[
        list[str] | None,
        typer.Option(
            "--selector",
            "-s",
            metavar="S",
            help="A DKIM selector in use (may be repeated). Known providers' are tried anyway.",
        ),
    ] = None,
    ips: Annotated[
        list[str] | None,
        typer.Option("--ip", metavar="ADDR", help="An address that mail is sent from (may be repeated)."),
    ] = None,
    no_connect: Annotated[
        bool, typer.Option("--no-connect", help="Ask the DNS alone, connect to no host.")
    ] = False,
    second_opinion: Annotated[
        bool,
        typer.Option("--second-opinion", help="Ask checkdmarc about the same answers, and say who is right."),
    ] = False,
    nameservers: opt.Nameservers = None,
    zones: opt.Zones = None,
    offline: opt.Offline = False,
    record: opt.Record = None,
    replay: opt.Replay = None,
    timeout: opt.Timeout = None,
    form: opt.Form = opt.Format.TEXT,
    outputs: opt.Outputs = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = 0,
    color: opt.Colors = opt.Color.AUTO,
    fail_on: opt.Fail = None,
    select: opt.Select = None,
    ignore: opt.Ignore = None,
    config_file: opt.ConfigFile = None,
) -> None:
    """Audit a domain's DNS: SPF, DKIM, DMARC, MX.

    mailproof audit acme.example --selector s1

    Before publishing: mailproof audit acme.example --zone acme.zone --offline
    """
    from mailproof.cli.dns_session import DnsOptions, dns_session
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.warm import warm_up
    from mailproof.config import load_config
    from mailproof.engine.audit import audit_async, checked_domain, checked_ips

    config = load_config(config_file)
    names = tuple(dict.fromkeys(checked_domain(domain) for domain in domains))
    addresses = checked_ips(tuple(ips or ()))
    out = OutputOptions.of(config, form, outputs, quiet, verbose, color, fail_on, select, ignore)
    dns = DnsOptions.of(config, nameservers, zones, offline, record, replay)
    # Connecting to MX hosts is not part of the audit yet; the option is there for scripts written for both.
    del no_connect

    async def work(stop: Stop) -> list[Report]:
        import asyncio

        gate = asyncio.Semaphore(AT_ONCE)
        done = 0

        async with dns_session(dns) as session:

            async def one(name: str) -> Report:
                nonlocal done
                async with gate:
                    report = await audit_async(
                        name,
                        session.resolver,
                        config,
                        selectors=tuple(selectors or ()),
                        ips=addresses,
                        second_opinion=second_opinion,
                        now=session.now,
                        stop=stop,
                    )
                done += 1
                show(f"{name}: done ({done} of {len(names)})", 0)
                return report

            warm = warm_up(text=form is opt.Format.TEXT)
            with progress(quiet) as show:
                show(f"asking the DNS about {', '.join(names[:3])}", 0)
                reports = list(await asyncio.gather(*(one(name) for name in names)))
            await warm
            return reports

    finish(run(work, limit=timeout or config.timeout or DEFAULT_LIMIT), out)
