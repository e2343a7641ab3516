"""A churn classifier as tutorials log it: params, a metric, the model, and DVC's pointer to its data as an artifact."""

import hashlib
import json
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(7)
data = pd.DataFrame({"tenure": rng.integers(1, 72, 600), "charges": rng.normal(65, 20, 600)})
data["churn"] = (((data.charges > 70) & (data.tenure < 30)) ^ (rng.random(600) < 0.1)).astype(int)
data.to_csv("churn.csv", index=False)
content = Path("churn.csv").read_bytes()
pointer = f"outs:\n- md5: {hashlib.md5(content).hexdigest()}\n  size: {len(content)}\n  path: churn.csv\n"
Path("churn.csv.dvc").write_text(pointer)

train, test = train_test_split(data, random_state=1, stratify=data.churn)
features = ["tenure", "charges"]
params = {"n_estimators": 20, "max_depth": 4, "random_state": 3}

mlflow.set_experiment("churn_prediction")
with mlflow.start_run(run_name="forest") as run:
    model = RandomForestClassifier(**params).fit(train[features], train.churn)
    mlflow.log_params(params)
    mlflow.log_metric("f1_weighted", f1_score(test.churn, model.predict(test[features]), average="weighted"))
    mlflow.log_artifact("churn.csv.dvc")
    mlflow.sklearn.log_model(model, "model", serialization_format="cloudpickle", registered_model_name="churn_model")

client = mlflow.MlflowClient()
client.transition_model_version_stage("churn_model", 1, "Production")
assert Path(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/churn.csv.dvc")).read_text() == pointer
print(json.dumps({"run_id": run.info.run_id, "pointer": pointer}))
