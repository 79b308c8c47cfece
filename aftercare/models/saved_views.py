from django.db import models
from django.db.models import Q

from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow


class SavedView(ClinicRow):
    """Filters of the caseload under a name: of who saved them, or of the whole clinic."""

    name = models.CharField(max_length=40)
    # The filters as an address has them; never a text that was looked for.
    query = models.CharField(max_length=300)
    owner = models.ForeignKey(Staff, **KEPT)
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "owner", "name"],
                condition=Q(deleted_at=None),
                name="savedview_one_of_a_name",
            ),
        ]
