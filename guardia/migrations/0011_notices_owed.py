"""How many notices the events of a case have owed: the next event says it, so that none is taken out unseen."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0010_articles'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='notices_owed',
            field=models.IntegerField(db_default=0, default=0, help_text="to the company's people by its events so far; the next event says how many"),
        ),
    ]
