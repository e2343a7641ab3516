"""What a data scientist does with the real MLflow client, against the server in MLFLOW_TRACKING_URI.

Prints one JSON document with what was read back; the test compares it with what the server holds.
"""

import json
import math
import os
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.linear_model import Ridge


def fails(code, work):
    try:
        work()
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return str(error)
    raise AssertionError(f"expected {code}")


def log_run():
    features = np.arange(20.0).reshape(10, 2)
    model = Ridge(alpha=0.5).fit(features, features.sum(axis=1))
    mlflow.set_experiment("births by day")
    with mlflow.start_run(run_name="ridge", tags={"team": "calendar"}, description="a first try") as run:
        mlflow.log_params({"alpha": 0.5, "window": "365d"})
        mlflow.log_param("solver", "auto")
        for step in range(5):
            mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
        mlflow.log_metrics({"mae": 337.25, "nan": math.nan, "inf": math.inf, "-inf": -math.inf})
        mlflow.set_tag("mlflow.note.content", "ä note with Umlaut")
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_dict({"a": [1, 2]}, "config.json")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "deep/er").mkdir(parents=True)
            Path(folder, "deep/er/file with space.bin").write_bytes(os.urandom(3_000_000))
            Path(folder, "empty.txt").touch()
            mlflow.log_artifacts(folder, "bundle")
        dataset = mlflow.data.from_numpy(features, name="births")
        mlflow.log_input(dataset, context="training")
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            registered_model_name="births",
            signature=infer_signature(features, model.predict(features)),
            serialization_format="cloudpickle",
        )
    return run.info.run_id, info, model, features


def read_back(client, run_id, info, model, features):
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED" and run.info.run_name == "ridge"
    assert run.data.params == {"alpha": "0.5", "window": "365d", "solver": "auto"}
    assert run.data.metrics["mae"] == 337.25 and run.data.metrics["loss"] == 0.2
    assert math.isnan(run.data.metrics["nan"]) and run.data.metrics["inf"] == sys.float_info.max
    assert run.data.tags["mlflow.note.content"] == "ä note with Umlaut"
    assert [metric.step for metric in client.get_metric_history(run_id, "loss")] == [0, 1, 2, 3, 4]
    assert run.inputs.dataset_inputs[0].dataset.name == "births"
    assert run.outputs.model_outputs[0].model_id == info.model_id

    names = sorted(file.path for file in client.list_artifacts(run_id))
    assert names == ["bundle", "config.json", "notes"], names
    sizes = {file.path: file.file_size for file in client.list_artifacts(run_id, "bundle/deep/er")}
    assert sizes == {"bundle/deep/er/file with space.bin": 3_000_000}, sizes
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt") == "hello"
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json") == {"a": [1, 2]}
    folder = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="bundle")
    assert Path(folder, "deep/er/file with space.bin").stat().st_size == 3_000_000
    assert Path(folder, "empty.txt").stat().st_size == 0

    client.set_registered_model_alias("births", "champion", "1")
    version = client.get_model_version_by_alias("births", "champion")
    assert (version.run_id, version.status) == (run_id, "READY"), version
    expected = model.predict(features)
    for uri in [info.model_uri, "models:/births@champion", "models:/births/1", "models:/births/latest", f"runs:/{run_id}/model"]:
        assert np.allclose(mlflow.sklearn.load_model(uri).predict(features), expected), uri
    registered = client.get_logged_model(info.model_id).tags["mlflow.modelVersions"]
    # The server notes it, and the client once more.
    assert {int(one["version"]) for one in json.loads(registered)} == {1}, registered
    return version


def search(client, run_id):
    found = mlflow.search_runs(
        experiment_names=["births by day"],
        filter_string="metrics.mae < 400 AND params.window = '365d' AND tags.team LIKE 'cal%'",
        order_by=["metrics.mae DESC"],
        output_format="list",
    )
    assert [run.info.run_id for run in found] == [run_id]
    assert mlflow.search_runs(experiment_names=["births by day"], filter_string="metrics.mae > 400", output_format="list") == []
    assert [one.name for one in client.search_experiments(filter_string="name LIKE 'births%'")] == ["births by day"]
    assert [one.name for one in client.search_registered_models("name = 'births'")] == ["births"]
    assert [one.version for one in client.search_model_versions(f"run_id = '{run_id}'")] == ["1"]
    assert len(mlflow.search_logged_models(filter_string="name = 'model'", output_format="list")) == 1


def edit(client, run_id, info):
    second = mlflow.register_model(f"runs:/{run_id}/model", "births", tags={"why": "again"})
    assert second.version == "2" and second.tags == {"why": "again"}
    client.update_model_version("births", "2", "the second")
    client.set_model_version_tag("births", "2", "k", "v")
    client.delete_model_version_tag("births", "2", "k")
    client.transition_model_version_stage("births", "2", "Staging")
    assert client.get_latest_versions("births", ["Staging"])[0].version == "2"
    client.set_registered_model_alias("births", "challenger", "2")
    client.delete_registered_model_alias("births", "challenger")
    client.set_registered_model_tag("births", "team", "calendar")
    client.update_registered_model("births", "Births on a day")
    model = client.get_registered_model("births")
    assert (model.description, model.tags) == ("Births on a day", {"team": "calendar"})
    assert {alias: int(version) for alias, version in model.aliases.items()} == {"champion": 1}
    client.delete_model_version("births", "2")
    with mlflow.start_run(run_id=run_id):
        mlflow.log_metric("mae", 336.0, step=1)
    client.delete_run(run_id)
    client.restore_run(run_id)
    client.rename_experiment(client.get_run(run_id).info.experiment_id, "births")


def refuse(client, run_id):
    assert "was already logged with value='0.5'" in fails(
        "INVALID_PARAMETER_VALUE", lambda: client.log_param(run_id, "alpha", 0.7)
    )
    fails("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("0" * 32))
    fails("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model("births"))
    fails("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment("births"))
    fails("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias("births", "nobody"))
    fails("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version("births", "9"))
    fails("INVALID_PARAMETER_VALUE", lambda: client.search_runs(["0"], "metrics.mae <"))
    fails("INVALID_PARAMETER_VALUE", lambda: client.create_model_version("births", "/etc", run_id=run_id))


def main():
    client = MlflowClient()
    run_id, info, model, features = log_run()
    version = read_back(client, run_id, info, model, features)
    search(client, run_id)
    edit(client, run_id, info)
    refuse(client, run_id)
    print(json.dumps({"mlflow": mlflow.__version__, "run_id": run_id, "model_id": info.model_id, "source": version.source}))


main()
