"""Rows of a clinic, reached through whose they are."""

from typing import Self

from django.db import models

from accounts.access import Acting


class ClinicQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that belong to one clinic each."""

    def visible_to(self, acting: Acting) -> Self:
        """Those of the clinic where this person acts."""
        return self.filter(clinic=acting.clinic)
