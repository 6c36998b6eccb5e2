"""From a recorded fact to a listener's effect, over a real broker, with processes that die."""

from urllib.parse import quote
from uuid import UUID

import orjson
import pytest
from kombu import Connection, Exchange, Producer, Queue

from deploy.local.databases import ask_management
from shared.kernel import broker
from shared.kernel.database import Database
from shared.kernel.parking import list_parked
from shared.kernel.rpc import CallContext, RefusedError, ServiceUnavailableError
from tests.integration.kernel.conftest import eventually
from tests.samples.parts import MIRROR, Account, Mirror

pytestmark = pytest.mark.integration


def add(samples, amount, name="a", key=None):
    context = CallContext(idempotency_key=key)
    return samples.rpc.call("ledger", "add_amount", {"name": name, "amount": amount}, context)


def the_mirror(samples) -> Mirror:
    return MIRROR.build(Database(samples.urls["mirror"]))


def hears(samples, expected, name="a"):
    mirror = the_mirror(samples)
    try:
        eventually(
            lambda: mirror.heard(Account.create_id(name)) == expected, f"the mirror at {expected}"
        )
    finally:
        mirror.close()


def test_an_event_has_its_effect_in_the_listening_service(samples):
    samples.start("ledger")
    samples.start("mirror")

    answer = add(samples, 5)

    assert answer["answer"] == {"id": str(Account.create_id("a")), "total": 5}
    hears(samples, [5])


def test_what_was_recorded_while_the_listener_was_down_reaches_it(samples):
    samples.start("ledger")
    for amount in (1, 2, 3):
        add(samples, amount)

    samples.start("mirror")

    hears(samples, [1, 2, 3])


def test_killed_processes_lose_and_double_nothing(samples):
    samples.start("ledger")
    samples.start("mirror")
    expected = []
    for amount in range(12):
        add(samples, amount, key=f"key-{amount}")
        expected.append(amount)
        if amount % 4 == 1:
            samples.kill("mirror")
            samples.start("mirror")
        if amount % 4 == 3:
            samples.kill("ledger")
            samples.start("ledger")

    for amount in range(12):
        add(samples, amount, key=f"key-{amount}")

    hears(samples, expected)


def test_a_purged_queue_is_healed_from_the_log(samples, amqp_url):
    samples.start("ledger")
    samples.start("mirror")
    add(samples, 1)
    hears(samples, [1])
    samples.kill("mirror")
    with Connection(amqp_url) as connection:

        def the_queue():
            return connection.default_channel.queue_declare("ore.mirror", passive=True)

        # A message handled but not yet acknowledged goes back to the queue with its reader's end.
        eventually(lambda: the_queue().consumer_count == 0, "the reader's end to be seen")
        connection.default_channel.queue_purge("ore.mirror")
        add(samples, 2)
        eventually(lambda: the_queue().message_count == 1, "the message to be queued")
        connection.default_channel.queue_purge("ore.mirror")

    samples.start("mirror")

    hears(samples, [1, 2])


def test_a_malformed_message_on_the_queue_is_parked_and_the_rest_goes_on(samples, amqp_url):
    samples.start("ledger")
    samples.start("mirror")
    with Connection(amqp_url) as connection:
        producer = Producer(connection.default_channel)
        to_mirror = {"exchange": "", "routing_key": "ore.mirror"}
        producer.publish(b"{not json", content_type="text/plain", **to_mirror)
        # Where an encoding is named, the driver gives text instead of bytes.
        producer.publish(
            b"{", content_type="application/json", content_encoding="utf-8", **to_mirror
        )
        producer.publish(b"\0\xff", content_type="application/octet-stream", **to_mirror)

    add(samples, 4)

    hears(samples, [4])
    database = Database(samples.urls["mirror"])
    parked = eventually(
        lambda: (found := list_parked(database))[2:] and found, "the messages to be parked"
    )
    assert [message.body for message in parked] == ["{not json", "{", "\\x00\\xff"]
    assert "not JSON" in parked[0].error
    database.close()


def test_a_listener_has_one_queue_that_survives_a_broker_and_keeps_the_order(
    samples, servers, amqp_url
):
    samples.start("mirror")
    vhost = quote(amqp_url.rsplit("/", 1)[1], safe="")

    def bound():
        path = f"/api/exchanges/{vhost}/{broker.EVENTS}/bindings/source"
        return ask_management(servers.management_url, "GET", path)

    bindings = eventually(bound, "the queue to be bound")

    assert [(b["destination"], b["routing_key"]) for b in bindings] == [("ore.mirror", "ledger.#")]
    queue = ask_management(servers.management_url, "GET", f"/api/queues/{vhost}/ore.mirror")
    assert queue["durable"]
    assert queue["arguments"] == {"x-queue-type": "quorum", "x-single-active-consumer": True}


def test_the_headers_of_a_message_repeat_what_its_event_says(samples, amqp_url):
    with Connection(amqp_url) as connection:
        channel = connection.channel()
        broker.declare_events(connection)
        queue = Queue("outside", Exchange(broker.EVENTS, no_declare=True), "#", channel=channel)
        queue.declare()
        samples.start("ledger")
        add(samples, 7)

        message = eventually(lambda: queue.get(no_ack=True), "the message")

    event = orjson.loads(message.body)
    assert message.content_type == "application/cloudevents+json"
    assert message.properties["message_id"] == event["id"]
    assert message.properties["delivery_mode"] == 2
    assert {
        name: value for name, value in message.headers.items() if name.startswith("cloudEvents_")
    } == {f"cloudEvents_{name}": event[name] for name in ("type", "source", "subject")}


def test_what_the_broker_refuses_is_published_again_until_it_is_taken(samples, amqp_url):
    samples.start("ledger")
    samples.start("mirror")
    with Connection(amqp_url) as connection:
        broker.declare_events(connection)
        full = Queue(
            "full", Exchange(broker.EVENTS, no_declare=True), "#", channel=connection.channel(),
            queue_arguments={"x-max-length": 1, "x-overflow": "reject-publish"},
        )  # fmt: skip
        full.declare()
        add(samples, 1)
        hears(samples, [1])

        def the_status():
            return samples.rpc.call("ledger", "report_status", {})["answer"]["status"]

        def is_at_the_end():
            return the_status()["relay"]["position"] == the_status()["last_event"]

        eventually(is_at_the_end, "the first position to be stored")
        before = the_status()["relay"]["position"]
        add(samples, 2)
        refused = "UnconfirmedError: the broker refused a message"
        eventually(lambda: the_status()["relay"]["trouble"] == refused, "the refusal to be told")
        assert the_status()["relay"]["position"] == before
        full.delete()

        eventually(is_at_the_end, "the relay to go on")
    hears(samples, [1, 2])


def test_an_event_that_nobody_takes_is_kept_where_it_can_be_counted(samples, servers, amqp_url):
    samples.start("ledger")

    add(samples, 1)

    with Connection(amqp_url) as connection:
        eventually(
            lambda: (
                connection.default_channel.queue_declare("ore.unrouted", passive=True).message_count
                == 1
            ),
            "the unrouted message",
        )


def test_a_wrong_request_is_refused_with_its_field(samples):
    samples.start("ledger")

    with pytest.raises(RefusedError) as refusal:
        add(samples, "many")

    assert refusal.value.code == "invalid-request"
    assert [entry["field"] for entry in refusal.value.fields] == ["amount"]


def test_a_service_that_is_not_there_is_named(samples):
    with pytest.raises(ServiceUnavailableError, match="nowhere"):
        samples.rpc.call("nowhere", "report_status", {}, timeout_seconds=5)


def test_a_client_survives_the_loss_of_its_connection(samples, servers):
    samples.start("ledger")
    add(samples, 1)
    for connection in ask_management(servers.management_url, "GET", "/api/connections"):
        if connection["vhost"] == samples.amqp_url.rsplit("/", 1)[1]:
            ask_management(
                servers.management_url, "DELETE", f"/api/connections/{quote(connection['name'])}"
            )

    def answered():
        try:
            return add(samples, 2, key="after")["answer"]["total"] == 3
        except ServiceUnavailableError:
            return None

    assert eventually(answered, "an answer after the cut")


def test_a_request_that_nobody_waits_for_ends_no_process(samples):
    samples.start("ledger")
    request = {"args": [], "kwargs": {"request": {}}}
    with Connection(samples.amqp_url) as connection:
        Producer(connection.default_channel).publish(  # names no queue for its answer
            request, exchange="nameko-rpc", routing_key="ledger.report_status"
        )

    log = samples.log_folder / "ledger.log"
    eventually(lambda: "answer_lost" in log.read_text(), "the request to be seen")
    assert add(samples, 1)["answer"]["total"] == 1
    assert samples.stop("ledger") == 0


def test_sigterm_ends_a_service_cleanly(samples):
    samples.start("ledger")

    assert samples.stop("ledger") == 0


def test_the_answer_names_the_account(samples):
    samples.start("ledger")

    account_id = UUID(add(samples, 1)["answer"]["id"])
    answer = samples.rpc.call("ledger", "total", {"id": str(account_id)})

    assert answer == {"answer": {"id": str(account_id), "total": 1}}
