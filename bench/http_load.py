"""Sends one command again and again from several clients, each on a connection that stays open.

python -m bench.http_load ADDRESS SECONDS CLIENTS        headers and body as JSON on the input
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from bench.figures import summary

CREATED = 201


def main() -> None:
    """Tell requests per second and their durations as JSON."""
    address, seconds, clients = urlsplit(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    given = json.load(sys.stdin)
    headers: dict[str, str] = given["headers"]
    body: bytes = json.dumps(given["body"]).encode()
    took: list[float] = []
    failures: list[Any] = []
    ready = threading.Barrier(clients + 1, timeout=30)

    def work() -> None:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        connection.connect()
        ready.wait()
        until = time.perf_counter() + seconds
        while (started := time.perf_counter()) < until:
            sent = {**headers, "Idempotency-Key": str(uuid4())}
            connection.request("POST", address.path, body, sent)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != CREATED:
                failures.append((answer.status, text.decode(errors="replace")[:500]))
                return
            took.append(time.perf_counter() - started)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"not created: {failures[0]}")
    lasted = time.perf_counter() - began
    print(json.dumps({"per_second": round(len(took) / lasted, 1), **summary(took)}))


if __name__ == "__main__":
    main()
