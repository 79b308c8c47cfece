"""A log line says where and what kind, never about whom."""

import logging
import sys

import pytest

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
        (
            "Gone: /set-password/MQ/cx1a2b-0123456789abcdef/",
            (),
            "Gone: /set-password/MQ/.../",
        ),
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
