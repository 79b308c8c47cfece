"""Protection in the database itself, put on every table after each migration.

Six things, for every model without being asked: the application's role may
do no more than it needs; a row of another clinic is invisible; a change leaves
its history; what is signed or recorded stays as it was; what is written for a
record that went into another goes there; the audit is a chain.
Everything here may run again and again, and runs as the owner of the tables.

What runs with the owner's rights looks nowhere but in the owner's schema: a
temporary table of the same name would otherwise be found first.
"""

from collections.abc import Iterator
from typing import TypeGuard

from django.apps import AppConfig, apps
from django.db import connection, models

from accounts.tenancy import ClinicOwned

APPLICATION_ROLE = "mainstay_app"

# Of a function with the owner's rights. Named last, the schema of temporary tables is
# not searched before the others.
AS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FUNCTIONS = """
-- Asked once for a statement, not for every row: see `SEES`.
CREATE OR REPLACE FUNCTION mainstay_clinics() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_to_array(
    nullif(current_setting('mainstay.clinics', true), ''), ',')::bigint[], '{{}}')
$$;

CREATE OR REPLACE FUNCTION mainstay_system() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('mainstay.system', true), '') = 'on'
$$;

-- People whose charts are closed to who acts; worked out once, as the transaction begins.
CREATE OR REPLACE FUNCTION mainstay_hidden() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_to_array(
    nullif(current_setting('mainstay.hidden', true), ''), ',')::bigint[], '{{}}')
$$;

CREATE OR REPLACE FUNCTION mainstay_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END$$;

CREATE OR REPLACE FUNCTION mainstay_history() RETURNS trigger
LANGUAGE plpgsql {as_owner} SET enable_nestloop = off AS $$
DECLARE mainstay_actor text := coalesce(nullif(current_setting('mainstay.actor', true), ''), session_user);
BEGIN
  IF TG_TABLE_SCHEMA <> 'public' THEN
    RAISE EXCEPTION 'no history of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
    SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, mainstay_actor, n.clinic_id, TG_TABLE_NAME, n.id, 'insert', NULL, to_jsonb(n)
    FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
    SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, mainstay_actor, o.clinic_id, TG_TABLE_NAME, o.id, 'delete', to_jsonb(o), NULL
    FROM old_rows o;
  ELSE
    INSERT INTO public.accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
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

-- The same for tables that stand above the clinics. A password is not kept, not as a
-- hash either: that it changed is; when somebody last came in stands in the audit.
CREATE OR REPLACE FUNCTION mainstay_history_above() RETURNS trigger
LANGUAGE plpgsql {as_owner} AS $$
DECLARE
  mainstay_actor text := coalesce(nullif(current_setting('mainstay.actor', true), ''), session_user);
  was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(old) - 'last_login' END;
  is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(new) - 'last_login' END;
  found jsonb := coalesce(is_now, was);
BEGIN
  IF TG_TABLE_SCHEMA <> 'public' THEN
    RAISE EXCEPTION 'no history of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF was = is_now THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(a.key, a.value), jsonb_object_agg(a.key, is_now -> a.key) INTO was, is_now
    FROM jsonb_each(was) a WHERE a.value IS DISTINCT FROM is_now -> a.key;
  END IF;
  IF was ? 'password' THEN was := jsonb_set(was, '{{password}}', '"not kept"'); END IF;
  IF is_now ? 'password' THEN is_now := jsonb_set(is_now, '{{password}}', '"not kept"'); END IF;
  INSERT INTO public.accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation, old, new)
  VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, mainstay_actor,
    CASE WHEN TG_TABLE_NAME = 'accounts_clinic' THEN (found ->> 'id')::bigint END,
    TG_TABLE_NAME, (found ->> 'id')::bigint, lower(TG_OP), was, is_now);
  RETURN NULL;
END$$;

-- When a row of the audit was written and for whom is not for the writer to say.
CREATE OR REPLACE FUNCTION mainstay_written() RETURNS trigger
LANGUAGE plpgsql {as_owner} AS $$
BEGIN
  new.written_at := clock_timestamp();
  new.written_for := coalesce(nullif(current_setting('mainstay.actor', true), ''), session_user);
  RETURN new;
END$$;

-- What the chain is made of; another text is another version of the chain.
CREATE OR REPLACE FUNCTION mainstay_audit_text(event accounts_auditevent) RETURNS text
LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
  SELECT jsonb_build_array(event.id, event.at, event.clinic_id, event.staff_id, event.actor,
    event.verb, event.subject, event.patient_id, event.why, event.address, event.facts,
    event.written_at, event.written_for)::text
$$;

-- At the end of the transaction, so that nobody waits longer than a commit takes.
CREATE OR REPLACE FUNCTION mainstay_chain() RETURNS trigger
LANGUAGE plpgsql {as_owner} AS $$
DECLARE
  chain bigint := coalesce(new.clinic_id, 0);
  last public.accounts_auditchain;
  following text;
BEGIN
  INSERT INTO public.accounts_auditchain AS c (clinic, number, digest) VALUES (chain, 0, '')
    ON CONFLICT DO NOTHING;
  SELECT * INTO last FROM public.accounts_auditchain c WHERE c.clinic = chain FOR UPDATE;
  following := encode(sha256(convert_to(last.digest || public.mainstay_audit_text(new), 'UTF8')), 'hex');
  INSERT INTO public.accounts_auditlink (clinic, number, event, digest)
    VALUES (chain, last.number + 1, new.id, following);
  UPDATE public.accounts_auditchain c SET number = last.number + 1, digest = following
    WHERE c.clinic = chain;
  RETURN NULL;
END$$;
"""

# Nobody but the owner calls what runs with the owner's rights, makes a trigger of it, or
# makes a table that could be taken for one of ours.
CLOSED = r"""
DO $$ DECLARE it regprocedure; BEGIN
  FOR it IN SELECT p.oid FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND (p.prosecdef OR p.proname = 'mainstay_refuse')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', it);
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', it);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC', current_database());
END $$;
"""

CHAIN = """
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON accounts_auditchain, accounts_auditlink FROM {role};
DROP TRIGGER IF EXISTS written ON accounts_auditevent;
CREATE TRIGGER written BEFORE INSERT ON accounts_auditevent
  FOR EACH ROW EXECUTE FUNCTION mainstay_written();
DROP TRIGGER IF EXISTS chain ON accounts_auditevent;
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON accounts_auditevent
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mainstay_chain();
"""

HISTORY_ABOVE = """
DROP TRIGGER IF EXISTS history_above ON {table};
CREATE TRIGGER history_above AFTER INSERT OR UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION mainstay_history_above();
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

IS_OPEN = "{column} <> ALL ((SELECT mainstay_hidden())::bigint[])"

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
LANGUAGE plpgsql {as_owner} AS $$
DECLARE "row" public.{table};
BEGIN
  IF TG_OP = 'INSERT' THEN "row" := new; ELSE "row" := old; END IF;
  IF {condition} THEN
    IF TG_OP = 'UPDATE' AND to_jsonb(old) - '{{{except_}}}'::text[]
                          = to_jsonb(new) - '{{{except_}}}'::text[] THEN
      RETURN new;
    END IF;
    -- Whose it is changes where two records of one person are made one, and nothing else.
    IF TG_OP = 'UPDATE' AND public.mainstay_goes_over(to_jsonb(old), to_jsonb(new)) THEN
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

# What is still being written for a record as it goes into another goes there too; the
# lock is the one that the foreign key takes.
GOES_OVER = """
DROP TRIGGER IF EXISTS goes_over ON {table};
CREATE TRIGGER goes_over BEFORE INSERT ON {table}
  FOR EACH ROW EXECUTE FUNCTION mainstay_goes_there();
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
    yield FUNCTIONS.format(as_owner=AS_OWNER)
    yield GRANTS.format(role=APPLICATION_ROLE)
    for table in ("accounts_auditevent", "accounts_rowhistory"):
        yield APPEND_ONLY.format(table=table, role=APPLICATION_ROLE)
        yield ROW_SECURITY.format(
            table=table,
            role=APPLICATION_ROLE,
            # Signing in is of no clinic; whoever writes a row reads its id back.
            sees=f"clinic_id IS NULL OR {SEES}",
            writes=f"clinic_id IS NULL OR {SEES}",
        )
    yield f"REVOKE INSERT ON accounts_rowhistory FROM {APPLICATION_ROLE}"
    yield CHAIN.format(role=APPLICATION_ROLE)
    for table in ("accounts_staff", "accounts_clinic"):
        yield HISTORY_ABOVE.format(table=table)
    yield HISTORY.format(table="accounts_membership", role=APPLICATION_ROLE)
    for model in clinic_owned():
        yield SAME_CLINIC_KEY.format(table=model._meta.db_table)
    for model in clinic_owned():
        yield from _protections(model)
    yield CLOSED


def _protections(model: type[ClinicOwned]) -> Iterator[str]:
    table = model._meta.db_table
    yield ROW_SECURITY.format(
        table=table,
        role=APPLICATION_ROLE,
        sees=" AND ".join([SEES, *_open_charts(model)]),
        writes=SEES,
    )
    if model.with_history:
        yield HISTORY.format(table=table, role=APPLICATION_ROLE)
    if model.append_only:
        yield APPEND_ONLY.format(table=table, role=APPLICATION_ROLE)
    if model.frozen_when:
        yield _freeze(model)
    if has_person(model):
        yield GOES_OVER.format(table=table)
    yield from _same_clinic(model)


def has_person(model: type[models.Model]) -> TypeGuard[type[ClinicOwned]]:
    """Whether its rows are about one person in care each, and go over with them."""
    if not issubclass(model, ClinicOwned) or not model.moves_with_person:
        return False
    return any(
        field.name == "patient" and getattr(field.related_model, "is_person", False)
        for field in model._meta.concrete_fields
    )


def _open_charts(model: type[ClinicOwned]) -> Iterator[str]:
    """Of rows about one person: that this person's chart is open to who acts."""
    if model.is_person:
        yield IS_OPEN.format(column="id")
    elif not model.seen_when_closed:
        for field in model._meta.concrete_fields:
            if getattr(field.related_model, "is_person", False):
                is_open = IS_OPEN.format(column=field.column)
                yield (
                    f"({field.column} IS NULL OR {is_open})" if field.null else is_open
                )


def _freeze(model: type[ClinicOwned]) -> str:
    return FROZEN.format(
        table=model._meta.db_table,
        as_owner=AS_OWNER,
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
