"""``mailproof bulk``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NamedTuple

import typer

from mailproof.cli import options as opt
from mailproof.cli.bulk_cluster import WORKER, ClusterOptions, check_cluster
from mailproof.cli.groups import grouped, panel
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.bulk.cluster import ClusterRun
    from mailproof.bulk.messages import Orders
    from mailproof.bulk.run import Run, Watcher
    from mailproof.bulk.tally import Tally
    from mailproof.bulk.targets import Unreadable
    from mailproof.model.bulk import BulkSummary

#: A domain's time limit in seconds, where none is given.
DEFAULT_LIMIT = 30.0
MOST_WORKERS = 256
MOST_AT_ONCE = 1_000
#: What a run is written to before it is a table, so that a later one can go on with it.
PARTIAL = ".partial.jsonl"
_TABLES = (".csv", ".parquet")
_SUMMARIES = (".txt", ".json", ".html")


class Details(StrEnum):
    """How much of each domain is written."""

    SUMMARY = "summary"
    FINDINGS = "findings"
    FULL = "full"


@panel("Results")
class ResultOptions(NamedTuple):
    """Where the results go."""

    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write to this .jsonl, .csv or .parquet file. Default: JSON lines on standard output.",
        ),
    ] = None
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an earlier run that wrote to the same -o FILE.")
    ] = False
    detail: Annotated[
        Details,
        typer.Option(
            "--detail",
            help="Write findings in short, findings in full, or the full report (JSON lines only).",
        ),
    ] = Details.SUMMARY
    summaries: Annotated[
        list[Path] | None,
        typer.Option(
            "--summary",
            metavar="FILE",
            help="Write the summary to this .txt, .json or .html file too (repeatable).",
        ),
    ] = None
    quiet: opt.Quiet = False


@panel("Load")
class LoadOptions(NamedTuple):
    """How hard to work, and how hard to press name servers."""

    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            metavar="N",
            min=1,
            max=MOST_WORKERS,
            show_default=False,
            help="Worker processes. Default: one for each processor.",
        ),
    ] = os.cpu_count() or 1
    at_once: Annotated[
        int,
        typer.Option(
            "--at-once",
            metavar="N",
            min=1,
            max=MOST_AT_ONCE,
            help="Domains that each worker process works on at the same time.",
        ),
    ] = 64
    rate: Annotated[
        float,
        typer.Option(
            "--rate",
            metavar="N",
            min=0.0,
            show_default=False,
            help="At most so many DNS queries a second in all. Default: what the servers can take.",
        ),
    ] = 0.0
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.1,
            max=3600,
            help="Time limit for each domain (30); there is none for the run.",
        ),
    ] = None


@panel("DNS")
class BulkDnsOptions(NamedTuple):
    """Where answers come from."""

    nameservers: opt.Nameservers = None
    zones: opt.Zones = None
    input_format: opt.InputForm = None
    offline: opt.Offline = False
    replay: opt.Replay = None


@grouped
def command(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|-", help="The list: a domain a line, CSV, or JSON lines."),
    ],
    column: Annotated[
        str,
        typer.Option(
            "--column",
            metavar="NAME",
            help="The column of a CSV list, by name or number. Default: domain, or the first with names.",
        ),
    ] = "",
    connect: Annotated[
        bool, typer.Option("--connect", help="Connect to each domain's mail hosts and policy hosts too.")
    ] = False,
    all_selectors: Annotated[
        bool, typer.Option("--all-selectors", help="Try all known DKIM selectors of each domain.")
    ] = False,
    result: ResultOptions = ResultOptions(),
    load: LoadOptions = LoadOptions(),
    cluster: ClusterOptions = ClusterOptions(),
    dns: BulkDnsOptions = BulkDnsOptions(),
    rules: opt.RuleOptions = opt.RULES,
    color: opt.Colors = opt.Color.AUTO,
) -> None:
    """Audit many domains, and write a line for each as soon as it is done.

    Exit code 0; 3 where something could not be found out of some domains, 130 when interrupted. Findings do
    not change it.

    [bold]mailproof bulk tranco.csv -o out.parquet --nameserver 127.0.0.1[/]

    After an interruption: [bold]mailproof bulk tranco.csv -o out.parquet --resume[/]
    """
    from mailproof.cli.output import show
    from mailproof.cli.streams import complain, note

    check_cluster(cluster, result.output)
    if file == "-" and sys.stdin is None:
        raise UsageError("standard input is closed: no list to read")
    _check(result, cluster=bool(cluster.address))
    with ExitStack() as stack:
        run = stack.enter_context(_run(stack, result, load, dns, rules, connect, all_selectors, cluster))
        stream = _list(file)
        stack.callback(stream.close)
        try:
            from mailproof.bulk.targets import read_targets

            run.over(read_targets(stream, column))
        except OSError as error:
            raise UsageError(
                f"the results so far are kept, the rest could not be written: {error.strerror}"
            ) from None
    summary = run.tally.summary(unfinished=run.interrupted)
    for path in result.summaries or ():
        _write_summary(path, summary)
    if result.output is not None:
        if result.output.suffix in _TABLES and not cluster.address:
            _tabulate(result.output, finished=not run.interrupted)
        if not result.quiet:
            show(opt.Form.TEXT, color, summary, _page(summary))
    elif not result.quiet:
        note(_page(summary)().rstrip("\n"))
    if run.interrupted:
        complain("interrupted" + (": the same command with --resume goes on" if result.output else ""))
        raise typer.Exit(130)
    for each in run.failed:
        complain(f"{each}: --resume tries it again")
    raise typer.Exit(0 if summary.complete == summary.domains and not run.failed else 3)


def _check(result: ResultOptions, *, cluster: bool) -> None:
    """Raises UsageError, before any work is done."""
    from mailproof.files import has_folder

    path = result.output
    if path is None:
        if result.resume:
            raise UsageError("--resume goes on with a file: give -o FILE")
    elif cluster:
        pass  # a folder: see check_cluster
    elif path.suffix not in (".jsonl", *_TABLES):
        raise UsageError(f"-o {path}: the name must end in .jsonl, .csv or .parquet")
    elif path.is_dir() or not has_folder(path):
        raise UsageError(f"-o {path}: must be a file in an existing folder")
    elif path.suffix in _TABLES and path.exists():
        raise UsageError(f"{path} exists already: name another file")
    if path is not None and path.suffix == ".parquet":
        from mailproof.bulk.tables import check_parquet

        check_parquet()
    if result.detail is not Details.SUMMARY and path is not None and path.suffix in _TABLES:
        raise UsageError(f"--detail {result.detail.value} needs a .jsonl file: a table has the summary")
    for each in result.summaries or ():
        if each.suffix not in _SUMMARIES:
            raise UsageError(f"--summary {each}: the name must end in .txt, .json or .html")
        if each.is_dir() or not has_folder(each):
            raise UsageError(f"--summary {each}: must be a file in an existing folder")


def _list(file: str) -> BinaryIO:
    if file == "-":
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    from mailproof.files import check_given

    path = Path(file)
    try:
        check_given(path)
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: {getattr(error, 'strerror', None) or error}") from None


@contextmanager
def _run(
    stack: ExitStack,
    result: ResultOptions,
    load: LoadOptions,
    dns: BulkDnsOptions,
    rules: opt.RuleOptions,
    connect: bool,
    all_selectors: bool,
    cluster: ClusterOptions,
) -> Iterator[Run | ClusterRun]:
    """The run, with what it needs open."""
    from mailproof.bulk.messages import Orders
    from mailproof.bulk.run import Watcher
    from mailproof.cli.bulk_cluster import cluster_options, cluster_run, named_files
    from mailproof.cli.interrupts import Listening
    from mailproof.cli.output import policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.session import check_dns
    from mailproof.cli.streams import note
    from mailproof.config import load_config

    options = opt.DnsOptions(**dns._asdict())
    check_dns(options)
    config = load_config(rules.config_file, commands=rules.allow_commands)
    files = named_files(dns.zones or (), dns.replay, rules.config_file, absolute=bool(cluster.address))
    orders = Orders(
        nameservers=tuple(dns.nameservers or ()),
        zones=files.zones,
        input_format=options.form,
        offline=dns.offline,
        replay=files.replay,
        config=files.config,
        policy=policy_of(rules, config, dns.zones or (), options.form),
        connect=connect and not dns.offline and dns.replay is None,
        all_selectors=all_selectors,
        limit=load.timeout or config.timeout or DEFAULT_LIMIT,
        rate=load.rate / load.workers,
        at_once=load.at_once,
        detail=result.detail.value,
    )
    show = stack.enter_context(progress(result.quiet))

    def unreadable(each: Unreadable) -> None:
        with show.hidden():
            note(f"line {each.line}: {each.text or '…'}: {each.reason}")

    def progressed(tally: Tally, doing: str) -> None:
        slow = f", slow: {tally.worst}" if tally.worst else ""
        unknown = tally.domains - tally.complete
        show(f"{doing}: {tally.domains:,} done, {tally.rate:.0f}/s, {unknown:,} unknown{slow}")

    watcher = Watcher(unreadable, progressed)
    run: Run | ClusterRun
    if cluster.address and result.output is not None:
        where = cluster_options(cluster, load.workers, load.rate)
        run = cluster_run(where, orders, watcher, result.output, resume=result.resume)
    else:
        run = _local(stack, load, orders, watcher, result)

    def interrupt() -> None:
        run.interrupted = True

    with Listening(interrupt):
        yield run


def _local(
    stack: ExitStack, load: LoadOptions, orders: Orders, watcher: Watcher, result: ResultOptions
) -> Run:
    """A run in worker processes of this machine, which write to one journal."""
    from mailproof.bulk.journal import Journal
    from mailproof.bulk.pool import Pool
    from mailproof.bulk.run import Run

    journal: Journal | None = None
    if result.output is not None:
        journal = Journal(_journal_of(result.output), resume=result.resume)
        stack.callback(journal.close)
    pool = Pool(load.workers, orders, WORKER)
    stack.callback(pool.close)
    run = Run(pool, journal.append if journal is not None else _to_stdout(), watcher)
    if journal is not None and result.resume:
        try:
            run.resume(journal.lines())
        except UsageError as error:
            raise UsageError(f"{journal.path}: {error}") from None
    return run


def _to_stdout() -> Callable[[bytes], None]:
    from mailproof.cli.writing import write_text

    return lambda row: write_text(row.decode() + "\n")


def _journal_of(output: Path) -> Path:
    return output.with_name(output.name + PARTIAL) if output.suffix in _TABLES else output


def _tabulate(output: Path, *, finished: bool) -> None:
    """The table of what is done; the lines that it was made of go when the run is finished."""
    from mailproof.bulk.journal import Journal
    from mailproof.bulk.tables import write_csv, write_parquet

    if not finished:
        return
    lines = Journal(_journal_of(output), resume=True)
    try:
        (write_csv if output.suffix == ".csv" else write_parquet)(lines.lines(), output)
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}; {lines.path} has the results") from None
    finally:
        lines.close()
    lines.path.unlink()


def _page(summary: BulkSummary) -> Callable[..., str]:
    from mailproof.render.text.bulk import render_bulk

    return lambda **look: render_bulk(summary, _titles(summary), **look)


def _titles(summary: BulkSummary) -> dict[str, str]:
    from mailproof.checks import registry

    return {rule: registry.check(rule).rule.title for rule, _ in summary.findings}


def _write_summary(path: Path, summary: BulkSummary) -> None:
    from mailproof.files import write_whole
    from mailproof.render.json import json_text

    if path.suffix == ".json":
        text = json_text(summary)
    elif path.suffix == ".html":
        from mailproof.render.bulk_html import render_bulk_html

        text = render_bulk_html(summary, _titles(summary))
    else:
        text = _page(summary)()
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise UsageError(f"--summary {path}: {error.strerror}") from None
