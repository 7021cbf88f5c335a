"""What strangers and customers may reach: of the people of the house what the matrix publishes, and no more; an address
that its owner has not confirmed gets nothing; and a chain over the journal of the audit.
"""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

# Who stands in the matrix now, or within the fortnight that it looks ahead (escalation/matrix.py), by id.
PUBLISHED = """
    CREATE FUNCTION published_people() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT one.id::bigint FROM rota r, jsonb_array_elements_text(r.members) AS one(id)
        WHERE coalesce(upper(r.valid) > now(), true) AND coalesce(lower(r.valid) < now() + interval '14 days', true)
        UNION
        SELECT c.staff_id FROM cover c
        WHERE NOT c.withdrawn AND coalesce(upper(c.during) > now(), true)
          AND coalesce(lower(c.during) < now() + interval '14 days', true)
    $$;
"""
# The owner passes (no FORCE): whoever migrates, restores or lets somebody in again reads the people of the house.
WALLS = """
    ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
    CREATE POLICY house ON staff TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY published ON staff FOR SELECT TO guardia_portal USING (
        id IN (SELECT published_people())
        OR EXISTS (SELECT FROM escalation e WHERE e.acknowledged_by_id = staff.id AND e.ended_at IS NULL)
    );
    ALTER TABLE proof ENABLE ROW LEVEL SECURITY;
    CREATE POLICY house ON proof TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY published ON proof FOR SELECT TO guardia_portal USING (
        staff_id IS NULL OR staff_id IN (SELECT published_people())
    );
    ALTER TABLE cover ENABLE ROW LEVEL SECURITY;
    CREATE POLICY house ON cover TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY published ON cover FOR SELECT TO guardia_portal USING (
        NOT withdrawn AND coalesce(upper(during) > now(), true)
    );
    ALTER TABLE address_confirmation ENABLE ROW LEVEL SECURITY;
    ALTER TABLE address_confirmation FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON address_confirmation TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON address_confirmation TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
"""
# Each writer takes the first lane that nobody holds, or a new one: nobody waits for another's transaction.
CHAIN = """
    CREATE FUNCTION audit_digest(e audit_entry) RETURNS bytea LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
        SELECT sha256(convert_to(concat_ws(
            E'\\x1f', e.id, (extract(epoch from e.at) * 1000000)::bigint, e.kind, coalesce(e.staff_id::text, ''),
            e.account, coalesce(host(e.address), ''), e.agent, e.about, e.key, e.facts::text,
            coalesce(e.salt::text, '')
        ), 'UTF8'))
    $$;
    CREATE FUNCTION audit_linked_one(which bigint, what text, digest bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        lane audit_lane;
    BEGIN
        SELECT * INTO lane FROM audit_lane ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            INSERT INTO audit_lane DEFAULT VALUES RETURNING * INTO lane;
        END IF;
        lane.seq := lane.seq + 1;
        lane.hash := sha256(lane.hash || int8send(lane.seq) || int8send(which) || convert_to(what, 'UTF8') || digest);
        UPDATE audit_lane SET seq = lane.seq, hash = lane.hash WHERE id = lane.id;
        INSERT INTO audit_link (lane, seq, entry, act, digest, hash)
        VALUES (lane.id, lane.seq, which, what, digest, lane.hash);
    END $$;
    CREATE FUNCTION audit_salted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.salt := gen_random_uuid();
        RETURN NEW;
    END $$;
    CREATE FUNCTION audit_linked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM audit_linked_one(NEW.id, 'written', audit_digest(NEW));
        ELSIF TG_OP = 'UPDATE' THEN
            PERFORM audit_linked_one(NEW.id, 'redacted', audit_digest(NEW));
        ELSE
            PERFORM audit_linked_one(OLD.id, 'erased', ''::bytea);
        END IF;
        RETURN NULL;
    END $$;
    ALTER TABLE audit_lane SET (fillfactor = 20);
    CREATE TRIGGER salted BEFORE INSERT OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_salted();
    CREATE TRIGGER linked AFTER INSERT OR UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_linked();
    DO $$
    DECLARE
        entry audit_entry;
    BEGIN
        FOR entry IN SELECT * FROM audit_entry ORDER BY id LOOP
            PERFORM audit_linked_one(entry.id, 'written', audit_digest(entry));
        END LOOP;
    END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0027_connections_entered_on_screen'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditLane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(db_default=0, default=0)),
                ('hash', models.BinaryField(db_default=b'', default=b'')),
            ],
            options={
                'db_table': 'audit_lane',
            },
        ),
        migrations.CreateModel(
            name='AuditLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lane', models.BigIntegerField()),
                ('seq', models.BigIntegerField()),
                ('entry', models.BigIntegerField(help_text='the id in audit_entry, which may be gone')),
                ('act', models.CharField(max_length=10)),
                ('digest', models.BinaryField(help_text='SHA-256 of the entry as it is after the act; of an erased one empty')),
                ('hash', models.BinaryField(help_text='SHA-256 of the hash before it in the lane, and of this link')),
            ],
            options={
                'db_table': 'audit_link',
            },
        ),
        migrations.AddField(
            model_name='auditentry',
            name='salt',
            field=models.UUIDField(editable=False, help_text='drawn by the database: what is erased is not guessed', null=True),
        ),
        migrations.CreateModel(
            name='AddressConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='mail: the mailbox; sms, whatsapp: a further way', max_length=12)),
                ('address', models.CharField(help_text='a mailbox, or an E.164 number', max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('salt', models.BinaryField(max_length=16)),
                ('attempts', models.SmallIntegerField(default=0)),
                ('settled_at', models.DateTimeField(help_text='confirmed, or taken back', null=True)),
                ('confirmed', models.BooleanField(default=False)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
            ],
            options={
                'db_table': 'address_confirmation',
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='confirmation',
            field=models.ForeignKey(db_index=False, help_text='it asks the owner of an address, and carries no notice', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='guardia.addressconfirmation'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('confirmation__isnull', False)), fields=['confirmation'], name='delivery_of_confirmation'),
        ),
        migrations.AddIndex(
            model_name='auditlink',
            index=models.Index(fields=['entry', 'id'], name='audit_link_of_entry'),
        ),
        migrations.AddConstraint(
            model_name='auditlink',
            constraint=models.UniqueConstraint(fields=('lane', 'seq'), name='audit_link_once'),
        ),
        migrations.AddIndex(
            model_name='addressconfirmation',
            index=models.Index(fields=['customer', '-asked_at'], name='address_confirmation_asked'),
        ),
        migrations.AddIndex(
            model_name='addressconfirmation',
            index=models.Index(django.db.models.functions.text.Upper('address'), name='address_confirmation_to'),
        ),
        migrations.AddConstraint(
            model_name='addressconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['mail', 'sms', 'whatsapp'])), name='address_confirmation_kind'),
        ),
        migrations.AddConstraint(
            model_name='addressconfirmation',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('contact', 'kind', 'address'), name='address_confirmation_once'),
        ),
        migrations.RunSQL(PUBLISHED, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
    ]
