"""The caseload as a file, beside PostgreSQL's COPY of the same rows."""

from django.db import connection
from django.test import Client

from accounts import tenancy
from devtools.bench.timer import Timed, in_turns


class Sink:
    """Takes what COPY writes and counts it."""

    def __init__(self) -> None:
        self.lines = 0

    def write(self, piece: bytes) -> int:
        self.lines += piece.count(b"\n")
        return len(piece)


def exported(client: Client) -> int:
    """Lines of the file as it comes through the door."""
    response = client.post("/caseload/export/")
    return sum(piece.count(b"\n") for piece in response)


def copied(sql: str, clinic: int) -> int:
    sink = Sink()
    with tenancy.clinics([clinic], actor="bench"), connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv, HEADER)", sink)
    return sink.lines


def measure(
    client: Client, sql: str, *, clinic: int, times: int
) -> tuple[Timed, Timed, int]:
    """The export, COPY of the same rows, and how many rows those are."""
    took = in_turns(
        {"export": lambda: exported(client), "copy": lambda: copied(sql, clinic)},
        times=times,
    )
    return took["export"], took["copy"], exported(client) - 1
