"""Faults that the types cannot express: keys that require or exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.config.filters import FilterSettings, url_problem
from mailproof.config.limits import MAX_BRAND_TEXT, MOST_RECIPIENTS, Problem
from mailproof.config.monitoring import monitor_problems
from mailproof.config.settings import Config, Profile, RetrieveSettings, SubmitSettings

_TOKEN_MECHANISMS = ("XOAUTH2", "OAUTHBEARER")


def problems(config: Config) -> Iterator[Problem]:
    """Each contradiction: the key's path and a message."""
    for number, each in enumerate(config.ignore):
        if not each.rule.strip():
            yield (
                ("ignore", str(number), "rule"),
                "'rule' of [[ignore]] is empty: name a rule, or its beginning",
            )
    for key, value in (("title", config.report.title), ("contact", config.report.contact)):
        if len(value) > MAX_BRAND_TEXT or not value.isprintable():
            yield (
                ("report", key),
                f"'{key}' of [report] must be at most {MAX_BRAND_TEXT} characters on one line",
            )
    for profile in config.profiles:
        yield from _profile(profile)
    yield from _filters(config.filters)
    yield from monitor_problems(config.monitor)
    if config.selectors or config.domains or config.environments:
        from mailproof.config.sense_domains import domain_problems

        yield from domain_problems(config)


def _filters(settings: FilterSettings) -> Iterator[Problem]:
    spamd, rspamd = settings.spamassassin, settings.rspamd
    if spamd is not None:
        place = ("filters", "spamassassin")
        if spamd.path is not None and (spamd.host or spamd.port):
            yield (*place, "path"), "'path' can't be used with 'host' and 'port': give one or the other"
        if not spamd.user.isprintable():
            yield (*place, "user"), "'user' contains a control character"
    if rspamd is not None and (problem := url_problem(rspamd.url)):
        yield ("filters", "rspamd", "url"), f"'url' of Rspamd: {problem}"


def _profile(profile: Profile) -> Iterator[Problem]:
    keys = ("profiles", profile.name)
    yield from _submit(profile.submit, (*keys, "submit"))
    message = profile.message
    if message.template and (message.subject or message.text or message.html or message.attachments):
        yield (*keys, "message", "template"), "a template brings its own subject, text, html and attachments"
    if message.template and (message.list_unsubscribe or message.reply_to):
        key = "list_unsubscribe" if message.list_unsubscribe else "reply_to"
        yield (*keys, "message", key), f"a template brings its own header: put {key} there"
    unsubscribe = message.list_unsubscribe
    if unsubscribe and unsubscribe.url and not unsubscribe.url.lower().startswith("https://"):
        yield (
            (*keys, "message", "list_unsubscribe"),
            "the URL for unsubscribing must begin with https:// (RFC 8058 section 3.1)",
        )
    for name in ("mail_from", "forged_from"):
        address = getattr(profile.inbound, name)
        if address and not all(address.strip("<> ").rpartition("@")):
            yield (*keys, "inbound", name), f"{address!r} is not an address: write local@domain"
    if profile.retrieve:
        yield from _retrieve(profile.retrieve, (*keys, "retrieve"))
    yield from _recipients(profile, keys)


def _recipients(profile: Profile, keys: tuple[str, ...]) -> Iterator[Problem]:
    dotted, to = f"profiles.{profile.name}", profile.message.to_address
    if not profile.to:
        if not to:
            yield (*keys, "message"), f"'{dotted}.message.to' is missing"
        return
    if to:
        yield (*keys, "message", "to"), f"'{dotted}.message.to' and [[{dotted}.to]] can't be used together"
    if len(profile.to) > MOST_RECIPIENTS:
        yield (*keys, "to"), f"more than {MOST_RECIPIENTS} recipients"
    addresses: set[str] = set()
    places: set[tuple[str, str]] = set()
    for number, (given, each) in enumerate(zip(profile.to, profile.recipients, strict=True)):
        place = (*keys, "to", str(number))
        if not each.address.strip():
            yield (*place, "address"), "the address of a recipient is empty"
        if each.address.lower() in addresses:
            yield (*place, "address"), f"the recipient {each.address} is named twice"
        addresses.add(each.address.lower())
        if given.retrieve is not None:
            yield from _retrieve(given.retrieve, (*place, "retrieve"))
        mailbox = each.retrieve
        if mailbox is None:
            continue
        where = (mailbox.server, mailbox.username)
        if where in places and (profile.send == "once" or mailbox.kind == "listener"):
            yield (
                place,
                f"two recipients share the mailbox {mailbox.server}: "
                + (
                    "only one listener can be there"
                    if mailbox.kind == "listener"
                    else 'with send = "once" their messages look the same'
                ),
            )
        places.add(where)


def _submit(settings: SubmitSettings, keys: tuple[str, ...]) -> Iterator[Problem]:
    from mailproof.config.senders import NEEDS, sender_problems

    if settings.kind != "smtp":
        for key, problem in sender_problems(settings):
            yield ((*keys, key) if key else keys), problem
        return
    yield from _login(settings, keys)
    if not settings.host.strip():
        place = ".".join((*keys, "host"))
        yield (*keys, "host"), f"'{place}' is missing: the SMTP server, or set 'kind' for another way to send"
    needs = {key: kind for kind, each in NEEDS.items() for key in (*each.required, *each.optional, "url")}
    for key in ("url", "region", "account", "domain", "key_id", "key", "refresh_token", "token_url"):
        if getattr(settings, key):
            yield (*keys, key), f"'{key}' has no effect with SMTP: set 'kind', such as kind = {needs[key]!r}"
    if settings.require_tls and settings.effective_security == "plain" and not settings.opportunistic:
        yield (
            (*keys, "require_tls"),
            '\'require_tls\' needs TLS to the server: security = "starttls" or "tls"',
        )
    if settings.program or settings.tracking:
        key = "program" if settings.program else "tracking"
        yield (*keys, key), f"'{key}' has no effect with SMTP: set 'kind'"


def _retrieve(settings: RetrieveSettings, keys: tuple[str, ...]) -> Iterator[Problem]:
    from mailproof.config.mailbox_apis import api_problems, misplaced

    for key, words in api_problems(settings) if settings.is_api else misplaced(settings):
        yield (*keys, key) if key else keys, words
    if settings.preset is not None and settings.kind in ("maildir", "mbox", "listener", "pop3"):
        yield (*keys, "preset"), f"'preset' is for IMAP, not for kind = {settings.kind!r}"
    if settings.kind in ("maildir", "mbox") and settings.path is None:
        yield keys, f"kind = {settings.kind!r} needs 'path'"
    if settings.kind in ("imap", "pop3"):
        if not settings.host:
            yield keys, f"kind = {settings.kind!r} needs 'host'"
        if not settings.username or not (settings.password or settings.token):
            yield keys, f"kind = {settings.kind!r} needs 'username' and a 'password' or 'token'"
        yield from _login(settings, keys)


def _login(settings: SubmitSettings | RetrieveSettings, keys: tuple[str, ...]) -> Iterator[Problem]:
    if settings.password and settings.token:
        yield (*keys, "token"), "'password' and 'token' can't be used together"
    if (settings.password or settings.token) and not settings.username:
        yield keys, "a password or token needs 'username'"
    if settings.username and not (settings.password or settings.token):
        yield (*keys, "username"), "'username' needs a 'password' or a 'token'"
    if settings.mechanism in _TOKEN_MECHANISMS and not settings.token:
        yield (*keys, "mechanism"), f"mechanism {settings.mechanism} needs 'token'"
    if settings.mechanism and settings.mechanism not in _TOKEN_MECHANISMS and not settings.password:
        yield (*keys, "mechanism"), f"mechanism {settings.mechanism} needs 'password'"
    if settings.verification == "off" and settings.ca_file:
        yield ((*keys, "verification"), "'ca_file' has no effect with verification off: remove one of them")
