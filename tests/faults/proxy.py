"""A TCP proxy between a process and a server, which is cut, slowed down or stopped at will."""

import contextlib
import ctypes
import socket
import struct
import threading
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65536
_RESET = struct.pack("ii", 1, 0)
_SO_ATTACH_FILTER = 26
_DROP_EVERYTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # BPF: "return 0"


def at_port(url, port):
    """The same URL, by way of another port of this machine."""
    parts = urlsplit(url)
    credentials, _, _ = parts.netloc.rpartition("@")
    netloc = f"{credentials}@127.0.0.1:{port}" if credentials else f"127.0.0.1:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))


class Proxy:
    """Forwards every connection to one port of this machine.

    ``delay`` seconds pass before each chunk goes on. `cut` resets all connections, and refuses new
    ones until `mend`. `stall` forwards nothing until `mend`. `half_open` ends the server's side of
    all connections and leaves the client's side open and silent; new connections work. `vanish`
    is a host that is gone: its connections acknowledge nothing any more, not even a probe of the
    system's keep-alive, towards the client as towards the server; new connections work.
    """

    def __init__(self, target):
        self.target = target
        self.delay = 0.0
        self.cuts = 0
        self._cut_after = None
        self._owed = set()
        """Pairs whose client waits for the answer that it shall not get."""
        self._is_cut = False
        self._may_flow = threading.Event()
        self._may_flow.set()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._pairs = set()
        self._abandoned = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    @contextlib.contextmanager
    def before(cls, url):
        """A proxy before the server of a URL; closed at the end."""
        proxy = cls(urlsplit(url).port)
        try:
            yield proxy
        finally:
            proxy.close()

    def cut(self):
        self._is_cut = True
        self._reset_all()

    def stall(self):
        self._may_flow.clear()

    def half_open(self):
        for client, server in self._take_pairs():
            self._abandoned.append(client)
            _reset(server)

    def vanish(self):
        pairs = self._take_pairs()
        for pair in pairs:
            for end in pair:
                _deafen(end)
                self._abandoned.append(end)
        return len(pairs)

    def end_half_open(self):
        """Let the abandoned clients know, as the system's keep-alive would in time."""
        abandoned, self._abandoned = self._abandoned, []
        for client in abandoned:
            _reset(client)

    def cut_after(self, text):
        """Cut a connection whenever the server has answered this: carried out, and never told."""
        self._cut_after = text

    def mend(self):
        self._is_cut = False
        self.delay = 0.0
        self._cut_after = None
        self._may_flow.set()
        self.end_half_open()

    def close(self):
        self._closing.set()
        self.mend()
        self._listener.close()
        self._reset_all()

    def _take_pairs(self):
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        return pairs

    def _reset_all(self):
        for pair in self._take_pairs():
            for end in pair:
                _reset(end)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                _reset(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                _reset(client)
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self._pump, args=(pair, source, sink), daemon=True).start()

    def _pump(self, pair, source, sink):
        try:
            while data := source.recv(CHUNK):
                self._may_flow.wait()
                if self.delay:
                    self._closing.wait(self.delay)
                if pair not in self._pairs:
                    return
                if source is pair[0]:
                    if self._cut_after and self._cut_after in data:
                        self._owed.add(pair)
                elif pair in self._owed:
                    self.cuts += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        with self._lock:
            is_ours = pair in self._pairs
            self._pairs.discard(pair)
            self._owed.discard(pair)
        if is_ours:
            for end in pair:
                _reset(end)


def _deafen(end):
    """Let the kernel drop each packet that comes for this end, before anything is acknowledged."""
    program = ctypes.create_string_buffer(_DROP_EVERYTHING)
    filters = struct.pack("HL", 1, ctypes.addressof(program))
    end.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filters)


def _reset(end):
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()
