from django.db import migrations

# Somebody with a link is of no clinic yet, so that row-level security hides every row.
# This says whose link it is, to whoever knows all of it, and nothing else: it runs
# with the rights of the tables' owner and gives two numbers for one whole digest.
FIND = """
CREATE FUNCTION mainstay_check_in(digest text, OUT clinic_id bigint, OUT id bigint)
RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.clinic_id, c.id FROM aftercare_checkin c WHERE c.token_digest = digest
$$;
REVOKE ALL ON FUNCTION mainstay_check_in(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mainstay_check_in(text) TO mainstay_app;
"""


class Migration(migrations.Migration):
    dependencies = [("aftercare", "0001_initial")]
    operations = [
        migrations.RunSQL(FIND, "DROP FUNCTION mainstay_check_in(text)"),
    ]
