"""Build the policy: from options, the configuration, and comments in zones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailproof.checks import registry
from mailproof.cli.options import RuleOptions
from mailproof.cli.zones import GivenZones
from mailproof.config import Config, locate
from mailproof.dns.text import to_ascii
from mailproof.errors import UsageError
from mailproof.model import Accepted
from mailproof.policy import Policy


def policy_of(options: RuleOptions, config: Config, zones: GivenZones | None = None) -> Policy:
    """Which rules count according to options, configuration, and comments in the zones.

    Raises UsageError for an unknown rule, and ZoneFileError.
    """
    policy = Policy(
        (*(options.select or ()), *config.select),
        tuple(options.ignore or ()),
        (*_accepted(config), *(_inline(zones) if zones is not None else ())),
        tuple((each.rule, each.severity) for each in config.severities),
    )
    _check_rules(options.select or (), "--select")
    _check_rules(policy.ignore, "--ignore")
    _check_rules(config.select, "select", config, "select")
    for number, each in enumerate(policy.accepted):
        if each.file:
            _check_rules([each.rule], f"{each.file}:{each.line}: ignore")
        else:
            _check_rules([each.rule], "[[ignore]]", config, "ignore", str(number), "rule")
    for rule, _ in policy.severities:
        _check_rules([rule], "[severities]", config, "severities", rule)
    return policy


def _accepted(config: Config) -> tuple[Accepted, ...]:
    """The configured ignores. Raises UsageError for a subject that is not a domain."""
    found = []
    for each in config.ignore:
        try:
            subject = to_ascii(each.subject) if each.subject else ""
        except UsageError as error:
            raise UsageError(f"{config.path}: subject of [[ignore]] {each.rule}: {error}") from None
        found.append(Accepted(each.rule.strip(), subject, each.reason, each.expires))
    return tuple(found)


def _inline(zones: GivenZones) -> Iterator[Accepted]:
    """The ignores in comments of zone files."""
    if comments := zones.comments():
        from mailproof.dns.zone.ignores import inline_ignores

        yield from inline_ignores(comments)


def _check_rules(rules: Sequence[str], option: str, config: Config | None = None, *keys: str) -> None:
    """Raises UsageError for an unknown rule. ``config`` and ``keys`` locate rules from a configuration."""
    for rule in (part.strip() for each in rules for part in each.split(",")):
        if not rule or not any(each.startswith(rule.upper()) for each in registry.ids()):
            place = f"{locate(config, *keys)}: " if config is not None else ""
            raise UsageError(f"{place}{option} {rule}: no rule ID starts with this (see mailproof rules)")
