"""Secrets come only from their intended sources, and are never shown."""

from __future__ import annotations

import pickle
import sys

import pytest

from mailproof.credentials import Credential, Secret, resolve_secret
from mailproof.errors import CredentialError

TEXT = "hunter2"


def test_a_secret_does_not_show() -> None:
    secret = Secret(TEXT)
    shown = (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>10}",
        repr(Credential.of(TEXT)),
        f"{[secret]}",
    )
    assert not any(TEXT in text for text in shown)
    assert secret.reveal() == TEXT
    assert secret == Secret(TEXT)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


async def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MP_TEST_SECRET", TEXT)
    assert (await resolve_secret(Credential("env", ("MP_TEST_SECRET",)))).reveal() == TEXT
    monkeypatch.setenv("MP_TEST_SECRET", f"{TEXT}\r\nRSET")
    with pytest.raises(CredentialError, match="line break") as error:
        await resolve_secret(Credential("env", ("MP_TEST_SECRET",)))
    assert TEXT not in str(error.value)
    monkeypatch.delenv("MP_TEST_SECRET")
    with pytest.raises(CredentialError, match="MP_TEST_SECRET is not set"):
        await resolve_secret(Credential("env", ("MP_TEST_SECRET",)))


def python(code: str) -> Credential:
    return Credential("command", (sys.executable, "-c", code))


async def test_command() -> None:
    assert (await resolve_secret(python(f"print('{TEXT}'); print('second line')"))).reveal() == TEXT
    with pytest.raises(CredentialError, match="exit code 3") as error:
        await resolve_secret(python(f"print('{TEXT}'); raise SystemExit(3)"))
    assert TEXT not in str(error.value).replace(f"print('{TEXT}')", "")
    with pytest.raises(CredentialError, match="gave nothing"):
        await resolve_secret(python("pass"))
    with pytest.raises(CredentialError, match="could not be started"):
        await resolve_secret(Credential("command", ("/no/such/program",)))


async def test_command_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailproof.credentials.COMMAND_TIMEOUT_S", 0.5)
    with pytest.raises(CredentialError, match="did not end"):
        await resolve_secret(python("import time; time.sleep(60)"))
