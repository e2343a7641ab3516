"""Fills an MLflow database with runs of 10 params, 10 metrics and 5 tags, and one history.

    seed-mlflow.py FILE RUNS POINTS      the same values as seed.ts gives ours
"""

import sqlite3
import subprocess
import sys
from pathlib import Path

file, runs, points = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
mlflow = Path(sys.executable).parent / "mlflow"
subprocess.run([mlflow, "db", "upgrade", f"sqlite:///{file}"], check=True, capture_output=True)

TIME = 1_700_000_000_000


def value(run, index):
    return (run * 7919 + index * 104_729) % 100_003 / 100_003


with sqlite3.connect(file) as db:
    db.execute("pragma synchronous = off")
    db.execute(
        "insert or ignore into experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)"
        " values (0, 'Default', 'mlflow-artifacts:/0', 'active', 0, 0)")
    for run in range(runs):
        key = f"{run:032x}"
        db.execute(
            "insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,"
            " source_version, lifecycle_stage, artifact_uri, experiment_id) values (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', ?, 0)",
            (key, f"run-{run}", TIME + run, TIME + run + 1000, f"mlflow-artifacts:/0/{key}/artifacts"))
        metrics = [(f"metric_{i}", value(run, i), TIME + run, 0, 0, key) for i in range(10)]
        db.executemany("insert into metrics (key, value, timestamp, step, is_nan, run_uuid) values (?, ?, ?, ?, ?, ?)", metrics)
        db.executemany("insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values (?, ?, ?, ?, ?, ?)", metrics)
        db.executemany("insert into params (key, value, run_uuid) values (?, ?, ?)",
                       [(f"param_{i}", f"value {int(value(run, i + 20) * 10)}", key) for i in range(10)])
        db.executemany("insert into tags (key, value, run_uuid) values (?, ?, ?)",
                       [(f"tag_{i}", f"value {run % 100}", key) for i in range(4)] + [("mlflow.runName", f"run-{run}", key)])
    if points:
        key = f"{0:032x}"
        db.executemany("insert into metrics (key, value, timestamp, step, is_nan, run_uuid) values ('loss', ?, ?, ?, 0, ?)",
                       ((1 / (step + 1), TIME + step, step, key) for step in range(points)))
        db.execute("insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values ('loss', ?, ?, ?, 0, ?)",
                   (1 / points, TIME + points - 1, points - 1, key))
