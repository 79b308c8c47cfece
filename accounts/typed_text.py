"""Typed text of a form that was not taken: shown again, and ready to be sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

# Never shown again and never kept: what proves who somebody is.
SECRET = ("password", "passwords", "pin", "pins", "proof")
WORD = re.compile(r"[a-z]+")
# Said by the page, not by the person.
BY_THE_PAGE = ("csrfmiddlewaretoken", "once", "unsent", "shown", "next")


@dataclass(frozen=True, slots=True)
class TypedText:
    """One field as it was sent."""

    name: str
    value: str

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").replace("-", " ").strip().capitalize()

    @property
    def is_shown(self) -> bool:
        return bool(self.value.strip()) and self.name not in BY_THE_PAGE


def is_secret(name: str) -> bool:
    """Whether a word of the field's name says so: "pin", and not "opinion"."""
    return any(word in SECRET for word in WORD.findall(name.casefold()))


def fields_of(body: QueryDict) -> list[tuple[str, str]]:
    """Every field but the tokens of the request itself."""
    return [
        (name, str(value).replace("\x00", ""))
        for name, values in body.lists()
        if name not in ("csrfmiddlewaretoken", "once", "unsent")
        for value in values
    ]


def typed_in(body: QueryDict) -> list[TypedText]:
    return typed_from(fields_of(body))


def typed_from(fields: Iterable[tuple[str, str]]) -> list[TypedText]:
    return [TypedText(name, value) for name, value in fields if not is_secret(name)]
