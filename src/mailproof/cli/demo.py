"""``mailproof demo``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import grouped, option
from mailproof.cli.streams import note
from mailproof.cli.writing import write_text
from mailproof.render.formats import TEXT

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop


@grouped
def command(
    name: str = option(
        "--scenario NAME", "Which fault to show.", "healthy", autocompletion=complete.scenarios
    ),
    listing: bool = option("--list", "List the scenarios.", False),
    deadline: float = option(
        "--deadline SECONDS", "How long to wait for the message.", 5.0, min=0.5, max=600
    ),
    output: opt.ReportOutput = opt.OUTPUT,
) -> None:
    """Run a complete probe against bundled servers; needs no network or privileges.

    DNS, a signing submission server, a receiver and a mailbox start on loopback; a probe is sent,
    fetched back and verified. [bold]mailproof demo --list[/] shows what can go wrong.
    """
    from mailproof.cli.output import Output
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.demo.scenarios import SCENARIOS, scenario
    from mailproof.policy import Policy

    if listing:
        width = max(len(each.name) for each in SCENARIOS)
        write_text("".join(f"{each.name:<{width}}  {each.title}\n" for each in SCENARIOS))
        return
    chosen = scenario(name)
    out = Output(output, Policy())

    async def work(stop: Stop) -> None:
        from mailproof.demo.world import DemoWorld
        from mailproof.engine.probe import probe
        from mailproof.engine.session import Session

        with progress(output.quiet, total=deadline) as show:
            async with (
                DemoWorld(chosen, deadline=deadline) as world,
                Session(world.resolver, stop=stop) as session,
            ):
                report = await probe(world.profile, session, resolve=world.resolve, progress=show)
        if output.form is TEXT and not output.quiet:
            note(f"mailproof demo: {chosen.name}: {chosen.title}\n")
        out.take(report)

    run(work)
    out.finish()
