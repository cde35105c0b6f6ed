"""Networks that tests allow connections to."""

#: Allows connections to any address.
ANYWHERE = ("0.0.0.0/0", "::/0")
#: Networks for examples and laboratories (RFC 5737, RFC 3849, RFC 9637; RFC 2544, RFC 5180).
LABORATORY = (
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "198.18.0.0/15",
    "2001:db8::/32",
    "3fff::/20",
    "2001:2::/48",
)
