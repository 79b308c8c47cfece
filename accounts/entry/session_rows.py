"""Sessions in rows that say whose they are (`SESSION_ENGINE`)."""

from typing import Any, cast

from django.contrib.sessions.backends import db

from accounts.entry_rows import StaffSession


class SessionStore(db.SessionStore):
    """Keeps each session in `StaffSession`, whatever its key is at the moment."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        row = cast(StaffSession, super().create_model_instance(data))
        row.fill(data)
        return row

    def _get_session_from_db(self) -> StaffSession | None:
        """One that is over is taken away: no clock that is set back brings it back."""
        key = self.session_key
        found = super()._get_session_from_db()  # type: ignore[misc]
        if found is None:
            self.model.objects.filter(session_key=key).delete()
        return cast(StaffSession | None, found)
