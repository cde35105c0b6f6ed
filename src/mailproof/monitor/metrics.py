"""Metrics of all targets in the Prometheus text format (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mailproof.monitor.events import Kind, Sample

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_DAY = 86_400.0
_GRADES = {"A": 4, "B": 3, "C": 2, "D": 1, "F": 0}
_PASSED = {"pass": 1}


class Metric(NamedTuple):
    """A metric's name, type, help text and label names."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...]


_BOTH, _PLACE = ("target", "kind"), ("profile", "receiver")
_AUTH, _KEY = (*_PLACE, "method"), (*_BOTH, "selector")
METRICS = (
    Metric("mailproof_grade", "gauge", "Grade of a domain: 4 is A, 3 B, 2 C, 1 D, 0 F.", ("domain",)),
    Metric("mailproof_findings", "gauge", "Findings of the last check.", ("target", "kind", "severity")),
    Metric("mailproof_unknown", "gauge", "Checks of the last run without a result.", ("target", "kind")),
    Metric("mailproof_probe_arrived", "gauge", "Whether the last probe arrived.", ("profile", "receiver")),
    Metric("mailproof_probe_seconds", "gauge", "Time until the last probe arrived.", ("profile", "receiver")),
    Metric("mailproof_probe_placed_total", "counter", "Probes that arrived.", (*_PLACE, "folder")),
    Metric("mailproof_probe_auth", "gauge", "Whether the last probe that arrived passed.", _AUTH),
    Metric("mailproof_certificate_days_left", "gauge", "Days until a certificate expires.", (*_BOTH, "host")),
    Metric("mailproof_dkim_key_age_days", "gauge", "Days since a DKIM key was first seen.", _KEY),
    Metric("mailproof_last_run_timestamp_seconds", "gauge", "When the last check ended.", _BOTH),
    Metric("mailproof_run_seconds", "gauge", "How long the last check took.", _BOTH),
    Metric("mailproof_runs_total", "counter", "Checks that were made.", _BOTH),
    Metric("mailproof_run_failures_total", "counter", "Checks that could not be made.", _BOTH),
    Metric("mailproof_webhook_waiting", "gauge", "Changes that the webhook has not taken yet.", ()),
)
#: Label values and the sample's value.
Row = tuple[tuple[str, ...], float]


def render(samples: Mapping[tuple[Kind, str], Sample], waiting: int, now: float) -> str:
    """Render all metrics. An unknown value gets no line."""
    rows: dict[str, list[Row]] = {metric.name: [] for metric in METRICS}
    rows["mailproof_webhook_waiting"].append(((), waiting))
    for (kind, name), sample in samples.items():
        for metric, labels, value in _rows(kind, name, sample, now):
            rows[f"mailproof_{metric}"].append((labels, value))
    return "".join(_family(metric, rows[metric.name]) for metric in METRICS)


def _rows(kind: Kind, name: str, sample: Sample, now: float) -> Iterator[tuple[str, tuple[str, ...], float]]:
    both = (name, kind)
    yield "runs_total", both, sample.runs
    yield "run_failures_total", both, sample.failures
    if sample.at:
        yield "last_run_timestamp_seconds", both, sample.at
        yield "run_seconds", both, sample.elapsed_s
    for host, ends in sample.certificates.items():
        yield "certificate_days_left", (*both, host), round((ends - now) / _DAY, 3)
    for selector, since in sample.keys.items():
        yield "dkim_key_age_days", (*both, selector), round((now - since) / _DAY, 3)
    for severity, count in sample.severities.items():
        yield "findings", (*both, severity), count
    if sample.severities:
        yield "unknown", both, sample.unknown
    if kind == "domain":
        if sample.grade:
            yield "grade", (name,), _GRADES[sample.grade]
        return
    for receiver, found in sample.places.items():
        place = (name, receiver)
        if found.arrived is not None:
            yield "probe_arrived", place, found.arrived
        if found.seconds is not None:
            yield "probe_seconds", place, found.seconds
        for folder, count in found.placed.items():
            yield "probe_placed_total", (*place, folder), count
        for method, result in found.auth.items():
            yield "probe_auth", (*place, method), _PASSED.get(result, 0)


def _family(metric: Metric, rows: list[Row]) -> str:
    if not rows:
        return ""
    lines = [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
    lines += (f"{metric.name}{_labels(metric.labels, values)} {_number(value)}" for values, value in rows)
    return "\n".join(lines) + "\n"


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _escaped(text: str) -> str:
    safe = text.encode("utf-8", "replace").decode()
    safe = "".join(char if char.isprintable() or char == "\n" else "?" for char in safe)
    return safe.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
