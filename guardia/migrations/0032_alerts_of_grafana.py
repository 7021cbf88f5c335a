"""Grafana's own alerting sends what Alertmanager does: the kind of source bears both names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0031_what_runs_by_itself"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alertsource",
            name="kind",
            field=models.CharField(
                choices=[
                    ("alertmanager", "Prometheus Alertmanager, Grafana"),
                    ("zabbix", "Zabbix"),
                    ("icinga", "Icinga"),
                    ("librenms", "LibreNMS"),
                    ("snmp", "SNMP traps"),
                    ("generic", "any other, by JSON"),
                ],
                max_length=12,
            ),
        ),
    ]
