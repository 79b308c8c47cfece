"""Requests that the database ended for no fault of theirs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from psycopg2.errors import DeadlockDetected, SerializationFailure

DEADLOCK = "deadlock"
ENDED = (DeadlockDetected, SerializationFailure)


def was_ended(error: BaseException | None) -> bool:
    """Whether the database chose this transaction to go, that another may go on."""
    return error is not None and isinstance(error.__cause__, ENDED)


def is_asked_again(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer stands for a transaction that was ended: what came can be read
    again, and nothing was said yet."""
    if not getattr(response, DEADLOCK, False) or request.FILES:
        return False
    return not getattr(messages.get_messages(request), "_queued_messages", ())
