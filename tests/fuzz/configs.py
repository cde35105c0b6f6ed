"""The fuzz target for the configuration: parse it, try everything it may not do, compose its messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from mailproof.cli.options import RULES
from mailproof.cli.policies import policy_of
from mailproof.config import Config
from mailproof.config.load import decoded, parse_config
from mailproof.config.permits import permitted_filters, permitted_nameservers, permitted_profile, powers
from mailproof.errors import ConfigError, MailproofError
from mailproof.mail.compose import compose
from mailproof.structs import replace

FOLDER = Path("/nowhere")


def config(raw: bytes) -> None:
    """As pyproject.toml and as mailproof.toml."""
    with suppress(MailproofError):
        _use(parse_config(decoded(FOLDER, raw), FOLDER / "pyproject.toml"))
    _use(parse_config(decoded(FOLDER, raw), FOLDER / "mailproof.toml"))


def _use(found: Config) -> None:
    wanted = tuple(powers(found))
    assert _refused(replace(found, trust="none")) is bool(wanted), "what needs trust is refused without it"
    assert _refused(replace(found, trust="no commands")) is any(each.command for each in wanted)
    assert not _refused(found)
    for profile in found.profiles:
        with suppress(MailproofError):
            compose(replace(profile.message, attachments=(), template=None), "mp-token")
    policy_of(RULES, found)


def _refused(held: Config) -> bool:
    """Whether any action of the configuration is refused."""
    uses: list[Callable[[], object]] = [
        partial(permitted_filters, held),
        partial(permitted_nameservers, held),
    ]
    uses += [partial(permitted_profile, held, profile.name) for profile in held.profiles]
    return any(map(_fails, uses))


def _fails(use: Callable[[], object]) -> bool:
    try:
        use()
    except ConfigError:
        return True
    return False
