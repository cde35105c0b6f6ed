"""What a message holds: its MIME parts, and the links and images of its HTML."""

from __future__ import annotations

from mailproof.frozen import frozen


@frozen
class ContentPart:
    """A leaf of the MIME tree. ``size`` in octets, decoded; ``attachment`` as its disposition says."""

    media_type: str
    charset: str = ""
    encoding: str = "7bit"
    size: int = 0
    filename: str = ""
    attachment: bool = False


@frozen
class ContentLink:
    """A link of the HTML: where it leads, and the text that is shown. ``host`` is that of the target."""

    target: str
    host: str
    text: str = ""


@frozen
class MessageContent:
    """The content. ``html_octets`` is the size of the HTML as it is sent to be shown; ``text_letters`` the
    characters, without white space, that it shows, ``plain_letters`` those at the start of the text parts;
    ``problems`` what is broken in its MIME structure; ``raw_8bit`` counts
    octets over 127 in parts that do not announce them.
    """

    parts: tuple[ContentPart, ...] = ()
    html_octets: int = 0
    text_letters: int = 0
    plain_letters: int = 0
    images: int = 0
    links: tuple[ContentLink, ...] = ()
    problems: tuple[str, ...] = ()
    raw_8bit: int = 0

    @property
    def html(self) -> bool:
        """Whether there is HTML to show."""
        return self.html_octets > 0
