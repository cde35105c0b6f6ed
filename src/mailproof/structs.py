"""``replace`` of a Struct, checked by mypy as that of a dataclass is: by the fields' names and types."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["replace"]
