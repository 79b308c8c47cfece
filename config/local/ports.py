"""Finding a place to listen, on this machine's own address only."""

import socket
from collections.abc import Iterable

HERE = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether nobody answers there and it can be taken."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        if probe.connect_ex((HERE, port)) == 0:
            return False
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taker.bind((HERE, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    with socket.socket() as taker:
        taker.bind((HERE, 0))
        port: int = taker.getsockname()[1]
    return port


def first_free(wanted: Iterable[int]) -> int:
    """The first of those wanted that is free, else whichever the system gives."""
    return next((port for port in wanted if is_free(port)), None) or any_free()
