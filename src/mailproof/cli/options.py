"""The options that commands share, each written once, and the groups that they come in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mailproof.render.formats import FORMATS, TEXT, Format, named

if TYPE_CHECKING:
    from mailproof.config import FilterSettings


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


class Form(StrEnum):
    """The forms of what is no report."""

    TEXT = "text"
    JSON = "json"


def _format(name: str | Format) -> Format:
    """The format of that name."""
    found = name if isinstance(name, Format) else named(name)
    if found is None:
        known = ", ".join(repr(each.name) for each in FORMATS)
        raise typer.BadParameter(f"{name!r} is not one of {known}.")
    return found


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
        help="The time limit of each domain or message (30); what is not there by then is unknown.",
    ),
]
FORM_HELP = "The form of the report."
OtherForm = Annotated[Form, typer.Option("-f", "--format", help=FORM_HELP)]
ReportForm = Annotated[
    Format,
    typer.Option(
        "-f",
        "--format",
        metavar=f"<{'|'.join(each.name for each in FORMATS)}>",
        parser=_format,
        autocompletion=lambda: [each.name for each in FORMATS],
        show_default=False,
        help="The form of the report (text).",
    ),
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the report to this file too, in the form that its ending tells: "
        f"{' '.join(ending for each in FORMATS for ending in each.endings)} (may be repeated).",
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


Validate = Annotated[
    bool,
    typer.Option(
        "--validate",
        help="Validate DNSSEC here, from the root's keys, whatever the name server says of it.",
    ),
]
Anchors = Annotated[
    Path | None,
    typer.Option(
        "--trust-anchors",
        metavar="FILE",
        help="Validate from these DS records instead (lines: ZONE TAG ALGORITHM TYPE DIGEST).",
    ),
]


class DnsOptions(NamedTuple):
    """Where answers come from."""

    nameservers: Nameservers = None
    zones: Zones = None
    offline: Offline = False
    record: Record = None
    replay: Replay = None
    validate: Validate = False
    trust_anchors: Anchors = None


class FilterOptions(NamedTuple):
    """The spam filters to ask."""

    spamassassin: SpamAssassin = None
    rspamd: Rspamd = None

    def over(self, configured: FilterSettings) -> FilterSettings:
        """The configured filters with these over them. Raises UsageError for what is no place."""
        if self == (None, None):
            return configured
        from mailproof.cli.filters import chosen_filters

        return chosen_filters(configured, *self)


class OutputOptions(NamedTuple):
    """How reports are shown, and which findings make the exit code 1."""

    form: ReportForm = TEXT
    outputs: Outputs = None
    quiet: Quiet = False
    verbose: Verbose = 0
    color: Colors = Color.AUTO
    fail_on: Fail = None


class RuleOptions(NamedTuple):
    """Which rules count, and the configuration below all options."""

    select: Select = None
    ignore: Ignore = None
    config_file: ConfigFile = None


#: The groups with nothing given.
DNS, FILTERS, OUTPUT, RULES = DnsOptions(), FilterOptions(), OutputOptions(), RuleOptions()
