"""``mailproof demo``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt
from mailproof.cli.output import OutputOptions, finish, write_text

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.model import Report


def command(
    name: Annotated[
        str, typer.Option("--scenario", metavar="NAME", help="What is wrong in the world (healthy).")
    ] = "healthy",
    listing: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    deadline: Annotated[
        float,
        typer.Option("--deadline", metavar="SECONDS", min=0.5, max=600, help="How long to wait for mail."),
    ] = 5.0,
    form: opt.Form = opt.Format.TEXT,
    outputs: opt.Outputs = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = 0,
    color: opt.Colors = opt.Color.AUTO,
    fail_on: opt.Fail = None,
) -> None:
    """The whole job on a bundled world: no network, no privilege.

    DNS, a signing submission server, a receiving server and a mailbox start on loopback; a probe is sent,
    fetched back and verified. mailproof demo --list shows what else can go wrong.
    """
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.demo.scenarios import SCENARIOS, scenario

    if listing:
        width = max(len(each.name) for each in SCENARIOS)
        write_text("".join(f"{each.name:<{width}}  {each.title}\n" for each in SCENARIOS))
        return
    chosen = scenario(name)
    out = OutputOptions(form, tuple(outputs or ()), quiet, verbose, color, fail_on or opt.FailOn.ERROR)
    out.check()

    async def work(stop: Stop) -> Report:
        from mailproof.demo.probing import probe_scenario

        with progress(quiet, total=deadline) as show:
            return await probe_scenario(chosen, deadline=deadline, progress=show, stop=stop)

    report = run(work)
    if form is opt.Format.TEXT and not quiet and sys.stderr is not None:
        sys.stderr.write(f"mailproof demo: {chosen.name}: {chosen.title}\n\n")
        sys.stderr.flush()
    finish([report], out)
