"""Files of the whole caseload are made one after the other, so that pages go on."""

from django.db.backends.utils import CursorWrapper

from accounts.refusals import Refused

# How many are on their way at once at one clinic.
OF_A_CLINIC = 3

TRY = "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s::int)"


class NotYourTurn(Refused):
    """A file is on its way already."""


def take_turn(cursor: CursorWrapper, staff_id: int, clinic_id: int) -> None:
    """Held until the transaction ends, and so until the file has been written."""
    if not _free(cursor, "file of one person", staff_id):
        raise NotYourTurn(
            "Your last file is still being made. Take it, then try again."
        )
    turns = (f"file {number} of a clinic" for number in range(OF_A_CLINIC))
    if not any(_free(cursor, turn, clinic_id) for turn in turns):
        raise NotYourTurn(
            "Other files are being made right now. Try again in a minute."
        )


def _free(cursor: CursorWrapper, what: str, pk: int) -> bool:
    cursor.execute(TRY, [what, pk])
    return bool(cursor.fetchone()[0])
