"""mailproof itself in the client host: a configuration per scenario, the real command, its JSON report."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.lab import world
from tests.lab.lab import Lab
from tests.support.cli import reports_of
from tests.support.networks import LABORATORY

_NUMBER = itertools.count(1)
_EMPTY: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A profile of mailproof.toml, given by its differences from the good case."""

    submit: Mapping[str, object] = field(default_factory=lambda: _EMPTY)
    message: Mapping[str, object] = field(default_factory=lambda: _EMPTY)
    retrieve: Mapping[str, object] = field(default_factory=lambda: _EMPTY)
    inbound: Mapping[str, object] = field(default_factory=lambda: _EMPTY)
    selectors: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"healthy.test": ("rsa2026", "ed2026")}
    )
    password: str = world.PASSWORD
    to: tuple[Mapping[str, object], ...] = ()
    """Several recipients: what differs in the mailbox of each from the good case, with its `address`."""
    send: str = "each"

    def toml(self) -> str:
        """The configuration file."""
        submit = {
            "host": world.SMTP_HEALTHY.name,
            "username": "alice@healthy.test",
            "ehlo_name": world.CLIENT.name,
            **self.submit,
        }
        if submit["username"]:
            submit["password"] = {"env": "LAB_SUBMIT_PASSWORD"}
        else:
            del submit["username"]
        message = {"from": "alice@healthy.test", "to": "bob@inbox.test", **self.message}
        retrieve = _mailbox(self.retrieve)
        if self.to:
            del message["to"]
        lines = ["[selectors]", *(f'"{name}" = {_toml(value)}' for name, value in self.selectors.items())]
        lines += ["[profiles.lab]", f"send = {_toml(self.send)}"]
        tables = (("submit", submit), ("message", message), ("retrieve", retrieve), ("inbound", self.inbound))
        for section, table in tables:
            if section != "retrieve" or not self.to:
                lines.append(f"[profiles.lab.{section}]")
                lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
        for each in self.to:
            own = dict(each)
            address = own.pop("address")
            lines += ["[[profiles.lab.to]]", f"address = {_toml(address)}", "[profiles.lab.to.retrieve]"]
            mailbox = _mailbox({"username": address, **own})
            lines += [f"{key} = {_toml(value)}" for key, value in mailbox.items()]
        return "\n".join(lines) + "\n"


def _mailbox(changes: Mapping[str, object]) -> dict[str, object]:
    retrieve: dict[str, object] = {
        "kind": "imap",
        "host": world.IMAP.name,
        "username": "bob@inbox.test",
        "password": {"env": "LAB_PASSWORD"},
        "deadline": 20.0,
        "poll_interval": 0.5,
        **changes,
    }
    useless = {"maildir": ("host", "username", "password"), "listener": ("username", "password")}
    for key in useless.get(str(retrieve["kind"]), ()):
        del retrieve[key]
    return retrieve


@dataclass(frozen=True, slots=True)
class Probed:
    """The command's result."""

    code: int
    report: dict[str, Any]
    stderr: str

    @property
    def delivery(self) -> dict[str, Any]:
        """`.facts.delivery`."""
        found: dict[str, Any] = self.report["facts"]["delivery"]
        return found

    @property
    def message(self) -> dict[str, Any]:
        """`.facts.message` of the message that came back."""
        found = self.report["facts"]["message"]
        assert found, f"no message came back: {self.delivery}"
        return dict(found)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """All findings, worst first as in the report."""
        return [finding for outcome in self.report["outcomes"] for finding in outcome["findings"]]

    @property
    def rules(self) -> set[str]:
        """IDs of the rules with findings."""
        return {finding["rule"] for finding in self.findings}


def write(lab: Lab, scenario: Scenario) -> str:
    """Write the scenario's mailproof.toml into the laboratory; returns its path inside."""
    path = f"/run/lab/probe-{next(_NUMBER)}/mailproof.toml"
    outside = lab.path(path)
    outside.parent.mkdir()
    outside.write_text(scenario.toml())
    return path


def probe(lab: Lab, scenario: Scenario, *options: str, timeout: float = 60.0) -> Probed:
    """Run `mailproof probe` and read its report."""
    path = write(lab, scenario)
    return command(lab, "probe", "--config", path, *options, password=scenario.password, timeout=timeout)


def command(
    lab: Lab, *argv: str, password: str = world.PASSWORD, stdin: str = "", timeout: float = 60.0
) -> Probed:
    """Run a mailproof command with `-f json` and read its report."""
    (report,) = together(lab, *argv, password=password, stdin=stdin, timeout=timeout).values()
    return report


def together(
    lab: Lab, *argv: str, password: str = world.PASSWORD, stdin: str = "", timeout: float = 60.0
) -> dict[str, Probed]:
    """The same for a command with a report per domain; the reports by domain."""
    done = run(lab, *argv, "-f", "json", password=password, stdin=stdin, timeout=timeout)
    try:
        reports = reports_of(done.stdout)
    except ValueError:
        raise AssertionError(f"no report: exit {done.returncode}\n{done.stdout}\n{done.stderr}") from None
    return {each["subject"]: Probed(done.returncode, each, done.stderr) for each in reports}


def run(
    lab: Lab, *argv: str, password: str = world.PASSWORD, stdin: str = "", timeout: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run a mailproof command unchanged."""
    environment = {
        "LAB_SUBMIT_PASSWORD": password,
        "LAB_PASSWORD": world.PASSWORD,
        "MAILPROOF_ALLOW_ADDRESS": " ".join(LABORATORY),
    }
    done = lab.run_in_client(("mailproof", *argv), env=environment, stdin=stdin, timeout=timeout)
    assert "Traceback" not in done.stderr, done.stderr
    assert world.PASSWORD not in done.stdout + done.stderr
    return done


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value)
