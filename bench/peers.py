"""The same jobs without us: a bare nameko echo, a bare kombu publish-confirm-consume.

python -m bench.peers serve URL          the echo service, until SIGTERM
python -m bench.peers echo URL N RATE    N calls of it by nameko's own client
python -m bench.peers round-trip URL N RATE
python -m bench.peers deliver URL N      N messages, each confirmed before the next, and consumed
"""

from __future__ import annotations

import json
import sys
import threading
import time
import warnings
from queue import SimpleQueue
from uuid import uuid4

warnings.simplefilter("ignore")
if sys.argv[1:2] == ["serve"]:
    import eventlet

    eventlet.monkey_patch()

from kombu import Connection, Consumer, Exchange, Producer, Queue  # noqa: E402

from bench.figures import at_steady_rate, summary  # noqa: E402

BODY = json.dumps({"text": "x" * 400}).encode()
WARM_UP = 20
START_SECONDS = 30.0


def serve(url: str) -> None:
    """A nameko service of one method that gives back what it gets."""
    from nameko.containers import ServiceContainer  # noqa: PLC0415 -- not in the other processes
    from nameko.rpc import rpc  # noqa: PLC0415

    class Echo:
        name = "bench_echo"

        @rpc
        def echo(self, text: str) -> str:
            return text

    container = ServiceContainer(Echo, {"AMQP_URI": url})
    container.start()
    container.wait()


def echo(url: str, count: int, per_second: float) -> list[float]:
    """Seconds of each call by nameko's standalone client, one after the other."""
    from nameko.exceptions import UnknownService  # noqa: PLC0415
    from nameko.standalone.rpc import ClusterRpcProxy  # noqa: PLC0415

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with ClusterRpcProxy({"AMQP_URI": url}, timeout=30) as cluster:
                cluster.bench_echo.echo("")
            break
        except UnknownService:  # it is starting
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    with ClusterRpcProxy({"AMQP_URI": url}, timeout=30) as cluster:

        def measure(_number: int) -> float:
            started = time.perf_counter()
            cluster.bench_echo.echo("x" * 400)
            return time.perf_counter() - started

        for number in range(WARM_UP):
            measure(number)
        return at_steady_rate(measure, count, per_second)


def round_trip(url: str, count: int, per_second: float) -> list[float]:
    """Seconds from publishing a persistent message to a consumer that has it, confirmed.

    The topology is the platform's: a durable topic exchange, a quorum queue. Consumer and producer
    have a connection each.
    """
    name = f"bench-{uuid4()}"
    exchange = Exchange(name, type="topic", durable=True)
    queue = Queue(
        name, exchange, routing_key="#", durable=True, queue_arguments={"x-queue-type": "quorum"}
    )
    arrived: SimpleQueue[float] = SimpleQueue()
    stopping = threading.Event()
    ready = threading.Event()

    def consume() -> None:
        def on_message(message: object) -> None:
            arrived.put(time.perf_counter())
            message.ack()  # type: ignore[attr-defined]

        with Connection(url) as connection:
            channel = connection.channel()
            with Consumer(channel, [queue], on_message=on_message, prefetch_count=100):
                ready.set()
                while not stopping.is_set():
                    try:
                        connection.drain_events(timeout=0.5)
                    except TimeoutError:
                        continue

    consumer = threading.Thread(target=consume, daemon=True)
    consumer.start()
    ready.wait(10)
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = Producer(connection.channel(), exchange=exchange)

        def measure(_number: int) -> float:
            started = time.perf_counter()
            producer.publish(BODY, routing_key="a.b", delivery_mode=2, message_id=str(uuid4()))
            confirmed = time.perf_counter()
            return max(arrived.get(timeout=START_SECONDS), confirmed) - started

        for number in range(WARM_UP):
            measure(number)
        found = at_steady_rate(measure, count, per_second)
    stopping.set()
    consumer.join()
    with Connection(url) as connection:
        queue(connection.channel()).delete()
        exchange(connection.channel()).delete()
    return found


def deliver(url: str, count: int) -> float:
    """Messages per second, published with a confirm each, until a consumer has the last of them."""
    name = f"bench-{uuid4()}"
    exchange = Exchange(name, type="topic", durable=True)
    arguments = {"x-queue-type": "quorum"}
    queue = Queue(name, exchange, routing_key="#", durable=True, queue_arguments=arguments)
    ready = threading.Event()
    left = count

    def consume() -> None:
        def on_message(message: object) -> None:
            nonlocal left
            left -= 1
            message.ack()  # type: ignore[attr-defined]

        with Connection(url) as connection:
            channel = connection.channel()
            with Consumer(channel, [queue], on_message=on_message, prefetch_count=500):
                ready.set()
                while left:
                    connection.drain_events(timeout=START_SECONDS)

    consumer = threading.Thread(target=consume)
    consumer.start()
    ready.wait(START_SECONDS)
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = Producer(connection.channel(), exchange=exchange)
        started = time.perf_counter()
        for _ in range(count):
            producer.publish(BODY, routing_key="a.b", delivery_mode=2)
        consumer.join()
        found = count / (time.perf_counter() - started)
        queue(connection.channel()).delete()
        exchange(connection.channel()).delete()
    return found


def main() -> None:
    """Do what the arguments say; durations are told as JSON."""
    what, url, *numbers = sys.argv[1:]
    if what == "deliver":
        print(json.dumps(deliver(url, int(numbers[0]))))
        return
    if what == "serve":
        serve(url)
        return
    count, per_second = int(numbers[0]), float(numbers[1])
    found = (echo if what == "echo" else round_trip)(url, count, per_second)
    print(json.dumps(summary(found)))


if __name__ == "__main__":
    main()
