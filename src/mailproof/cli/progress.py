"""What is going on, on standard error, and only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float], None]


@contextmanager
def progress(quiet: bool = False, *, total: float = 0) -> Iterator[Progress]:
    """Yields a function of (what is going on, seconds left; 0 for no end known).

    A spinner (and a bar towards ``total`` seconds) on a terminal; nothing anywhere else.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _event, _left: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bars

    from mailproof.render.text.style import clean

    console = Console(stderr=True, markup=False, highlight=False)
    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[left]}", markup=False),
        console=console,
        transient=True,
    )
    with bars:
        task = bars.add_task("starting", total=total or None, left="")

        def show(event: str, left: float) -> None:
            done = max(0.0, total - left) if total and left else 0.0
            bars.update(
                task,
                description=clean(event, 60),
                total=total if total and left else None,
                completed=done,
                left=f"{left:.0f} s left" if left > 0 else "",
            )

        yield show
