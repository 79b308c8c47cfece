"""Protection in the database itself, put on every table after each migration.

Four things, for every model without being asked: the application's role may
do no more than it needs; a row of another clinic is invisible; a change leaves
its history; what is signed or recorded stays as it was. Everything here may
run again and again, and runs as the owner of the tables.
"""

from collections.abc import Iterator

from django.apps import AppConfig, apps
from django.db import connection, models

from accounts.tenancy import ClinicOwned

APPLICATION_ROLE = "mainstay_app"

FUNCTIONS = """
-- Asked once for a statement, not for every row: see `SEES`.
CREATE OR REPLACE FUNCTION mainstay_clinics() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_to_array(
    nullif(current_setting('mainstay.clinics', true), ''), ',')::bigint[], '{}')
$$;

CREATE OR REPLACE FUNCTION mainstay_system() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('mainstay.system', true), '') = 'on'
$$;

CREATE OR REPLACE FUNCTION mainstay_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END$$;

CREATE OR REPLACE FUNCTION mainstay_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET enable_nestloop = off SET search_path = public AS $$
DECLARE mainstay_actor text := coalesce(nullif(current_setting('mainstay.actor', true), ''), session_user);
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
    SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, mainstay_actor, n.clinic_id, TG_TABLE_NAME, n.id, 'insert', NULL, to_jsonb(n)
    FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
    SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, mainstay_actor, o.clinic_id, TG_TABLE_NAME, o.id, 'delete', to_jsonb(o), NULL
    FROM old_rows o;
  ELSE
    INSERT INTO accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
    SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, mainstay_actor, n.clinic_id, TG_TABLE_NAME, n.id, 'update', d.old, d.new
    FROM old_rows o JOIN new_rows n ON n.id = o.id
    CROSS JOIN LATERAL (SELECT to_jsonb(n) AS whole OFFSET 0) w
    CROSS JOIN LATERAL (
      SELECT jsonb_object_agg(a.key, a.value) AS old, jsonb_object_agg(a.key, w.whole -> a.key) AS new
      FROM jsonb_each(to_jsonb(o)) a WHERE a.value IS DISTINCT FROM w.whole -> a.key) d
    WHERE d.new IS NOT NULL;
  END IF;
  RETURN NULL;
END$$;
"""

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
"""

APPEND_ONLY = """
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
DROP TRIGGER IF EXISTS stays_as_written ON {table};
CREATE TRIGGER stays_as_written BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW WHEN (current_user = '{role}') EXECUTE FUNCTION mainstay_refuse();
DROP TRIGGER IF EXISTS stays_whole ON {table};
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT WHEN (current_user = '{role}') EXECUTE FUNCTION mainstay_refuse();
"""

SEES = "((SELECT mainstay_system()) OR clinic_id = ANY ((SELECT mainstay_clinics())::bigint[]))"

ROW_SECURITY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_clinic ON {table};
CREATE POLICY own_clinic ON {table} TO {role}
  USING ({sees}) WITH CHECK ({writes});
"""

HISTORY = """
DROP TRIGGER IF EXISTS history_insert ON {table};
CREATE TRIGGER history_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_history();
DROP TRIGGER IF EXISTS history_update ON {table};
CREATE TRIGGER history_update AFTER UPDATE ON {table}
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_history();
DROP TRIGGER IF EXISTS history_delete ON {table};
CREATE TRIGGER history_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mainstay_history();
REVOKE TRUNCATE ON {table} FROM {role};
"""

FROZEN = """
CREATE OR REPLACE FUNCTION frozen_{table}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE "row" {table};
BEGIN
  IF TG_OP = 'INSERT' THEN "row" := new; ELSE "row" := old; END IF;
  IF {condition} THEN
    IF TG_OP = 'UPDATE' AND to_jsonb(old) - '{{{except_}}}'::text[]
                          = to_jsonb(new) - '{{{except_}}}'::text[] THEN
      RETURN new;
    END IF;
    RAISE EXCEPTION '{table} row % is signed or recorded: % refused', "row".id, TG_OP
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN old; END IF;
  RETURN new;
END$$;
DROP TRIGGER IF EXISTS frozen ON {table};
CREATE TRIGGER frozen BEFORE {events} ON {table}
  FOR EACH ROW EXECUTE FUNCTION frozen_{table}();
"""

SAME_CLINIC_KEY = (
    "CREATE UNIQUE INDEX IF NOT EXISTS {table}_clinic_id_key ON {table} (clinic_id, id)"
)

# Added once: adding it again would read the whole table at every start.
SAME_CLINIC = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}') THEN
    ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (clinic_id, {column})
      REFERENCES {target} (clinic_id, id) DEFERRABLE INITIALLY DEFERRED;
  END IF;
END $$
"""


def after_migrate(sender: AppConfig, **told: object) -> None:
    """Protect every table, once, when the last app has been migrated.

    A flush (tests) also says "post-migrate", without a plan: it changes no
    table, so that there is nothing to protect.
    """
    last = list(apps.get_app_configs())[-1]
    if "plan" in told and sender.name == last.name:
        protect_all()


def clinic_owned() -> Iterator[type[ClinicOwned]]:
    """Every table that belongs to a clinic."""
    for model in apps.get_models():
        if issubclass(model, ClinicOwned):
            yield model


def protect_all() -> None:
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def statements() -> Iterator[str]:
    """All the SQL, in an order in which it can run."""
    yield FUNCTIONS
    yield GRANTS.format(role=APPLICATION_ROLE)
    for table in ("accounts_auditevent", "accounts_rowhistory"):
        yield APPEND_ONLY.format(table=table, role=APPLICATION_ROLE)
        yield ROW_SECURITY.format(
            table=table,
            role=APPLICATION_ROLE,
            # Signing in is of no clinic; whoever writes a row reads its id back.
            sees=f"clinic_id IS NULL OR {SEES}",
            writes="true",
        )
    yield f"REVOKE INSERT ON accounts_rowhistory FROM {APPLICATION_ROLE}"
    for model in clinic_owned():
        yield SAME_CLINIC_KEY.format(table=model._meta.db_table)
    for model in clinic_owned():
        yield from _protections(model)


def _protections(model: type[ClinicOwned]) -> Iterator[str]:
    table = model._meta.db_table
    yield ROW_SECURITY.format(
        table=table, role=APPLICATION_ROLE, sees=SEES, writes=SEES
    )
    if model.with_history:
        yield HISTORY.format(table=table, role=APPLICATION_ROLE)
    if model.append_only:
        yield APPEND_ONLY.format(table=table, role=APPLICATION_ROLE)
    if model.frozen_when:
        yield _freeze(model)
    yield from _same_clinic(model)


def _freeze(model: type[ClinicOwned]) -> str:
    return FROZEN.format(
        table=model._meta.db_table,
        condition=model.frozen_when.replace("row.", '"row".'),
        except_=",".join(model.frozen_except),
        events="INSERT OR UPDATE OR DELETE"
        if model.frozen_adding
        else "UPDATE OR DELETE",
    )


def _same_clinic(model: type[ClinicOwned]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        target = field.related_model
        if isinstance(target, type) and issubclass(target, ClinicOwned):
            assert isinstance(field, models.ForeignKey)  # noqa: S101 - narrows the type
            yield SAME_CLINIC.format(
                table=model._meta.db_table,
                name=f"{model._meta.db_table}_{field.attname}_same_clinic"[:63],
                column=field.column,
                target=target._meta.db_table,
            )
