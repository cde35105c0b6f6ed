"""The summary of many messages, counted row by row."""

from __future__ import annotations

from collections import Counter

from mailproof.bulk.tally import MOST_COUNTED, MOST_NAMED, VERDICTS, add, commonest
from mailproof.model.many_messages import MessageRow, MessagesSummary, SenderCount
from mailproof.names import key_name


class MessageTally:
    """Counts of the rows so far, in bounded memory."""

    def __init__(self) -> None:
        self.messages = self.complete = self.unread = 0
        self._verdicts: Counter[str] = Counter()
        self._results: dict[str, Counter[str]] = {name: Counter() for name in ("spf", "dkim", "dmarc")}
        self._senders, self._selectors = _Shares(), _Shares()
        self._findings: Counter[str] = Counter()

    def count(self, row: MessageRow) -> None:
        """Count a row."""
        self.messages += 1
        self.complete += row.complete
        self._verdicts[row.verdict] += 1
        if row.verdict == "error":
            self.unread += 1
            return
        for name, counter in self._results.items():
            counter[getattr(row, name) or "not checked"] += 1
        self._senders.add(row.from_domain or "(no From domain)", row.dmarc == "pass")
        for key, passes in {
            (each.selector, each.domain): each.result == "pass" for each in row.signatures
        }.items():
            self._selectors.add(key_name(*key), passes)
        if row.first is not None:
            add(self._findings, row.first.rule)

    def summary(self, *, unfinished: bool = False) -> MessagesSummary:
        """The summary so far."""
        return MessagesSummary(
            messages=self.messages,
            complete=self.complete,
            unread=self.unread,
            verdicts=tuple((each, self._verdicts[each]) for each in VERDICTS if self._verdicts[each]),
            spf=tuple(self._results["spf"].most_common()),
            dkim=tuple(self._results["dkim"].most_common()),
            dmarc=tuple(self._results["dmarc"].most_common()),
            senders=self._senders.most(),
            more_senders=self._senders.more,
            selectors=self._selectors.most(),
            more_selectors=self._selectors.more,
            findings=commonest(self._findings),
            unfinished=unfinished,
        )


class _Shares:
    """How often each name occurs, and how often it passes."""

    def __init__(self) -> None:
        self._all: Counter[str] = Counter()
        self._passed: Counter[str] = Counter()

    def add(self, name: str, passes: bool) -> None:
        name = name[:300]
        if name in self._all or len(self._all) < MOST_COUNTED:
            self._all[name] += 1
            self._passed[name] += passes

    @property
    def more(self) -> int:
        return max(0, len(self._all) - MOST_NAMED)

    def most(self) -> tuple[SenderCount, ...]:
        return tuple(SenderCount(name, count, self._passed[name]) for name, count in commonest(self._all))
