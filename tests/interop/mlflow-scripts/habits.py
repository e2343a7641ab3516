"""What else teams do with the client: autologging, both ways to save a forest, nested runs, threads, logging in the background."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import mlflow
import numpy as np
from mlflow import MlflowClient
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

client = MlflowClient()
features = np.random.default_rng(1).normal(size=(120, 3))
labels = (features[:, 0] > 0).astype(int)


def autolog():
    mlflow.set_experiment("autologged")
    mlflow.sklearn.autolog(log_input_examples=True, serialization_format="cloudpickle")
    with mlflow.start_run() as run:
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(features, labels)
    mlflow.sklearn.autolog(disable=True)
    parent = client.get_run(run.info.run_id)
    assert "best_C" in parent.data.params, parent.data.params
    assert parent.data.metrics["training_score"] > 0.8
    children = client.search_runs([parent.info.experiment_id], f"tags.mlflow.parentRunId = '{run.info.run_id}'")
    assert len(children) == 2, children
    assert parent.inputs.dataset_inputs and parent.outputs.model_outputs
    return run.info.run_id


def both_ways_to_save_a_forest():
    """Without a word, MLflow 3.11 and later save by skops, which takes no forest as it is."""
    mlflow.set_experiment("saved")
    forest = RandomForestClassifier(n_estimators=5).fit(features, labels)
    with mlflow.start_run() as run:
        try:
            mlflow.sklearn.log_model(forest, name="by_skops")
            raise AssertionError("a forest was saved by skops without being trusted")
        except mlflow.exceptions.MlflowException as error:
            assert "untrusted types" in str(error), error
        mlflow.sklearn.log_model(forest, name="by_cloudpickle", serialization_format="cloudpickle")
        mlflow.sklearn.log_model(LogisticRegression().fit(features, labels), name="plain")
    models = client.search_logged_models([run.info.experiment_id])
    states = {model.name: str(model.status) for model in models}
    assert states["by_cloudpickle"] == states["plain"] == "READY", states
    loaded = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/by_cloudpickle")
    assert (loaded.predict(features) == forest.predict(features)).all()
    return states["by_skops"]


def nested():
    mlflow.set_experiment("nested")
    with mlflow.start_run(run_name="parent") as parent:
        for depth in range(3):
            with mlflow.start_run(run_name=f"child {depth}", nested=True):
                mlflow.log_metric("depth", depth)
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list")
    assert sorted(run.data.metrics["depth"] for run in found) == [0, 1, 2]


def threads():
    experiment = client.create_experiment("threads")

    def one(number):
        run_id = client.create_run(experiment, run_name=f"thread {number}").info.run_id
        for step in range(20):
            client.log_metric(run_id, "loss", 1 / (step + 1), step=step)
        client.log_param(run_id, "number", number)
        client.set_terminated(run_id)
        return run_id

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(one, range(24)))
    found = client.search_runs([experiment], "attributes.status = 'FINISHED'")
    assert sorted(run.info.run_id for run in found) == sorted(runs)
    assert all(len(client.get_metric_history(run_id, "loss")) == 20 for run_id in runs[:4])
    one_run = runs[0]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda step: client.log_metric(one_run, "shared", step, step=step), range(64)))
    assert len(client.get_metric_history(one_run, "shared")) == 64


def in_the_background():
    mlflow.set_experiment("background")
    mlflow.config.enable_async_logging()
    with mlflow.start_run() as run:
        for step in range(200):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_params({f"p{index}": index for index in range(50)})
        mlflow.set_tag("done", "yes")
    mlflow.flush_async_logging()
    mlflow.config.enable_async_logging(False)
    assert len(client.get_metric_history(run.info.run_id, "loss")) == 200
    read = client.get_run(run.info.run_id)
    assert len(read.data.params) == 50 and read.data.tags["done"] == "yes"


def in_parts():
    """A large file goes and comes in parts when the client is told to."""
    os.environ |= {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(5 << 20),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 << 20),
        "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(5 << 20),
    }
    content = os.urandom(12 << 20)
    with open("large.bin", "wb") as file:
        file.write(content)
    with mlflow.start_run() as run:
        mlflow.log_artifact("large.bin", "data")
    with open(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/data/large.bin"), "rb") as file:
        assert file.read() == content


run_id = autolog()
untrusted = both_ways_to_save_a_forest()
nested()
threads()
in_the_background()
in_parts()
print(json.dumps({"run_id": run_id, "untrusted": untrusted}))
