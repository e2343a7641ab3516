"""Traces by the unmodified client: nested functions, search, tags, feedback, deletion. Prints what it saw as JSON."""

import json
import time

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource

experiment = mlflow.set_experiment("traced")


@mlflow.trace(span_type="RETRIEVER", attributes={"index": "births", "k": 3})
def retrieve(question: str) -> list[str]:
    return [question.upper()]


@mlflow.trace(name="answer", span_type="CHAIN")
def answer(question: str) -> str:
    return retrieve(question)[0]


@mlflow.trace
def broken() -> None:
    raise ValueError("no answer")


with mlflow.start_run() as run:
    answer("how many births?")
    inside_run = mlflow.get_last_active_trace_id()
try:
    broken()
except ValueError:
    pass
failed = mlflow.get_last_active_trace_id()
mlflow.flush_trace_async_logging()

client = MlflowClient()
found = mlflow.search_traces(locations=[experiment.experiment_id], return_type="list")
trace = mlflow.get_trace(inside_run)
child = next(span for span in trace.data.spans if span.name == "retrieve")


def ids(filter_string: str, **more: object) -> list[str]:
    traces = client.search_traces(
        locations=[experiment.experiment_id], filter_string=filter_string, **more
    )
    return [one.info.trace_id for one in traces]


client.set_trace_tag(inside_run, "reviewed", "yes")
feedback = mlflow.log_feedback(
    trace_id=inside_run,
    name="correct",
    value=True,
    rationale="checked",
    source=AssessmentSource(source_type="HUMAN", source_id="ana"),
)
mlflow.log_expectation(trace_id=inside_run, name="births", value={"count": 12})
changed = mlflow.update_assessment(
    trace_id=inside_run,
    assessment_id=feedback.assessment_id,
    assessment=mlflow.entities.Feedback(name="correct", value=False, rationale="checked again"),
)
seen = client.get_trace(inside_run).info
expectation = next(one for one in seen.assessments if one.name == "births")
pages = []
token = None
while True:
    page = client.search_traces(
        locations=[experiment.experiment_id], max_results=1, page_token=token
    )
    pages.extend(one.info.trace_id for one in page)
    token = page.token
    if not token:
        break

searches = {
    "by run": ids(f"run_id = '{run.info.run_id}'"),
    "by tag": ids("tag.reviewed = 'yes'"),
    "by status": ids("status = 'ERROR'"),
    "by name": ids("name = 'answer'"),
    "by one span": ids("span.type = 'RETRIEVER' AND span.name = 'retrieve'"),
    "by two spans": ids("span.type = 'RETRIEVER' AND span.name = 'answer'"),
    "by attribute": ids("span.attributes.index LIKE 'bir%'"),
    "by text": ids("trace.text LIKE '%how many births?%'"),
    "by feedback": ids("feedback.correct = 'false'"),
    "by time": ids(f"timestamp_ms <= {int(time.time() * 1000)}", order_by=["timestamp_ms ASC"]),
}
mlflow.delete_assessment(trace_id=inside_run, assessment_id=feedback.assessment_id)
client.delete_trace_tag(inside_run, "reviewed")
left = client.get_trace(inside_run).info
events = [event.name for event in mlflow.get_trace(failed).data.spans[0].events]
deleted = client.delete_traces(experiment.experiment_id, trace_ids=[failed])

print(
    json.dumps({
        "experiment": experiment.experiment_id,
        "inside_run": inside_run,
        "failed": failed,
        "found": [one.info.trace_id for one in found],
        "spans": [span.name for span in found[-1].data.spans],
        "child": {
            "parent": child.parent_id == trace.data.spans[0].span_id,
            "inputs": child.inputs,
            "outputs": child.outputs,
            "index": child.get_attribute("index"),
            "k": child.get_attribute("k"),
        },
        "events": events,
        "state": str(seen.state),
        "preview": seen.request_preview,
        "changed": [changed.value, changed.rationale],
        "expected": expectation.value,
        "pages": pages,
        "searches": searches,
        "left": [sorted(one.name for one in left.assessments), left.tags.get("reviewed")],
        "deleted": deleted,
        "after": ids(""),
    })
)
