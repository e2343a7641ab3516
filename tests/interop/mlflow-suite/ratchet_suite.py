"""Lets MLflow's own tests speak to Ratchet: a pytest plugin, loaded with `-p ratchet_suite`.

Their fixtures start MLflow's server in a thread, as a uvicorn process or by `mlflow server`. Each of these ways is
replaced by a fresh Ratchet, from one process that keeps many (server.ts beside this file). Their files stay as they are.
The environment variable RATCHET_SUITE_SERVER holds the command that starts that process.
"""

import contextlib
import json
import os
import shlex
import subprocess
import tempfile
import types
from pathlib import Path

import mlflow
import pytest
from mlflow.tracking._tracking_service.utils import _use_tracking_uri as mlflow_use_tracking_uri

NOT_APPLICABLE = Path(__file__).with_name("not-applicable.json")


# As their end-to-end tests configure MLflow's server: receivers are on this machine.
WEBHOOKS = {
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_WEBHOOK_REQUEST_TIMEOUT": "10",
}


class Ratchet:
    """The process that keeps the servers; one question, one line of answer."""

    def __init__(self):
        self.process = None

    def ask(self, question):
        if self.process is None:
            command = shlex.split(os.environ["RATCHET_SUITE_SERVER"])
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | WEBHOOKS
            )
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the process that keeps the servers is gone"
        return json.loads(answer)

    @contextlib.contextmanager
    def server(self, artifact_root, port=0, env=None):
        opened = self.ask({"open": str(artifact_root), "port": port, "env": env or {}})
        try:
            yield f"http://127.0.0.1:{opened['port']}"
        finally:
            self.ask({"close": opened["id"]})

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(timeout=60)


ratchet = Ratchet()
# What the fixture said last to initialize_backend_stores.
backend = artifact_root = None


def initialize_backend_stores(backend_uri=None, registry_uri=None, default_artifact_root=None, **_kwargs):
    global backend, artifact_root
    backend, artifact_root = backend_uri, default_artifact_root


class ServerThread:
    def __init__(self, _app, _port):
        self.context = ratchet.server(artifact_root)

    def __enter__(self):
        url = self.context.__enter__()
        # Where a test lets the command line write into the server's database, it now asks the server.
        if mlflow.get_tracking_uri() == backend:
            mlflow.set_tracking_uri(url)
        return url

    def __exit__(self, *error):
        return self.context.__exit__(*error)


@contextlib.contextmanager
def init_server(backend_uri, root_artifact_uri, extra_env=None, app=None, server_type="fastapi"):
    place = root_artifact_uri if root_artifact_uri.startswith("file:") else "file:///tmp/ratchet-suite"
    with ratchet.server(place) as url:
        yield url


@contextlib.contextmanager
def launch_server(_host, port, _backend_store_uri, _default_artifact_root, artifacts_destination):
    with ratchet.server(artifacts_destination, port) as url:
        yield types.SimpleNamespace(pid=None, url=url)


@contextlib.contextmanager
def run_mlflow_server(tmp_path):
    with ratchet.server((tmp_path / "artifacts").as_uri()) as url:
        yield url


class MlflowServer:
    """In place of the process of `mlflow server`, as `subprocess.Popen` gives it."""

    def __init__(self, command, env):
        port = int(command[command.index("--port") + 1])
        changed = {name: value for name, value in env.items() if os.environ.get(name) != value}
        root = tempfile.mkdtemp(prefix="ratchet-suite-")
        self.context = ratchet.server(root, port, changed)

    def __enter__(self):
        self.context.__enter__()
        return self

    def __exit__(self, *error):
        return self.context.__exit__(*error)

    def terminate(self):
        """At the end of the context."""

    def wait(self):
        return 0


def popen(command, *args, **kwargs):
    if list(command[1:4]) == ["-m", "mlflow", "server"]:
        return MlflowServer(command, kwargs.get("env") or {})
    return subprocess.Popen(command, *args, **kwargs)


@contextlib.contextmanager
def use_tracking_uri(_uri):
    """Where their tests would write into a database of their own, they ask a server of their own."""
    with tempfile.TemporaryDirectory(prefix="ratchet-suite-") as root:
        with ratchet.server(Path(root).as_uri()) as url, mlflow_use_tracking_uri(url):
            yield


def replace(module):
    if hasattr(module, "subprocess"):
        module.subprocess = types.SimpleNamespace(**{**vars(subprocess), "Popen": popen})
    for name, ours in {
        "ServerThread": ServerThread,
        "_init_server": init_server,
        "initialize_backend_stores": initialize_backend_stores,
        "_launch_server": launch_server,
        "_run_mlflow_server": run_mlflow_server,
    }.items():
        if hasattr(module, name):
            setattr(module, name, ours)


def reason_for(item):
    reasons = json.loads(NOT_APPLICABLE.read_text()).get(str(item.path.relative_to(Path.cwd())), {})
    case = f"{item.originalname}[{item.callspec.id}]" if hasattr(item, "callspec") else item.originalname
    return next((reason for reason, names in reasons.items() if {item.originalname, case} & set(names)), None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    from tests.tracking import integration_test_utils

    for module in {item.module for item in items} | {integration_test_utils}:
        replace(module)
    if os.environ.get("RATCHET_SUITE_EVERYWHERE"):
        for plugin in config.pluginmanager.get_plugins():
            if hasattr(plugin, "tracking_uri_mock"):
                plugin._use_tracking_uri = use_tracking_uri
    for item in items:
        reason = reason_for(item)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=f"not applicable: {reason}"))


def pytest_sessionfinish():
    ratchet.stop()
