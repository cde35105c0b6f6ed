"""The options of ``mailproof bulk``, and whether they are compatible."""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from mailproof.cli import options as opt
from mailproof.cli.groups import Without, option, panel
from mailproof.cli.summaries import Summaries, check_summaries
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.bulk.orders import DomainOrders

#: The highest time limit per domain, in seconds.
MOST_LIMIT = 3_600
#: Domains in one batch, which is one task and one results file.
DEFAULT_BATCH = 1_000
MOST_BATCH = 100_000
MOST_AT_ONCE = 1_000
#: The suffix for results until they are converted to a table, so that a later run can continue.
PARTIAL = ".partial.jsonl"
TABLES = (".csv", ".parquet")


class Details(StrEnum):
    """How much is written of each domain."""

    SUMMARY = "summary"
    FINDINGS = "findings"
    FULL = "full"


@panel("Results")
class ResultOptions(NamedTuple):
    """Options for the results."""

    output: Path | None = option(
        "-o --output FILE",
        "Write to this .jsonl, .csv or .parquet file. Default: JSON lines on standard output.",
        None,
    )
    resume: bool = option("--resume", "Continue an earlier run that wrote to the same -o FILE.", False)
    detail: Details = option(
        "--detail",
        "Write findings in short, findings in full, or the full report (JSON lines only).",
        Details.SUMMARY,
    )
    summaries: Summaries = None
    quiet: bool = option(
        "-q --quiet", "Show neither progress nor the summary.", False, rich_help_panel="Output"
    )


@panel("Load")
class LoadOptions(NamedTuple):
    """Options for the load on this machine and on name servers."""

    workers: opt.Workers = opt.PROCESSORS
    at_once: int = option(
        "--at-once N",
        "Domains that each worker process works on at the same time, at most.",
        128,
        min=1,
        max=MOST_AT_ONCE,
    )
    rate: float = option(
        "--rate N",
        "At most this many DNS queries a second in total. Default: what the servers can take.",
        0.0,
        min=0.0,
        show_default=False,
    )
    timeout: float | None = option(
        "--timeout SECONDS",
        "Time limit for each domain (30); there is none for the run.",
        None,
        min=0.1,
        max=MOST_LIMIT,
    )


@panel("Cluster")
class ClusterOptions(NamedTuple):
    """Options for working on a cluster."""

    address: str = option(
        "--cluster ADDRESS",
        "Work on the Dask cluster of this scheduler (tcp://HOST:PORT), or on one started here (local). "
        "-o is then a folder.",
        "",
    )
    batch: int = option(
        "--batch N",
        "Domains of each task of a cluster, and of each file that it writes.",
        DEFAULT_BATCH,
        min=1,
        max=MOST_BATCH,
    )


BulkDns = Annotated[opt.DnsOptions, Without("record", "validate", "trust_anchors")]


def check_results(result: ResultOptions, cluster: str) -> None:
    """Raises UsageError for incompatible options, before any work is done."""
    from mailproof.files import check_writable

    path = result.output
    scheme, _, rest = cluster.partition("://")
    if cluster not in ("", "local") and (scheme not in ("tcp", "tls") or not rest):
        raise UsageError(f"--cluster {cluster}: give tcp://HOST:PORT, tls://HOST:PORT or local")
    if path is None:
        if cluster:
            raise UsageError("--cluster writes to a folder: give -o FOLDER")
        if result.resume:
            raise UsageError("--resume needs a file to continue: give -o FILE")
    elif cluster:
        if path.is_file():
            raise UsageError(f"-o {path}: with --cluster a folder")
        if not path.exists():
            check_writable(f"-o {path}", path)
    elif path.suffix not in (".jsonl", *TABLES):
        raise UsageError(f"-o {path}: the name must end in .jsonl, .csv or .parquet")
    elif path.suffix in TABLES and path.is_file():
        raise UsageError(f"{path} already exists: name another file")
    else:
        check_writable(f"-o {path}", path)
    if path is not None and path.suffix == ".parquet":
        from mailproof.bulk.tables import check_parquet

        check_parquet()
    if result.detail is not Details.SUMMARY and path is not None and path.suffix in TABLES:
        raise UsageError(f"--detail {result.detail.value} needs a .jsonl file: a table has the summary")
    check_summaries(result.summaries or ())


def check_rate(orders: DomainOrders, load: LoadOptions) -> None:
    """Raises UsageError if no domain could be finished within its time limit."""
    if not orders.is_too_slow:
        return
    least = orders.least_queries
    alone = ceil(min(least / load.rate, MOST_LIMIT + 1))  # seconds that a single worker needs
    ways = ["--workers 1"] if load.workers > 1 else []
    if alone > orders.limit:
        ways.append(f"--timeout {alone}")
    rate = f"--rate {ceil(least * load.workers / orders.limit)}"
    raise UsageError(
        f"--rate {load.rate:g}: too low: each of {load.workers} processes sends "
        f"{orders.rate * orders.limit:.0f} queries in the {orders.limit:g} s of a domain, which takes about "
        f"{orders.questions}: use {rate}" + (f", or {' '.join(ways)}" if alone <= MOST_LIMIT else "")
    )
