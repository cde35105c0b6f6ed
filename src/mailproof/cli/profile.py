"""A profile out of the configuration and the options that override it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from msgspec.structs import replace

from mailproof.errors import UsageError
from mailproof.frozen import frozen

if TYPE_CHECKING:
    from mailproof.config import (
        Config,
        Credential,
        MessageSettings,
        Profile,
        RetrieveSettings,
        SubmitSettings,
    )

Kind = Literal["imap", "pop3", "maildir", "mbox", "listener"]


@frozen
class PasswordOption:
    """Where a password is to come from: a variable or a command, "" for neither."""

    env: str = ""
    command: str = ""

    def credential(self) -> Credential | None:
        """The pointer to the secret; None where no option was given."""
        from mailproof.config import Credential

        if self.env and self.command:
            raise UsageError("give the password by a variable or by a command, not by both")
        if self.env:
            return Credential("env", (self.env,))
        if self.command:
            try:
                words = tuple(shlex.split(self.command))
            except ValueError as error:
                raise UsageError(f"the password command {self.command!r} cannot be read: {error}") from None
            return Credential("command", words)
        return None


@frozen
class ProbeOptions:
    """The options of ``mailproof probe`` that say how to send and fetch, as given."""

    smtp: str = ""
    smtp_security: str = ""
    smtp_user: str = ""
    smtp_password: PasswordOption = PasswordOption()
    ehlo: str = ""
    sender: str = ""
    to: str = ""
    mail_from: str | None = None
    subject: str = ""
    template: Path | None = None
    attachments: tuple[Path, ...] = ()
    unsubscribe: str = ""
    mailbox: tuple[Kind, str] | None = None
    mailbox_security: str = ""
    mailbox_user: str = ""
    mailbox_password: PasswordOption = PasswordOption()
    junk: str = ""
    deadline: float | None = None
    remove: bool = False
    ca_file: Path | None = None
    any_certificate: bool = False
    plaintext_auth: bool = False


def chosen_profile(config: Config, name: str, options: ProbeOptions) -> Profile:
    """The profile of that name with the options over it, or one made of options alone.

    Raises ConfigError and UsageError with what is missing.
    """
    from mailproof.config import Profile

    base = config.profile(name or None) if name or (config.profiles and not options.smtp) else None
    if base is None:
        missing = [
            option
            for option, value in (("--smtp", options.smtp), ("--from", options.sender), ("--to", options.to))
            if not value
        ]
        if missing:
            raise UsageError(
                f"no profile is configured: mailproof init makes one, or give {', '.join(missing)} too"
            )
    profile = Profile(
        name=base.name if base else "options",
        submit=_submit(base.submit if base else None, options),
        message=_message(base.message if base else None, options),
        retrieve=_retrieve(base.retrieve if base else None, options),
    )
    _check_sense(profile)
    return profile


def _check_sense(profile: Profile) -> None:
    """Raises UsageError where options contradict one another or the profile."""
    from mailproof.config import Config
    from mailproof.config.sense import problems

    for keys, problem in problems(Config(profiles=(profile,))):
        raise UsageError(f"{'.'.join(keys[2:])}: {problem}")


def _submit(base: SubmitSettings | None, options: ProbeOptions) -> SubmitSettings:
    from mailproof.config import SubmitSettings

    host, port = host_and_port(options.smtp, "--smtp") if options.smtp else ("", 0)
    settings = base or SubmitSettings(host=host, port=port)
    if options.smtp:
        settings = replace(settings, host=host, port=port, security=None)
    if options.smtp_security:
        settings = replace(settings, security=_security(options.smtp_security, "--smtp-security"))
    if options.ehlo:
        settings = replace(settings, ehlo_name=options.ehlo)
    password = options.smtp_password.credential()
    if options.smtp_user:
        settings = replace(settings, username=options.smtp_user)
    if password is not None:
        settings = replace(settings, password=password)
    if settings.username and settings.password is None and settings.token is None:
        raise UsageError("a user without a password: give --smtp-password-env or --smtp-password-command")
    if options.plaintext_auth:
        settings = replace(settings, allow_plaintext_auth=True)
    if options.any_certificate:
        settings = replace(settings, verification="off")
    return replace(settings, ca_file=options.ca_file) if options.ca_file else settings


def _message(base: MessageSettings | None, options: ProbeOptions) -> MessageSettings:
    from mailproof.config import MessageSettings, UnsubscribeSettings

    settings = base or MessageSettings(from_address=options.sender, to_address=options.to)
    if options.sender:
        settings = replace(settings, from_address=options.sender)
    if options.to:
        settings = replace(settings, to_address=options.to)
    if options.mail_from is not None:
        settings = replace(settings, mail_from=options.mail_from)
    if options.subject:
        settings = replace(settings, subject=options.subject)
    if options.template:
        settings = replace(settings, template=options.template)
    if options.attachments:
        settings = replace(settings, attachments=options.attachments)
    if options.unsubscribe:
        settings = replace(settings, list_unsubscribe=UnsubscribeSettings(url=options.unsubscribe))
    return settings


def _retrieve(base: RetrieveSettings | None, options: ProbeOptions) -> RetrieveSettings | None:
    from mailproof.config import RetrieveSettings

    settings = base
    if options.mailbox is not None:
        kind, place = options.mailbox
        if kind in ("maildir", "mbox"):
            settings = RetrieveSettings(kind=kind, path=Path(place))
        else:
            host, port = host_and_port(place, f"--{kind}")
            settings = RetrieveSettings(kind=kind, host=host, port=port)
    if settings is None:
        return None
    password = options.mailbox_password.credential()
    if options.mailbox_security:
        settings = replace(settings, security=_security(options.mailbox_security, "--mailbox-security"))
    if options.mailbox_user:
        settings = replace(settings, username=options.mailbox_user)
    if password is not None:
        settings = replace(settings, password=password)
    if settings.kind in ("imap", "pop3") and settings.password is None and settings.token is None:
        raise UsageError("the mailbox needs --mailbox-password-env or --mailbox-password-command")
    if options.junk:
        settings = replace(settings, junk=options.junk)
    if options.deadline is not None:
        settings = replace(settings, deadline=options.deadline)
    if options.ca_file:
        settings = replace(settings, ca_file=options.ca_file)
    if options.any_certificate:
        settings = replace(settings, verification="off")
    if options.plaintext_auth:
        settings = replace(settings, allow_plaintext_auth=True)
    return replace(settings, remove=True) if options.remove else settings


def _security(text: str, option: str) -> Literal["starttls", "tls", "plain"]:
    from mailproof.config.settings import Security

    for known in get_args(Security):
        if text.lower() == known:
            security: Literal["starttls", "tls", "plain"] = known
            return security
    raise UsageError(f"{option} {text}: use starttls, tls or plain")


def host_and_port(text: str, option: str) -> tuple[str, int]:
    """``host``, ``host:port``, ``[v6]`` or ``[v6]:port`` as host and port (0: the usual one)."""
    host, colon, port = text.rpartition(":")
    if not colon or (text.count(":") > 1 and not text.startswith("[")) or text.endswith("]"):
        return text.strip("[]"), 0
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise UsageError(f"{option} {text}: the port must be a number from 1 to 65535")
    return host.strip("[]"), int(port)
