"""The metrics as parsed by Prometheus' own parser, and the server that provides them."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailproof.errors import UsageError
from mailproof.monitor.events import Kind, Place, Sample
from mailproof.monitor.limits import CONNECTIONS
from mailproof.monitor.listen import MetricsServer
from mailproof.monitor.metrics import CONTENT_TYPE, METRICS, render

ROOT = Path(__file__).resolve().parents[3]
DAY = 86_400.0
NOW = 1_800_000_000.0
#: A name as hostile servers and mailboxes might use.
HOSTILE = 'a"b\\c\nd\x1b[31m{x="y"} 1\u202e é'
SAMPLES: dict[tuple[Kind, str], Sample] = {
    ("domain", "acme.example"): Sample(
        at=NOW - 60,
        elapsed_s=1.25,
        grade="B",
        severities={"error": 1, "warning": 2, "info": 3},
        unknown=4,
        certificates={"mx1.acme.example": NOW + 10 * DAY, "mx2.acme.example": NOW - DAY / 2},
        keys={"s1": NOW - 30 * DAY},
        runs=7,
        failures=2,
    ),
    ("domain", "new.example"): Sample(),
    ("probe", "x"): Sample(
        at=NOW,
        places={
            "receiver.example": Place(
                folder=HOSTILE,
                arrived=True,
                seconds=2.5,
                auth={"spf": "pass", "dkim": "fail"},
                placed={"INBOX": 41, HOSTILE: 1},
            ),
            "other.example": Place(arrived=False, placed={"INBOX": 5}),
        },
        runs=42,
        severities={"error": 0, "warning": 0, "info": 0},
    ),
}


def parsed(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_values_as_prometheus_reads_them() -> None:
    found = parsed(render(SAMPLES, 3, NOW))
    acme = ("acme.example", "domain")
    expected = {
        ("mailproof_grade", ("acme.example",)): 3,
        ("mailproof_findings", (*acme, "warning")): 2,
        ("mailproof_unknown", acme): 4,
        ("mailproof_certificate_days_left", (*acme, "mx1.acme.example")): 10,
        ("mailproof_certificate_days_left", (*acme, "mx2.acme.example")): -0.5,
        ("mailproof_dkim_key_age_days", (*acme, "s1")): 30,
        ("mailproof_last_run_timestamp_seconds", acme): NOW - 60,
        ("mailproof_run_seconds", acme): 1.25,
        ("mailproof_runs_total", acme): 7,
        ("mailproof_run_failures_total", acme): 2,
        ("mailproof_probe_arrived", ("x", "receiver.example")): 1,
        ("mailproof_probe_seconds", ("x", "receiver.example")): 2.5,
        ("mailproof_probe_placed_total", ("x", "receiver.example", "INBOX")): 41,
        ("mailproof_probe_auth", ("x", "receiver.example", "spf")): 1,
        ("mailproof_probe_arrived", ("x", "other.example")): 0,
        ("mailproof_probe_placed_total", ("x", "other.example", "INBOX")): 5,
        ("mailproof_probe_auth", ("x", "receiver.example", "dkim")): 0,
        ("mailproof_webhook_waiting", ()): 3,
    }
    assert {key: found.get(key) for key in expected} == expected


def test_what_is_not_known_has_no_value() -> None:
    found = parsed(render(SAMPLES, 0, NOW))
    new = {name for name, labels in found if labels[:1] == ("new.example",)}
    assert new == {"mailproof_runs_total", "mailproof_run_failures_total"}


def test_a_hostile_folder_stays_one_label() -> None:
    found = [
        labels for name, labels in parsed(render(SAMPLES, 0, NOW)) if name == "mailproof_probe_placed_total"
    ]
    assert found == [
        ("x", "receiver.example", "INBOX"),
        ("x", "receiver.example", 'a"b\\c\nd?[31m{x="y"} 1? é'),
        ("x", "other.example", "INBOX"),
    ]


def test_each_metric_is_declared_once_with_its_type() -> None:
    families = list(text_string_to_metric_families(render(SAMPLES, 0, NOW)))
    assert [(each.name, each.type) for each in families] == [
        (metric.name.removesuffix("_total"), metric.kind) for metric in METRICS
    ]
    assert all(each.documentation for each in families)


def asked(*requests: bytes, healthy: bool = True) -> list[bytes]:
    """The server's response to each request, on one connection each."""

    async def work() -> list[bytes]:
        server = MetricsServer(lambda: "mailproof_grade 4\n", lambda: healthy)
        await server.start("127.0.0.1", 0)
        found = []
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(request)
            found.append(await reader.read())
            writer.close()
        await server.stop()
        return found

    return asyncio.run(work())


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def test_metrics_and_health_are_served() -> None:
    metrics, head, healthy = asked(get("/metrics"), get("/metrics?x=1", "HEAD"), get("/healthz"))
    assert metrics.startswith(b"HTTP/1.1 200 ")
    assert CONTENT_TYPE.encode() in metrics
    assert metrics.endswith(b"\r\n\r\nmailproof_grade 4\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert head.endswith(b"Content-Length: 18\r\nConnection: close\r\n\r\n")
    assert healthy.endswith(b"\r\n\r\nok\n")
    assert asked(get("/healthz"), healthy=False)[0].startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/"), b"404"),
        (get("/metrics/../x"), b"404"),
        (get("/metrics", "POST"), b"405"),
        (get("/metrics", "DELETE"), b"405"),
        (b"GET /metrics HTTP/1.1\r\n\r\n", b"400"),  # no Host
        (b"\x16\x03\x01 not http\r\n\r\n", b"400"),
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_all_else_is_refused(request_: bytes, status: bytes) -> None:
    assert asked(request_)[0].split(b" ")[1] == status


def test_connections_that_say_nothing_are_bounded() -> None:
    async def work() -> bytes:
        server = MetricsServer(lambda: "x\n", lambda: True)
        await server.start("127.0.0.1", 0)
        held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(CONNECTIONS)]
        await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(get("/metrics"))
        try:
            answer = await reader.read()
        except ConnectionError:
            answer = b""
        for _, each in (*held, (reader, writer)):
            each.close()
        await server.stop()
        return answer

    assert asyncio.run(work()) == b""


def test_an_address_in_use_is_one_line() -> None:
    async def work() -> None:
        first, second = (MetricsServer(str, bool) for _ in range(2))
        await first.start("127.0.0.1", 0)
        try:
            await second.start("127.0.0.1", first.port)
        finally:
            await first.stop()

    with pytest.raises(UsageError, match=r"^cannot listen on 127\.0\.0\.1:\d+: "):
        asyncio.run(work())


def test_the_dashboard_names_our_metrics_and_labels() -> None:
    board = json.loads((ROOT / "docs" / "grafana.json").read_text("utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    queries += [each["query"]["query"] for each in board["templating"]["list"] if each["type"] == "query"]
    known = {metric.name: set(metric.labels) for metric in METRICS}
    used = {name for query in queries for name in re.findall(r"mailproof_\w+", query)}
    assert used <= known.keys()
    assert known.keys() - used == set(), "each metric has its place in the dashboard"
    for query in queries:
        for name, labels in re.findall(r"(mailproof_\w+)\{([^}]*)\}", query):
            assert set(re.findall(r"(\w+)\s*[=!]~?", labels)) <= known[name]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
