from django.db import migrations

# Marks and lines of a merged record are of nobody: these tables never go over either.
OF_PEOPLE = """
CREATE OR REPLACE FUNCTION mainstay_of_people(this text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF this IN ('patients_statuschange', 'patients_personmerge', 'patients_mergeddetail',
    'patients_episode', 'patients_carehold', 'patients_careleaving',
    'patients_deathrecord'{more}) OR NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'public.patients_patient'::regclass
      AND c.conrelid = format('public.%I', this)::regclass
      AND cardinality(c.conkey) = 1 AND a.attname = 'patient_id')
  THEN
    RAISE EXCEPTION '% holds no rows of people that go over', this USING ERRCODE = 'insufficient_privilege';
  END IF;
END$$;
"""
FURTHER = ", 'aftercare_caremark', 'aftercare_caseloadline'"


class Migration(migrations.Migration):
    dependencies = [
        ("aftercare", "0008_closing"),
        ("patients", "0009_leaving_and_death"),
    ]

    operations = [
        migrations.RunSQL(
            OF_PEOPLE.replace("{more}", FURTHER), OF_PEOPLE.replace("{more}", "")
        ),
    ]
