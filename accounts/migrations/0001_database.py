from django.contrib.postgres import operations
from django.db import migrations

# The role the application connects as. The server's administrator makes it with
# its password; where that was left out, it is made here without the right to
# sign in, so that the grants of `accounts.protection` have somebody to go to.
APPLICATION_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_app') THEN
    CREATE ROLE mainstay_app NOLOGIN;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        operations.TrigramExtension(),
        operations.BtreeGistExtension(),
        migrations.RunSQL(APPLICATION_ROLE, migrations.RunSQL.noop),
    ]
