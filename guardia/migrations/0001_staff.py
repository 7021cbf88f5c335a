"""The accounts of staff, which tables of other packages point at: those come next, and then all of ours."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=160)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('position', models.CharField(blank=True, help_text='title, as the matrix publishes it (E2 to E4)', max_length=120)),
                ('mobile', models.CharField(blank=True, help_text='E.164', max_length=40)),
                ('desk_phone', models.CharField(blank=True, help_text='E.164, with extension', max_length=40)),
                ('extension', models.CharField(blank=True, help_text='at the exchange', max_length=20)),
                ('channels', models.JSONField(default=list, help_text='addresses for pages beside e-mail, as Apprise reads them')),
                ('role', models.CharField(choices=[('engineer', 'NOC engineer'), ('dispatcher', 'Dispatcher'), ('technician', 'Technician'), ('supervisor', 'Supervisor'), ('sales', 'Sales desk'), ('billing', 'Billing desk'), ('quality', 'Quality manager'), ('administrator', 'Administrator'), ('auditor', 'Auditor')], default='engineer', max_length=20)),
                ('language', models.CharField(default='es', max_length=5)),
                ('is_active', models.BooleanField(default=True)),
                ('by_word_seen_at', models.DateTimeField(help_text='of a supervisor: until when the confirmations by word were looked at (P5)', null=True)),
            ],
            options={
                'db_table': 'staff',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['engineer', 'dispatcher', 'technician', 'supervisor', 'sales', 'billing', 'quality', 'administrator', 'auditor'])), name='staff_role_known')],
            },
        ),
    ]
