"""Triggers that mark whose record changed, put on every clinical table."""

from collections.abc import Iterator

from django.apps import AppConfig, apps
from django.db import connection, models

from accounts.protection import AS_OWNER
from accounts.tenancy import ClinicOwned

# What the engine of what is owed writes itself, and what is being typed: of the first,
# acts of the staff reckon anew by themselves; of the second, what was sent is recorded.
OWN = frozenset(
    f"aftercare_{name}"
    for name in ("caremark", "caseloadline", "followup", "checkin", "checkinmail")
)
NOT_CLINICAL = ("accounts", "jobs")

FUNCTION = """
CREATE OR REPLACE FUNCTION mainstay_mark_care() RETURNS trigger
LANGUAGE plpgsql {as_owner} AS $$
BEGIN
  IF TG_TABLE_SCHEMA <> 'public' THEN
    RAISE EXCEPTION 'no marks of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO public.aftercare_caremark (clinic_id, patient_id, transaction)
  SELECT DISTINCT c.clinic_id, (to_jsonb(c) ->> TG_ARGV[0])::bigint,
    pg_current_xact_id()::text::bigint
  FROM changed c WHERE to_jsonb(c) ->> TG_ARGV[0] IS NOT NULL;
  RETURN NULL;
END$$;
REVOKE EXECUTE ON FUNCTION mainstay_mark_care() FROM PUBLIC;
"""

TRIGGERS = """
DROP TRIGGER IF EXISTS mark_care_insert ON {table};
CREATE TRIGGER mark_care_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_mark_care('{column}');
DROP TRIGGER IF EXISTS mark_care_update ON {table};
CREATE TRIGGER mark_care_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_mark_care('{column}');
DROP TRIGGER IF EXISTS mark_care_delete ON {table};
CREATE TRIGGER mark_care_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_mark_care('{column}');
"""


def after_migrate(sender: AppConfig, **told: object) -> None:
    """Put the triggers on, once, when the last app has been migrated."""
    last = list(apps.get_app_configs())[-1]
    if "plan" in told and sender.name == last.name:
        with connection.cursor() as cursor:
            for statement in statements():
                cursor.execute(statement)


def statements() -> Iterator[str]:
    """All the SQL; it may run again and again."""
    yield FUNCTION.format(as_owner=AS_OWNER)
    for model, column in marked():
        yield TRIGGERS.format(table=model._meta.db_table, column=column)


def marked() -> Iterator[tuple[type[models.Model], str]]:
    """Every table with rows about one person in care, and the column that says whose."""
    for model in apps.get_models():
        if not issubclass(model, ClinicOwned) or model._meta.db_table in OWN:
            continue
        if model._meta.app_label in NOT_CLINICAL:
            continue
        if model.is_person:
            yield model, "id"
            continue
        for field in model._meta.concrete_fields:
            if field.name == "patient" and getattr(
                field.related_model, "is_person", False
            ):
                yield model, str(field.column)
