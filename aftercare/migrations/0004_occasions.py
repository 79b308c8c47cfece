from django.db import migrations

# Until now every promised "measures" was one of those of weeks 4, 8 and 12.
FILL = """
UPDATE aftercare_followup SET occasion = 'first_weeks'
WHERE kind = 'measures' AND origin = 'plan' AND occasion = ''
"""


class Migration(migrations.Migration):
    dependencies = [("aftercare", "0003_find_check_in")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
