"""The hooks for OpenTelemetry: a span a request, named by its route, without a path or a value in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.api.service.hall import Hall
from tests.api.town import BUREAU

pytestmark = pytest.mark.loopback


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Where the service's spans go while a test lasts."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("api.service.observed._tracer", provider.get_tracer("yinxin.service"))
    yield exporter
    provider.shutdown()


def test_a_span_names_the_route_and_no_value(hall: Hall, spans: InMemorySpanExporter) -> None:
    hall.get("officer", f"/v1/bureaus/{BUREAU}/batches/4711")
    hall.get("officer", "/v1/示例一号/nowhere")
    batch, nowhere = spans.get_finished_spans()[-2:]
    assert batch.name == "GET /v1/bureaus/{bureau}/batches/{number}"
    assert batch.kind is trace.SpanKind.SERVER
    assert dict(batch.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/bureaus/{bureau}/batches/{number}",
        "http.response.status_code": 404,
    }
    assert (nowhere.name, nowhere.attributes["http.response.status_code"]) == ("ANY (no such path)", 404)  # type: ignore[index]
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "4711" not in told
    assert BUREAU not in told
    assert "示例" not in told
