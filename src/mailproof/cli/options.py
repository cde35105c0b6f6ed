"""The options that commands share, each written once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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


class Level(StrEnum):
    """A severity, as an option names it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Kind(StrEnum):
    """The kinds of fixes."""

    REPAIR = "repair"
    IMPROVEMENT = "improvement"
    DECISION = "decision"


class Profile(StrEnum):
    """What a domain is for."""

    AUTO = "auto"
    SENDING = "sending"
    RECEIVING_ONLY = "receiving-only"
    PARKED = "parked"


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
    ),
]
Zones = Annotated[
    list[Path] | None,
    typer.Option(
        "--zone",
        metavar="FILE",
        help="Answer from this zone file, over the live DNS (may be repeated).",
    ),
]
Offline = Annotated[bool, typer.Option("--offline", help="Ask no live DNS: zone files alone.")]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Keep all DNS answers in this file."),
]
Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="FILE",
        help="Answer from a recording instead of the DNS, at the time it was made.",
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
    ),
]
Form = Annotated[Format, typer.Option("-f", "--format", help="The form of the report.")]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the report to this file too, in the form that its ending tells: .txt .json .svg "
        "(may be repeated).",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("-q", "--quiet", help="The verdict and the findings alone."),
]
Verbose = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        show_default=False,
        help="Show the evidence too: look-ups, traces, dialogues.",
    ),
]
Colors = Annotated[Color, typer.Option("--color", help="When to use colour.")]
Fail = Annotated[
    FailOn | None,
    typer.Option("--fail-on", help="The least severity that makes the exit code 1 (error)."),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE",
        help="Judge by these rules only: an id, or its beginning (SPF, DMARC0). May be repeated.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="RULE",
        help="Leave these rules' findings out: an id, or its beginning. May be repeated.",
    ),
]
SpamAssassin = Annotated[
    str | None,
    typer.Option(
        "--spamassassin",
        metavar="HOST[:PORT]|/PATH",
        help="Ask this spamd (port 783, or its socket) about the message.",
    ),
]
Rspamd = Annotated[
    str | None,
    typer.Option("--rspamd", metavar="URL", help="Ask this Rspamd (http://127.0.0.1:11333) about it."),
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
