"""Choices of fields, held by the database too."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q


def known_choices[Row: models.Model](
    **names: str,
) -> Callable[[type[Row]], type[Row]]:
    """Have the database refuse what is no choice of a field: its constraint, by name."""

    def hold(model: type[Row]) -> type[Row]:
        options = model._meta
        held = (
            CheckConstraint(
                condition=Q((f"{field}__in", _values(model, field))), name=name
            )
            for field, name in names.items()
        )
        options.constraints = [*options.constraints, *held]
        # Migrations look here for what a model says of itself.
        options.original_attrs["constraints"] = options.constraints
        return model

    return hold


def _values(model: type[models.Model], name: str) -> list[object]:
    field: Any = model._meta.get_field(name)
    empty = [""] if field.blank else []
    return [*empty, *(value for value, _ in field.flatchoices)]
