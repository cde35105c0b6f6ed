"""``mailproof bulk --cluster``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from mailproof.cli.groups import panel
from mailproof.errors import UsageError

#: What starts a worker process.
WORKER = ("-m", "mailproof.cli.bulk_worker")
#: Domains of one batch, which is one task and one file of the results.
DEFAULT_BATCH = 1_000
MOST_BATCH = 100_000


@panel("Cluster")
class ClusterOptions(NamedTuple):
    """Where the work is done, if not on this machine alone."""

    address: Annotated[
        str,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Work on the Dask cluster of this scheduler (tcp://HOST:PORT), or on one made here (local). "
            "-o is then a folder.",
        ),
    ] = ""
    batch: Annotated[
        int,
        typer.Option(
            "--batch",
            metavar="N",
            min=1,
            max=MOST_BATCH,
            help="Domains of each task of a cluster, and of each file that it writes.",
        ),
    ] = DEFAULT_BATCH


def check_cluster(cluster: ClusterOptions, output: Path | None) -> None:
    """Raises UsageError, before any work is done."""
    from mailproof.files import has_folder

    if not cluster.address:
        return
    scheme, _, rest = cluster.address.partition("://")
    if cluster.address != "local" and (scheme not in ("tcp", "tls") or not rest):
        raise UsageError(f"--cluster {cluster.address}: give tcp://HOST:PORT, tls://HOST:PORT or local")
    if output is None:
        raise UsageError("--cluster writes to a folder: give -o FOLDER")
    if (output.exists() and not output.is_dir()) or not has_folder(output):
        raise UsageError(f"-o {output}: with --cluster a folder, in one that exists")
