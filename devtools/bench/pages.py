"""The pages, as a browser of a signed-in person would ask for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts import tenancy
from accounts.entry.step_up import CONFIRMED_AT
from accounts.entry_rows import SEEN_AT, SIGNED_IN_AT
from accounts.middleware import CLINIC
from accounts.models import Clinic, Staff
from devtools.bench import bare, statement_count
from devtools.bench.timer import Timed, in_turns

BACKEND = "django.contrib.auth.backends.ModelBackend"
# The bar is 25; three of a chart's page are its header reading who may be told what.
LIST_STATEMENTS, PAGE_STATEMENTS = 10, 26


@dataclass(frozen=True, slots=True)
class BenchPage:
    """A page to be measured, and how many statements it may send."""

    name: str
    path: str
    most: int = LIST_STATEMENTS


@dataclass(frozen=True, slots=True)
class PageTimes:
    """What a page took, beside the bare list and its own SQL alone."""

    page: BenchPage
    took: Timed
    bare: Timed
    sql: Timed
    statements: int


class NotAnswered(Exception):
    """A page that was to be measured did not answer with 200."""


def signed_in(
    staff: Staff, clinic: Clinic, *, at: datetime, plain: bool = False
) -> Client:
    """A browser of a person at work at this clinic; `plain` knows the bare list only."""
    middleware = bare.MIDDLEWARE if plain else settings.MIDDLEWARE
    client = Client()
    with override_settings(MIDDLEWARE=middleware):
        client.handler.load_middleware()
    client.force_login(staff, backend=BACKEND)
    session = client.session
    session[CLINIC] = clinic.pk
    session[SIGNED_IN_AT] = session[SEEN_AT] = session[CONFIRMED_AT] = at.timestamp()
    session.save()
    return client


def asked(client: Client, path: str) -> Callable[[], None]:
    """Ask for a page, or for the one that its address leads to, and mind that it is one."""
    place = client.get(path).headers.get("Location", path)

    def ask() -> None:
        response = client.get(place)
        if response.status_code != 200:
            raise NotAnswered(f"{place} answered {response.status_code}.")

    return ask


def statements(client: Client, page: BenchPage) -> int:
    return statement_count.statements(_captured(client, page))


def _captured(client: Client, page: BenchPage) -> CaptureQueriesContext:
    ask = asked(client, page.path)
    # One request in so many seconds notes in the session that somebody is here, so that
    # of two requests at least one is the page alone.
    with CaptureQueriesContext(connection) as first:
        ask()
    with CaptureQueriesContext(connection) as second:
        ask()
    return min(first, second, key=len)


def measure(
    page: BenchPage, client: Client, plain: Client, *, clinic: int, times: int
) -> PageTimes:
    """The page, the bare list and the page's SQL in turns."""
    captured = _captured(client, page)
    # Taken now: the next request empties the log.
    questions = statement_count.selects(captured)
    count = statement_count.statements(captured)
    acts = {
        "page": asked(client, page.path),
        "bare": asked(plain, "/bare/"),
        "sql": lambda: _ask_alone(questions, clinic),
    }
    took = in_turns(acts, times=times)
    return PageTimes(page, took["page"], took["bare"], took["sql"], count)


def _ask_alone(questions: list[str], clinic: int) -> None:
    """The same SQL by the driver: sent and fetched, nothing made of it."""
    with tenancy.clinics([clinic], actor="bench"), connection.cursor() as cursor:
        for question in questions:
            cursor.execute(question)
            cursor.fetchall()
