"""A run on a Dask cluster: each batch is a task, and its result a part file."""

from __future__ import annotations

import contextlib
import logging
import os
import pydoc
import queue
import signal
import time
import warnings
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from math import ceil
from typing import Any

from msgspec import Struct, structs

from mailproof import __version__
from mailproof.bulk.batch import Part, audit_batch
from mailproof.bulk.orders import DomainOrders
from mailproof.bulk.parts import Batch, Folder, batch_of
from mailproof.bulk.pool import TURN_S, safe_path
from mailproof.bulk.run import Now, Once, Watcher
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import Target, Unreadable
from mailproof.errors import UsageError
from mailproof.printable import counted

#: Time limit for the scheduler to answer, in seconds.
CONNECT_S = 10.0
#: Time limit for the first worker to connect, in seconds.
WORKERS_S = 30.0
#: Retries of a batch whose task failed; Dask itself counts workers that die (allowed-failures).
RETRIES = 2
#: Batches queued at the scheduler per worker thread, besides the running one.
AHEAD = 1

_VERSION = "mailproof.__version__"


class Options(Struct, frozen=True):
    """``address``: the scheduler's, or ``local``. ``rate``: for all workers together (0: no limit)."""

    address: str
    batch: int
    workers: int
    rate: float
    command: tuple[str, ...]


class ClusterRun:
    """Audits the domains of a list in batches. As with ``Run``, ``interrupted`` may be set at any time."""

    def __init__(self, folder: Folder, orders: DomainOrders, options: Options, watcher: Watcher) -> None:
        self._folder, self._orders, self._options, self._watcher = folder, orders, options, watcher
        self.tally = Tally()
        self.interrupted = False
        self.failed: tuple[str, ...] = ()
        self._batches = 0
        self._once = Once(self.tally, watcher)
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._in_hand: dict[str, tuple[Batch, Any]] = {}

    def over(self, targets: Iterable[Target | Unreadable | None]) -> None:
        """Audit all of them. Raises UsageError if the cluster fails, OSError if a part cannot be written."""
        named = self._once.of(takewhile(lambda _: not self.interrupted, targets))
        with _connected(self._options) as client:
            self._work(client, self._waiting(each for each in named if each is not None))
        if not self.interrupted:
            self._folder.check_end(self._batches)

    def _waiting(self, targets: Iterator[Target]) -> Iterator[Batch]:
        """The batches that are not done yet; rows of the others are counted."""
        while group := tuple(islice(targets, self._options.batch)):
            batch = batch_of(self._batches, group, self._orders)
            self._batches += 1
            if not self._folder.has(batch):
                yield batch
                continue
            for row in self._folder.rows(batch):
                self.tally.count(row, earlier=True)

    def _work(self, client: Any, batches: Iterator[Batch]) -> None:
        more, asked, threads = True, 0.0, 1
        while (more or self._in_hand) and not self.interrupted:
            if time.monotonic() - asked >= TURN_S:
                asked, threads = time.monotonic(), self._threads(client)
                self._show(threads)
            while more and len(self._in_hand) < max(1, threads) * (1 + AHEAD):
                batch = next(batches, None)
                if batch is None or self.interrupted:
                    more = False
                else:
                    self._submit(client, batch, max(1, threads))
            with contextlib.suppress(queue.Empty):
                self._take(self._done.get(timeout=TURN_S))

    def _submit(self, client: Any, batch: Batch, threads: int) -> None:
        """Submit a batch with its share of the rate. Raises UsageError if that is too low."""
        orders = structs.replace(self._orders, rate=self._options.rate / threads)
        if orders.is_too_slow:
            least = ceil(orders.least_queries * threads / orders.limit)
            words = f"too low for the {threads} threads of the cluster: use --rate {least}"
            raise UsageError(f"--rate {self._options.rate:g}: {words}, or raise --timeout")
        arguments = (__version__, orders, batch.targets, self._options.command)
        future = client.submit(audit_batch, *arguments, key=batch.part, retries=RETRIES)
        self._in_hand[batch.part] = batch, future
        future.add_done_callback(self._done.put)

    def _take(self, future: Any) -> None:
        """Write the result of a batch."""
        batch, _ = self._in_hand.pop(future.key)
        if future.status == "finished":
            with _scheduler_at(self._options.address):
                part: Part = future.result(timeout=CONNECT_S)
            self._folder.write(batch, part.content)
            self.tally.merge(part.tally)
        elif future.status == "error":
            self._failed(batch, future.exception())
        else:  # cancelled, and not by us: the scheduler is gone
            raise _gone(self._options.address)

    def _failed(self, batch: Batch, error: BaseException) -> None:
        """End the run with UsageError if the user can fix the cause; else leave the batch to a later run."""
        if isinstance(error, UsageError):
            words = str(error) if str(error).startswith("has ") else f"says: {error}"
            raise UsageError(f"{self._options.address}: a worker {words}")
        if isinstance(error, ModuleNotFoundError):
            words = f"a worker has no module {error.name}: install mailproof[cluster]"
            raise UsageError(f"{self._options.address}: {words}")
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        self.failed += (f"{batch.part} ({counted(len(batch.targets), 'domain')}): {reason}",)

    def _threads(self, client: Any) -> int:
        """The number of threads of all workers."""
        if client.status not in ("running", "connecting"):
            raise _gone(self._options.address)
        if client.status == "connecting":
            return 0
        with _scheduler_at(self._options.address):
            return sum(client.nthreads().values())

    def _show(self, workers: int) -> None:
        """Report progress."""
        doing = counted(workers, "worker") if workers else "waiting for workers"
        done, rate, to_come = self.tally.domains, self.tally.rate, self._once.to_come
        left = to_come + self._once.passed - done if to_come is not None else 0
        unknown = done - self.tally.complete
        self._watcher.progress(
            Now(doing, done, unknown, rate, left / rate if rate else 0.0, self.tally.slowest)
        )


def _gone(address: str) -> UsageError:
    return UsageError(f"{address}: the scheduler is gone: finished parts are kept; --resume continues")


@contextlib.contextmanager
def _scheduler_at(address: str) -> Iterator[None]:
    """Report any exception inside as the loss of the scheduler."""
    try:
        yield
    except UsageError:
        raise
    except Exception:  # noqa: BLE001 - Dask raises many types, and none says more
        raise _gone(address) from None


@contextlib.contextmanager
def _connected(options: Options) -> Iterator[Any]:
    """A client of the scheduler. Raises UsageError if it or its workers are missing or unsuitable."""
    try:
        import distributed
        import pyarrow.parquet  # noqa: F401 - the client reads parts with it
    except ImportError:
        raise UsageError("--cluster needs Dask and pyarrow: pip install 'mailproof[cluster]'") from None
    for name in [
        each for each in logging.root.manager.loggerDict if each.startswith(("distributed", "tornado"))
    ]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # we report the reason in one line ourselves
    warnings.filterwarnings("ignore", module=r"distributed(\.|$)")
    with contextlib.ExitStack() as stack:
        address: Any = options.address
        try:
            if address == "local":
                os.environ.update(safe_path())
                with _ctrl_c_is_ours():
                    cluster = distributed.LocalCluster(
                        n_workers=options.workers,
                        threads_per_worker=1,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                    )
                address = stack.enter_context(cluster)
            client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
        except Exception as error:  # noqa: BLE001 - OSError, ValueError or TypeError, depending on the fault
            raise UsageError(f"--cluster {options.address}: no scheduler: {_short(error)}") from None
        stack.callback(_close, client)
        _check(client, options.address)
        yield client


@contextlib.contextmanager
def _ctrl_c_is_ours() -> Iterator[None]:
    """Processes started inside, or by threads started inside, get no Ctrl-C; we get it when this ends."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # else the first process starts it, which unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _close(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.close(timeout=2)


def _check(client: Any, address: str) -> None:
    """Check that there is a worker, and that all run our versions of Python, Dask and mailproof."""
    with _scheduler_at(address):
        try:
            client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError:
            raise UsageError(f"--cluster {address}: it has no workers: start dask worker {address}") from None
        found = client.get_versions(check=False)
        # From the standard library, as our own functions cannot be called if mailproof is missing there.
        try:
            on_scheduler = client.run_on_scheduler(pydoc.locate, _VERSION)
        except (ImportError, pydoc.ErrorDuringImport):
            on_scheduler = None
        there = {"the scheduler": on_scheduler, **client.run(pydoc.locate, _VERSION, on_error="return")}
    ours = _versions(found["client"])
    for name, other in (("the scheduler", found["scheduler"]), *found["workers"].items()):
        theirs = _versions(other or {})
        if theirs and theirs != ours:
            raise UsageError(
                f"--cluster {address}: {name} has {_named(theirs)}, and you have {_named(ours)}: "
                "install the same everywhere"
            )
    for name, version in there.items():
        if version != __version__:
            has = f"mailproof {version}" if isinstance(version, str) else "no mailproof"
            raise UsageError(
                f"--cluster {address}: {name} has {has}, and you have {__version__}: "
                "install mailproof[cluster] in the same version everywhere"
            )


def _versions(found: dict[str, Any]) -> tuple[str, str] | None:
    """The versions of Python (major and minor) and of distributed."""
    packages = found.get("packages")
    if not packages:
        return None
    return ".".join(str(packages["python"]).split(".")[:2]), str(packages["distributed"])


def _named(versions: tuple[str, str] | None) -> str:
    return "Python {}, distributed {}".format(*(versions or ("?", "?")))
