"""Further kinds of monitoring, and where the fields of one stand that no kind is made for."""

from django.db import migrations, models

WIDENS = ("alert_source_kind_known",)


class Migration(migrations.Migration):
    dependencies = [("guardia", "0021_webhook_formats")]

    operations = [
        migrations.RemoveConstraint(model_name="alertsource", name="alert_source_kind_known"),
        migrations.AddField(
            model_name="alertsource",
            name="paths",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="by_path: by field, where it stands in a message",
            ),
        ),
        migrations.AlterField(
            model_name="alertsource",
            name="kind",
            field=models.CharField(
                choices=[
                    ("alertmanager", "Prometheus Alertmanager, Grafana"),
                    ("zabbix", "Zabbix"),
                    ("icinga", "Icinga"),
                    ("librenms", "LibreNMS"),
                    ("checkmk", "Checkmk"),
                    ("prtg", "PRTG"),
                    ("uptime_kuma", "Uptime Kuma"),
                    ("tmf642", "alarm management by TM Forum (TMF642)"),
                    ("snmp", "SNMP traps"),
                    ("generic", "any other, by JSON"),
                    ("by_path", "any other, by paths in its own JSON"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="alertsource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            *("alertmanager", "zabbix", "icinga", "librenms", "checkmk", "prtg", "uptime_kuma"),
                            *("tmf642", "snmp", "generic", "by_path"),
                        ],
                    )
                ),
                name="alert_source_kind_known",
            ),
        ),
    ]
