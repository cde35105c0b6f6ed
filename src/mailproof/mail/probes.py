"""Probe all recipients of a profile, waiting for them together; each failure affects only its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from mailproof.config.settings import Profile, RecipientSettings
from mailproof.mail.compose import compose, new_token
from mailproof.mail.login import Means
from mailproof.mail.probe import Probe
from mailproof.model import SubmissionFacts
from mailproof.structs import replace

#: Messages of one probe that are submitted at the same time, if it has several recipients.
MAX_SUBMISSIONS = 4
S = TypeVar("S", bound=SubmissionFacts)


class Probes:
    """A message to each recipient of the profile, or one to all: ``await run()``.

    Raises as ``Probe`` does, before anything is sent. ``each`` is in the order of the recipients.
    """

    def __init__(
        self,
        profile: Profile,
        means: Means | None = None,
        *,
        dry_run: bool = False,
    ) -> None:
        means = means or Means()
        self.recipients = profile.recipients
        several = len(self.recipients) > 1
        self._once = several and profile.send == "once"
        shared = None
        if self._once:
            to = [each.address for each in self.recipients]
            shared = compose(profile.message, new_token(), means.now, to)

        def one(number: int, recipient: RecipientSettings) -> Probe:
            def show_progress(event: str, left: float) -> None:
                means.show(f"{recipient.receiver}: {event}" if several else event, left)

            return Probe(
                replace(
                    profile,
                    to=(),
                    message=replace(profile.message, to_address=recipient.address),
                    retrieve=recipient.retrieve,
                ),
                replace(means, progress=show_progress),
                dry_run=dry_run,
                message=shared,
                recipient=shared.recipients[number] if shared is not None else "",
            )

        self.each = tuple(one(number, each) for number, each in enumerate(self.recipients))

    async def run(self) -> None:
        """Open all mailboxes, send, wait for all. A server's failure affects only its own recipient."""
        for each in self.each:
            await each.prepare()
        try:
            if self._once:
                await self._send_once()
            else:
                limit = asyncio.Semaphore(MAX_SUBMISSIONS)
                await _finish_all(*(self._send_one(each, limit) for each in self.each))
        finally:
            await asyncio.gather(*(each.close() for each in self.each))

    async def _send_one(self, probe: Probe, limit: asyncio.Semaphore) -> None:
        await probe.open()
        async with limit:
            await probe.submit()
        await probe.fetch()

    async def _send_once(self) -> None:
        await asyncio.gather(*(each.open() for each in self.each))
        first, count = self.each[0], len(self.each)
        ended = False
        try:
            await first.submit()
            ended = True
        finally:
            sent = first.result.delivery.submission
            for number, each in enumerate(self.each):
                own = of_recipient(sent, number, count) if sent is not None else None
                each.take(own, ended=ended)
        await _finish_all(*(each.fetch() for each in self.each))


async def _finish_all(*work: Awaitable[None]) -> None:
    """Wait for all to finish; then raise the first exception."""
    for done in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done


def of_recipient(submission: S, number: int, count: int) -> S:
    """A submission to ``count`` recipients as seen by one: a server may refuse some of them."""
    recipients = [stage for stage in submission.stages if stage.stage == "rcpt"]
    if len(recipients) != count:
        return submission
    own = recipients[number]
    stages = [each for each in submission.stages if each.stage != "rcpt" or each is own]
    if own.ok:
        return replace(submission, stages=tuple(stages))
    at = next(place for place, each in enumerate(stages) if each is own)
    return replace(submission, stages=tuple(stages[: at + 1]), accepted=False, in_doubt=False)
