"""Combine a configured profile with the options that override it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from mailproof.cli.probe_options import ProbeOptions, mailbox_option
from mailproof.config import (
    Config,
    Credential,
    MessageSettings,
    Profile,
    RecipientSettings,
    RetrieveSettings,
    SubmitSettings,
    UnsubscribeSettings,
)
from mailproof.config.permits import permitted_profile
from mailproof.config.sense import problems
from mailproof.errors import ConfigError, UsageError
from mailproof.structs import replace

T = TypeVar("T")

#: The option, and its field, that sets a key of the profile.
_OPTIONS = {
    "message.from": ("--from", "sender"),
    "message.to": ("--to", "to"),
    "message.subject": ("--subject", "subject"),
    "message.template": ("--eml", "template"),
    "message.attachments": ("--attach", "attachments"),
    "message.list_unsubscribe": ("--list-unsubscribe", "unsubscribe"),
}


def chosen_profile(config: Config, name: str, options: ProbeOptions) -> Profile:
    """The named profile, overridden by the options, or one built from the options alone.

    Raises ConfigError and UsageError, naming what is missing.
    """
    needed = (("--smtp", options.smtp), ("--from", options.sender), ("--to", options.to))
    complete = all(value for _, value in needed)
    base = permitted_profile(config, name or None) if name or (config.profiles and not complete) else None
    if base is None:
        missing = [option for option, value in needed if not value]
        if missing:
            raise UsageError(
                f"no profile is configured: run mailproof init, or also give {', '.join(missing)}"
            )
    several = base is not None and bool(base.to)
    profile = Profile(
        name=base.name if base else "options",
        submit=_submit(base.submit if base else None, options, named=bool(name)),
        message=_message(base.message if base else None, options, several=several),
        retrieve=None if several else _retrieve(base.retrieve if base else None, options),
        to=_recipients(base, options) if base is not None and several else (),
        send=base.send if base else "each",
    )
    for keys, problem in problems(Config(profiles=(profile,))):
        key = ".".join(keys[2:])
        raise UsageError(f"{_option(key, options) or key}: {problem}")
    return profile


@contextmanager
def options_named(options: ProbeOptions) -> Iterator[None]:
    """In an error about the profile, name the option that gave the value instead of the key."""
    try:
        yield
    except ConfigError as error:
        option = _option(error.key, options)
        if not option:
            raise
        raise UsageError(f"{option}: {error.words}") from None


def _option(key: str, options: ProbeOptions) -> str:
    """The option that gave the value of a profile's key; "" if none did."""
    option, field = _OPTIONS.get(key, ("", ""))
    return option if field and getattr(options, field) else ""


def _recipients(base: Profile, options: ProbeOptions) -> tuple[RecipientSettings, ...]:
    """The recipients of a profile with several: all, or the one given by --to."""
    chosen = [each for each in base.recipients if options.to.lower() in ("", each.address.lower())]
    if not chosen:
        known = ", ".join(each.address for each in base.to)
        raise UsageError(f"--to {options.to}: the profile's recipients are {known}")
    own = options.mailbox or options.mailbox_user or options.mailbox_password_env
    if own or options.mailbox_password_command:
        raise UsageError("each recipient of the profile has its own mailbox: no other can be given")
    return tuple(replace(each, retrieve=_retrieve(each.retrieve, options)) for each in chosen)


def _over(settings: T, **given: object) -> T:
    """The settings, overridden by the given values that are neither None, "" nor False."""
    changes = {name: value for name, value in given.items() if value not in (None, "", False)}
    return cast(T, replace(cast(Any, settings), **changes)) if changes else settings


def _submit(base: SubmitSettings | None, options: ProbeOptions, *, named: bool) -> SubmitSettings:
    """The server from the profile or the options.

    Unless a profile was named, its credentials are only used for its own server.
    """
    host, port = host_and_port(options.smtp, "--smtp") if options.smtp else ("", 0)
    settings = base or SubmitSettings(host=host, port=port)
    if options.smtp:
        elsewhere = not named and settings.host.lower() != host.lower()
        if settings.kind != "smtp":
            settings = SubmitSettings(host=host, port=port)
        elif elsewhere:
            settings = SubmitSettings(ca_file=settings.ca_file, ehlo_name=settings.ehlo_name)
        settings = replace(settings, host=host, port=port, security=None)
    settings = _over(
        settings,
        security=options.smtp_security,
        ehlo_name=options.ehlo,
        every_address=options.every_address,
        username=options.smtp_user,
        password=_password(options.smtp_password_env, options.smtp_password_command),
        **({} if settings.kind in ("sendmail", "command") else _tls_settings(options)),
    )
    by_smtp = settings.kind == "smtp"
    if options.smtp and settings.password and not settings.username:
        raise UsageError("the SMTP password needs a user: give --smtp-user")
    if by_smtp and settings.username and settings.password is None and settings.token is None:
        raise UsageError(
            "the SMTP user needs a password: give --smtp-password-env or --smtp-password-command"
        )
    return settings


def _tls_settings(options: ProbeOptions) -> dict[str, object]:
    """The TLS settings for both servers."""
    return {
        "ca_file": options.ca_file,
        "verification": "off" if options.any_certificate else None,
        "allow_plaintext_auth": options.plaintext_auth,
    }


def _message(base: MessageSettings | None, options: ProbeOptions, *, several: bool) -> MessageSettings:
    settings = _over(
        base or MessageSettings(from_address=options.sender, to_address=options.to),
        from_address=options.sender,
        to_address="" if several else options.to,
        subject=options.subject,
        template=options.template,
        attachments=tuple(options.attachments) if options.attachments else None,
        list_unsubscribe=UnsubscribeSettings(url=options.unsubscribe) if options.unsubscribe else None,
    )
    return settings if options.mail_from is None else replace(settings, mail_from=options.mail_from)


def _retrieve(base: RetrieveSettings | None, options: ProbeOptions) -> RetrieveSettings | None:
    settings = base
    if options.mailbox is not None:
        kind, place = options.mailbox
        if kind in ("maildir", "mbox"):
            settings = RetrieveSettings(kind=kind, path=Path(place))
        else:
            host, port = host_and_port(place, mailbox_option(kind))
            settings = RetrieveSettings(kind=kind, host=host, port=port)
    if settings is None:
        return None
    settings = _over(
        settings,
        security=options.mailbox_security,
        username=options.mailbox_user,
        password=_password(options.mailbox_password_env, options.mailbox_password_command),
        junk=options.junk,
        deadline=options.deadline,
        remove=options.remove,
        **_tls_settings(options),
    )
    if settings.kind in ("imap", "pop3") and settings.password is None and settings.token is None:
        raise UsageError("the mailbox needs --mailbox-password-env or --mailbox-password-command")
    if options.mailbox is not None and settings.password and not settings.username:
        raise UsageError("the mailbox password needs a user: give --mailbox-user")
    return settings


def _password(env: str, command: str) -> Credential | None:
    """Where to get a password: a variable or a command; None if neither was given."""
    if env and command:
        raise UsageError("give the password by variable or by command, not both")
    if env:
        return Credential("env", (env,))
    if not command:
        return None
    try:
        return Credential("command", tuple(shlex.split(command)))
    except ValueError as error:
        raise UsageError(f"the password command cannot be read: {error}") from None


def host_and_port(text: str, option: str) -> tuple[str, int]:
    """Split ``host``, ``host:port``, ``[v6]`` or ``[v6]:port`` into host and port (0 if there is none)."""
    if "@" in text:  # not repeated: there may be a password before it
        raise UsageError(f"{option}: give HOST or HOST:PORT; user and password have options of their own")
    host, colon, port = text.rpartition(":")
    if not colon or (text.count(":") > 1 and not text.startswith("[")) or text.endswith("]"):
        return text.strip("[]"), 0
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise UsageError(f"{option} {text}: the port must be a number from 1 to 65535")
    return host.strip("[]"), int(port)
