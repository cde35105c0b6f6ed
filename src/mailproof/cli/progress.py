"""Show progress on standard error, if that is a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from mailproof.cli.streams import fit

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress:
    """A callable that shows the current event and the seconds left (0: unknown)."""

    def __init__(self, bars: Bars | None = None, task: TaskID | None = None, total: float = 0) -> None:
        self._bars, self._task, self._total = bars, task, total
        self._room = 60 if bars is None or len(bars.columns) > 3 else max(20, bars.console.width - 5)

    def __call__(self, event: str, left: float = 0) -> None:
        if self._bars is None or self._task is None:
            return
        shown = fit(event)
        done = max(0.0, self._total - left) if self._total and left else 0.0
        self._bars.update(
            self._task,
            description=shown if len(shown) <= self._room else f"{shown[: self._room - 1]}…",
            total=self._total if self._total and left else None,
            completed=done,
            left=f"{left:.0f} s left" if left > 0 else "",
        )

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """A context in which nothing is shown: standard output may be the same terminal."""
        if self._bars is None:
            yield
            return
        self._bars.stop()
        yield
        self._bars.start()


class _Terminal:
    """A stream whose errors are ignored (a closed window): progress must not cost the report."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def progress(quiet: bool, *, total: float = 0, bar: bool = True) -> Iterator[Progress]:
    """Show a spinner (and a bar towards ``total`` seconds) on a terminal; nothing anywhere else.

    Without the ``bar``, the event may take the whole line.
    """
    dumb = os.environ.get("TERM") in ("dumb", "unknown")  # it cannot go back to the start of a line
    if quiet or dumb or sys.stderr is None or not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bars

    console = Console(file=cast(TextIO, _Terminal(sys.stderr)), markup=False, highlight=False)
    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        *((BarColumn(bar_width=24),) if bar else ()),
        TextColumn("{task.fields[left]}", markup=False),
        console=console,
        transient=True,
    )
    with bars:
        yield Progress(bars, bars.add_task("starting", total=total or None, left=""), total)
