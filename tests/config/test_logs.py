"""A log line says where and what kind, never about whom."""

import logging
import sys

import pytest
from celery.worker.consumer.consumer import (
    INVALID_TASK_ERROR,
    MESSAGE_DECODE_ERROR,
    UNKNOWN_FORMAT,
)
from django.db import connection

from config.celery import app
from config.logs import ReticentFormatter, WithoutKeys, configuration


def test_an_exception_is_logged_without_its_text():
    try:
        raise ValueError("Key (last_name)=(Example) already exists")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "Failed", (), sys.exc_info()
        )

    line = ReticentFormatter("{message}", style="{").format(record)

    assert "Example" not in line
    assert "ValueError raised at" in line
    assert "test_logs.py" in line


def test_production_is_reticent_and_statements_are_never_logged():
    told = configuration("INFO", reticent=True)

    assert told["formatters"]["line"]["()"] == "config.logs.ReticentFormatter"
    assert told["loggers"]["django.db.backends"]["level"] == "WARNING"


@pytest.mark.parametrize(
    ("words", "args", "line"),
    [
        ("Not Found: %s", ("/c/zkTQrUe4oxRQstQrJJbhCBCOHD0/",), "Not Found: /c/.../"),
        ("Not Found: %s", ("/c/m/zkTQrUe4oxRQstQrJJbhCBCO/",), "Not Found: /c/m/.../"),
        (
            "Not Found: %s",
            ("/c/calendar/zkTQrUe4oxRQstQrJJbhCBCOHD0.ics",),
            "Not Found: /c/calendar/...",
        ),
        (
            "Gone: /set-password/MQ/cx1a2b-0123456789abcdef/",
            (),
            "Gone: /set-password/MQ/.../",
        ),
        ("GET %s 302", ("/people/?page=2&q=Fuentes",), "GET /people/?page=2&q=... 302"),
        ("GET %s 200", ("/knowledge/?q=QTc",), "GET /knowledge/?q=QTc 200"),
        ("Not Found: %s", ("/people/7/",), "Not Found: /people/7/"),
        ("Bad Request: %s", ("/c/answer/",), "Bad Request: /c/answer/"),
    ],
)
def test_the_secret_part_of_a_link_is_not_logged(words, args, line):
    record = logging.LogRecord("django.request", 30, __file__, 1, words, args, None)

    assert WithoutKeys().filter(record)
    assert record.getMessage() == line


def test_every_line_goes_through_that_filter():
    told = configuration("INFO", reticent=False)

    assert told["handlers"]["console"]["filters"] == ["without_keys"]


def line_of(message, *args):
    """What is written of an error whose text names somebody."""
    try:
        raise ValueError("Key (last_name)=(Example) already exists")
    except ValueError as error:
        told = [error if arg is ValueError else arg for arg in args]
        record = logging.LogRecord(
            "any", logging.ERROR, __file__, 1, message, tuple(told), sys.exc_info()
        )
    return ReticentFormatter("{message}", style="{").format(record)


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("Failed: %s", (ValueError,)),
        ("Failed: %r", (ValueError,)),
        ("Failed: ValueError('Key (last_name)=(Example) already exists')", ()),
    ],
)
def test_the_message_does_not_repeat_the_text(message, args):
    line = line_of(message, *args)

    assert "Example" not in line
    assert line.startswith("Failed: ValueError")


def test_a_task_that_fails_names_nobody():
    lines = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(ReticentFormatter("{message}", style="{"))

    @app.task(name="tests.fails")
    def fails():
        raise ValueError("Alma Example was born today")

    logger = logging.getLogger("celery.app.trace")
    logger.addHandler(handler)
    try:
        fails.apply()
    finally:
        logger.removeHandler(handler)
        app.tasks.pop("tests.fails")

    assert any("ValueError" in line for line in lines)
    assert "Example" not in "".join(lines)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "value"),
    [("log_min_error_statement", "panic"), ("log_error_verbosity", "terse")],
)
def test_the_database_logs_no_statement_and_no_row(setting, value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [setting])

        assert cursor.fetchone() == (value,)


@pytest.mark.parametrize(
    ("words", "args"),
    [
        (INVALID_TASK_ERROR, ("refused", "Zugvogel")),
        (MESSAGE_DECODE_ERROR, ("refused", "kind", "utf-8", "Zugvogel", "Zugvogel")),
        (UNKNOWN_FORMAT, ("Zugvogel",)),
    ],
)
def test_a_refused_message_is_not_repeated(words, args):
    record = logging.LogRecord(
        "celery.worker.consumer.consumer", 40, __file__, 1, words, args, None
    )

    WithoutKeys().filter(record)

    assert "Zugvogel" not in record.getMessage()
    assert len(record.getMessage()) >= 20
