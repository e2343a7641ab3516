"""Starts a run as a training script does: a metric, and a model that names its environment."""

import json

import mlflow


class Double(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[float]) -> list[float]:
        return [2 * value for value in model_input]


with mlflow.start_run() as run:
    mlflow.log_metric("mae", 0.5)
    mlflow.pyfunc.log_model(name="model", python_model=Double(), pip_requirements=["mlflow", "scikit-learn==1.5"])
print(json.dumps({"run_id": run.info.run_id}))
