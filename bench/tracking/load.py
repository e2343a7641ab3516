"""A load program for servers that speak MLflow's REST API: the same for ours and the peer's.

Keep-alive connections, one request at a time on each, all in one thread. A server that leaves Nagle's algorithm on waits
40 ms for an acknowledgement that the system holds back: ACKNOWLEDGING is `at-once` (TCP_QUICKACK), which favors such a
server, or `as-usual`.

    load.py PORT SCENARIO CONNECTIONS SECONDS ACKNOWLEDGING [ARGUMENT...]      prints one line of JSON
"""

import functools
import json
import random
import selectors
import socket
import sys
import time

port, scenario, connections, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
at_once, arguments = sys.argv[5] == "at-once", sys.argv[6:]
ROOT = "/api/2.0/mlflow"


def post(path, body):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"POST {ROOT}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


def get(path):
    return f"GET {ROOT}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def put(path, body):
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def create_run(name):
    return post("/runs/create", {"experiment_id": "0", "start_time": 1_700_000_000_000, "run_name": name, "tags": []})


def run_of(answer):
    return json.loads(answer)["run"]["info"]["run_id"]


# Each scenario is a generator: it yields (request, whether it counts) and is sent the answer's body.


def log_metric(number):
    run = run_of((yield create_run(f"load-{number}"), 0))
    step = 0
    while True:
        step += 1
        body = b'{"run_id": "%b", "key": "loss", "value": %d.5, "timestamp": %d, "step": %d}' % (
            run.encode(), step % 97, 1_700_000_000_000 + step, step)
        yield post("/runs/log-metric", body), 1


def one_run(number):
    """As log-metric, all connections on the run that is given."""
    step = number * 10_000_000
    while True:
        step += 1
        body = {"run_id": arguments[0], "key": f"m{number}", "value": step, "timestamp": step, "step": step}
        yield post("/runs/log-metric", body), 1


@functools.cache
def batches():
    """Made once, before anything is sent: making them is no work of the server's."""
    texts = []
    for batch in range(40):
        metrics = [
            {"key": f"metric_{index % 10}", "value": index * 0.5, "timestamp": 1_700_000_000_000, "step": 0}
            for index in range(1000)
        ]
        for index, metric in enumerate(metrics):
            metric["step"] = batch * 100 + index // 10
            metric["timestamp"] += metric["step"]
        texts.append(json.dumps({"metrics": metrics})[1:-1].encode())
    return texts


def log_batch(number):
    texts = batches()
    run = run_of((yield create_run(f"batch-{number}"), 0))
    while True:
        for text in texts:
            yield post("/runs/log-batch", b'{"run_id": "' + run.encode() + b'", ' + text + b"}"), 1000
        run = run_of((yield create_run(f"batch-{number}"), 0))


def short_runs(number):
    values = {
        "params": [{"key": f"param_{i}", "value": str(i)} for i in range(10)],
        "metrics": [{"key": f"metric_{i}", "value": i * 0.1, "timestamp": 1_700_000_000_000, "step": 0} for i in range(10)],
        "tags": [{"key": f"tag_{i}", "value": f"value {i}"} for i in range(5)],
    }
    while True:
        run = run_of((yield create_run(f"short-{number}"), 0))
        yield post("/runs/log-batch", {"run_id": run, **values}), 0
        yield post("/runs/update", {"run_id": run, "status": "FINISHED", "end_time": 1_700_000_060_000}), 1


def get_run(number):
    """A run with 10 params, 10 metrics and 5 tags."""
    run = run_of((yield create_run(f"read-{number}"), 0))
    yield post("/runs/log-batch", {
        "run_id": run,
        "params": [{"key": f"param_{i}", "value": str(i)} for i in range(10)],
        "metrics": [{"key": f"metric_{i}", "value": i * 0.1, "timestamp": 1, "step": 0} for i in range(10)],
        "tags": [{"key": f"tag_{i}", "value": f"value {i}"} for i in range(5)],
    }), 0
    request = get(f"/runs/get?run_id={run}")
    while True:
        yield request, 1


def search(number):
    """Requests as given: filter, order, page size. Thresholds vary, so that no answer can be kept."""
    filter_text, order, size = arguments[0], arguments[1], int(arguments[2])
    random.seed(number)
    while True:
        text = filter_text.replace("{x}", f"{0.3 + 0.4 * random.random():.4f}").replace("{n}", str(random.randrange(10)))
        yield post("/runs/search", {
            "experiment_ids": ["0"], "filter": text, "max_results": size, "order_by": [order] if order else [],
        }), 1


def pages(number):
    """All runs, page by page; counts whole walks."""
    size = int(arguments[0])
    while True:
        token, found = None, 0
        while True:
            body = {"experiment_ids": ["0"], "max_results": size, **({"page_token": token} if token else {})}
            answer = json.loads((yield post("/runs/search", body), 0))
            found += len(answer.get("runs", []))
            token = answer.get("next_page_token")
            if not token:
                break
        if found < int(arguments[1]):
            raise SystemExit(f"{found} runs came, {arguments[1]} are there")
        yield get("/experiments/get?experiment_id=0"), 1


def history(number):
    run, key, points = arguments[0], arguments[1], int(arguments[2])
    while True:
        token, found = None, 0
        while True:
            more = f"&page_token={token}" if token else ""
            answer = json.loads((yield get(f"/metrics/get-history?run_id={run}&metric_key={key}&max_results=25000{more}"), 0))
            found += len(answer.get("metrics", []))
            token = answer.get("next_page_token")
            if not token:
                break
        if found != points:
            raise SystemExit(f"{found} points came, {points} are there")
        yield get("/experiments/get?experiment_id=0"), 1


def asked(number):
    """The path that is given, again and again."""
    request = get(arguments[0])
    while True:
        yield request, 1


def page(number):
    """As asked, for a path that is not MLflow's."""
    request = f"GET {arguments[0]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    while True:
        yield request, 1


def model_versions(number):
    name = f"bench-{number}-{time.time_ns()}"
    run = json.loads((yield create_run(name), 0))["run"]["info"]
    yield post("/registered-models/create", {"name": name}), 0
    source = f"{run['artifact_uri']}/model"
    request = post("/model-versions/create", {"name": name, "source": source, "run_id": run["run_id"]})
    while True:
        yield request, 1


def upload_files(number):
    body = b"x" * 4096
    for index in range(int(arguments[0])):
        yield put(f"/api/2.0/mlflow-artifacts/artifacts/bench/{number}/{index}.bin", body), 1


def download_files(number):
    for index in range(int(arguments[0])):
        yield f"GET /api/2.0/mlflow-artifacts/artifacts/bench/{number}/{index}.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(), 1


class Connection:
    def __init__(self, number):
        self.requests = globals()[scenario](number)
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.counts = 0
        self.started = None
        self.refused = False
        self.again = 0

    def send(self, answer):
        self.request, self.counts = self.requests.send(answer)
        self.sent_at = time.perf_counter()
        if self.started is None:
            self.started = self.sent_at
        self.socket.sendall(self.request)

    def receive(self):
        """The body when the answer is whole, else None."""
        chunk = self.socket.recv(1 << 20)
        if at_once:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        if not chunk:
            raise SystemExit(f"{scenario}: the server hung up")
        self.buffer += chunk
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.buffer[:end]).lower()
        if b"transfer-encoding: chunked" in head:
            if not self.buffer.endswith(b"0\r\n\r\n"):
                return None
            body = bytes(self.buffer[end + 4:])
        else:
            start = head.index(b"content-length:") + 15
            length = int(head[start:].split(b"\r\n", 1)[0])
            if len(self.buffer) < end + 4 + length:
                return None
            body = bytes(self.buffer[end + 4:end + 4 + length])
        self.buffer.clear()
        self.refused = not head.startswith(b"http/1.1 2")
        if self.refused and not self.counts:
            # What the rest builds on is asked for again: a server may be too busy at first.
            self.again += 1
            if self.again > 20:
                raise SystemExit(f"{scenario}: {head[:40]!r} {body[:300]!r}")
            self.socket.sendall(self.request)
            return None
        return body


def main():
    selector = selectors.DefaultSelector()
    open_connections = [Connection(number) for number in range(connections)]
    for connection in open_connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(None)
    latencies, counted, refused, started_at, left = [], 0, 0, None, connections
    while left:
        for key, _ in selector.select():
            connection = key.data
            answer = connection.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            if connection.counts:
                started_at = started_at or connection.sent_at
                latencies.append((now - connection.sent_at) * 1000)
                refused += connection.refused
                counted += 0 if connection.refused else connection.counts
            over = started_at is not None and now - started_at >= seconds
            try:
                if over:
                    raise StopIteration
                connection.send(answer)
            except StopIteration:
                selector.unregister(connection.socket)
                connection.socket.close()
                left -= 1
    elapsed = time.perf_counter() - min(connection.started for connection in open_connections)
    measured = time.perf_counter() - started_at
    latencies.sort()
    at = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))]
    print(json.dumps({
        "per_second": counted / measured, "per_second_with_setup": counted / elapsed, "seconds": measured,
        "answers": len(latencies), "refused": refused, "p50": at(0.5), "p95": at(0.95), "p99": at(0.99),
    }))


main()
