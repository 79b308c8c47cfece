"""Handing over a text message, by the one gateway that the site is told of.

`off:` sends none, and no telephone number is offered; `console:` prints that one would
have gone, for development; `memory:` keeps them for tests; an https address gets
`{"to": …, "text": …}` as JSON, with the site's token.
"""

import json
from http import HTTPStatus
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from jobs.notices import NotDelivered
from jobs.queues import Fault

OFF, CONSOLE, MEMORY = "off:", "console:", "memory:"
SECONDS = 20
# A number that the gateway refuses for good; anything else is the way's fault.
REFUSED = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
OUTBOX: list[tuple[str, str]] = []


class _NoRedirects(HTTPRedirectHandler):
    """A message goes where the site was told to send it, and nowhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def can_text() -> bool:
    """Whether this site can send text messages at all."""
    return bool(settings.TEXT_URL != OFF)


def hand_over_text(text: str, number: str) -> None:
    """Give one text message to the gateway; `number` as `+15550100142`."""
    if settings.TEXT_URL == OFF:
        raise NotDelivered(Fault("NoTextGateway"))
    if settings.TEXT_URL == MEMORY:
        OUTBOX.append((number, text))
    elif settings.TEXT_URL == CONSOLE:
        # Development only: production refuses this setting.
        print(f"Text message:\n{text}\n")  # noqa: T201
    else:
        _post(text, number)


def _post(text: str, number: str) -> None:
    request = Request(  # noqa: S310 - the scheme was checked when the site started
        settings.TEXT_URL,
        data=json.dumps({"to": number, "text": text}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.TEXT_TOKEN}",
        },
    )
    try:
        with build_opener(_NoRedirects).open(request, timeout=SECONDS):
            return
    except HTTPError as reason:
        reason.close()
        refused = reason.code in REFUSED
        fault = Fault(f"Text{reason.code}", is_of_the_way=not refused)
        raise NotDelivered(fault) from None
    except (URLError, OSError) as reason:
        raise NotDelivered(Fault(type(reason).__name__, is_of_the_way=True)) from None
