"""``mailproof init``."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mailproof.cli import options as opt
from mailproof.cli.asking import ask, ask_variable, line, secret_line
from mailproof.cli.groups import grouped, option
from mailproof.cli.streams import complain, fit
from mailproof.cli.writing import write_page
from mailproof.errors import ConfigError, CredentialError, UsageError
from mailproof.files import check_writable, write_whole

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from mailproof.config import Profile

FILE = "mailproof.toml"
KINDS = ("imap", "pop3", "maildir", "mbox", "none")


@grouped
def command(
    output: Path = option("-o --output FILE", "File to write.", Path(FILE), show_default=True),
    force: bool = option("--force", "Overwrite an existing file.", False),
    no_test: bool = option("--no-test", "Don't test the connections.", False),
    kind: str = option(
        "--kind KIND",
        "How mail is sent: smtp, sendmail, command, or a provider (ses, mailgun, resend, …).",
        "smtp",
        show_default=True,
    ),
    ca_file: Path | None = option("--ca-file FILE", "Trust these CAs (PEM), for both servers.", None),
    probe: bool | None = option(
        "--probe/--no-probe",
        "Send a probe at the end and fetch it back (asked on a terminal).",
        None,
        show_default=False,
    ),
    domains: list[str] | None = option(
        "--domain DOMAIN",
        "Ask nothing: write what this domain publishes now as what `mailproof check` is to expect "
        "(repeatable).",
        None,
    ),
    selectors: list[str] | None = option(
        "--selector -s S", "With --domain: a DKIM selector in use (repeatable).", None
    ),
    dns: opt.DnsOptions = opt.DNS,
) -> None:
    """Ask for servers and addresses, test the connection, write mailproof.toml.

    Passwords are neither asked for nor written: the file only names the environment variable.

    For [bold]mailproof check[/]: [bold]mailproof init --domain acme.example --zone acme.zone --offline[/]
    """
    from mailproof.config.load import parse_config
    from mailproof.config.senders import NEEDS

    if kind not in (known := ("smtp", *NEEDS)):
        raise UsageError(f"--kind {kind}: use one of {', '.join(known)}")
    probes = dns._replace(nameservers=opt.DNS.nameservers) if probe else dns
    if not domains and (selectors or probes != opt.DNS):
        raise UsageError("--selector and the DNS options need --domain: the domain to write the policy of")
    if output.exists() and not force:
        raise UsageError(f"{output} already exists: use --force to overwrite it, or -o FILE")
    check_writable(f"-o {output}", output)
    if domains and (kind != "smtp" or ca_file is not None or probe is not None):
        raise UsageError("--domain connects to no mail server: remove --kind, --ca-file and --probe")
    if domains:
        _write_policy(domains, selectors or (), dns, output)
        return
    if ca_file is not None:
        from mailproof.mail.probe import check_authorities

        check_authorities(ca_file)
    text = _ask(kind, ca_file)
    works = None if no_test else _connections_work(parse_config(text, output.absolute()).profile())
    if works is False and not typer.confirm("Write the file anyway?", default=False):
        raise typer.Exit(1)
    raw = text.encode()
    write_whole(output, raw)
    typer.echo(f"Wrote {output}. Send a probe with: mailproof probe")
    _trust(output, raw)
    if probe is None:
        probe = works is True and sys.stdin.isatty()
        probe = probe and typer.confirm("Send a probe now, and fetch it back?", default=True)
    if probe:
        _probe(output, dns.nameservers or ())


def _probe(output: Path, nameservers: Sequence[str]) -> None:
    """Run a whole round trip; its exit code becomes ours."""
    from mailproof.cli.app import app

    servers = [word for each in nameservers for word in ("--nameserver", each)]
    code = app(args=["probe", "--config", str(output), *servers], standalone_mode=False)
    if isinstance(code, int) and code:
        raise typer.Exit(code)


def _write_policy(domains: list[str], selectors: Sequence[str], dns: opt.DnsOptions, output: Path) -> None:
    """Write what the domains publish now; exit with 3 if some of it could not be looked up."""
    from mailproof.cli.init_domain import text_of
    from mailproof.config.load import parse_config

    text, complete = text_of(domains, selectors, dns, output)
    parse_config(text, output.absolute())  # check that it can be read back
    write_whole(output, text.encode())
    named = "" if str(output) == "mailproof.toml" else f" --config {shlex.quote(str(output))}"
    typer.echo(f"Wrote {output}. Compare with it: mailproof check{named}")
    if not complete:
        raise typer.Exit(3)


def _trust(output: Path, raw: bytes) -> None:
    """Trust the file until it changes: the user has just given the answers."""
    from mailproof.config.load import check_owner
    from mailproof.config.trust import trust

    try:
        check_owner(output)
        trust(output, raw)
    except ConfigError as error:
        complain(str(error))


def _ask(kind: str, ca_file: Path | None) -> str:
    """Ask the questions, and return the text of a configuration file."""
    sender = ask("From address of the test message", None, _address)
    if kind == "smtp":
        lines = _ask_smtp(sender)
    else:
        from mailproof.cli.init_sender import ask_sender

        lines = ask_sender(kind)
    trusted = [line("ca_file", str(ca_file.absolute()))] if ca_file is not None else []
    to = ask("Recipient (a mailbox that you can read)", sender, _address)
    lines = ["[profiles.default.submit]", *lines, *(trusted if kind not in ("sendmail", "command") else [])]
    lines += ["", "[profiles.default.message]", line("from", sender), line("to", to)]
    question = f"Type of mailbox to fetch it from ({', '.join(KINDS)})"
    mailbox = ask(question, KINDS[0], _kind).lower()
    if mailbox != "none":
        lines += ["", "[profiles.default.retrieve]", line("kind", mailbox), *_ask_mailbox(mailbox, to)]
        lines += trusted if mailbox in ("imap", "pop3") else []
    return "\n".join(lines) + "\n"


def _ask_smtp(sender: str) -> list[str]:
    domain = sender.rpartition("@")[2]
    host, port = _server("SMTP server to submit to, as HOST or HOST:PORT", f"mail.{domain}")
    port = port or int(ask("SMTP port (587 STARTTLS, 465 TLS, 25)", "587", _port))
    user = typer.prompt("SMTP user name (none: don't sign in)", default=sender, show_default=True).strip()
    if user.lower() in ("none", "-"):
        user = ""
    lines = [line("host", host), f"port = {port}"]
    if user:
        variable = _variable("Environment variable with the SMTP password", "MAILPROOF_SMTP_PASSWORD")
        lines += [line("username", user), secret_line("password", variable)]
    return lines


def _ask_mailbox(kind: str, to: str) -> list[str]:
    if kind in ("maildir", "mbox"):
        return [line("path", typer.prompt("Path of the mailbox").strip())]
    from mailproof.data.mailboxes import provider_of

    domain = to.rpartition("@")[2]
    provider = provider_of(domain) if kind == "imap" else None
    usual = provider.host if provider is not None else f"{kind.removesuffix('3')}.{domain}"
    host, port = _server("Mailbox server, as HOST or HOST:PORT", usual)
    if provider is not None and (host, port) == (provider.host, 0):
        server = [line("preset", provider.name)]
        typer.echo(f"{provider.title}: {provider.sign_in}")
    else:
        server = [line("host", host), *([f"port = {port}"] if port else [])]
    user = typer.prompt("Mailbox user name", default=to).strip()
    variable = _variable("Environment variable with the mailbox password", "MAILPROOF_MAILBOX_PASSWORD")
    return [
        *server,
        line("username", user),
        secret_line("password", variable),
        "deadline = 120",
        "remove = true",
    ]


def _server(question: str, default: str) -> tuple[str, int]:
    """A host, and a port if one was given (else 0)."""
    from mailproof.cli.profile import host_and_port

    def problem(text: str) -> str:
        try:
            host, _ = host_and_port(text, "the server")
        except UsageError as error:
            return str(error)
        fits = host and not set(host) & set(" \t/@\"'\\")
        return "" if fits else f"{text!r} is not a host like mail.acme.example or mail.acme.example:587"

    return host_and_port(ask(question, default, problem), "the server")


def _port(text: str) -> str:
    fits = text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536
    return "" if fits else f"{text!r} is not a port: give a number from 1 to 65535"


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    fits = local and "." in domain and not set(text) & set(' <>"\\')
    return "" if fits else f"{text!r} is not an address like ada@acme.example"


def _variable(question: str, default: str) -> str:
    name = ask_variable(question, default, "password")
    if not os.environ.get(name):
        complain(f"{name} is not set: set it before you send a probe, as in: export {name}=…")
    return name


def _kind(text: str) -> str:
    return "" if text.lower() in KINDS else f"{text.lower()!r} is not one of {', '.join(KINDS)}"


def _connections_work(profile: Profile) -> bool | None:
    """Sign in to both servers without sending anything, and report the result; None if one is untested."""
    from mailproof.mail.retrieve import check_mailbox
    from mailproof.mail.senders import check_submission

    way = "SMTP server" if profile.submit.kind == "smtp" else profile.submit.kind
    found = [_works(way, check_submission(profile.submit))]
    if profile.retrieve is not None:
        found.append(_works("mailbox", check_mailbox(profile.retrieve)))
    return False if False in found else None if None in found else True


def _works(name: str, checking: Coroutine[Any, Any, str]) -> bool | None:
    """Whether it works; None if it cannot be tested here, and may work nevertheless."""
    import asyncio

    try:
        trouble = asyncio.run(checking)
    except CredentialError as error:
        complain(f"{name}: not tested: {error}")
        return None
    write_page(f"{name}: {fit(trouble) or 'works'}\n")
    return not trouble
