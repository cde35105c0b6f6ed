"""What a configuration may do: a file that merely happens to be in a folder (a checkout) is restricted.

Running commands, using spam filters, and sending anything to another host need a file that the user named
(--config, MAILPROOF_CONFIG) or trusts (``mailproof trust``). Loopback addresses don't count as other hosts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from mailproof.config.filters import FilterSettings
from mailproof.config.monitoring import MonitorSettings
from mailproof.config.settings import (
    Config,
    InboundSettings,
    MessageSettings,
    Profile,
    RetrieveSettings,
    SubmitSettings,
)
from mailproof.config.trust import in_ci
from mailproof.config.urls import is_loopback
from mailproof.credentials import Credential
from mailproof.errors import ConfigError


class Power(Struct, frozen=True):
    """An action that needs trust: the key that requests it, and its description."""

    key: str
    does: str
    command: bool = False


def permitted_filters(config: Config) -> FilterSettings:
    """The configured spam filters. Raises ConfigError if the configuration may not use them."""
    _permit(config, _filters(config))
    return config.filters


def permitted_nameservers(config: Config) -> tuple[str, ...]:
    """The configured name servers. Raises ConfigError if the configuration may not use them."""
    _permit(config, _nameservers(config))
    return config.nameservers


def permitted_profile(config: Config, name: str | None = None) -> Profile:
    """A configured profile. Raises ConfigError if the configuration may not do what it requires."""
    profile = config.profile(name)
    _permit(config, _profile(profile, config.path))
    return profile


def permitted_logo(config: Config) -> Path | None:
    """The configured logo of reports. Raises ConfigError if the configuration may not read it."""
    _permit(config, _logo(config))
    return config.report.logo


def permitted_monitor(config: Config) -> MonitorSettings:
    """The monitor settings. Raises ConfigError if the configuration may not do what they require."""
    _permit(config, _monitor(config))
    return config.monitor


def permitted_inbound(config: Config, name: str | None = None) -> Profile:
    """A profile whose recipient is sent forgeries. Raises ConfigError as ``permitted_profile`` does."""
    profile = permitted_profile(config, name)
    _permit(config, _inbound(profile))
    return profile


def powers(config: Config) -> Iterator[Power]:
    """Every action of the configuration that needs trust."""
    yield from _nameservers(config)
    yield from _filters(config)
    yield from _logo(config)
    yield from _monitor(config)
    for profile in config.profiles:
        yield from _profile(profile, config.path)
        if profile.inbound != InboundSettings():
            yield from _inbound(profile)


def _permit(config: Config, wanted: Iterator[Power]) -> None:
    for power in wanted:
        if config.trust == "all" or (config.trust == "no commands" and not power.command):
            continue
        where = f"{config.path}: {power.key} {power.does}"
        if power.command and (config.trust == "no commands" or in_ci()):
            raise ConfigError(f"{where}: in CI this needs --config and --allow-commands")
        raise ConfigError(
            f"{where}, and the file is not trusted: read it, then run `mailproof trust` or pass it "
            "with --config"
        )


def _nameservers(config: Config) -> Iterator[Power]:
    if not config.nameservers:
        return
    from mailproof.dns.live.nameserver import parse_nameserver

    for server in config.nameservers:
        if not is_loopback(parse_nameserver(server).host):
            yield Power("nameservers", f"sends queries to {server}")


def _filters(config: Config) -> Iterator[Power]:
    asked = config.filters
    if asked.rspamd is not None:
        yield from _command("filters.rspamd.password", asked.rspamd.password)
        yield Power("filters.rspamd", f"sends messages to {asked.rspamd.url}")
    if asked.spamassassin is not None:
        yield Power("filters.spamassassin", f"sends messages to {asked.spamassassin.server}")


def _monitor(config: Config) -> Iterator[Power]:
    settings = config.monitor
    if settings.webhook is not None:
        yield from _command("monitor.webhook.url", settings.webhook.url)
        yield Power("monitor.webhook", "sends alerts to another host")
    for key, file in (("state", settings.state), ("textfile", settings.textfile)):
        if file is not None:
            yield Power(f"monitor.{key}", f"writes the file {file}")
    if settings.listen:
        yield Power("monitor.listen", f"listens on {settings.listen}")


def _profile(profile: Profile, path: Path | None) -> Iterator[Power]:
    key = f"profiles.{profile.name}"
    yield from _server(f"{key}.submit", profile.submit)
    if profile.retrieve is not None:
        yield from _server(f"{key}.retrieve", profile.retrieve)
    for each in profile.to:
        if each.retrieve is not None:
            yield from _server(f"{key}.to.retrieve", each.retrieve)
    yield from _message(f"{key}.message", profile.message, path)


def _inbound(profile: Profile) -> Iterator[Power]:
    server = profile.inbound.server
    if not server or not is_loopback(server.rpartition(":")[0] or server):
        to = server or f"the mail server of {profile.recipients[0].address}"
        yield Power(f"profiles.{profile.name}.inbound", f"sends forged messages to {to}")


def _server(key: str, settings: SubmitSettings | RetrieveSettings) -> Iterator[Power]:
    yield from _command(f"{key}.password", settings.password)
    yield from _command(f"{key}.token", settings.token)
    if isinstance(settings, SubmitSettings) and settings.kind != "smtp":
        yield from _sender(key, settings)
        return
    if isinstance(settings, RetrieveSettings) and settings.is_api:
        yield from _command(f"{key}.key", settings.key)
        yield from _command(f"{key}.refresh_token", settings.refresh_token)
        yield from _hosts(key, url=settings.base, token_url=settings.token_url)
        return
    listens = isinstance(settings, RetrieveSettings) and settings.kind not in ("imap", "pop3")
    if not listens and not is_loopback(settings.host):
        yield Power(f"{key}.host", f"connects to {settings.host}")


def _sender(key: str, settings: SubmitSettings) -> Iterator[Power]:
    """A sender other than SMTP: it connects to the host in its URL, or runs a program."""
    yield from _command(f"{key}.key", settings.key)
    yield from _command(f"{key}.refresh_token", settings.refresh_token)
    if settings.kind in ("sendmail", "command"):
        words = " ".join(settings.program) or "sendmail"
        yield Power(f"{key}.program", f"runs the command {words!r}", command=True)
        return
    yield from _hosts(key, url=settings.url, token_url=settings.token_url)
    if not settings.url:
        yield Power(f"{key}.kind", f"sends through {settings.kind}")


def _hosts(key: str, **urls: str) -> Iterator[Power]:
    """The hosts of the URLs."""
    for name, url in urls.items():
        host = urlsplit(url).hostname or ""
        if host and not is_loopback(host):
            yield Power(f"{key}.{name}", f"connects to {host}")


def _message(key: str, message: MessageSettings, path: Path | None) -> Iterator[Power]:
    """A probe may send files beside the configuration; any others need trust."""
    for file in (*message.attachments, *((message.template,) if message.template is not None else ())):
        if not _is_beside(file, path):
            yield Power(key, f"sends the file {file}")


def _logo(config: Config) -> Iterator[Power]:
    logo = config.report.logo
    if logo is not None and not _is_beside(logo, config.path):
        yield Power("report.logo", f"puts the file {logo} into reports")


def _is_beside(file: Path, path: Path | None) -> bool:
    """Whether a file is in the configuration's folder or below it."""
    return path is None or Path(os.path.realpath(file)).is_relative_to(Path(os.path.realpath(path)).parent)


def _command(key: str, credential: Credential | None) -> Iterator[Power]:
    if credential is not None and credential.kind == "command":
        yield Power(key, f"runs the command {' '.join(credential.source)!r}", command=True)
