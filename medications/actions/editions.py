"""The knowledge itself stays with a clinic that leaned on it."""

from datetime import datetime

from knowledge.edition_text import kept
from knowledge.editions import Knowledge
from medications.models import KnowledgeEdition


def keep_edition(*, clinic_id: int, known: Knowledge, at: datetime) -> None:
    """Keep an edition once, so that later ones do not hide it; inside the caller's
    transaction."""
    editions = KnowledgeEdition.objects.filter(clinic=clinic_id, digest=known.digest)
    if editions.exists():
        return
    edition = KnowledgeEdition(
        clinic_id=clinic_id, digest=known.digest, content=kept(known), kept_at=at
    )
    # Somebody else may keep the same one at this moment.
    KnowledgeEdition.objects.bulk_create([edition], ignore_conflicts=True)
