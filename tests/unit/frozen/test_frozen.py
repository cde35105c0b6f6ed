"""``@frozen`` beside the standard library's own frozen dataclass with slots."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from mailproof.frozen import frozen

T = TypeVar("T")


def _of(decorate: Any) -> Any:
    """The same class, made by either."""

    @decorate
    class Thing:
        """What is compared."""

        kind: ClassVar[str] = "thing"
        name: str
        size: int = 3
        parts: tuple[str, ...] = ()
        kept: list[int] = field(default_factory=list, compare=False)
        _seen: str = field(default="?", init=False, repr=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "_seen", self.name.upper())

        @property
        def seen(self) -> str:
            return self._seen

    return Thing


Ours = _of(frozen)
Theirs = _of(dataclass(frozen=True, slots=True))
BOTH = pytest.mark.parametrize("made", [Ours, Theirs], ids=["ours", "standard"])


@frozen
class Kept:
    """At the top of a module, so that it can be pickled."""

    a: int
    b: str = "x"


@frozen
class Box(Generic[T]):
    """Generic, of one field."""

    inside: T


@frozen
class Empty:
    """Of none."""


@BOTH
def test_values_defaults_and_what_comes_after(made: Any) -> None:
    one = made("a", parts=("p",))
    assert (one.name, one.size, one.parts, one.kept, one.seen, one.kind) == ("a", 3, ("p",), [], "A", "thing")
    assert made("a").kept is not one.kept
    assert repr(one) == "_of.<locals>.Thing(name='a', size=3, parts=('p',), kept=[])"
    assert inspect.signature(made).parameters.keys() == {"name", "size", "parts", "kept"}
    assert made.__match_args__ == ("name", "size", "parts", "kept")
    assert [each.name for each in dataclasses.fields(made)] == ["name", "size", "parts", "kept", "_seen"]


@BOTH
def test_equal_by_what_is_compared(made: Any) -> None:
    assert made("a", kept=[1]) == made("a", kept=[2])
    assert hash(made("a", kept=[1])) == hash(made("a", kept=[2]))
    assert made("a") != made("b")
    assert made("a") != "a"
    assert made("a") != (Theirs if made is Ours else Ours)("a")


@BOTH
def test_nothing_can_be_changed(made: Any) -> None:
    one = made("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    with pytest.raises((FrozenInstanceError, TypeError)):  # the standard one fails in its own way
        one.other = 1
    assert not hasattr(one, "__dict__")


@BOTH
def test_wrong_arguments(made: Any) -> None:
    for arguments in ({}, {"name": "a", "colour": "red"}, {"name": "a", "_seen": "b"}):
        with pytest.raises(TypeError):
            made(**arguments)


@BOTH
def test_replaced_and_taken_apart(made: Any) -> None:
    assert dataclasses.replace(made("a"), size=4) == made("a", 4)
    assert dataclasses.replace(made("a"), name="b").seen == "B"
    assert dataclasses.asdict(made("a"))["size"] == 3


def test_copied_and_pickled() -> None:
    one = Kept(1, "y")
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize("decorate", [frozen, dataclass(frozen=True, slots=True)], ids=["ours", "standard"])
def test_its_own_methods_are_kept(decorate: Any) -> None:
    class Secret:
        word: str

        def __repr__(self) -> str:
            return "Secret(…)"

        def __eq__(self, other: object) -> bool:
            return False

        def __hash__(self) -> int:
            return 7

    made: Callable[[str], object] = decorate(Secret)
    one = made("hush")
    assert repr(one) == "Secret(…)"
    assert one != made("hush")
    assert hash(one) == 7


def test_generic_single_and_empty() -> None:
    assert Box[int](1) == Box(1)
    assert Box(1) != Box(2)
    assert hash(Box("a")) == hash(Box("a"))
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
