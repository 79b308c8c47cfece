"""The health answer on a port and a thread of its own."""

import json
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connections

from config.health import health

ADDRESS = "/healthz"


class HealthServer(ThreadingHTTPServer):
    """Each process of the web server listens on the same port; the system shares out."""

    allow_reuse_port = True
    daemon_threads = True
    address_family = socket.AF_INET

    def __init__(self, place: tuple[str, int], clock: Callable[[], datetime]) -> None:
        super().__init__(place, HealthRequest)
        self.clock = clock


class HealthRequest(BaseHTTPRequestHandler):
    server: HealthServer
    # Nobody holds the thread of an answer for longer.
    timeout = 5

    def do_GET(self) -> None:
        if self.path != ADDRESS:
            self.send_error(404)
            return
        try:
            told, status = health(at=self.server.clock())
        finally:
            connections.close_all()
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Asked every few seconds: no line."""


def serve_health(
    port: int,
    clock: Callable[[], datetime],
    host: str = "0.0.0.0",  # noqa: S104 - inside the container's own network
) -> HealthServer:
    """Answer from now on, on a thread that ends with its process."""
    server = HealthServer((host, port), clock)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
