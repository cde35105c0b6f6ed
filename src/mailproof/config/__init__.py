"""The configuration: ``mailproof.toml`` as frozen types."""

from mailproof.config.filters import FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.config.load import find_config, load_config, locate
from mailproof.config.monitoring import MonitorSettings, WebhookSettings
from mailproof.config.settings import (
    Config,
    DomainSelectors,
    DomainSettings,
    Environment,
    IgnoreRule,
    MessageSettings,
    Profile,
    RecipientSettings,
    RetrieveSettings,
    RuleSeverity,
    SubmitSettings,
    UnsubscribeSettings,
)
from mailproof.credentials import Credential, Secret

__all__ = [
    "Config",
    "Credential",
    "DomainSelectors",
    "DomainSettings",
    "Environment",
    "FilterSettings",
    "IgnoreRule",
    "MessageSettings",
    "MonitorSettings",
    "Profile",
    "RecipientSettings",
    "RetrieveSettings",
    "RspamdSettings",
    "RuleSeverity",
    "Secret",
    "SpamAssassinSettings",
    "SubmitSettings",
    "UnsubscribeSettings",
    "WebhookSettings",
    "find_config",
    "load_config",
    "locate",
]
