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
# Rows that what is owed follows from at once, before the change is committed. All others
# are marked too, and wait for a worker: an answer that is being typed, a draft's lines.
AT_ONCE = frozenset(
    (
        *("patients_patient", "patients_episode", "patients_carehold"),
        *("patients_visit", "patients_deathrecord", "plans_plan"),
        *("treatment_regimen", "treatment_doseevent", "treatment_toxicologyresult"),
        "treatment_kitdeed",
        "plans_planreview",
        *("assessments_assessment", "assessments_concern", "assessments_observation"),
        *("aftercare_outreachattempt", "aftercare_careevent", "aftercare_alert"),
        *("aftercare_harddayplan", "aftercare_harddayreview"),
        *("aftercare_carereferral", "aftercare_referralstep"),
        *("aftercare_carerepeat", "aftercare_groupmember", "aftercare_groupattendance"),
        "medications_medicationdecision",
    )
)

FUNCTION = """
CREATE OR REPLACE FUNCTION mainstay_mark_care() RETURNS trigger
LANGUAGE plpgsql {as_owner} AS $$
BEGIN
  IF TG_TABLE_SCHEMA <> 'public' THEN
    RAISE EXCEPTION 'no marks of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO public.aftercare_caremark (clinic_id, patient_id, transaction, waits)
  SELECT DISTINCT c.clinic_id, (to_jsonb(c) ->> TG_ARGV[0])::bigint,
    pg_current_xact_id()::text::bigint, TG_ARGV[1]::boolean
  FROM changed c WHERE to_jsonb(c) ->> TG_ARGV[0] IS NOT NULL;
  RETURN NULL;
END$$;
REVOKE EXECUTE ON FUNCTION mainstay_mark_care() FROM PUBLIC;
"""

TRIGGERS = """
DROP TRIGGER IF EXISTS mark_care_insert ON {table};
CREATE TRIGGER mark_care_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_mark_care('{column}', '{waits}');
DROP TRIGGER IF EXISTS mark_care_update ON {table};
CREATE TRIGGER mark_care_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_mark_care('{column}', '{waits}');
DROP TRIGGER IF EXISTS mark_care_delete ON {table};
CREATE TRIGGER mark_care_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_mark_care('{column}', '{waits}');
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
        table = model._meta.db_table
        waits = "false" if table in AT_ONCE else "true"
        yield TRIGGERS.format(table=table, column=column, waits=waits)


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
