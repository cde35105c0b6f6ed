"""What each key of mailproof.toml means: the text of docs/configuration.md and of the schema for editors."""

from __future__ import annotations

from msgspec import Struct

from mailproof.config.filters import FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.config.monitoring import MonitorSettings, WebhookSettings
from mailproof.config.settings import (
    Config,
    DomainSettings,
    Environment,
    IgnoreRule,
    InboundSettings,
    MessageSettings,
    Profile,
    RecipientSettings,
    ReportSettings,
    RetrieveSettings,
    SubmitSettings,
    UnsubscribeSettings,
)
from mailproof.model.expectations import (
    DkimExpected,
    DkimKeyExpected,
    DmarcExpected,
    Expectations,
    SpfExpected,
)


class Table(Struct, frozen=True):
    """A table of the file: its header, the type behind it, an example, and what each key means."""

    header: str
    kind: type[Struct]
    keys: tuple[tuple[str, str], ...]
    intro: str = ""


def _keys(text: str) -> tuple[tuple[str, str], ...]:
    """Lines of ``key: what it means``; a line that begins with a space goes on with the one before."""
    lines = text.strip().replace("\n    ", " ").split("\n")
    return tuple((key, meaning.strip()) for key, _, meaning in (line.partition(":") for line in lines))


_SIGN_IN = """
security: `starttls`, `tls` or `plain`; left out: the usual one of the port
username: who signs in
password: where the password comes from: `{ env = "VARIABLE" }`, `{ command = "…" }` or
    `{ keyring = "service" }`
token: the same for an OAuth token
mechanism: the SASL mechanism; left out: the best that the server offers
allow_plaintext_auth: sign in over a connection without TLS
ca_file: certificates to trust instead of the system's
verification: `off` accepts any certificate, and the report says so
"""

TABLES = (
    Table(
        "",
        Config,
        _keys(
            """
nameservers: name servers to query instead of the system's: `ADDR[:PORT]`, `tls://…`, `https://…`
selectors: DKIM selectors in use, by domain: `selectors."acme.example" = ["s1"]`
timeout: time limit for each domain or message
fail_on: the severity from which on the exit code is 1
select: check only these rules: ids or their beginnings
ignore: findings that are accepted: see `[[ignore]]`
profiles: ways to send and fetch a probe: see `[profiles.NAME]`
filters: spam filters to ask: see `[filters.…]`
monitor: how `mailproof monitor` works: see `[monitor]`
severities: what findings count as, by rule id or its beginning (the longest decides): `DMARC011 = "error"`
zones: zone files or folders of them that `check` reads before live DNS, from the folder of this file
offline: `check` queries no live DNS, only the zones
domains: what `check` audits: see `[[domains]]`
environments: what is different with `check --environment NAME`: see `[environments.NAME]`
report: whose report it is: see `[report]`
"""
        ),
        "`nameservers`, `selectors`, `timeout`, `fail_on`, `select` and `ignore` may be in a table `[audit]` "
        "as well.",
    ),
    Table(
        "[[domains]]",
        DomainSettings,
        _keys(
            """
name: the domain
profile: what the domain is used for; `auto`: as its records suggest
selectors: DKIM selectors in use
ips: IP addresses that send its mail
subdomains: subdomains whose SPF, DMARC and MX are checked too
receivers: receivers whose requirements are compared: `gmail`, `yahoo`, `microsoft`, `apple`, `all`
expect: what it is expected to publish: see below
"""
        ),
        "A domain that `mailproof check` audits. Its selectors count in `audit` too.",
    ),
    Table(
        "[domains.expect]",
        Expectations,
        _keys(
            """
spf: see `[domains.expect.spf]`
dkim: see `[domains.expect.dkim]`
dmarc: see `[domains.expect.dmarc]`
mx: exactly these mail hosts, in any order (EXP005); `[]`: none
mta_sts: the mode of the MTA-STS policy (EXP006); offline it is skipped, and only the record is compared
tlsa: whether each mail host has a usable TLSA record (EXP007)
tls_rpt: whether there is a TLS reporting record (EXP006)
"""
        ),
        "What is left out is not compared.",
    ),
    Table(
        "[domains.expect.spf]",
        SpfExpected,
        _keys(
            """
senders: exactly these may send (EXP001): addresses and networks, mail providers by name (`google`,
    `sendgrid`), names to include (`_spf.acme.example`), mechanisms (`mx`, `exists:…`)
max_lookups: the most DNS lookups that the record may take, 0 to 10 (EXP002)
rest: what all other hosts get (EXP002): `fail` is `-all`, `softfail` `~all`, `neutral` `?all`, `pass` `+all`
"""
        ),
    ),
    Table(
        "[domains.expect.dkim]",
        DkimExpected,
        _keys("selectors: these have a valid key (EXP003): a list of names, or a table for each"),
    ),
    Table(
        "[domains.expect.dkim.selectors.S]",
        DkimKeyExpected,
        _keys("min_bits: the least size of the key of selector S, where it is RSA"),
    ),
    Table(
        "[domains.expect.dmarc]",
        DmarcExpected,
        _keys(
            """
policy: the policy that receivers apply to the domain, also where it is inherited (EXP004)
subdomain_policy: the policy that they apply to its subdomains (EXP004)
reports_to: addresses that aggregate reports go to, among others (EXP004)
"""
        ),
    ),
    Table(
        "[environments.NAME]",
        Environment,
        _keys(
            """
zones: instead of `zones` at the top
offline: instead of `offline` at the top
nameservers: instead of `nameservers` at the top
fail_on: instead of `fail_on` at the top
domains: check only these of the `[[domains]]`, by name
"""
        ),
        "What `mailproof check --environment NAME` does differently: staging and production, say.",
    ),
    Table(
        "[[ignore]]",
        IgnoreRule,
        _keys(
            """
rule: a rule id, or its beginning
subject: the domain that it holds for; left out: all
reason: why; it is shown with the finding that is left out
expires: the last day on which it counts
"""
        ),
        "A finding that is known and accepted. stderr names one that is no longer needed or has expired.",
    ),
    Table(
        "[report]",
        ReportSettings,
        _keys(
            """
title: the title of the page; left out: the domains
logo: a picture above it: a PNG, JPEG or SVG file of at most 256 KiB, from the folder of this file
contact: who made the report: a name, a company, an address
"""
        ),
        "For the formats `html` and `pdf`.",
    ),
    Table(
        "[profiles.NAME]",
        Profile,
        _keys(
            """
submit: see `[profiles.NAME.submit]`
message: see `[profiles.NAME.message]`
retrieve: see `[profiles.NAME.retrieve]`; left out: the probe is sent and not fetched
to: several recipients: see `[[profiles.NAME.to]]`
send: to several recipients: a message to `each` of them, or `once` the same one to all
inbound: see `[profiles.NAME.inbound]`
"""
        ),
        "A way to send a probe and fetch it: `mailproof probe NAME`.",
    ),
    Table(
        "[[profiles.NAME.to]]",
        RecipientSettings,
        _keys(
            """
address: the recipient
receiver: what the report calls it; left out: the domain of the address
retrieve: where its mail arrives, as in `[profiles.NAME.retrieve]`; left out: there
"""
        ),
        "One of several recipients, instead of `to` in the message: [mailboxes.md](mailboxes.md). Its "
        "mailbox is `[profiles.NAME.to.retrieve]` below it.",
    ),
    Table(
        "[profiles.NAME.submit]",
        SubmitSettings,
        _keys(
            """
kind: how it is sent
host: the SMTP server
port: its port: 587 where left out, or the usual one of `security`
"""
            + _SIGN_IN.strip()
            + """
url: the API's base URL, in place of the provider's own: for a server of your own, or a test
region: the provider's region: `eu`, `us`, or AWS's such as `eu-west-1`
account: Cloudflare: the account id; Graph: the tenant
domain: Mailgun: the sending domain; left out: the domain of the From address
key_id: AWS's access key id, Mailjet's API key, or the client id of OAuth
key: where the API key or secret comes from, as `password`; Gmail: or the JSON of a service account, on
    one line
refresh_token: where an OAuth refresh token comes from, as `password`
token_url: where OAuth tokens are fetched, in place of the provider's own
tracking: leave the provider's open and click tracking as it is, instead of turning it off
notify: SMTP: ask for notices of delivery too (DSN), where the server offers that; those that come to the
    watched mailbox are read
every_address: SMTP: connect and sign in to each address of the server (IPv4 and IPv6), and report those that
    fail; the message is sent once
require_tls: SMTP: send with REQUIRETLS; a server that does not offer it gets no message
program: the program that takes the message: a command line, or its words
ehlo_name: the name in EHLO; left out: the name of this machine
timeout: how long each step may take
source_address: the local address to connect from
retry_for: how long temporary refusals are tried again
retry_interval: the time between two tries
"""
        ),
    ),
    Table(
        "[profiles.NAME.message]",
        MessageSettings,
        _keys(
            """
from: the From address
to: the recipient; left out only where there are `[[profiles.NAME.to]]`
mail_from: the return path (MAIL FROM); left out: the From address
subject: the subject
text: the text of the message
html: its HTML version
attachments: files to attach, from the folder of this file
template: a whole .eml file to send, which brings its own header and content
reply_to: the Reply-To address
list_unsubscribe: see `[profiles.NAME.message.list_unsubscribe]`
"""
        ),
    ),
    Table(
        "[profiles.NAME.message.list_unsubscribe]",
        UnsubscribeSettings,
        _keys("url: an https URI for one-click unsubscribing (RFC 8058)\nmailto: a mailto URI or address"),
    ),
    Table(
        "[profiles.NAME.retrieve]",
        RetrieveSettings,
        _keys(
            """
kind: where the message arrives
host: the IMAP or POP3 server; of a listener, the address to listen on
port: its port: the usual one of `kind` and `security` where left out, 2525 for a listener
"""
            + _SIGN_IN.strip()
            + """
folders: folders to search (IMAP, Maildir); left out: all
junk: a folder (mbox: a file) that counts as the spam folder beside those that say so themselves
path: the Maildir or mbox
deadline: how long to wait for the message
poll_interval: the time between two looks
timeout: how long each step may take
remove: delete the probe after it was read
preset: the mailbox provider: host, port and security are then known ([mailboxes.md](mailboxes.md#providers))
url: Graph and Gmail: the base URL, in place of the provider's own
account: Graph: the tenant
key_id: Graph and Gmail: the client id of OAuth
key: Graph and Gmail: where the client secret comes from, as `password`; Gmail: or the JSON of a service
    account
refresh_token: Graph and Gmail: where an OAuth refresh token comes from, as `password`
token_url: Graph and Gmail: where OAuth tokens are fetched, in place of the provider's own
"""
        ),
    ),
    Table(
        "[profiles.NAME.inbound]",
        InboundSettings,
        _keys(
            """
mail_from: who sends the test messages: an address of yours for which this machine may send, or whose domain
    has no DMARC policy; left out: the From address of the message
forged_from: who is pretended to: an address of yours whose domain publishes `p=reject`; left out: the From
    address of the message
null_mx_sender: a domain of yours with a null MX, or an address in it; left out: that case is skipped
server: the server to send to, `host` or `host:port`; left out: the best MX of the recipient
"""
        ),
        "What `mailproof inbound NAME` sends. See [inbound.md](inbound.md).",
    ),
    Table(
        "[filters]",
        FilterSettings,
        _keys("spamassassin: see `[filters.spamassassin]`\nrspamd: see `[filters.rspamd]`"),
        "Spam filters that scan messages: [filters.md](filters.md).",
    ),
    Table(
        "[filters.spamassassin]",
        SpamAssassinSettings,
        _keys(
            """
host: the host of spamd; left out: this machine
port: its port; left out: 783
path: the path of its socket, instead of host and port
user: whose preferences are used
timeout: how long a scan may take
max_size: larger messages are not sent, in octets
"""
        ),
    ),
    Table(
        "[filters.rspamd]",
        RspamdSettings,
        _keys(
            """
url: a normal or controller worker, http or https
password: the controller's password: `{ env = "VARIABLE" }`, `{ command = "…" }` or `{ keyring = "service" }`
ca_file: certificates to trust instead of the system's
timeout: how long a scan may take
max_size: larger messages are not sent, in octets
allow_plaintext_auth: send the password over http to another machine
"""
        ),
    ),
    Table(
        "[monitor]",
        MonitorSettings,
        _keys(
            """
interval: the time between two checks: `90s`, `15m`, `1h`, `1d`
jitter: how much sooner or later a check may be; left out: a tenth of `interval`
alert_after: a change is reported once so many checks in a row have seen it
silence: windows in local time in which nothing is reported: `"02:00-03:00"`, `"Sat,Sun 22:00-06:00"`,
    `"2026-12-01T22:00/2026-12-02T02:00"`
blocklists: blocklists to ask, by name; `open`: all that are free to use
state: the file with what is known and the history; left out: `monitor.db` in `~/.local/state/mailproof`
retention: how long history is kept
listen: `ADDR:PORT` for `/metrics` and `/healthz`
textfile: a file that gets the metrics after each check, for the node exporter
remove: delete probes from the mailbox after they were read, whatever their profile says
webhook: see `[monitor.webhook]`
"""
        ),
        "`mailproof monitor` and `mailproof watch`: [monitor.md](monitor.md).",
    ),
    Table(
        "[monitor.webhook]",
        WebhookSettings,
        _keys(
            """
url: where alerts are sent, a secret: `{ env = "VARIABLE" }`, `{ command = "…" }` or `{ keyring = "service" }`
kind: the form: `json`, `slack` or `teams`
allow_private: allow addresses of private networks and of this machine, and http there
ca_file: certificates to trust instead of the system's
timeout: how long a delivery may take
"""
        ),
    ),
)
