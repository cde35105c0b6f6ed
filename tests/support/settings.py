"""Typed keyword arguments for changes to default settings."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from mailproof.choices import Security
from mailproof.config import Credential
from mailproof.config.settings import Mechanism, RetrievalKind, Verification


class Login(TypedDict, total=False):
    """The settings for a login."""

    username: str
    password: Credential
    mechanism: Mechanism


class SubmitChanges(Login, total=False):
    """Fields of SubmitSettings."""

    host: str
    token: Credential
    security: Security
    allow_plaintext_auth: bool
    ca_file: Path | None
    verification: Verification
    ehlo_name: str
    source_address: str
    timeout: float
    retry_for: float
    retry_interval: float
    every_address: bool


class RetrieveChanges(Login, total=False):
    """Fields of RetrieveSettings."""

    kind: RetrievalKind
    security: Security
    allow_plaintext_auth: bool
    ca_file: Path | None
    folders: tuple[str, ...]
    junk: str
    deadline: float
    poll_interval: float
    timeout: float
    remove: bool
