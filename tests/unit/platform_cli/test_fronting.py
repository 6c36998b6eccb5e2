"""One address before all replicas, which come and go."""

import asyncio
from contextlib import ExitStack

from platform_cli.fronting import Front

ASKED = b"GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"


class Replica:
    """Answers with its name and what it was asked, as slowly as told."""

    def __init__(self, name):
        self.name = name
        self.was_asked = asyncio.Event()
        self.answer_now = asyncio.Event()
        self.answer_now.set()

    async def start(self, host, port, closing):
        self.server = await asyncio.start_server(self._answer, host, port)
        closing.callback(self.server.close)
        return self.server.sockets[0].getsockname()[1]

    async def _answer(self, reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        self.was_asked.set()
        await self.answer_now.wait()
        writer.write(self.name + b" " + asked)
        writer.close()


async def a_front(monkeypatch, port, closing):
    front = Front("gateway", port)

    async def found(*_args, **_more):
        return [(0, 0, 0, "", (address, port)) for address in ("127.0.0.1", "127.0.0.2")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    server = await asyncio.start_server(front.accept, "127.0.0.3", 0)
    closing.callback(server.close)
    return front, server


async def through(server):
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(ASKED)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def test_each_connection_goes_to_the_next_replica_as_it_is(monkeypatch):
    async def run():
        with ExitStack() as closing:
            first, second = Replica(b"first"), Replica(b"second")
            port = await first.start("127.0.0.1", 0, closing)
            await second.start("127.0.0.2", port, closing)
            _, server = await a_front(monkeypatch, port, closing)
            return [await through(server) for _ in range(4)]

    answers = asyncio.run(run())
    assert sorted(answer.split()[0] for answer in answers) == [b"first"] * 2 + [b"second"] * 2
    assert all(answer.partition(b" ")[2] == ASKED for answer in answers)


def test_a_replica_that_is_away_is_passed_over(monkeypatch):
    async def run():
        with ExitStack() as closing:
            only = Replica(b"only")
            port = await only.start("127.0.0.2", 0, closing)
            _, server = await a_front(monkeypatch, port, closing)
            answers = [await through(server) for _ in range(4)]
            only.server.close()
            return answers, await through(server)

    answers, nobody = asyncio.run(run())
    assert [answer.split()[0] for answer in answers] == [b"only"] * 4
    assert nobody == b""


def test_asked_to_end_it_lets_a_request_finish(monkeypatch):
    async def run():
        with ExitStack() as closing:
            slow = Replica(b"slow")
            slow.answer_now.clear()
            port = await slow.start("127.0.0.1", 0, closing)
            front, server = await a_front(monkeypatch, port, closing)
            asking = asyncio.ensure_future(through(server))
            await slow.was_asked.wait()
            ending = asyncio.ensure_future(front.end(server))
            done, _ = await asyncio.wait([ending], timeout=0.2)
            slow.answer_now.set()
            await ending
            return done, await asking

    ended_early, answer = asyncio.run(run())
    assert not ended_early
    assert answer.startswith(b"slow ")
