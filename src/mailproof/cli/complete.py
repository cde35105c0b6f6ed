"""What shells complete: each function is called when a user presses Tab, and imports what it needs."""

from __future__ import annotations


def rules(incomplete: str) -> list[str]:
    """Rule ids; in lower case where that is typed, since shells take only what goes on from there."""
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
    """The receivers whose requirements are known, and the word for all of them."""
    from mailproof.data.receivers import known_receivers

    return [each for each in (*(one.name for one in known_receivers()), "all") if each.startswith(incomplete)]


def blocklists(incomplete: str) -> list[str]:
    """The blocklists that can be queried."""
    from mailproof.data.blocklists import blocklists as known

    return [each.name for each in known().lists if each.name.startswith(incomplete)]


def providers(incomplete: str) -> list[str]:
    """The mail providers that are known by name."""
    from mailproof.data.providers import known_providers

    return [
        each.name for each in known_providers().providers if each.name.lower().startswith(incomplete.lower())
    ]


def sides(incomplete: str) -> list[str]:
    """What can be compared: the live DNS, and files and folders."""
    from glob import escape, glob

    found = sorted(glob(f"{escape(incomplete)}*"))[:200]
    return [*(["live"] if "live".startswith(incomplete) else []), *found]


def scenarios(incomplete: str) -> list[str]:
    """The demo's scenarios."""
    from mailproof.demo.scenarios import SCENARIOS

    return [each.name for each in SCENARIOS if each.name.startswith(incomplete)]


def profiles(incomplete: str) -> list[str]:
    """The probe profiles of the configuration that would be used."""
    from mailproof.config import load_config
    from mailproof.errors import MailproofError

    try:
        return [each.name for each in load_config(None).profiles if each.name.startswith(incomplete)]
    except MailproofError:
        return []


def configured_domains(incomplete: str) -> list[str]:
    """The domains of the configuration that would be used."""
    from mailproof.config import load_config
    from mailproof.errors import MailproofError

    try:
        return [each.name for each in load_config(None).domains if each.name.startswith(incomplete)]
    except MailproofError:
        return []


def environments(incomplete: str) -> list[str]:
    """The environments of the configuration that would be used."""
    from mailproof.config import load_config
    from mailproof.errors import MailproofError

    try:
        return [each.name for each in load_config(None).environments if each.name.startswith(incomplete)]
    except MailproofError:
        return []
