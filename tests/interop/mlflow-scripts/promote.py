"""A promotion script: compares the model of a new run with the one in Production, and stages it when it is better."""

import json

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score

client = MlflowClient()
data = pd.read_csv("churn.csv")
features = ["tenure", "charges"]

mlflow.set_experiment("churn_prediction")
with mlflow.start_run(run_name="larger forest") as run:
    model = RandomForestClassifier(n_estimators=60, random_state=3).fit(data[features], data.churn)
    info = mlflow.sklearn.log_model(model, "model", serialization_format="cloudpickle")
run_id = run.info.run_id


def weighted_f1(uri):
    return f1_score(data.churn, mlflow.pyfunc.load_model(uri).predict(data[features]), average="weighted")


production = weighted_f1("models:/churn_model/Production")
candidate = weighted_f1(f"runs:/{run_id}/model")
assert candidate > production, (candidate, production)
version = client.create_model_version("churn_model", info.model_uri, run_id)
client.transition_model_version_stage("churn_model", version.version, "Staging")
assert weighted_f1("models:/churn_model/Staging") == candidate

again = mlflow.register_model(f"runs:/{run_id}/model", "churn_model")
assert weighted_f1(f"models:/churn_model/{again.version}") == candidate
staged = client.get_latest_versions("churn_model", stages=["Staging"])
print(json.dumps({"run_id": run_id, "staged": [int(one.version) for one in staged]}))
