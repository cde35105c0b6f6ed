"""Servers and zones shared by the command tests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproof.demo.world import DemoWorld
from tests.support.demo_world import demo_world
from tests.support.sides import Sides


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    """The servers of the demo."""
    with demo_world() as world:
        yield world


@pytest.fixture
def silent() -> Iterator[str]:
    """A name server that never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def sides(tmp_path: Path) -> Sides:
    """Two states of a domain to compare."""
    return Sides(tmp_path)
