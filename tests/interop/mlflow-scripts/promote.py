"""A promotion script: compares the model of a new run with the one in Production, and stages it when it is better."""

import json

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

client = MlflowClient()
data = pd.read_csv("churn.csv")
features = ["tenure", "charges"]


def weighted_f1(uri):
    return f1_score(data.churn, mlflow.pyfunc.load_model(uri).predict(data[features]), average="weighted")


def train(name, model, **how):
    mlflow.set_experiment("churn_prediction")
    with mlflow.start_run(run_name=name) as run:
        mlflow.sklearn.log_model(model.fit(data[features], data.churn), "model", **how)
        mlflow.log_metric("f1_weighted", weighted_f1(f"runs:/{run.info.run_id}/model"))
    return run.info.run_id


def promote(run_id):
    production = weighted_f1("models:/churn_model/Production")
    candidate = weighted_f1(f"runs:/{run_id}/model")
    if candidate <= production:
        return None
    version = client.create_model_version("churn_model", f"runs:/{run_id}/model", run_id)
    assert version.source.endswith(f"{run_id}/model") or version.source.startswith("models:/"), version.source
    client.transition_model_version_stage("churn_model", version.version, "Staging")
    assert weighted_f1("models:/churn_model/Staging") == candidate
    assert weighted_f1(f"models:/churn_model/{version.version}") == candidate
    return int(version.version)


forest = RandomForestClassifier(n_estimators=60, random_state=3)
better = train("larger forest", forest, serialization_format="cloudpickle")
# As the client saves without a word: by skops from 3.11 on, which takes a plain model; by cloudpickle before.
worse = train("plain", LogisticRegression(C=1e-6))
staged = [promote(better), promote(worse)]

again = mlflow.register_model(f"runs:/{worse}/model", "churn_model")
assert weighted_f1(f"models:/churn_model/{again.version}") == weighted_f1(f"runs:/{worse}/model")
latest = client.get_latest_versions("churn_model", stages=["Staging"])
staged_now = [int(one.version) for one in latest]
print(json.dumps({"run_id": better, "promoted": staged, "staged": staged_now, "plain": int(again.version)}))
