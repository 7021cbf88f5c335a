"""How Django finds out who has signed in."""

from django.contrib.auth.backends import ModelBackend

from guardia.config.sql_rows import columns_of, object_of, rows_of
from guardia.people.staff import Staff


class StaffBackend(ModelBackend):
    """Django's own, with the question of each request by hand."""

    def get_user(self, user_id: int) -> Staff | None:
        found = rows_of(BY_ID, [user_id])
        staff = object_of(Staff, iter(found[0])) if found else None
        return staff if staff and self.user_can_authenticate(staff) else None

    def user_can_authenticate(self, user: Staff | None) -> bool:  # type: ignore[override]
        """Whoever works here; a machine has a key of the API and no session."""
        return super().user_can_authenticate(user) and not getattr(user, "is_machine", False)


BY_ID = f"SELECT {columns_of(Staff)} FROM staff WHERE id = %s"
