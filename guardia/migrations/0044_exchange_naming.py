"""What an exchange showed and somebody named: numbers of the procedure's lines, contexts that are the house's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0043_service_passes_on")]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="numbers",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="number dialled, as it names it → line of the procedure",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="inside",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="contexts in which the house's own calls begin; AMI only",
            ),
        ),
    ]
