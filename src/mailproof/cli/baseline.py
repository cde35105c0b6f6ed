"""``--baseline``: known findings do not fail a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mailproof.cli.groups import option, panel
from mailproof.cli.streams import note
from mailproof.errors import UsageError
from mailproof.files import check_writable
from mailproof.render.shown import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.baseline import Baseline
    from mailproof.model import Report
    from mailproof.policy import Policy


@panel("Policy")
class BaselineOptions(NamedTuple):
    """Options for known findings."""

    baseline: Path | None = option(
        "--baseline FILE", "Ignore the findings in this file, and fail only on new ones.", None
    )
    update_baseline: bool = option(
        "--update-baseline", "Write the findings of this run to the --baseline file.", False
    )


NO_BASELINE = BaselineOptions()


class BaselineRun:
    """The baseline of a run: which findings the policy ignores, and how the file is updated.

    Raises UsageError for an unusable file.
    """

    def __init__(self, options: BaselineOptions) -> None:
        self._path, self.updates = options
        self._reports: list[Report] = []
        self._known: Baseline | None = None
        if self._path is None:
            if self.updates:
                raise UsageError("--update-baseline needs --baseline FILE: the file to write")
            return
        from mailproof.baseline import Baseline, read_baseline

        new = self.updates and not self._path.exists()
        self._known = Baseline() if new else read_baseline(self._path)
        if self.updates:
            check_writable(f"--baseline {self._path}", self._path, is_read=True)

    def over(self, policy: Policy) -> Policy:
        if self._known is None:
            return policy
        from mailproof.structs import replace

        return replace(policy, baseline="all" if self.updates else self._known.fingerprints)

    def take(self, report: Report) -> None:
        if self._known is not None:
            from mailproof.model import Facts
            from mailproof.structs import replace

            self._reports.append(replace(report, facts=Facts()))  # in a run over many domains, they add up

    def finish(self, write: Callable[[str, Path, str], bool]) -> None:
        """Write the file, or report what in it is out of date."""
        if self._known is None or self._path is None:
            return
        gone = len(self._known.gone(self._reports))
        if not self.updates:
            if gone:
                note(
                    f"{self._path}: no longer found: {counted(gone, 'finding')} of the baseline "
                    "(--update-baseline takes them out)"
                )
            return
        if any(report.interrupted for report in self._reports):
            note(f"{self._path}: not written: the run was interrupted")
            return
        updated = self._known.updated(self._reports)
        new = len(updated.fingerprints - self._known.fingerprints)
        if write(f"--baseline {self._path}", self._path, updated.to_text()):
            note(f"{self._path}: {counted(len(updated.findings), 'finding')} ({new} new, {gone} gone)")
