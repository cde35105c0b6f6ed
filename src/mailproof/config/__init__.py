"""The configuration: ``mailproof.toml`` as frozen types."""

from mailproof.config.filters import FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.config.load import find_config, load_config
from mailproof.config.settings import (
    Config,
    DomainSelectors,
    IgnoreRule,
    MessageSettings,
    Profile,
    RetrieveSettings,
    SubmitSettings,
    UnsubscribeSettings,
)
from mailproof.credentials import Credential, Secret

__all__ = [
    "Config",
    "Credential",
    "DomainSelectors",
    "FilterSettings",
    "IgnoreRule",
    "MessageSettings",
    "Profile",
    "RetrieveSettings",
    "RspamdSettings",
    "Secret",
    "SpamAssassinSettings",
    "SubmitSettings",
    "UnsubscribeSettings",
    "find_config",
    "load_config",
]
