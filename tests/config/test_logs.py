"""A log line says where and what kind, never about whom."""

import logging
import sys

from config.logs import ReticentFormatter, configuration


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
