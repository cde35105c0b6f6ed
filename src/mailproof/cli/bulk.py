"""``mailproof bulk``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from mailproof.cli import options as opt
from mailproof.cli.bulk_options import (
    PARTIAL,
    TABLES,
    BulkDns,
    ClusterOptions,
    LoadOptions,
    ResultOptions,
    check_rate,
    check_results,
)
from mailproof.cli.groups import argument, grouped, option
from mailproof.cli.streams import standard_input
from mailproof.cli.summaries import titles_of, write_summaries
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.bulk.cluster import ClusterRun
    from mailproof.bulk.orders import DomainOrders
    from mailproof.bulk.run import Now, Run, Watcher
    from mailproof.bulk.targets import Unreadable
    from mailproof.cli.progress import Progress
    from mailproof.render.look import Look
    from mailproof.render.sums import Sums

#: Arguments to Python that start a worker process.
WORKER = ("-m", "mailproof.cli.bulk_worker")
#: Slow name servers in the progress line.
MOST_SLOW = 3


@grouped
def command(
    file: str = argument("FILE|-", "The list: a domain a line, CSV, or JSON lines."),
    column: str = option(
        "--column NAME",
        "The column of a CSV list, by name or number. Default: domain, or the first with names.",
        "",
    ),
    connect: bool = option("--connect", "Connect to each domain's mail hosts and policy hosts too.", False),
    all_selectors: bool = option("--all-selectors", "Try all known DKIM selectors of each domain.", False),
    result: ResultOptions = ResultOptions(),
    load: LoadOptions = LoadOptions(),
    cluster: ClusterOptions = ClusterOptions(),
    dns: BulkDns = opt.DNS,
    rules: opt.RuleOptions = opt.RULES,
    color: opt.Colors = "auto",
) -> None:
    """Audit many domains, and write a line for each as soon as it is done.

    Exit code 0; 3 if something could not be checked for some domains, 130 if interrupted. Findings do
    not change it.

    [bold]mailproof bulk tranco.csv -o out.parquet --nameserver 127.0.0.1[/]

    After an interruption: [bold]mailproof bulk tranco.csv -o out.parquet --resume[/]
    """
    from mailproof.cli.output import show
    from mailproof.cli.streams import complain, note

    check_results(result, cluster.address)
    unread = False
    with ExitStack() as stack:
        stream = _open_list(file)
        stack.callback(stream.close)
        run = _run(stack, stream, result, load, dns, rules, connect, all_selectors, cluster)
        try:
            from mailproof.bulk.targets import Pipe, read_targets

            run.over(read_targets(stream if stream.seekable() else Pipe(stream), column))
        except BrokenPipeError:
            run.interrupted = unread = True
        except OSError as error:
            goes_on = ", and --resume continues" if result.output else ""
            raise UsageError(
                f"the results so far are kept{goes_on}; the rest could not be written: {error.strerror}"
            ) from None
    summary = run.tally.summary(unfinished=run.interrupted)
    if not (summary.domains or run.interrupted):
        raise UsageError(f"{'standard input' if file == '-' else file}: no line of it names a domain")

    titles = titles_of(summary.findings)

    def page(*look: Look) -> str:
        from mailproof.render.text.bulk import render_bulk

        return render_bulk(summary, titles, *look)

    def sums() -> Sums:
        from mailproof.render.sums import sums_of_domains

        return sums_of_domains(summary, titles)

    if result.output is not None and not (cluster.address or run.interrupted):
        _tabulate(result.output)
    write_summaries(result.summaries or (), summary, page, sums)
    if unread:
        raise typer.Exit(0)
    if result.output is not None:
        if not result.quiet:
            show("text", color, summary, page)
    elif not result.quiet:
        note(page().rstrip("\n"))
    if run.interrupted:
        complain("interrupted" + (": the same command with --resume continues" if result.output else ""))
        raise typer.Exit(130)
    for each in run.failed:
        complain(f"{each}: --resume tries it again")
    raise typer.Exit(0 if summary.complete == summary.domains and not run.failed else 3)


def _open_list(file: str) -> BinaryIO:
    if file == "-":
        given = standard_input(UsageError("standard input is closed: no list to read"))
        return os.fdopen(os.dup(given.fileno()), "rb")
    from mailproof.files import check_given

    path = Path(file)
    try:
        check_given(path)
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _fraction_read(stream: BinaryIO) -> Callable[[], float]:
    """Return a function for the fraction of the list that was read; 0 if its length is unknown."""
    size = os.fstat(stream.fileno()).st_size if stream.seekable() else 0
    return lambda: stream.tell() / size if size else 0.0


def _run(
    stack: ExitStack,
    stream: BinaryIO,
    result: ResultOptions,
    load: LoadOptions,
    dns: opt.DnsOptions,
    rules: opt.RuleOptions,
    connect: bool,
    all_selectors: bool,
    cluster: ClusterOptions,
) -> Run | ClusterRun:
    """Set up the run; what it opens is closed by ``stack``."""
    from mailproof.bulk.orders import DomainOrders
    from mailproof.bulk.run import Watcher
    from mailproof.cli.interrupts import Listening
    from mailproof.cli.policies import policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.session import check_dns
    from mailproof.cli.sources import read_once_only, source_of
    from mailproof.cli.streams import note

    def named(path: Path) -> str:
        """The path for worker processes: those of a cluster run in another folder."""
        return str(path.absolute() if cluster.address else path)

    check_dns(dns)
    if pipes := read_once_only(dns):
        raise UsageError(f"{pipes[0]}: a pipe, which worker processes cannot read: name a file")
    dns.given.hide_and_report()
    config = rules.load_config()
    orders = DomainOrders(
        source=source_of(dns, config, named),
        selectors=config.all_selectors,
        policy=policy_of(rules, config, dns.given),
        connect=connect and dns.is_live,
        all_selectors=all_selectors,
        limit=opt.limit_of(load.timeout, config),
        rate=load.rate / load.workers,
        at_once=load.at_once,
        detail=result.detail.value,
    )
    show = stack.enter_context(progress(result.quiet, bar=False))

    def unreadable(each: Unreadable) -> None:
        with show.hidden():
            note(f"line {each.line}: {each.text or '…'}: {each.reason}")

    watcher = Watcher(unreadable, lambda now: show(in_words(now)), _fraction_read(stream))
    run: Run | ClusterRun
    if cluster.address and result.output is not None:
        from mailproof.bulk.cluster import ClusterRun, Options
        from mailproof.bulk.parts import Folder

        where = Options(cluster.address, cluster.batch, load.workers, load.rate, WORKER)
        run = ClusterRun(Folder(result.output, resume=result.resume), orders, where, watcher)
    else:
        run = _local(stack, load, orders, watcher, result, show)

    def interrupt() -> None:
        run.interrupted = True

    stack.enter_context(Listening(interrupt))
    return run


def _local(
    stack: ExitStack,
    load: LoadOptions,
    orders: DomainOrders,
    watcher: Watcher,
    result: ResultOptions,
    show: Progress,
) -> Run:
    """A run in worker processes on this machine, with one journal."""
    from mailproof.bulk.journal import Journal
    from mailproof.bulk.run import DomainPool, Run

    check_rate(orders, load)
    journal: Journal | None = None
    if result.output is not None:
        journal = Journal(_journal_of(result.output), resume=result.resume)
        stack.callback(journal.close)
    pool = DomainPool(load.workers, orders, WORKER)
    stack.callback(pool.close)
    if journal is None or result.output is None:
        return Run(pool, _to_stdout(show), watcher)
    return Run(pool, journal.append, watcher, journal if result.resume else None, result.output.parent)


def _to_stdout(show: Progress) -> Callable[[bytes], None]:
    """Returns a function that writes a row. It raises BrokenPipeError if the reader is gone: the run ends."""
    from mailproof.cli.writing import write_octets

    beside = show.hidden if sys.stdout is not None and sys.stdout.isatty() else nullcontext

    def write(row: bytes) -> None:
        with beside():
            if not write_octets(row + b"\n"):
                raise BrokenPipeError

    return write


def _journal_of(output: Path) -> Path:
    return output.with_name(output.name + PARTIAL) if output.suffix in TABLES else output


def _tabulate(output: Path) -> None:
    """Convert the journal to the table, if one was asked for, and remove the journal."""
    if output.suffix not in TABLES:
        return
    from mailproof.bulk.journal import Journal
    from mailproof.bulk.tables import write_csv, write_parquet

    lines = Journal(_journal_of(output), resume=True)
    try:
        (write_csv if output.suffix == ".csv" else write_parquet)(lines.lines(), output)
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}; {lines.path} has the results") from None
    finally:
        lines.close()
    lines.path.unlink()


def in_words(now: Now) -> str:
    """The progress line, most important first: a narrow terminal cuts the rest."""
    from mailproof.render.shown import seconds

    time = f"{now.left_s:.0f} s" if now.left_s < 120 else seconds(now.left_s)
    left = f", {time} left" if now.left_s else ""
    slowest = ", ".join(f"{each.name} {seconds(each.seconds)}" for each in now.slowest[:MOST_SLOW])
    slow = f", slowest: {slowest}" if slowest else ""
    return f"{now.doing}: {now.done:,} done, {now.rate:.1f}/s{left}, {now.unknown:,} unknown{slow}"
