"""The worker of the web server: it gives a request to a thread once it is whole, and
answers at its end whoever was let in."""

import re
import select
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

# A request has so many seconds, and one more for as many bytes as came.
PATIENCE, BYTES_A_SECOND = 10.0, 500
# A worker that ends does not wait long for a caller who says nothing.
PATIENCE_AT_THE_END = 2.0
LONGEST_HEAD = 64 * 1024
# As the proxy has it; a form of ours is smaller.
LARGEST_BODY = 12 * 1024 * 1024
# Of all that one worker keeps for its callers while they go on.
MOST_HELD = 96 * 1024 * 1024
PIECE = 256 * 1024

HEAD_ENDS = b"\r\n\r\n"
LENGTH = re.compile(
    rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE
)
IN_PIECES = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
REFUSAL = b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class NotWaitedFor(Exception):
    """A request that is not waited for; its text is the status of the answer."""


@dataclass
class PartialRequest:
    """What came of a request so far, and since when it is waited for."""

    since: float
    patience: float = PATIENCE
    data: bytearray = field(default_factory=bytearray)
    # Its length, known once its head is whole.
    length: int | None = None

    def add(self, piece: bytes) -> None:
        self.data += piece
        if self.length is None:
            self.length = length_of(self.data)

    @property
    def is_whole(self) -> bool:
        return self.length is not None and len(self.data) >= self.length

    @property
    def until(self) -> float:
        return self.since + self.patience + len(self.data) / BYTES_A_SECOND


def length_of(data: bytearray) -> int | None:
    """The length of a request of which this came; None where its head is not whole.

    Two lengths, or what is no head, are for the parser to refuse.
    """
    head, ends, _ = bytes(data[:LONGEST_HEAD]).partition(HEAD_ENDS)
    if not ends:
        if len(data) >= LONGEST_HEAD:
            raise NotWaitedFor("431 Request Header Fields Too Large")
        return None
    length = len(head) + len(HEAD_ENDS)
    head += b"\r\n"
    if IN_PIECES.search(head):
        # No page of ours sends such a body, and nobody behind here reads one.
        raise NotWaitedFor("411 Length Required")
    told = LENGTH.search(head)
    body = int(told[1]) if told else 0
    if body > LARGEST_BODY:
        raise NotWaitedFor("413 Content Too Large")
    return length + body


class Worker(ThreadWorker):  # type: ignore[misc]
    """Collects each request itself, and takes in, when it is asked to end, who waits at
    the door, and then shuts it.

    A thread that reads from a slow caller answers nobody else, and there are few: twelve
    halves of a request would hold a whole site up where no proxy collects them.

    The system lets callers in before a worker takes them. Those that nobody had taken
    would be cut off at its end, with a request on the way that may be an act. From then
    on callers are refused, which a proxy tries again without asking anybody.
    """

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.held: dict[TConn, PartialRequest] = {}

    # --- collecting a request -------------------------------------------------

    def enqueue_req(self, conn: TConn) -> None:
        """The one way to a thread, for a new caller and for the next request of one."""
        conn.init()
        conn.data_ready = True
        conn.sock.settimeout(0)
        patience = PATIENCE if self.alive else PATIENCE_AT_THE_END
        held = self.held[conn] = PartialRequest(time.monotonic(), patience)
        self.poller.register(
            conn.sock, selectors.EVENT_READ, partial(self._go_on, conn)
        )
        try:
            # The parser may have read on into this request with the one before.
            held.add(conn.parser.unreader.take_buffered())
        except NotWaitedFor as why:
            self._let_go(conn, str(why))
        else:
            self._go_on(conn, conn.sock)

    def _go_on(self, conn: TConn, _: object) -> None:
        """Take what came; hand the request over once it is whole."""
        held = self.held[conn]
        try:
            self._receive(conn.sock, held)
        except NotWaitedFor as why:
            self._let_go(conn, str(why))
        except BlockingIOError:
            return
        except OSError:
            self._let_go(conn)
        else:
            self._forget(conn)
            conn.parser.unreader.unread(bytes(held.data))
            super().enqueue_req(conn)

    def _receive(self, sock: socket.socket, held: PartialRequest) -> None:
        """Return once it is whole."""
        while not held.is_whole:
            piece = sock.recv(PIECE)
            if not piece:
                raise ConnectionResetError
            held.add(piece)
            if sum(len(one.data) for one in self.held.values()) > MOST_HELD:
                raise NotWaitedFor("503 Service Unavailable")

    def _forget(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self.held[conn]

    def _let_go(self, conn: TConn, status: str = "") -> None:
        """End it, with an answer where one is owed."""
        self._forget(conn)
        self.nr_conns -= 1
        with suppress(OSError):
            if status:
                conn.sock.send(REFUSAL % status.encode())
        conn.close()

    def murder_pending(self) -> None:
        """Called about once a second: whoever took too long is not waited for."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [one for one, held in self.held.items() if held.until < now]:
            self._let_go(conn, "408 Request Timeout" if self.held[conn].data else "")

    # --- ending ---------------------------------------------------------------

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - its signature
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for door in self.sockets:
            self._take_in(door)
            door.close()
        for held in self.held.values():
            if not held.data:
                held.since, held.patience = time.monotonic(), PATIENCE_AT_THE_END

    def _take_in(self, door: socket.socket) -> None:
        """Each that waits; another worker may have been faster."""
        door.settimeout(0)
        waiting = select.poll()
        waiting.register(door, select.POLLIN)
        while waiting.poll(0):
            self.accept(door)
