"""Answers of a command: by flags, else asked for at a terminal, checked by one form."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.management.base import CommandError, CommandParser

YES, NO = {"yes", "y"}, {"no", "n", ""}


def add_flags(parser: CommandParser, form: type[forms.Form]) -> None:
    """A flag for each field: --time-zone for time_zone; yes or no where it is one."""
    for name, field in form.base_fields.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=str(field.label))


def answered(
    form: type[forms.Form],
    given: Mapping[str, Any],
    *,
    ask: Callable[[str], str] = input,
) -> dict[str, Any]:
    """The checked answers. What is missing is asked for where somebody can answer."""
    typed = {name: given[name] for name in form.base_fields if given.get(name)}
    missing = [name for name in form.base_fields if name not in typed]
    if missing and sys.stdin.isatty():
        typed |= {name: ask(_words(form, name)) for name in missing}
    read = form({name: _value(form, name, text) for name, text in typed.items()})
    if not read.is_valid():
        raise CommandError("\n".join(_faults(read)))
    return read.cleaned_data


def _is_yes_or_no(form: type[forms.Form], name: str) -> bool:
    return isinstance(form.base_fields[name], forms.BooleanField)


def _words(form: type[forms.Form], name: str) -> str:
    label = form.base_fields[name].label or name.capitalize()
    return f"{label}{', yes or no' if _is_yes_or_no(form, name) else ''}: "


def _value(form: type[forms.Form], name: str, text: str) -> object:
    if not _is_yes_or_no(form, name):
        return text
    if text.strip().lower() not in YES | NO:
        raise CommandError(f"--{name.replace('_', '-')}: write yes or no.")
    return text.strip().lower() in YES


def _faults(read: forms.Form) -> list[str]:
    return [
        f"--{name.replace('_', '-')}: {error}"
        for name, errors in read.errors.items()
        for error in errors
    ]
