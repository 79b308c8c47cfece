"""Logging: where and what kind, never about whom."""

import logging
import re
import traceback
from types import TracebackType

type Caught = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


# What makes a link a key: the last part of a check-in's and of an invitation's address.
KEYS = re.compile(r"(/c/|/set-password/[^/\s]+/)[^/\s]{12,}")


class WithoutKeys(logging.Filter):
    """Takes the secret part of a link out of whatever is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if KEYS.search(words):
            record.msg, record.args = KEYS.sub(r"\1...", words), ()
        return True


class ReticentFormatter(logging.Formatter):
    """Leaves out the text of an exception.

    PostgreSQL and form errors quote the values that they refuse, and those may
    be a person's. The kind of the exception and the lines it came through say
    enough to mend it.
    """

    def formatException(self, ei: Caught) -> str:  # noqa: N802 - the library's name
        kind, _, trace = ei
        lines = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(trace)
        ]
        return "\n".join([f"{kind.__name__ if kind else 'Unknown'} raised at", *lines])


def configuration(level: str, *, reticent: bool) -> dict[str, object]:
    """Everything to the console, in one shape."""
    shape: dict[str, object] = {
        "format": "{asctime} {levelname} {name} {message}",
        "style": "{",
    }
    if reticent:
        shape["()"] = "config.logs.ReticentFormatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": shape},
        "filters": {"without_keys": {"()": "config.logs.WithoutKeys"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["without_keys"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Statements carry values.
            "django.db.backends": {"level": "WARNING"},
            # The throttle's own lines name the account and its address; it keeps rows.
            "axes": {"level": "ERROR"},
        },
    }
