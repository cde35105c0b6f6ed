"""``mailproof spf``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailproof.cli import options as opt
from mailproof.cli.groups import grouped

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.model import SecondOpinion, SpfVerdict


@grouped
def command(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain in the return path.")],
    ip: Annotated[str, typer.Option("--ip", metavar="ADDR", help="IP address of the sending client.")],
    sender: Annotated[
        str | None, typer.Option("--sender", metavar="A", help="The full return path (postmaster@DOMAIN).")
    ] = None,
    helo: Annotated[str | None, typer.Option("--helo", metavar="H", help="The client's HELO name.")] = None,
    ask_pyspf: Annotated[
        bool, typer.Option("--second-opinion", help="Also run pyspf on the same answers.")
    ] = False,
    dns: opt.DnsOptions = opt.DNS,
    form: opt.OtherForm = opt.Form.TEXT,
    color: opt.Colors = opt.Color.AUTO,
) -> None:
    """Evaluate SPF for one client and show the trace.

    Exit code 0 for pass, 3 for temperror (could not be checked), 1 for anything else.

    [bold]mailproof spf acme.example --ip 192.0.2.25[/]
    """
    from mailproof.auth.spf import check_host
    from mailproof.cli.output import show
    from mailproof.cli.running import run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.cli.streams import complain
    from mailproof.config import load_config
    from mailproof.engine.arguments import checked_domain, checked_ips

    name = checked_domain(domain)
    client = checked_ips((ip,))[0]
    check_dns(dns)
    config = load_config(None)

    async def evaluate(stop: Stop) -> tuple[SpfVerdict, SecondOpinion | None, bool]:
        async with open_session(dns, config, stop) as session, session.work(to_the_end=True) as work:
            mail_from, opinion = sender or f"postmaster@{name}", None
            verdict = await check_host(client, mail_from, helo or name, resolver=work.resolver)
            if ask_pyspf:
                from mailproof.adapters.pyspf import second_opinion

                opinion = await second_opinion(verdict, mail_from, helo or name, resolver=work.resolver)
            return verdict, opinion, stop.interrupted

    verdict, opinion, interrupted = run(evaluate)

    def page(**look: Any) -> str:
        from mailproof.render.text.trace import render_trace

        return render_trace(verdict, opinion, **look)

    more = {} if opinion is None else {"second_opinion": opinion}
    show(form, color, verdict, page, **more)
    if interrupted:
        complain("interrupted")
        raise typer.Exit(130)
    raise typer.Exit({"pass": 0, "temperror": 3}.get(verdict.result, 1))
