"""The audit's chain recomputed: what was changed, left out or put between."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounts.models import AuditChain

# Each link against the digest before it and the row it stands for; a gap in the numbers
# is a link taken away, a row without a link was put there past the application.
BROKEN = """
WITH links AS (
  SELECT l.clinic, l.number, l.event, l.digest,
    lag(l.number, 1, 0::bigint) OVER chain AS number_before,
    lag(l.digest, 1, ''::varchar) OVER chain AS digest_before
  FROM accounts_auditlink l
  WHERE %(clinic)s::bigint IS NULL OR l.clinic = %(clinic)s
  WINDOW chain AS (PARTITION BY l.clinic ORDER BY l.number)
)
SELECT k.clinic, k.number,
  CASE WHEN e.id IS NULL THEN 'the row is gone'
    WHEN k.number <> k.number_before + 1 THEN 'a row before it is gone'
    ELSE 'the row is not what was written' END
FROM links k LEFT JOIN accounts_auditevent e ON e.id = k.event
WHERE e.id IS NULL OR k.number <> k.number_before + 1 OR k.digest <>
  encode(sha256(convert_to(k.digest_before || mainstay_audit_text(e), 'UTF8')), 'hex')
UNION ALL
SELECT c.clinic, c.number, 'the newest rows are gone'
FROM accounts_auditchain c LEFT JOIN accounts_auditlink l
  ON l.clinic = c.clinic AND l.number = c.number AND l.digest = c.digest
WHERE c.number > 0 AND l.id IS NULL
  AND (%(clinic)s::bigint IS NULL OR c.clinic = %(clinic)s)
UNION ALL
SELECT coalesce(e.clinic_id, 0), 0, 'a row stands outside the chain'
FROM accounts_auditevent e LEFT JOIN accounts_auditlink l ON l.event = e.id
WHERE l.id IS NULL AND e.id > (SELECT min(event) FROM accounts_auditlink)
  AND (%(clinic)s::bigint IS NULL OR coalesce(e.clinic_id, 0) = %(clinic)s)
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """`clinic` 0 is the chain of what belongs to no clinic; `number` 0 has none."""

    clinic: int
    number: int
    what: str

    def __str__(self) -> str:
        return f"clinic {self.clinic}, audit row {self.number}: {self.what}"


def chain_faults(clinic: int | None = None) -> Iterator[ChainFault]:
    """Every place where the audit of one chain, or of all, is not what was written;
    the session has to see every clinic."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, {"clinic": clinic})
        for row in cursor.fetchall():
            yield ChainFault(*row)


def heads() -> Iterator[str]:
    """A line for each clinic to be kept elsewhere: what it says cannot be made again
    without every row before it."""
    for head in AuditChain.objects.order_by("clinic"):
        yield f"clinic {head.clinic}: {head.number} audit rows, {head.digest}"
