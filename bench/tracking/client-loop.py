"""start_run, log_params, log_metrics, end_run, again and again for some seconds, with the client as it is installed."""

import json
import time

import mlflow
import requests

SECONDS = 8
waited = 0.0
send = requests.Session.send


def timed(self, *args, **kwargs):
    global waited
    started_at = time.perf_counter()
    try:
        return send(self, *args, **kwargs)
    finally:
        waited += time.perf_counter() - started_at


requests.Session.send = timed


def one(number):
    mlflow.start_run()
    mlflow.log_params({f"param_{i}": i for i in range(10)})
    mlflow.log_metrics({f"metric_{i}": i * 0.1 + number for i in range(10)}, step=0)
    mlflow.end_run()


one(0)
waited, count, started_at = 0.0, 0, time.perf_counter()
while time.perf_counter() - started_at < SECONDS:
    count += 1
    one(count)
elapsed = time.perf_counter() - started_at
print(json.dumps({"per_second": count / elapsed, "waiting": waited / elapsed}))
