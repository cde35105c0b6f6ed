"""The options that commands share, each written once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_DNS = "DNS"
_OUTPUT = "Output"
_JUDGING = "Judging"


class Color(StrEnum):
    """When to use colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class FailOn(StrEnum):
    """From which severity on a finding makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


class Format(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"


Nameservers = Annotated[
    list[str] | None,
    typer.Option(
        "--nameserver",
        metavar="ADDR[:PORT]|tls://…|https://…",
        help="Ask this name server instead of the system's (may be repeated).",
        rich_help_panel=_DNS,
    ),
]
Zones = Annotated[
    list[Path] | None,
    typer.Option(
        "--zone",
        metavar="FILE",
        help="Answer from this zone file, over the live DNS (may be repeated).",
        rich_help_panel=_DNS,
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Ask no live DNS: zone files alone.", rich_help_panel=_DNS)
]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Keep all DNS answers in this file.", rich_help_panel=_DNS),
]
Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="FILE",
        help="Answer from a recording instead of the DNS, at the time it was made.",
        rich_help_panel=_DNS,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0.1,
        max=3600,
        help="The time limit of the whole run (30); what is not there by then is unknown.",
        rich_help_panel=_DNS,
    ),
]
Form = Annotated[
    Format, typer.Option("-f", "--format", help="The form of the report.", rich_help_panel=_OUTPUT)
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the report to this file too, in the form that its ending tells: .txt .json .svg "
        "(may be repeated).",
        rich_help_panel=_OUTPUT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("-q", "--quiet", help="The verdict and the findings alone.", rich_help_panel=_OUTPUT),
]
Verbose = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        help="Show the evidence too: look-ups, traces, dialogues.",
        rich_help_panel=_OUTPUT,
    ),
]
Colors = Annotated[Color, typer.Option("--color", help="When to use colour.", rich_help_panel=_OUTPUT)]
Fail = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on", help="The least severity that makes the exit code 1 (error).", rich_help_panel=_JUDGING
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE",
        help="Judge by these rules only: an id, or its beginning (SPF, DMARC0). May be repeated.",
        rich_help_panel=_JUDGING,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="RULE",
        help="Leave these rules' findings out: an id, or its beginning. May be repeated.",
        rich_help_panel=_JUDGING,
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar="MAILPROOF_CONFIG",
        help="The configuration file (else the nearest mailproof.toml or pyproject.toml).",
    ),
]
