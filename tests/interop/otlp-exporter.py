"""Sends two spans with OpenTelemetry's own exporter, as any instrumented program does."""

import sys

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

server, experiment = sys.argv[1:]
exporter = OTLPSpanExporter(
    endpoint=f"{server}/v1/traces",
    headers={"x-mlflow-experiment-id": experiment},
    compression=Compression.Gzip,
)
provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("interop")
try:
    with tracer.start_as_current_span("order"):
        with tracer.start_as_current_span("pay") as span:
            span.set_attributes({"amount": 9_007_199_254_740_993, "rate": 1.0, "cards": ["a", "b"]})
        raise ValueError("sold out")
except ValueError:
    pass
provider.shutdown()
