from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='visit',
            options={'ordering': [models.OrderBy(models.F('on'), descending=True, nulls_last=True), '-id']},
        ),
        migrations.AddField(
            model_name='statuschange',
            name='is_day_known',
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name='visit',
            name='on',
            field=models.DateField(null=True),
        ),
    ]
