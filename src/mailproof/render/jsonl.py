"""One report a line, as JSON: for streams, and for tools that read line by line."""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.model import Report
from mailproof.render.document import written
from mailproof.render.json import json_text
from mailproof.render.look import Look


def render_jsonl(reports: Sequence[Report], look: Look) -> str:
    """Each report as one line."""
    del look
    return "".join(json_text(written(report), indent=None) for report in reports)
