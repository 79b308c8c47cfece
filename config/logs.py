"""Logging: where and what kind, never about whom."""

import logging
import re
import traceback
from types import TracebackType

type Caught = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


# What makes a link a key: the last part of a check-in's and of an invitation's address;
# and what a bookmark of old asks for people by.
KEYS = re.compile(
    r"(/c/(?:m/|calendar/)?|/set-password/[^/\s]+/)[^/\s]{12,}|(/people/\?(?:[^\s&]+&)*q=)[^\s&]+"
)


# A message that Celery refuses, which it repeats whole.
MESSAGE = re.compile(
    r"( \[type:|\s+body:|\s+The full contents of the message).*", re.DOTALL
)

NO_PAGE = "an address that is none of ours"


class WithoutKeys(logging.Filter):
    """Takes what was typed into an address, the secret part of a link, and a message
    that was refused, out of whatever is logged.

    A request is named by its route. What stands in an address that is none of ours may be
    anything, a person's name too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        told = KEYS.sub(r"\1\2...", _with_the_route(record, words))
        if record.name.startswith("celery.worker"):
            told = MESSAGE.sub("", told)
        if told != words:
            record.msg, record.args = told, ()
        return True


def _with_the_route(record: logging.LogRecord, words: str) -> str:
    request = getattr(record, "request", None)
    path = getattr(request, "path", "")
    if not path:
        return words
    match = getattr(request, "resolver_match", None)
    told = f"/{match.route}" if match else NO_PAGE
    # Django writes an accent as an escape: a name with one would stay in the log.
    escaped = path.encode("unicode_escape").decode("ascii")
    return words.replace(path, told).replace(escaped, told)


class ReticentFormatter(logging.Formatter):
    """Leaves out the text of an exception, in the message too (Celery repeats it there).

    PostgreSQL and form errors quote the values that they refuse, and those may
    be a person's. The kind of the exception and the lines it came through say
    enough to mend it.
    """

    def format(self, record: logging.LogRecord) -> str:
        caught = record.exc_info[1] if record.exc_info else None
        args = record.args.values() if isinstance(record.args, dict) else record.args
        told = [caught, *(one for one in args or () if isinstance(one, Exception))]
        words = record.getMessage()
        for error in filter(None, told):
            for text in filter(None, (repr(error), str(error))):
                words = words.replace(text, type(error).__name__)
        plain = {**record.__dict__, "msg": words, "args": (), "exc_text": None}
        return super().format(logging.makeLogRecord(plain))

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
