"""A plain mail user without mailproof: smtplib to send, imaplib to fetch. Runs inside the client host.

`python -m tests.lab.plainmail` takes one JSON object on stdin and answers with one on stdout. It
confirms that a scenario behaves as intended, independently of mailproof.
"""

from __future__ import annotations

import email.utils
import imaplib
import json
import smtplib
import ssl
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lab.lab import Lab


@dataclass(frozen=True, slots=True)
class Task:
    """Send a message, then look for it."""

    host: str
    mail_from: str
    rcpt: str
    port: int = 587
    tls: str = "starttls"  # starttls, implicit, none
    user: str = ""
    password: str = ""
    from_header: str = ""  # default: mail_from
    headers: tuple[tuple[str, str], ...] = ()
    look: tuple[tuple[str, str], ...] = ()  # (user, folder) to look in
    wait: float = 10.0
    find: str = ""  # text to look for; default: the unique token


@dataclass(frozen=True, slots=True)
class Done:
    """The result. `refused` is (stage, code, text)."""

    token: str = ""
    refused: tuple[str, int, str] | None = None
    error: str = ""
    found_in: tuple[str, str] | None = None
    message: str = ""
    seconds: float = 0.0
    extensions: tuple[str, ...] = field(default=())


def mail(lab: Lab, task: Task) -> Done:
    """Run the task inside the client host of the laboratory."""
    done = lab.python("-m", "tests.lab.plainmail", stdin=json.dumps(asdict(task)))
    assert done.returncode == 0, done.stderr
    fields = json.loads(done.stdout)
    for name in ("refused", "found_in"):
        fields[name] = tuple(fields[name]) if fields[name] else None
    return Done(**fields)


def main() -> None:
    """Run one task."""
    task = Task(**json.load(sys.stdin))
    print(json.dumps(asdict(do(task))))


def do(task: Task) -> Done:
    """Send the message; if accepted, wait for it in the given folders."""
    token = uuid.uuid4().hex
    started = time.monotonic()
    try:
        extensions = _send(task, token)
    except smtplib.SMTPAuthenticationError as error:
        return Done(token, ("auth", error.smtp_code, _text(error.smtp_error)))
    except smtplib.SMTPSenderRefused as error:
        return Done(token, ("mail", error.smtp_code, _text(error.smtp_error)))
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return Done(token, ("rcpt", code, _text(text)))
    except smtplib.SMTPDataError as error:
        return Done(token, ("data", error.smtp_code, _text(error.smtp_error)))
    except (OSError, smtplib.SMTPException) as error:
        return Done(token, error=f"{type(error).__name__}: {error}")
    wanted = task.find or token
    while task.look and time.monotonic() - started < task.wait:
        for user, folder in task.look:
            message = _fetch(task, user, folder, wanted)
            if message:
                return Done(token, None, "", (user, folder), message, time.monotonic() - started, extensions)
        time.sleep(0.1)
    return Done(token, seconds=time.monotonic() - started, extensions=extensions)


def _send(task: Task, token: str) -> tuple[str, ...]:
    message = EmailMessage()
    message["From"] = task.from_header or task.mail_from
    message["To"] = task.rcpt
    message["Subject"] = f"laboratory {token}"
    message["Date"] = email.utils.formatdate(time.time())
    message["Message-ID"] = f"<{token}@{task.mail_from.partition('@')[2]}>"
    for name, value in task.headers:
        message[name] = value
    message.set_content(f"A line of text.\n\n{token}\n")
    message.add_alternative(f"<p>A line of text.</p>\n<p>{token}</p>\n", subtype="html")
    context = ssl.create_default_context()
    client: smtplib.SMTP
    if task.tls == "implicit":
        client = smtplib.SMTP_SSL(task.host, task.port, "client.infra.test", timeout=20, context=context)
    else:
        client = smtplib.SMTP(task.host, task.port, "client.infra.test", timeout=20)
    with client:
        if task.tls == "starttls":
            client.starttls(context=context)
        client.ehlo()
        if task.user:
            client.login(task.user, task.password)
        client.send_message(message, task.mail_from, [task.rcpt])
        return tuple(client.esmtp_features)


def _fetch(task: Task, user: str, folder: str, wanted: str) -> str:
    with imaplib.IMAP4_SSL("imap.inbox.test", ssl_context=ssl.create_default_context()) as client:
        client.login(user, task.password)
        if client.select(folder, readonly=True)[0] != "OK":
            return ""
        numbers = client.search(None, "TEXT", f'"{wanted}"')[1][0].split()
        if not numbers:
            return ""
        part = client.fetch(numbers[-1].decode(), "(BODY.PEEK[])")[1][0]
        return part[1].decode("utf-8", "replace") if isinstance(part, tuple) else ""


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


if __name__ == "__main__":
    main()
