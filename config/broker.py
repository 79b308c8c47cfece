"""The way to the queue, on which a message that nobody can read ends no worker."""

import logging
from queue import Empty

from kombu.transport import redis

log = logging.getLogger(__name__)

# What comes of bytes that are no text, of text that is no JSON, and of JSON that has not
# the parts of a message.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


class Channel(redis.Channel):
    """Drops what it cannot read.

    It has left the queue by then, and what has to be done stands in the database: the
    next round finds it. Its text is told to no log.
    """

    def _brpop_read(self, **options: object) -> object:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]
        except UNREADABLE as reason:
            # No trace: it would quote what was read.
            log.error(
                "A message of the queue could not be read and is dropped: %s",
                type(reason).__name__,
            )
            raise Empty from None


class Transport(redis.Transport):
    """Redis, as Celery's setting of a transport names it."""

    Channel = Channel
