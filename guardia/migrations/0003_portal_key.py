"""The key by which Guardia signs whose rows the portal reads, drawn here and known to the database alone."""

from django.db import migrations

# PostgreSQL has sha256 without any extension; what HMAC (RFC 2104) needs besides are the two pads of its key.
TABLE = """
CREATE TABLE portal_key (
    is_it boolean PRIMARY KEY DEFAULT true CHECK (is_it),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
DO $$ DECLARE
    key bytea := sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8'))
        || decode(repeat('00', 32), 'hex');
    inside bytea := key;
    outside bytea := key;
BEGIN
    FOR place IN 0..63 LOOP
        inside := set_byte(inside, place, get_byte(key, place) # 54);
        outside := set_byte(outside, place, get_byte(key, place) # 92);
    END LOOP;
    INSERT INTO portal_key (inner_pad, outer_pad) VALUES (inside, outside);
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [('guardia', '0002_schema')]

    operations = [migrations.RunSQL(TABLE, 'DROP TABLE portal_key')]
