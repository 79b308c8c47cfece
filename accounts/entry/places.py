"""Places that people sign in from, in words and no finer than they have to be."""

import ipaddress
from datetime import datetime, timedelta
from typing import Any

from accounts.models import AuditEvent, Staff

LATELY = timedelta(days=90)
# The first that fits: most browsers name others too.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPad": "iPad",
    "iPhone": "iPhone",
    "Android": "Android",
    "CrOS": "Chromebook",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def browser_words(agent: str) -> str:
    """`Firefox, Windows`, as far as a browser says so."""
    named = [
        next((words for sign, words in known.items() if sign in agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, named)) or "Unknown browser"


def network(address: str) -> str:
    """The part of an address that stays the same in one building."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return f"{address.rpartition('.')[0]}."
    return ":".join(found.exploded.split(":")[:3]) + ":"


def place_words(near: str) -> str:
    return f"network {near}x" if near else "unknown network"


def came_from(
    staff: Staff, address: str, agent: str, *, at: datetime
) -> dict[str, Any]:
    """What a session keeps of where it began."""
    near = network(address)
    return {
        "browser": browser_words(agent),
        "place": place_words(near),
        "is_known": is_known(staff, near, at=at),
    }


def is_known(staff: Staff, near: str, *, at: datetime) -> bool:
    """Whether this person came in from there lately; their very first place is theirs."""
    came = AuditEvent.objects.filter(staff_id=staff.pk, verb="staff.signed_in")
    before = came.filter(at__gte=at - LATELY, at__lt=at)
    return before.filter(address__startswith=near).exists() or not before.exists()
