"""Shell completion: each function is called when a user presses Tab, and imports only what it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailproof.errors import MailproofError

if TYPE_CHECKING:
    from mailproof.config import Config

#: What shells take as it is: zsh evaluates completions, and names may be those of a stranger's files.
_PLAIN = re.compile(r"(?!-)[\w./+@,-]+")


def rules(incomplete: str) -> list[str]:
    """Rule ids, in lower case if typed that way, as shells only accept what extends the input."""
    from mailproof.checks import registry

    found = [each for each in registry.ids() if each.startswith(incomplete.upper())]
    return [each.lower() for each in found] if incomplete.islower() else found


def topics_and_rules(incomplete: str) -> list[str]:
    """Topics, and rule ids."""
    from mailproof.checks import registry

    return [each.name for each in registry.TOPICS if each.name.startswith(incomplete.lower())] + rules(
        incomplete
    )


def receivers(incomplete: str) -> list[str]:
    """Receivers with known requirements, and ``all``."""
    from mailproof.data.receivers import known_receivers

    return _matching(incomplete, *(one.name for one in known_receivers()), "all")


def blocklists(incomplete: str) -> list[str]:
    """The blocklists that can be queried."""
    from mailproof.data.blocklists import blocklists as known

    return _matching(incomplete, *(each.name for each in known().lists))


def providers(incomplete: str) -> list[str]:
    """Mail providers known by name."""
    from mailproof.data.providers import known_providers

    names = (each.name for each in known_providers().providers)
    return [name for name in names if name.lower().startswith(incomplete.lower())]


def sides(incomplete: str) -> list[str]:
    """Sides of a comparison: the live DNS, and files and folders."""
    from glob import escape, glob

    return _matching(incomplete, "live", *sorted(glob(f"{escape(incomplete)}*")))[:200]


def scenarios(incomplete: str) -> list[str]:
    """The demo's scenarios."""
    from mailproof.demo.scenarios import SCENARIOS

    return _matching(incomplete, *(each.name for each in SCENARIOS))


def profiles(incomplete: str) -> list[str]:
    """The probe profiles of the configuration that would be used."""
    return _matching(incomplete, *(each.name for each in _config().profiles))


def configured_domains(incomplete: str) -> list[str]:
    """The domains of the configuration that would be used."""
    return _matching(incomplete, *(each.name for each in _config().domains))


def environments(incomplete: str) -> list[str]:
    """The environments of the configuration that would be used."""
    return _matching(incomplete, *(each.name for each in _config().environments))


def _matching(incomplete: str, *names: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete) and _PLAIN.fullmatch(name)]


def _config() -> Config:
    """The configuration in effect; an empty one if it is invalid."""
    from mailproof.config import Config, load_config

    try:
        return load_config(None)
    except MailproofError:
        return Config()
