"""The types of settings that have limits."""

from typing import Annotated

from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(ge=0.05, le=86_400)]
RetryTime = Annotated[float, Meta(ge=0, le=86_400)]
Octets = Annotated[int, Meta(ge=1, le=100_000_000)]
Strings = Annotated[tuple[str, ...], Meta(max_length=1000)]
