"""The options that commands share, each defined once, and their groups."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, get_args

import typer

from mailproof.choices import FailOn
from mailproof.cli import complete
from mailproof.cli.groups import Without, argument, option, panel
from mailproof.errors import UsageError
from mailproof.render.formats import FORMATS, TEXT, Format, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailproof.cli.zones import GivenZones
    from mailproof.config import Config, FilterSettings


#: Default time limit of a domain or message, in seconds.
DEFAULT_LIMIT = 30.0
#: When to use colour.
Color = Literal["auto", "always", "never"]
#: A severity as named in options.
Level = Literal["error", "warning", "info"]
#: The formats of files with DNS records.
InputFormat = Literal[
    "zone",
    "dnscontrol",
    "route53",
    "cloudflare",
    "terraform",
    "octodns",
    "google",
    "powerdns",
    "pulumi",
    "tf",
]
PROCESSORS = os.cpu_count() or 1
MOST_WORKERS = 256
_NAMES = [each.name for each in FORMATS]
_ENDINGS = " ".join(ending for each in FORMATS for ending in each.endings)
#: Output formats of commands that don't produce a report.
Form = Literal["text", "json"]


# These options may be repeated, for which Typer needs an enum.


class Required(StrEnum):
    """Parts of the audit that a machine may be unable to check."""

    TRANSPORT = "transport"
    AUTHORITY = "authority"


class Kind(StrEnum):
    """The kinds of fixes."""

    REPAIR = "repair"
    IMPROVEMENT = "improvement"
    DECISION = "decision"


def limit_of(timeout: float | None, config: Config) -> float:
    """The time limit of a domain or message: from the option, or else the configuration."""
    return timeout or config.timeout or DEFAULT_LIMIT


def _format(name: str | Format) -> Format:
    found = name if isinstance(name, Format) else named(name)
    if found is None:
        known = ", ".join(repr(each.name) for each in FORMATS)
        raise typer.BadParameter(f"{name!r} is not one of {known}.")
    return found


Nameservers = Annotated[
    list[str] | None,
    option(
        "--nameserver SERVER",
        "Query this name server, not the system resolver: ADDR[:PORT], tls://… or https://… (repeatable).",
    ),
]
Offline = Annotated[bool, option("--offline", "Query no live DNS, only the given zones.")]
NoConnect = Annotated[bool, option("--no-connect", "Query DNS only; connect to no host.")]
Allowed = Annotated[
    list[str] | None,
    option(
        "--allow-address NETWORK",
        "Connect to hosts in this non-public network, such as 192.0.2.0/24 in a lab (repeatable).",
        envvar="MAILPROOF_ALLOW_ADDRESS",
    ),
]
Timeout = Annotated[
    float | None,
    option(
        "--timeout SECONDS",
        "Time limit for each domain or message (30). What is missing by then is reported as unknown.",
        min=0.1,
        max=3600,
    ),
]
Workers = Annotated[
    int,
    option(
        "--workers N",
        "Worker processes. Default: one for each processor.",
        min=1,
        max=MOST_WORKERS,
        show_default=False,
    ),
]
Profile = Annotated[
    str,
    argument("[PROFILE]", "A profile in mailproof.toml (default: the only one).", complete=complete.profiles),
]
OtherForm = Annotated[Form, option("-f --format", "Output format.")]
Quiet = Annotated[
    bool,
    option(
        "-q --quiet",
        "Show only the verdict and the findings; with many, one line each.",
        rich_help_panel="Output",
    ),
]
Colors = Annotated[Color, option("--color", "Use colour.", rich_help_panel="Output")]
Fail = Annotated[
    FailOn | None, option("--fail-on", "Exit with 1 for findings of this severity or worse (error).")
]
ConfigFile = Annotated[
    Path | None,
    option(
        "--config FILE",
        "Configuration file (default: the nearest mailproof.toml or pyproject.toml).",
        envvar="MAILPROOF_CONFIG",
    ),
]


@panel("DNS")
class DnsOptions(NamedTuple):
    """Options for the source of answers."""

    nameservers: Nameservers = None
    zones: list[Path] | None = option(
        "--zone FILE|DIR",
        "Take records from this file before live DNS: zone file, octoDNS YAML, dnscontrol print-ir, "
        "Terraform, OpenTofu or Pulumi plan, export of a provider; or from all in a directory (repeatable).",
        None,
    )
    input_format: InputFormat | None = option(
        "--input-format FORMAT",
        f"Format of the --zone files: {', '.join(get_args(InputFormat))}. Default: recognized by content.",
        None,
        show_default=False,
    )
    offline: Offline = False
    record: Path | None = option("--record FILE", "Save all DNS answers to this file.", None)
    replay: Path | None = option(
        "--replay FILE", "Use a recording instead of DNS, as of the time it was made.", None
    )
    validate: bool = option(
        "--validate",
        "Validate DNSSEC locally, from the root keys, instead of trusting the name server.",
        False,
    )
    trust_anchors: Path | None = option(
        "--trust-anchors FILE",
        "Validate from these DS records instead (lines of ZONE TAG ALGORITHM TYPE DIGEST).",
        None,
    )

    @property
    def given(self) -> GivenZones:
        """The zones."""
        from mailproof.cli.zones import GivenZones

        return GivenZones(tuple(self.zones or ()), self.input_format or "")

    @property
    def is_live(self) -> bool:
        """Whether name servers are queried."""
        return not self.offline and self.replay is None

    def connect(self, no_connect: bool = False, required: Sequence[Required] | None = None) -> bool | None:
        """Whether hosts may be connected to: False, or None to let the engine find out.

        Raises UsageError if what is ``required`` could never be checked.
        """
        if self.is_live and not no_connect:
            return None
        if required:
            raise UsageError(
                f"--require {required[0].value} needs connections: remove --offline, --replay, --no-connect"
            )
        return False


@panel("Spam filters")
class FilterOptions(NamedTuple):
    """Options for the spam filters."""

    spamassassin: str | None = option(
        "--spamassassin HOST[:PORT]|/PATH",
        "Have this spamd scan the message (port 783, or its socket).",
        None,
    )
    rspamd: str | None = option(
        "--rspamd URL", "Have this Rspamd scan the message (http://127.0.0.1:11333).", None
    )

    def over(self, configured: FilterSettings) -> FilterSettings:
        """The configured filters, overridden by the options. Raises UsageError for an invalid server."""
        if self == (None, None):
            return configured
        from mailproof.cli.filters import chosen_filters

        return chosen_filters(configured, *self)


@panel("Output")
class OutputOptions(NamedTuple):
    """Options for how reports are shown, and which findings make the exit code 1."""

    form: Format = option(
        "-f --format FORMAT",
        f"Output format: {', '.join(_NAMES)}. Default: text.",
        TEXT,
        parser=_format,
        autocompletion=lambda: _NAMES,
        show_default=False,
    )
    outputs: list[Path] | None = option(
        "-o --output [FORMAT:]FILE",
        f"Also write the report to this file. The extension selects the format: {_ENDINGS}. Or put FORMAT: "
        "before it, as in gitlab:quality.json (repeatable).",
        None,
    )
    quiet: Quiet = False
    verbose: bool = option(
        "-v --verbose", "Show all details: healthy topics, lookups, traces, dialogues.", False
    )
    color: Colors = "auto"
    fail_on: Fail = None
    require: list[Required] | None = option(
        "--require",
        "Exit with 3 if this machine can't check it: transport (mail hosts, port 25), authority "
        "(each name server, port 53) (repeatable).",
        None,
    )
    allow_incomplete: bool = option(
        "--allow-incomplete",
        "Exit with 0 instead of 3 when something could not be checked; it is still reported.",
        False,
    )


@panel("Policy")
class RuleOptions(NamedTuple):
    """Options for which rules count, and for the configuration."""

    select: list[str] | None = option(
        "--select RULE",
        "Check only these rules: an ID or a prefix, such as SPF or DMARC0 (repeatable).",
        None,
        autocompletion=complete.rules,
    )
    ignore: list[str] | None = option(
        "--ignore RULE",
        "Leave out these rules: an ID or a prefix (repeatable).",
        None,
        autocompletion=complete.rules,
    )
    config_file: ConfigFile = None
    allow_commands: bool = option(
        "--allow-commands",
        "In CI: let the configuration file that you name run commands for its passwords.",
        False,
    )

    def load_config(self) -> Config:
        """The configuration from the given file, or else the nearest. Raises ConfigError."""
        from mailproof.config import load_config

        return load_config(self.config_file, commands=self.allow_commands)


#: The output options of commands that check no mail hosts of a domain.
ReportOutput = Annotated[OutputOptions, Without("require")]
#: The groups with no options given.
DNS, FILTERS, OUTPUT, RULES = DnsOptions(), FilterOptions(), OutputOptions(), RuleOptions()
