"""``mailproof audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt
from mailproof.cli.fix_zone import check_fix_zone, write_fix_zone
from mailproof.cli.output import OutputOptions, finish

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.model import Report
    from mailproof.model.fixes import FixProposal

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
    all_selectors: Annotated[
        bool,
        typer.Option("--all-selectors", help="Try all known DKIM selectors, not the 40 likeliest."),
    ] = False,
    ips: Annotated[
        list[str] | None,
        typer.Option("--ip", metavar="ADDR", help="An address that mail is sent from (may be repeated)."),
    ] = None,
    no_connect: Annotated[
        bool, typer.Option("--no-connect", help="Ask the DNS alone, connect to no host.")
    ] = False,
    blocklists: Annotated[
        bool,
        typer.Option(
            "--blocklists", help="Ask the blocklists that let anybody ask about the domain and its addresses."
        ),
    ] = False,
    blocklist: Annotated[
        list[str] | None,
        typer.Option(
            "--blocklist",
            metavar="NAME",
            help="Ask this blocklist, like spamhaus-zen (may be repeated). Mind its terms.",
        ),
    ] = None,
    second_opinion: Annotated[
        bool,
        typer.Option("--second-opinion", help="Ask checkdmarc about the same answers, and say who is right."),
    ] = False,
    profile: Annotated[
        opt.Profile,
        typer.Option("--profile", help="What the domain is for; auto tells it from its records."),
    ] = opt.Profile.AUTO,
    subdomains: Annotated[
        list[str] | None,
        typer.Option(
            "--subdomain",
            metavar="NAME",
            help="Judge this subdomain's SPF, DMARC and MX too (may be repeated).",
        ),
    ] = None,
    receivers: Annotated[
        list[str] | None,
        typer.Option(
            "--receiver",
            metavar="NAME",
            help="Compare with what this receiver demands: gmail, yahoo, microsoft, apple or all "
            "(may be repeated).",
        ),
    ] = None,
    fix_zone: Annotated[
        Path | None,
        typer.Option(
            "--fix-zone",
            metavar="FILE",
            help="Write the records that fix the findings, as a zone file fragment. See its effect with "
            "one more --zone FILE.",
        ),
    ] = None,
    fix_level: Annotated[
        opt.Level,
        typer.Option("--fix-level", help="The least severity that --fix-zone fixes."),
    ] = opt.Level.INFO,
    fix_kind: Annotated[
        list[opt.Kind] | None,
        typer.Option(
            "--fix-kind",
            help="What --fix-zone writes (may be repeated): repair, improvement, decision (which changes a "
            "policy or a permission). Default: repair and improvement.",
        ),
    ] = None,
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
    """Audit a domain: SPF, DKIM, DMARC, MX, DANE, and the mail hosts themselves.

    mailproof audit acme.example --selector s1

    Before publishing: mailproof audit acme.example --zone acme.zone --offline

    To fix it: mailproof audit acme.example --fix-zone fix.zone
    """
    from mailproof.cli.dns_session import DnsOptions, dns_session
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.warm import warm_up
    from mailproof.config import load_config
    from mailproof.engine.audit import (
        Audit,
        AuditOptions,
        checked_blocklists,
        checked_domain,
        checked_ips,
        is_live,
    )
    from mailproof.engine.fixes import NO_TIME, SAFE, in_words
    from mailproof.engine.session import run_resolver
    from mailproof.model import Severity

    config = load_config(config_file)
    names = tuple(dict.fromkeys(checked_domain(domain) for domain in domains))
    addresses = checked_ips(tuple(ips or ()))
    lists = checked_blocklists(blocklists, tuple(blocklist or ()))
    check_fix_zone(fix_zone)
    out = OutputOptions.of(config, form, outputs, quiet, verbose, color, fail_on, select, ignore)
    dns = DnsOptions.of(config, nameservers, zones, offline, record, replay)
    connect = False if no_connect or offline or replay is not None else None

    proposals: list[FixProposal] = []

    async def work(stop: Stop) -> list[Report]:
        import asyncio

        gate = asyncio.Semaphore(AT_ONCE)
        done = 0

        async with dns_session(dns) as session:
            connected = is_live(session.resolver) if connect is None else connect
            options = AuditOptions(
                selectors=tuple(selectors or ()),
                ips=addresses,
                second_opinion=second_opinion,
                now=session.now,
                connect=connected,
                blocklists=lists,
                profile=profile.value,
                subdomains=tuple(subdomains or ()),
                receivers=tuple(receivers or ()),
                all_selectors=all_selectors,
            )

            async def one(name: str) -> Report:
                nonlocal done
                async with gate, run_resolver(session.resolver) as resolver:
                    audit = Audit(name, resolver, config, options, stop)
                    report = await audit.report()
                    if stop.stopped:
                        report = in_words(report, NO_TIME)
                    else:
                        fixer = audit.fixer(report)
                        if fix_zone:
                            wanted = {finding.fingerprint for finding in out.judged(report).findings}
                            proposals.append(
                                await fixer.proposal(
                                    kinds=[kind.value for kind in fix_kind] if fix_kind else SAFE,
                                    least=Severity(fix_level.value),
                                    wanted=lambda finding: finding.fingerprint in wanted,
                                )
                            )
                        report = await fixer.proven()
                done += 1
                show(f"{name}: done ({done} of {len(names)})", 0)
                return report

            warm = warm_up(text=form is opt.Format.TEXT)
            with progress(quiet) as show:
                show(f"asking the DNS about {', '.join(names[:3])}", 0)
                reports = list(await asyncio.gather(*(one(name) for name in names)))
            await warm
            return reports

    reports = run(work, limit=timeout or config.timeout or DEFAULT_LIMIT)
    if fix_zone:
        write_fix_zone(fix_zone, proposals)
    finish(reports, out)
