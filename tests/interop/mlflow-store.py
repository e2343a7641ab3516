"""Fills an MLflow store through its own client (`fill`), or prints all that a client reads (`dump`).

Works with clients from 2.0 to 3.17: what one of them does not know is left out on both sides.
"""

import hashlib
import json
import math
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType

IS_3 = int(mlflow.__version__.split(".")[0]) >= 3


def fill():
    client = MlflowClient()
    client.create_experiment("team/price", tags={"owner": "ana", "long": "x" * 3000})
    mlflow.set_experiment("team/price")
    ids = [log_run(client, i) for i in range(3)]
    client.delete_run(ids[2])
    client.delete_experiment(client.create_experiment("gone"))
    if IS_3:
        log_model()
    if sys.argv[2] == "registry":
        register(client, ids)


def log_run(client, i):
    with mlflow.start_run(run_name=f"run {i}") as run:
        mlflow.log_params({"alpha": str(i), "lines": "a\nb: 'c'", "opt/lr": "1e5"})
        for step in range(30):
            mlflow.log_metric("loss", 1 / (step + 1 + i), step=step)
        mlflow.log_metric("loss", 7.25, step=3)
        mlflow.log_metric("by/name", 0.5)
        mlflow.log_metric("nan", math.nan)
        mlflow.log_metric("inf", -math.inf)
        mlflow.set_tags({"note": "ä\nzwei", "mlflow.note.content": "hello: world", "empty": ""})
        mlflow.log_text("hello", "notes/a b.txt")
        mlflow.log_dict({"a": [i]}, "config.json")
        if hasattr(mlflow, "log_input"):
            import numpy

            mlflow.log_input(mlflow.data.from_numpy(numpy.arange(6.0), name="rows"), context="training")
    return run.info.run_id


def log_model():
    import numpy
    from sklearn.linear_model import Ridge

    features = numpy.arange(20.0).reshape(10, 2)
    with mlflow.start_run(run_name="ridge"):
        info = mlflow.sklearn.log_model(
            Ridge().fit(features, features.sum(axis=1)),
            name="model",
            params={"a": "1"},
            registered_model_name="price" if sys.argv[2] == "registry" else None,
            serialization_format="cloudpickle",
        )
        mlflow.log_metric("mae", 0.3, model_id=info.model_id, step=2)


def register(client, ids):
    client.create_registered_model("churn", tags={"k": "v"}, description="the model")
    for i, run_id in enumerate(ids):
        source = client.get_run(run_id).info.artifact_uri + "/notes"
        client.create_model_version("churn", source, run_id=run_id, tags={"n": str(i)}, description=f"d{i}")
    client.transition_model_version_stage("churn", "1", "Production")
    client.transition_model_version_stage("churn", "2", "Staging")
    client.delete_model_version("churn", "3")
    if hasattr(client, "set_registered_model_alias"):
        client.set_registered_model_alias("churn", "best", "1")


def dump():
    client = MlflowClient()
    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = [run for e in experiments for run in client.search_runs([e.experiment_id], run_view_type=ViewType.ALL)]
    names = {e.experiment_id: e.name for e in experiments}
    print(
        json.dumps(
            {
                "experiments": {e.name: experiment(e) for e in experiments if e.name != "Default"},
                "runs": {run.info.run_id: run_of(client, run, names) for run in runs},
                "models": {m.name: model(client, m) for m in client.search_registered_models()} if sys.argv[2] == "registry" else {},
                "logged_models": logged_models(client, experiments),
            },
            sort_keys=True,
        )
    )


def experiment(e):
    return [e.lifecycle_stage, e.creation_time, e.last_update_time, e.tags]


def run_of(client, run, names):
    info = run.info
    inputs = getattr(run, "inputs", None)
    outputs = getattr(run, "outputs", None)
    return {
        "info": [names[info.experiment_id], info.run_name, info.status, info.start_time, info.end_time, info.lifecycle_stage],
        "params": run.data.params,
        "tags": run.data.tags,
        "latest": {key: number(value) for key, value in run.data.metrics.items()},
        "history": {key: sorted(map(point, client.get_metric_history(info.run_id, key))) for key in run.data.metrics},
        "datasets": [[i.dataset.to_dictionary(), [[t.key, t.value] for t in i.tags]] for i in inputs.dataset_inputs] if inputs else [],
        "outputs": [[o.model_id, o.step] for o in outputs.model_outputs] if outputs else [],
        "artifacts": files(info.artifact_uri),
    }


def number(value):
    # JSON has neither; MLflow's databases keep infinities as the largest number, its file store as they are.
    if math.isnan(value):
        return "nan"
    return max(min(value, sys.float_info.max), -sys.float_info.max)


def point(metric):
    return [metric.timestamp, metric.step, str(number(metric.value))]


def files(uri):
    with tempfile.TemporaryDirectory() as folder:
        try:
            root = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=folder))
        except Exception:
            return {}
        return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(root.rglob("*")) if p.is_file()}


def model(client, m):
    versions = client.search_model_versions(f"name = '{m.name}'")
    return {
        "model": [m.description or "", m.tags, m.creation_timestamp, {a: str(v) for a, v in (getattr(m, "aliases", None) or {}).items()}],
        "versions": {str(v.version): version(client, v) for v in versions},
    }


def version(client, v):
    uri = client.get_model_version_download_uri(v.name, v.version)
    return [v.current_stage, v.description or "", v.source, v.run_id, v.status, v.tags, v.creation_timestamp, files(uri)]


def logged_models(client, experiments):
    if not hasattr(client, "search_logged_models"):
        return {}
    found = client.search_logged_models([e.experiment_id for e in experiments if e.lifecycle_stage == "active"])
    return {
        m.model_id: [m.name, str(m.status), m.source_run_id, m.params, m.tags, [[x.key, x.value, x.step, x.run_id] for x in m.metrics], files(m.artifact_location)]
        for m in found
    }


{"fill": fill, "dump": dump}[sys.argv[1]]()
