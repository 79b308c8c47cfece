from django.db import models

from accounts.tenancy import ClinicRow


class KnowledgeEdition(ClinicRow):
    """The whole knowledge a clinic decided by, kept so that a decision replays."""

    append_only = True
    with_history = False

    digest = models.CharField(max_length=64)
    content = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "digest"], name="knowledgeedition_once"
            )
        ]
