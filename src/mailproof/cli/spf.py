"""``mailproof spf``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.model import SecondOpinion, SpfVerdict


def command(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain of the return path.")],
    ip: Annotated[str, typer.Option("--ip", metavar="ADDR", help="The client's address.")],
    sender: Annotated[
        str | None, typer.Option("--sender", metavar="A", help="The whole return path (postmaster@DOMAIN).")
    ] = None,
    helo: Annotated[str | None, typer.Option("--helo", metavar="H", help="The name the client gave.")] = None,
    ask_pyspf: Annotated[
        bool, typer.Option("--second-opinion", help="Ask pyspf about the same answers too.")
    ] = False,
    nameservers: opt.Nameservers = None,
    zones: opt.Zones = None,
    offline: opt.Offline = False,
    record: opt.Record = None,
    replay: opt.Replay = None,
    form: opt.Form = opt.Format.TEXT,
    color: opt.Colors = opt.Color.AUTO,
) -> None:
    """Evaluate SPF for one client and show the trace.

    Exit code 0 for pass, 3 for temperror (it could not be found out), 1 for anything else.

    mailproof spf acme.example --ip 192.0.2.25
    """
    import sys

    from mailproof.auth.spf import check_host
    from mailproof.cli.dns_session import DnsOptions, dns_session
    from mailproof.cli.output import write_text
    from mailproof.cli.running import run
    from mailproof.cli.streams import complain, screen
    from mailproof.config import load_config
    from mailproof.engine.audit import checked_domain, checked_ips
    from mailproof.engine.session import run_resolver

    name = checked_domain(domain)
    client = checked_ips((ip,))[0]
    dns = DnsOptions.of(load_config(None), nameservers, zones, offline, record, replay)

    async def work(stop: Stop) -> tuple[SpfVerdict, SecondOpinion | None, bool]:
        async with dns_session(dns) as session, run_resolver(session.resolver, stop) as resolver:
            mail_from, opinion = sender or f"postmaster@{name}", None
            verdict = await check_host(client, mail_from, helo or name, resolver=resolver)
            if ask_pyspf:
                from mailproof.adapters.pyspf import second_opinion

                opinion = await second_opinion(verdict, mail_from, helo or name, resolver=resolver)
            return verdict, opinion, stop.interrupted

    verdict, opinion, interrupted = run(work)
    if form is opt.Format.JSON:
        from mailproof.render.json import json_text, to_plain

        plain = to_plain(verdict)
        if opinion is not None:
            plain["second_opinion"] = to_plain(opinion)
        write_text(json_text(plain))
    else:
        from mailproof.render.text.trace import render_trace

        shown = screen(sys.stdout, color.value)
        write_text(
            render_trace(verdict, opinion, width=shown.width, color=shown.color, unicode=shown.unicode)
        )
    if interrupted:
        complain("interrupted")
        raise typer.Exit(130)
    raise typer.Exit({"pass": 0, "temperror": 3}.get(verdict.result, 1))
