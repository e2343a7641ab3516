"""Sends or fetches one large file through the artifact proxy: stream.py PORT up|down MEGABYTES. Prints MB a second."""

import http.client
import sys
import time

port, direction, megabytes = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
PATH = "/api/2.0/mlflow-artifacts/artifacts/bench/large.bin"
BLOCK = b"x" * (1 << 20)


class Body:
    def __init__(self):
        self.left = megabytes

    def read(self, _size=-1):
        if self.left == 0:
            return b""
        self.left -= 1
        return BLOCK


connection = http.client.HTTPConnection("127.0.0.1", port, blocksize=1 << 20)
started_at = time.perf_counter()
if direction == "up":
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(megabytes << 20)}
    connection.request("PUT", PATH, body=Body(), headers=headers)
    answer = connection.getresponse()
    answer.read()
else:
    connection.request("GET", PATH)
    answer = connection.getresponse()
    received = 0
    buffer = bytearray(1 << 20)
    while size := answer.readinto(buffer):
        received += size
    if received != megabytes << 20:
        raise SystemExit(f"{received} bytes came")
if answer.status >= 300:
    raise SystemExit(f"status {answer.status}")
print((megabytes << 20) / 1e6 / (time.perf_counter() - started_at))
