"""The evaluation of SPF records, in the order of RFC 7208 section 4.6."""

from __future__ import annotations

from mailproof.auth.spf_macros import Client, expand, target_name
from mailproof.auth.spf_match import Counts, Match, Matcher, Result, SpfError, require, spf_texts
from mailproof.dns.answer import Resolver
from mailproof.dns.text import txt_text
from mailproof.model import AuthResult, SpfRecord, SpfTerm, SpfTraceStep
from mailproof.model.spf import TraceOutcome
from mailproof.records.spf import parse_macros, parse_spf
from mailproof.records.spf.limits import MAX_OCTETS, TOO_MUCH

_WORDS: dict[str, AuthResult] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_MAX_EXPLANATION = 2000


class Evaluation:
    """One run of ``check_host`` for one client, which fills ``counts`` and ``trace``."""

    def __init__(self, resolver: Resolver, client: Client) -> None:
        self.counts = Counts()
        self.trace: list[SpfTraceStep] = []
        self._resolver = resolver
        self._client = client
        self._octets = 0
        self._at: tuple[int, str, SpfTerm] | None = None  # the innermost term being evaluated
        self._matcher = Matcher(resolver, client, self.counts)

    async def run(self, domain: str) -> Result:
        """The result for the record of ``domain``, subject to the limits of section 4.6.4."""
        try:
            return await self._check(domain, 0, explain=True)
        except SpfError as error:
            if self._at is not None:
                self._step(*self._at, "error", error.result.reason)
            return error.result

    async def _check(self, domain: str, depth: int, *, explain: bool) -> Result:
        record = await self._record(domain)
        if record is None:
            return Result("none", f"{domain} has no SPF record")
        for term in record.terms:
            if term.kind != "mechanism":
                continue
            self._at = depth, domain, term
            match = await self._mechanism(term, domain, depth)
            self._step(depth, domain, term, "match" if match.matched else "no match", match.detail)
            if match.matched:
                word = _WORDS[term.qualifier]
                text = await self._explanation(record, domain) if word == "fail" and explain else ""
                return Result(word, f"{term.text} of {domain}: {match.detail}", term.text, text)
        if record.redirect is not None:
            self._at = depth, domain, record.redirect
            self.counts.count(record.redirect.text)
            name = await self._target(record.redirect, domain)
            return await self._nested(record.redirect, name, domain, depth, explain=explain)
        return Result("neutral", f"nothing in the record of {domain} matches, and it does not end in all")

    async def _record(self, domain: str) -> SpfRecord | None:
        answer = require(await self._resolver.query(domain, "TXT"))
        texts = spf_texts(answer)
        if not texts:
            return None
        if len(texts) > 1:
            raise SpfError("permerror", f"{domain} has {len(texts)} SPF records; only one is allowed")
        self._octets += len(texts[0])
        if self._octets > MAX_OCTETS:
            raise SpfError("permerror", TOO_MUCH)
        record = parse_spf(texts[0])
        if (fault := record.fault) is not None:
            snippet = record.text[fault.start : fault.end][:80]
            raise SpfError(
                "permerror", f"syntax error in the record of {domain} at {snippet!r}: {fault.message}"
            )
        return record

    async def _mechanism(self, term: SpfTerm, domain: str, depth: int) -> Match:
        if term.name == "all":
            return Match(True, "all matches every client")
        if term.name in ("ip4", "ip6"):
            return self._matcher.network(term)
        self.counts.count(term.text)
        name = await self._target(term, domain)
        if term.name == "include":
            word = (await self._nested(term, name, domain, depth)).word
            return Match(word == "pass", f"{name} says {word}")
        if name is None:
            return Match(False, "its macros expand to a name that cannot exist")
        if term.name == "a":
            return await self._matcher.a(term, name)
        if term.name == "mx":
            return await self._matcher.mx(term, name)
        if term.name == "ptr":
            return await self._matcher.ptr(name)
        return await self._matcher.exists(name)

    async def _nested(
        self, term: SpfTerm, name: str | None, domain: str, depth: int, *, explain: bool = False
    ) -> Result:
        """The result of another record, which must exist. Raises SpfError if it does not."""
        if name is None:
            raise SpfError("permerror", f"{term.text} expands to a name that cannot exist")
        self._step(depth, domain, term, "enter", f"the record of {name}")
        result = await self._check(name, depth + 1, explain=explain)
        self._at = depth, domain, term
        if result.word == "none":
            if (await self._resolver.query(name, "TXT")).absent:
                self.counts.voids.append(f"TXT {name}")
            raise SpfError("permerror", f"{term.text}: {name} has no SPF record")
        return result

    async def _target(self, term: SpfTerm, domain: str) -> str | None:
        """The name that a term looks up: its expanded domain-spec, or the domain itself."""
        if not term.value:
            return target_name(domain)
        expanded = await self._expand(term.value, domain)
        return target_name(expanded) if expanded else None

    async def _expand(self, text: str, domain: str, *, explanation: bool = False) -> str | None:
        parsed = parse_macros(text, explanation=explanation)
        validated = await self._name_of_client(domain) if "p" in parsed.letters else "unknown"
        return expand(parsed, self._client.values(domain, validated), explanation=explanation)

    async def _name_of_client(self, domain: str) -> str:
        """``%{p}``: the domain itself, else a name below it, else any validated name, else ``unknown``."""
        names = await self._matcher.validated()
        if domain in names:
            return domain
        below = (name for name in names if name.endswith(f".{domain}"))
        return next(below, names[0] if names else "unknown")

    async def _explanation(self, record: SpfRecord, domain: str) -> str:
        """The text of ``exp=``; empty if anything about it is wrong (section 6.2). Not counted."""
        name = await self._target(record.exp, domain) if record.exp is not None else None
        if name is None:
            return ""
        answer = await self._resolver.query(name, "TXT")
        if len(answer.records) != 1:
            return ""
        text = txt_text(answer.records[0])
        return (await self._expand(text, domain, explanation=True) or "")[:_MAX_EXPLANATION]

    def _step(self, depth: int, domain: str, term: SpfTerm, outcome: TraceOutcome, detail: str) -> None:
        self.trace.append(
            SpfTraceStep(
                depth=depth,
                domain=domain,
                term=term.text,
                start=term.start,
                end=term.end,
                outcome=outcome,
                detail=detail,
                lookups_after=self.counts.lookups,
                voids_after=len(self.counts.voids),
            )
        )
