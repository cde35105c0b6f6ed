"""``@frozen`` where annotations are no strings: values up to Python 3.13, found when asked for since 3.14."""

import typing

from mailproof.frozen import frozen, replace


@frozen
class Outer:
    name: str
    inner: "tuple[Inner, ...]" = ()
    size: int = 3


@frozen
class Inner:
    size: int


def test_fields_and_annotations() -> None:
    outer = Outer("a", (Inner(1),))
    assert replace(outer, size=4) == Outer("a", (Inner(1),), 4)
    assert typing.get_type_hints(Outer) == {"name": str, "inner": tuple[Inner, ...], "size": int}
    assert Outer.__annotations__["name"] is str
