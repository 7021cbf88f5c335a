"""L4, P2: who is not on file is registered provisionally, and made one with the real company later, with the history."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# What happened is never rewritten: only whose it is follows a provisional company into the one that it turned out to be.
# That it is provisional is said when it is put on file, and never afterwards.
FOLLOW = """
CREATE FUNCTION follows_merger(was bigint, now bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM customer WHERE id = was AND provisional AND merged_into_id = now)
$$;
CREATE FUNCTION only_follow_merger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id'
        AND follows_merger(OLD.customer_id, NEW.customer_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: what happened is never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON case_event;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON case_event FOR EACH ROW EXECUTE FUNCTION only_follow_merger();
CREATE OR REPLACE FUNCTION only_erase_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS NULL AND NEW.salt IS NULL AND NEW.erasure_id IS NOT NULL
        AND (NEW.id, NEW.event_id, NEW.name, NEW.customer_id) = (OLD.id, OLD.event_id, OLD.name, OLD.customer_id)
        AND (OLD.erasure_id IS NULL OR OLD.erasure_id = NEW.erasure_id)
    THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id' AND follows_merger(OLD.customer_id, NEW.customer_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on event_text refused: a text may only be erased with its salt, under a tombstone'
        USING ERRCODE = 'restrict_violation';
END $$;
GRANT UPDATE (customer_id) ON case_event, event_text TO guardia_staff;
CREATE FUNCTION provisional_from_the_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.provisional AND NOT OLD.provisional THEN
        RAISE EXCEPTION 'UPDATE on customer refused: what is on file never becomes provisional'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER provisional_from_the_start BEFORE UPDATE OF provisional ON customer
    FOR EACH ROW EXECUTE FUNCTION provisional_from_the_start();
"""
BACK = """
DROP TRIGGER provisional_from_the_start ON customer;
DROP FUNCTION provisional_from_the_start();
REVOKE UPDATE (customer_id) ON case_event, event_text FROM guardia_staff;
DROP TRIGGER append_only ON case_event;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON case_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE FUNCTION only_erase_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS NULL AND NEW.salt IS NULL AND NEW.erasure_id IS NOT NULL
        AND (NEW.id, NEW.event_id, NEW.name, NEW.customer_id) = (OLD.id, OLD.event_id, OLD.name, OLD.customer_id)
        AND (OLD.erasure_id IS NULL OR OLD.erasure_id = NEW.erasure_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on event_text refused: a text may only be erased with its salt, under a tombstone'
        USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION only_follow_merger();
DROP FUNCTION follows_merger(bigint, bigint);
"""
ONE_OF_THE_FEW = "put on file while a caller waited, not tidied yet"


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0041_impact_not_said_yet"),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="provisional",
                field=models.BooleanField(db_default=False, default=False, help_text=ONE_OF_THE_FEW),
            )
            for name in ("customer", "site", "service")
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                help_text="the company that a provisional one turned out to be",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=Q(merged_into=None) | Q(provisional=True), name="customer_merged_was_provisional"
            ),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["customer"], name="service_provisional", condition=Q(provisional=True)),
        ),
        migrations.RunSQL(FOLLOW, BACK),
    ]
