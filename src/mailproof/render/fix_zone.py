"""Proposed fixes as a zone file fragment."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from mailproof.model import Finding
from mailproof.model.fixes import FixProposal, ProposedRecords
from mailproof.names import is_within
from mailproof.printable import one_line
from mailproof.render.shown import counted
from mailproof.runners import disarmed

#: The first line, from which ``--zone`` recognizes that these record sets replace existing ones.
FIRST_LINE = "; mailproof: proposed changes"
_WIDTH = 100


def render_fix_zone(proposals: Sequence[FixProposal]) -> str:
    """Render the fragment: whole record sets, each below its fix; removed records are comments.

    The text is ASCII except for the words of findings, with one record per line and no control characters.
    """
    lines = [FIRST_LINE]
    lines += _comment(
        "Replace all records of each name and type below with those listed here; leave all others unchanged. "
        "Read every change before you publish it. To check the result, give this file to mailproof audit "
        "as one more --zone FILE."
    )
    for proposal in proposals:
        lines += ["", *_proposal(proposal)]
    return disarmed("\n".join(lines) + "\n")


def _proposal(proposal: FixProposal) -> Iterator[str]:
    domain = proposal.domain
    yield f"; ==== {one_line(domain)}: {counted(len(proposal.changes), 'record set')} to change ===="
    own = [each for each in proposal.changes if is_within(each.name, domain)]
    others = [each for each in proposal.changes if not is_within(each.name, domain)]
    for change in own:
        yield from _change(change)
    if others:
        yield ""
        yield f"; ---- outside {one_line(domain)}: for whoever runs these zones to publish ----"
        for change in others:
            yield from _change(change)
    yield from _listed("These records fix:", _finding_texts(proposal.fixed))
    yield from _listed("Not fixed:", [f"{_head(each.finding)}: {each.why}" for each in proposal.remaining])
    yield from _listed("New findings with these records:", _finding_texts(proposal.surfaced))


def _change(change: ProposedRecords) -> Iterator[str]:
    yield ""
    texts = dict.fromkeys(
        f"{each.rule} ({each.severity.value}): {each.fix.summary if each.fix else each.message}"
        for each in change.findings
    )
    for text in texts:
        yield from _comment(text)
    for line in change.removed:
        yield f"; remove: {line}"
    for line in change.kept:
        yield line
    for line in change.published:
        yield line


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    if not texts:
        return
    yield ""
    yield f"; {title}"
    for text in dict.fromkeys(texts):
        yield from _comment(text, "-")


def _finding_texts(findings: Sequence[Finding]) -> list[str]:
    return [f"{_head(finding)} {finding.message}" for finding in findings]


def _head(finding: Finding) -> str:
    return f"{finding.rule} ({finding.severity.value})"


def summary(path: str, proposals: Sequence[FixProposal]) -> str:
    """Summarize the file for the terminal: what is published and removed, which findings remain and why."""
    lines = []
    for proposal in proposals:
        sets = counted(len(proposal.changes), "record set")
        lines.append(
            f"{path}: {one_line(proposal.domain)}: {sets} to change"
            if proposal.changes
            else (f"{path}: {one_line(proposal.domain)}: nothing to change")
        )
        for change in proposal.changes:
            lines += [f"  - {one_line(line)}" for line in change.removed]
            lines += [f"  + {one_line(line)}" for line in change.published]
        if proposal.fixed:
            lines.append(f"  fixed: {', '.join(dict.fromkeys(f.rule for f in proposal.fixed))}")
        lines += dict.fromkeys(
            f"  not fixed: {_head(each.finding)}: {one_line(each.why)}" for each in proposal.remaining
        )
        lines += [f"  new: {_head(each)} {one_line(each.message)}" for each in proposal.surfaced]
    return "\n".join(lines)


def _comment(text: str, mark: str = " ") -> Iterator[str]:
    """Comment lines of a bounded width, none of which can be mistaken for a removal."""
    for number, line in enumerate(textwrap.wrap(one_line(text), _WIDTH, break_on_hyphens=False)):
        yield f"; {mark if not number else ' '} {line}"
