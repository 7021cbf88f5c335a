-- The rights of each database role, as they stand: who may read and write what, and which rows exist for whom.
--
-- `guardia migrate` applies this file whole, in one transaction, whenever it differs from what was applied last. A table
-- that is not named here belongs to nobody: a new one needs its line. tests/walls/test_policies.py compares.
--   guardia_staff   the desk, the technicians' pages, the command line
--   guardia_worker  the worker and what machines bring
--   guardia_portal  a customer's person: only the rows of the company in guardia.customer exist, and only to read,
--                   where guardia.signature says that Guardia wrote it there for this transaction
--   guardia_portal_acts  what such a person does: of the rows of that company also the internal ones, as far as an act
--                   needs them; before the company is known, what guardia.customer names beside it (mailbox, code)
--   guardia_sign_in what the operator's people come in with: no other role reads or writes it, but for staff where the
--                   installation names no login for it (guardia.one_login, set by config/policies.py)
--   guardia_eraser  takes out what privacy or retention says; neither web nor worker may become it

-- ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────
DO $$ DECLARE role text; other text; BEGIN
    FOREACH role IN ARRAY ARRAY[
        'guardia_staff', 'guardia_worker', 'guardia_portal', 'guardia_portal_acts', 'guardia_sign_in', 'guardia_eraser'
    ] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', role);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server was quicker
        END;
    END LOOP;
    -- The login of web and worker may become any of the first four, and by itself sees nothing.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guardia_app') THEN
        GRANT guardia_staff, guardia_worker, guardia_portal, guardia_portal_acts TO guardia_app WITH INHERIT FALSE;
    END IF;
    -- Four logins have one role each, and nothing else: what reads for the portal, what acts there, the worker, and the
    -- sign-in.
    FOREACH role IN ARRAY ARRAY['guardia_portal', 'guardia_portal_acts', 'guardia_worker', 'guardia_sign_in'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role || '_login');
        FOR other IN SELECT rolname FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = roleid
            WHERE member = to_regrole(role || '_login') AND rolname LIKE 'guardia\_%' AND rolname <> role
        LOOP
            EXECUTE format('REVOKE %I FROM %I', other, role || '_login');
        END LOOP;
        -- The sign-in is asked one statement at a time, beside the transaction of whoever signs in.
        EXECUTE format('GRANT %I TO %I WITH INHERIT %s', role, role || '_login',
            CASE WHEN role = 'guardia_sign_in' THEN 'TRUE' ELSE 'FALSE' END);
    END LOOP;
    -- A temporary table would stand before ours for whoever comes next by the same session.
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
-- The eraser sees what the worker sees, and may do to it what the worker may.
GRANT guardia_worker TO guardia_eraser WITH INHERIT TRUE;
GRANT guardia_eraser TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;

-- ── What was before: this file says all there is ─────────────────────────────────────────────────────────────────────
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', each.policyname, each.tablename);
    END LOOP;
    FOR each IN
        SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %I', each.tgname, each.relname);
    END LOOP;
    FOR each IN
        SELECT DISTINCT relname, attname, grantee::regrole AS role FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid CROSS JOIN aclexplode(attacl)
        WHERE relnamespace = 'public'::regnamespace AND grantee <> relowner AND grantee <> 0
    LOOP
        EXECUTE format('REVOKE ALL (%I) ON %I FROM %s', each.attname, each.relname, each.role);
    END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public
    FROM guardia_staff, guardia_worker, guardia_portal, guardia_portal_acts, guardia_sign_in, guardia_eraser;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public
    FROM guardia_staff, guardia_worker, guardia_portal, guardia_portal_acts, guardia_sign_in, guardia_eraser;
GRANT USAGE ON SCHEMA public TO guardia_staff, guardia_worker, guardia_portal, guardia_portal_acts, guardia_sign_in;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guardia_staff, guardia_worker;

-- ── Staff and worker ─────────────────────────────────────────────────────────────────────────────────────────────────
GRANT SELECT, INSERT, UPDATE, DELETE ON
    address_confirmation, alert_mapping, alert_source, auth_group, auth_group_permissions, auth_permission,
    automatic_answer, bulk_act, bulk_line, call, call_transfer, case_follower, city, company_session, contact, contact_way, cover, crew,
    customer, default_view, django_content_type, django_migrations, domain_limit, draft, element,
    element_link, escalation_level, exchange, exchange_member, history_import_file, history_import_piece, mailbox,
    presence, probe,
    queue_visit, ring_attempt, rota, saved_view, sender, service, service_element, shift, shift_plan, sign_in_code,
    site, test_result, trouble, visit, wait, watch
TO guardia_staff, guardia_worker;
-- The worker gives nobody a password, nor a way to one: of staff it only holds rows (FOR UPDATE needs a column).
GRANT SELECT, INSERT, UPDATE, DELETE ON password_reset, staff TO guardia_staff;
GRANT SELECT, DELETE ON password_reset TO guardia_worker;
GRANT SELECT, UPDATE (last_login) ON staff TO guardia_worker;
GRANT SELECT, INSERT, DELETE ON exchange_event TO guardia_staff, guardia_worker;
GRANT SELECT, INSERT, UPDATE ON
    address_mark, alarm, announcement, buyer_ticket, call_task, "case", case_file, case_link, clock, contact_change, crew_member,
    delivered_notice, delivery, escalation, exchange_agent, exchange_gap, field_act, history_import, legal_hold,
    message,
    message_attachment, message_original, notice, outage, outage_news, outage_service, planned_work,
    planned_work_service, privacy_request, procedure_draft, proof, service_target, written_request,
    written_request_scan
TO guardia_staff, guardia_worker;
GRANT SELECT, INSERT, UPDATE ON api_key TO guardia_staff;
GRANT SELECT ON api_key TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON rehearsal TO guardia_staff;
GRANT SELECT ON rehearsal TO guardia_worker;
GRANT SELECT (domains, id, live_at, mailboxes) ON rehearsal TO guardia_portal, guardia_portal_acts;
GRANT SELECT, INSERT ON
    audit_entry, calendar_change, case_event, customer_act, event_text, handover, handover_line, letterhead,
    own_wording, planned_work_turn, procedure_version, setting_change
TO guardia_staff, guardia_worker;
GRANT SELECT ON audit_lane, audit_link, erasure, retention_run TO guardia_staff, guardia_worker;
GRANT SELECT, INSERT, UPDATE ON article TO guardia_staff;
GRANT SELECT, INSERT, UPDATE ON api_answer TO guardia_staff;
GRANT SELECT, DELETE ON api_answer TO guardia_worker;
GRANT SELECT, INSERT ON article_edition, article_element TO guardia_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON article_use TO guardia_staff;
GRANT SELECT, INSERT ON article_opinion TO guardia_staff;
GRANT SELECT, INSERT, UPDATE ON group_hold, resolver_group TO guardia_staff;
GRANT SELECT, INSERT, UPDATE ON mention TO guardia_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON case_watcher TO guardia_staff;
GRANT SELECT ON case_watcher, mention TO guardia_worker;
-- No customer's person reads who our carriers are, nor what we ask them. An answer by mail is filed by the worker.
GRANT SELECT, INSERT, UPDATE ON carrier TO guardia_staff;
GRANT SELECT ON carrier TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON carrier_ticket TO guardia_staff;
-- What the interface of a carrier answers about a ticket, the worker takes down as the desk does.
GRANT SELECT, UPDATE ON carrier_ticket TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON carrier_connection, carrier_message, carrier_mirror TO guardia_staff;
GRANT SELECT, UPDATE (failing_since, failures, reached_at, rests_until, trouble) ON carrier_connection TO guardia_worker;
GRANT SELECT, UPDATE ON carrier_message, carrier_mirror TO guardia_worker;
GRANT SELECT, INSERT ON carrier_mail TO guardia_staff, guardia_worker;
GRANT SELECT, INSERT, DELETE ON resolver_group_member TO guardia_staff;
GRANT SELECT ON group_hold, resolver_group, resolver_group_member TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON quick_answer TO guardia_staff;
GRANT SELECT, INSERT, UPDATE ON team_channel TO guardia_staff;
-- The worker counts what it sends in a minute; which news goes where is the administrators' to say.
GRANT SELECT, UPDATE (minute_began_at, minute_count) ON team_channel TO guardia_worker;
GRANT SELECT, INSERT ON quick_answer_edition, quick_answer_use TO guardia_staff;
GRANT SELECT ON quick_answer, quick_answer_edition, quick_answer_use TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON webhook_subscription TO guardia_staff;
GRANT SELECT, UPDATE, DELETE ON webhook_subscription TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON webhook_delivery TO guardia_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery TO guardia_worker;
GRANT SELECT ON article, article_edition, article_element, article_opinion, article_use TO guardia_worker;
GRANT SELECT ON history_checkpoint, history_leaf, history_tile, sealed_row TO guardia_staff;
GRANT SELECT ON history_checkpoint, history_tile TO guardia_portal, guardia_portal_acts;
GRANT SELECT (event_id, index) ON history_leaf TO guardia_portal, guardia_portal_acts;
GRANT SELECT, INSERT ON history_checkpoint, history_leaf, sealed_row TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON history_tile TO guardia_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    account_emailaddress, account_emailconfirmation, connection, retention_rule
TO guardia_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON alert TO guardia_worker;
GRANT SELECT, INSERT, DELETE ON alert_turn TO guardia_worker;
GRANT SELECT, INSERT, UPDATE ON alert, own_sign_in TO guardia_staff;
GRANT SELECT, INSERT ON alert_turn TO guardia_staff;
GRANT SELECT ON connection, retention_rule TO guardia_worker;
GRANT SELECT ON portal_key TO guardia_staff;
GRANT UPDATE (customer_id) ON case_event TO guardia_staff;
GRANT UPDATE (customer_id) ON event_text TO guardia_staff;
GRANT SELECT (active, customer_id, id, required) ON own_sign_in TO guardia_worker;

-- ── The sign-in ──────────────────────────────────────────────────────────────────────────────────────────────────────
DO $$ DECLARE role text; BEGIN
    FOREACH role IN ARRAY ARRAY['guardia_sign_in', 'guardia_staff'] LOOP
        CONTINUE WHEN role = 'guardia_staff' AND current_setting('guardia.one_login', true) IS DISTINCT FROM 'on';
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON
            django_session, mfa_authenticator, socialaccount_socialaccount, socialaccount_socialapp,
            socialaccount_socialtoken, staff_password, usersessions_usersession
        TO %I', role);
    END LOOP;
END $$;
-- Sessions that are over are the worker's to clear; it sees the key of none.
GRANT SELECT (expire_date), DELETE ON django_session TO guardia_worker;

-- ── The portal: whole tables, and of others the columns that a company is shown ──────────────────────────────────────
GRANT SELECT (for_portal, id, number, published_id, state) ON article TO guardia_portal;
GRANT SELECT (article_id, for_portal, id, made_at, search, texts) ON article_edition TO guardia_portal;
GRANT SELECT (
    contact_id, created_at, customer_id, ended_at, expires_at, former_good_until, former_used_at, id, last_used_at,
    last_used_from, name, networks, prefix, scopes
) ON api_key TO guardia_portal;
GRANT SELECT ON
    buyer_ticket, calendar_change, "case", case_event, case_file, case_follower, city, clock, contact, contact_change, customer,
    delivered_notice, escalation, escalation_level, event_text, notice, outage_service, planned_work_service,
    procedure_version, rota, service, site, test_result, visit, wait
TO guardia_portal;
GRANT SELECT (case_id, customer_id, ended_at, id, kind) ON case_link TO guardia_portal;
GRANT SELECT (kind, open) ON connection TO guardia_portal;
GRANT SELECT (during, id, level, seat, staff_id, withdrawn) ON cover TO guardia_portal;
GRANT SELECT (id, name) ON crew TO guardia_portal;
GRANT SELECT (channel, created_at, customer_id, id, settled_at, state) ON delivery TO guardia_portal;
GRANT SELECT (city_id, id, kind, public_name) ON element TO guardia_portal;
GRANT SELECT (
    declared_at, element_id, ended_at, forecast_at, id, impact, is_public, last_news_at, number, public_name,
    restored_at, started_at, state, work_id
) ON outage TO guardia_portal;
GRANT SELECT (at, forecast_at, id, moment, outage_id, words) ON outage_news TO guardia_portal;
GRANT SELECT (
    announced_at, element_id, ended_at, ends_at, expected_minutes, id, is_public, needs_agreement, number,
    overran_at, public_name, started_at, starts_at, state, zone
) ON planned_work TO guardia_portal;
GRANT SELECT (
    case_id, code, customer_id, due_at, id, measured_at, numbers, occasion, samples, state, target_id, test_id,
    verdict
) ON probe TO guardia_portal;
GRANT SELECT (address, at, how, id, level, reached, staff_id) ON proof TO guardia_portal;
GRANT SELECT (desk_phone, email, id, is_active, is_machine, language, mobile, name, "position") ON staff TO guardia_portal;
GRANT SELECT (
    case_id, contact_id, customer_id, desk, id, received_at, settled_as, settled_at, subject, way
) ON written_request TO guardia_portal;

-- ── What is done in the portal: the rows that an act writes, and what says whom it is told ───────────────────────────
GRANT SELECT ON
    address_confirmation, address_mark, api_key, buyer_ticket, calendar_change, call_task, "case", case_event, case_file,
    case_follower, case_link, city, clock, company_session, contact, contact_change, contact_way, customer, customer_act,
    delivered_notice, escalation, escalation_level, event_text, notice, own_sign_in, own_wording, planned_work_service,
    planned_work_turn, probe, procedure_version, rota, service, service_target, setting_change, site, test_result, wait,
    written_request
TO guardia_portal_acts;
GRANT INSERT ON
    address_confirmation, api_key, audit_entry, buyer_ticket, call_task, case_event, case_file, case_follower, clock, company_session, contact,
    contact_change, contact_way, customer_act, delivery, escalation, event_text, notice, setting_change, sign_in_code,
    wait, written_request
TO guardia_portal_acts;
GRANT UPDATE ON "case", clock, contact, contact_change, escalation, wait TO guardia_portal_acts;
GRANT USAGE ON SEQUENCE case_event_id_seq, escalation_id_seq, notice_id_seq TO guardia_portal_acts;
GRANT INSERT ON planned_work_turn TO guardia_portal_acts;
-- To whom of the operator's teams an act is told, without where that is.
GRANT SELECT (
    active, companies, desks, groups, id, impacts, language, news, quiet_from, quiet_impacts, quiet_until, with_company
) ON team_channel TO guardia_portal_acts;
GRANT UPDATE (answer, answer_words, answered_at, answered_by_id) ON planned_work_service TO guardia_portal_acts;
-- What a letter, or a page to the operator's people, says of the outage or the work that a case is of.
GRANT SELECT (forecast_at, id, is_public, number, public_name) ON outage TO guardia_portal_acts;
GRANT SELECT (customer_id, id, outage_id) ON outage_service TO guardia_portal_acts;
-- To hold a work while it is answered; the policy lets nothing of it be changed.
GRANT SELECT (id, announced_at, ended_at, ends_at, is_public, needs_agreement, number, public_name, starts_at, state), UPDATE (number)
ON planned_work
TO guardia_portal_acts;
GRANT SELECT (for_portal, id, number, state) ON article TO guardia_portal_acts;
GRANT INSERT ON article_opinion TO guardia_portal_acts;
-- What an act records is queued for whoever follows events; neither secrets nor addresses are read for it.
GRANT SELECT (company_id, format, id, kinds, least_impact, owner_id, query, state) ON webhook_subscription TO guardia_portal_acts;
GRANT INSERT ON webhook_delivery TO guardia_portal_acts;
-- A company registers listeners of its own, and ends them; what it reads of them is own_hubs().
GRANT INSERT, UPDATE (former_secret, secret, state) ON webhook_subscription TO guardia_portal_acts;
GRANT UPDATE (attempts, confirmed, settled_at) ON address_confirmation TO guardia_portal_acts;
GRANT UPDATE (
    digest, ended_at, expires_at, former_digest, former_good_until, former_used_at, last_used_at, last_used_from, version
) ON api_key TO guardia_portal_acts;
-- What was answered to a POST of a company's own key, by its idempotency key.
GRANT SELECT, INSERT, UPDATE (body, status) ON api_answer TO guardia_portal_acts;
GRANT UPDATE (outcome, settled_at) ON call_task TO guardia_portal_acts;
GRANT UPDATE (active, independent, "position") ON contact_way TO guardia_portal_acts;
GRANT UPDATE (next_due_at) ON written_request TO guardia_portal_acts;
GRANT UPDATE (cancel_asked_at, external_id, sent) ON buyer_ticket TO guardia_portal_acts;
GRANT UPDATE (ended_at) ON company_session TO guardia_portal_acts;
GRANT UPDATE (attempts, used_at) ON sign_in_code TO guardia_portal_acts;
GRANT SELECT (customer_id, domain, id, opened_at, unanswered, urgency, urgent), UPDATE (opened_at) ON delivery TO guardia_portal_acts;
GRANT SELECT (about, address, at, id, key, kind) ON audit_entry TO guardia_portal_acts;
GRANT SELECT (asked_at, asker_mark, id, mailbox_mark) ON sign_in_code TO guardia_portal_acts;
GRANT SELECT (during, id, level, seat, staff_id, withdrawn) ON cover TO guardia_portal_acts;
GRANT SELECT (active, email, id, name, phone) ON crew TO guardia_portal_acts;
GRANT SELECT (active, crew_id, name, phone) ON crew_member TO guardia_portal_acts;
GRANT SELECT (case_id, crew_id, id) ON visit TO guardia_portal_acts;
GRANT SELECT (
    by_word_seen_at, channels, desk_phone, email, extension, id, is_active, is_machine, language, mobile, name,
    "position", role, username
) ON staff TO guardia_portal_acts;

-- ── The eraser ───────────────────────────────────────────────────────────────────────────────────────────────────────
GRANT DELETE ON address_mark TO guardia_eraser;
GRANT INSERT, UPDATE, DELETE ON password_reset, staff TO guardia_eraser;
GRANT INSERT, UPDATE ON erasure, retention_run TO guardia_eraser;
GRANT SELECT, DELETE ON
    account_emailaddress, account_emailconfirmation, django_session, mfa_authenticator, socialaccount_socialaccount,
    socialaccount_socialtoken, usersessions_usersession
TO guardia_eraser;
GRANT SELECT (staff_id), DELETE ON staff_password TO guardia_eraser;
GRANT UPDATE ON carrier, carrier_message, carrier_mirror, carrier_ticket, event_text, exchange_event, handover,
    handover_line, setting_change
TO guardia_eraser;
GRANT UPDATE, DELETE ON audit_entry TO guardia_eraser;
GRANT UPDATE (name, networks) ON api_key TO guardia_eraser;
GRANT UPDATE (data) ON planned_work_turn TO guardia_eraser;
GRANT UPDATE (salt) ON sealed_row TO guardia_eraser;
GRANT UPDATE (causes, kinds, meanings, reason, texts) ON article_edition TO guardia_eraser;

-- Who is on call within two weeks: of whom the portal sees name and number (E1).
CREATE OR REPLACE FUNCTION published_people() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT one.id::bigint FROM rota r, jsonb_array_elements_text(r.members) AS one(id)
    WHERE coalesce(upper(r.valid) > now(), true) AND coalesce(lower(r.valid) < now() + interval '14 days', true)
    UNION
    SELECT c.staff_id FROM cover c
    WHERE NOT c.withdrawn AND coalesce(upper(c.during) > now(), true)
      AND coalesce(lower(c.during) < now() + interval '14 days', true)
$$;

-- What was signed for this transaction: a company, or a mailbox or a code by which somebody signs in. Nothing where the
-- signature is not Guardia's, or is of another session or transaction (config/signing.py). An HMAC of core functions; the
-- key is read as the owner of the tables.
CREATE OR REPLACE FUNCTION guardia_signed() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
    signed text := current_setting('guardia.customer', true);
    key record;
BEGIN
    IF coalesce(signed, '') = '' THEN
        RETURN NULL;
    END IF;
    SELECT inner_pad, outer_pad INTO key FROM public.portal_key;
    IF current_setting('guardia.signature', true) = encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(
        concat_ws('|', signed, pg_backend_pid(), (extract(epoch FROM now()) * 1000000)::bigint), 'UTF8'))), 'hex')
    THEN
        RETURN signed;
    END IF;
    RETURN NULL;
END $$;
-- The company whose rows exist in this transaction.
CREATE OR REPLACE FUNCTION guardia_company() RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
    signed text := public.guardia_signed();
BEGIN
    IF signed LIKE '%:%' THEN
        RETURN NULL;
    END IF;
    RETURN signed::bigint;
END $$;

-- Before the company is known (docs/adr/0066): whose session this is, whose mailbox, and the code that is tried.
CREATE OR REPLACE FUNCTION company_of_session(hash text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT customer_id FROM company_session WHERE token_hash = hash
$$;
-- Whose key this is, by the digest of its secret: the present one, or the one before its rotation.
CREATE OR REPLACE FUNCTION company_of_key(hash text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT customer_id FROM api_key
    WHERE hash <> '' AND (digest = hash OR (former_digest = hash AND former_digest <> '')) LIMIT 1
$$;
-- Whether one of these resolver groups has this case, for whom a team's channel follows its groups. Who acts for a
-- company is told it of that company's cases alone, and reads no group.
CREATE OR REPLACE FUNCTION is_with_one_of(which bigint, groups jsonb) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM group_hold hold JOIN "case" held ON held.id = hold.case_id
        WHERE hold.case_id = which AND hold.until IS NULL AND groups @> to_jsonb(hold.group_id)
        AND (current_setting('role') NOT LIKE 'guardia_portal%' OR held.customer_id = guardia_company()))
$$;
-- The listeners that the company of this transaction has registered: of nobody else's is an address read.
CREATE OR REPLACE FUNCTION own_hubs() RETURNS TABLE (id bigint, url text, query text, format text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT s.id, s.url, s.query, s.format FROM webhook_subscription s
    WHERE s.owner_id = guardia_company() AND s.state <> 'removed' ORDER BY s.id
$$;
-- As guardia/customers/contacts.py finds them; each by its index.
CREATE OR REPLACE FUNCTION contacts_of_signed_mailbox() RETURNS TABLE (contact bigint, company bigint, language text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
DECLARE
    mailbox text := nullif(substring(guardia_signed() FROM '^mailbox:(.*)$'), '');
    in_any_case boolean := mailbox !~ '[^\x01-\x7f]';
    elsewhere bigint[];
BEGIN
    IF mailbox IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(contact_id) INTO elsewhere FROM (
        SELECT w.contact_id FROM contact_way w
        WHERE upper(w.address) = upper(mailbox) AND (in_any_case OR w.address = mailbox) AND w.kind = 'mail' AND w.active
        LIMIT 50
    ) AS found;
    RETURN QUERY SELECT c.id, c.customer_id, c.language::text FROM contact c JOIN customer o ON o.id = c.customer_id
        WHERE c.id IN (
            SELECT d.id FROM contact d WHERE upper(d.email) = upper(mailbox) AND (in_any_case OR d.email = mailbox)
            UNION ALL SELECT unnest(elsewhere)
        ) AND c.active AND o.active
        ORDER BY c.id LIMIT 50;
END $$;
CREATE OR REPLACE FUNCTION signed_mailbox_came_in(since timestamptz, first inet, last inet) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM company_session
        WHERE upper(mailbox) = upper(substring(guardia_signed() FROM '^mailbox:(.*)$'))
        AND opened_at > since AND address BETWEEN first AND last)
$$;
CREATE OR REPLACE FUNCTION signed_code() RETURNS SETOF sign_in_code
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
    SELECT * FROM sign_in_code WHERE 'code:' || id = guardia_signed()
        AND id = substring(guardia_signed() FROM '^code:([0-9]+)$')::bigint FOR UPDATE
$$;
REVOKE ALL ON FUNCTION guardia_signed(), guardia_company(), company_of_key(text), company_of_session(text),
    contacts_of_signed_mailbox(),
    signed_mailbox_came_in(timestamptz, inet, inet), signed_code(), is_with_one_of(bigint, jsonb), own_hubs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_hubs() TO guardia_portal_acts;
GRANT EXECUTE ON FUNCTION is_with_one_of(bigint, jsonb) TO guardia_staff, guardia_worker, guardia_portal_acts;
GRANT EXECUTE ON FUNCTION guardia_signed(), guardia_company() TO guardia_portal, guardia_portal_acts;
GRANT EXECUTE ON FUNCTION company_of_key(text), company_of_session(text), contacts_of_signed_mailbox(),
    signed_mailbox_came_in(timestamptz, inet, inet), signed_code() TO guardia_portal_acts;

-- ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
DO $$ DECLARE
    name text;
    -- By customer_id a customer's person sees the rows of one company.
    of_companies text[] := ARRAY[
        'address_confirmation', 'address_mark', 'announcement', 'api_answer', 'api_key', 'buyer_ticket', 'call', 'call_task',
        'carrier_ticket', 'case',
        'case_event', 'case_file', 'case_follower', 'case_link', 'clock', 'company_session', 'contact', 'contact_change',
        'contact_way', 'customer_act', 'delivered_notice', 'delivery', 'escalation', 'event_text', 'field_act',
        'handover_line', 'legal_hold', 'message', 'message_attachment', 'message_original', 'notice',
        'outage_service', 'own_sign_in', 'planned_work_service', 'presence', 'probe', 'service', 'service_element',
        'service_target', 'site', 'test_result', 'visit', 'wait', 'written_request', 'written_request_scan'
    ];
    -- What a customer's person sees of these is said below.
    others text[] := ARRAY[
        'alert', 'alert_turn', 'article', 'article_edition', 'article_opinion', 'customer', 'outage', 'outage_news',
        'planned_work'
    ];
    -- And these, which published_people() reads as their owner.
    read_by_owner text[] := ARRAY['cover', 'proof', 'staff'];
    -- Of these what is done in the portal sees some rows, which are said below.
    of_acts text[] := ARRAY[
        'audit_entry', 'planned_work_turn', 'setting_change', 'sign_in_code', 'webhook_delivery', 'webhook_subscription'
    ];
    operation text;
    refers text;
BEGIN
    FOREACH name IN ARRAY of_companies LOOP
        EXECUTE format('CREATE POLICY tenant ON %I TO guardia_portal, guardia_portal_acts
            USING (customer_id = (SELECT guardia_company())) WITH CHECK (customer_id = (SELECT guardia_company()))', name);
    END LOOP;
    FOREACH name IN ARRAY of_companies || others || read_by_owner || of_acts LOOP -- staff and worker see every row of all
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY house ON %I TO guardia_staff, guardia_worker USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY of_companies || others LOOP
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
    -- What an act writes refers to nothing of another company either; nor to what it may not read, such as a call.
    FOREACH name IN ARRAY of_companies LOOP
        FOREACH operation IN ARRAY ARRAY['INSERT', 'UPDATE'] LOOP
            CONTINUE WHEN NOT has_table_privilege('guardia_portal_acts', quote_ident(name), operation);
            SELECT string_agg(CASE WHEN has_column_privilege('guardia_portal_acts', confrelid, 'id', 'SELECT')
                THEN format('(%1$I IS NULL OR EXISTS (SELECT FROM %2$s AS other WHERE other.id = %3$I.%1$I))',
                    attname, confrelid::regclass, name)
                ELSE format('%I IS NULL', attname) END, ' AND ' ORDER BY attname) INTO refers
            FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
            WHERE contype = 'f' AND conrelid = to_regclass(quote_ident(name)) AND attname <> 'customer_id'
                AND confrelid IN (SELECT to_regclass(quote_ident(each)) FROM unnest(of_companies) AS each)
                AND confrelid <> conrelid
                AND (operation = 'INSERT' OR has_column_privilege('guardia_portal_acts', confrelid, 'id', 'SELECT'));
            CONTINUE WHEN refers IS NULL;
            EXECUTE format('CREATE POLICY %I ON %I AS RESTRICTIVE FOR %s TO guardia_portal_acts %s WITH CHECK (%s)',
                'refers_' || lower(operation), name, operation,
                CASE WHEN operation = 'UPDATE' THEN 'USING (true)' ELSE '' END, refers);
        END LOOP;
    END LOOP;
END $$;
CREATE POLICY tenant ON customer TO guardia_portal, guardia_portal_acts
    USING (id = (SELECT guardia_company())) WITH CHECK (id = (SELECT guardia_company()));
-- What is done in the portal reads who is paged for the operator, and where mail to those persons came back.
CREATE POLICY on_call ON cover FOR SELECT TO guardia_portal_acts USING (true);
CREATE POLICY on_call ON staff FOR SELECT TO guardia_portal_acts USING (true);
CREATE POLICY of_nobody ON address_mark FOR SELECT TO guardia_portal_acts USING (customer_id IS NULL);
-- A secret that somebody signs in with goes to the mailbox that was signed; nobody else's is sent anywhere.
CREATE POLICY of_nobody ON delivery FOR SELECT TO guardia_portal_acts
    USING (customer_id IS NULL AND (code_id IS NOT NULL OR confirmation_id IS NOT NULL));
CREATE POLICY secret ON delivery FOR INSERT TO guardia_portal_acts
    WITH CHECK (customer_id IS NULL AND (code_id IS NOT NULL OR confirmation_id IS NOT NULL));
CREATE POLICY nothing_else ON delivery AS RESTRICTIVE FOR INSERT TO guardia_portal_acts
    WITH CHECK (reset_id IS NULL AND answers_id IS NULL AND sender_id IS NULL AND body IS NULL AND resend_of_id IS NULL
        AND (code_id IS NULL OR (SELECT guardia_signed()) LIKE 'mailbox:%'));
CREATE POLICY of_a_case ON notice AS RESTRICTIVE FOR INSERT TO guardia_portal_acts
    WITH CHECK (alarm_id IS NULL AND announcement_id IS NULL);
CREATE POLICY not_as_staff ON case_event AS RESTRICTIVE FOR INSERT TO guardia_portal_acts
    WITH CHECK (actor_kind IN ('contact', 'system'));
CREATE POLICY own_key ON api_key AS RESTRICTIVE FOR INSERT TO guardia_portal_acts
    WITH CHECK (staff_id IS NULL AND created_by_id IS NULL);
CREATE POLICY marks ON sign_in_code FOR SELECT TO guardia_portal_acts USING (true);
CREATE POLICY asked ON sign_in_code FOR INSERT TO guardia_portal_acts
    WITH CHECK (mailbox = '' OR 'mailbox:' || mailbox = (SELECT guardia_signed()));
CREATE POLICY tried ON sign_in_code FOR UPDATE TO guardia_portal_acts
    USING ('code:' || id = (SELECT guardia_signed())) WITH CHECK ('code:' || id = (SELECT guardia_signed()));
-- Of the journal: what somebody of this company did, and what counts as a guess or a failure and is of nobody.
CREATE POLICY counted ON audit_entry FOR SELECT TO guardia_portal_acts
    USING (kind IN ('guessed', 'guesses_limited') OR kind = 'contact_failed' AND about = ''
        OR about = 'company' AND key = (SELECT guardia_company())::text
        OR about = 'contact' AND EXISTS (SELECT FROM contact
            WHERE contact.id = CASE WHEN audit_entry.key ~ '^[0-9]{1,18}$' THEN audit_entry.key::bigint END));
CREATE POLICY written ON audit_entry FOR INSERT TO guardia_portal_acts
    WITH CHECK (staff_id IS NULL AND kind IN ('brought_in', 'contact_failed', 'contact_signed_in', 'contact_signed_out',
        'exported', 'guessed', 'guesses_limited', 'session_ended'));
CREATE POLICY own ON setting_change TO guardia_portal_acts
    USING (by_id IS NULL AND by_contact_id IN (SELECT id FROM contact))
    WITH CHECK (by_id IS NULL AND by_contact_id IN (SELECT id FROM contact));
CREATE POLICY followed ON webhook_subscription FOR SELECT TO guardia_portal_acts USING (state = 'active');
CREATE POLICY own ON webhook_subscription FOR SELECT TO guardia_portal_acts USING (owner_id = (SELECT guardia_company()));
CREATE POLICY own_insert ON webhook_subscription FOR INSERT TO guardia_portal_acts
    WITH CHECK (owner_id = (SELECT guardia_company()) AND company_id IS NULL
        AND (format LIKE 'tmf621%' OR format LIKE 'mef124%'));
CREATE POLICY own_end ON webhook_subscription FOR UPDATE TO guardia_portal_acts
    USING (owner_id = (SELECT guardia_company())) WITH CHECK (owner_id = (SELECT guardia_company()) AND state = 'removed');
CREATE POLICY of_a_case ON webhook_delivery FOR INSERT TO guardia_portal_acts
    WITH CHECK (state = 'waiting' AND EXISTS (SELECT FROM case_event e WHERE e.id = webhook_delivery.event_id
        AND e.case_id = webhook_delivery.case_id AND e.seq = webhook_delivery.seq));
-- Of the company's own rows, those that are public (procedure: nothing internal reaches a customer).
CREATE POLICY only_public ON case_event AS RESTRICTIVE FOR SELECT TO guardia_portal USING (public);
CREATE POLICY only_public ON event_text AS RESTRICTIVE FOR SELECT TO guardia_portal
    USING (EXISTS (SELECT FROM case_event e WHERE e.id = event_id AND e.public));
CREATE POLICY only_customers ON notice AS RESTRICTIVE FOR SELECT TO guardia_portal
    USING (staff_id IS NULL AND team_channel_id IS NULL);
CREATE POLICY only_shown ON case_file AS RESTRICTIVE FOR SELECT TO guardia_portal
    USING (shown AND withdrawn_at IS NULL);
-- An outage or a work is shown to whom it concerns: it is public, or one of its rows is of this company.
CREATE POLICY concerned ON outage FOR SELECT TO guardia_portal, guardia_portal_acts
    USING (is_public OR EXISTS (SELECT 1 FROM outage_service WHERE outage_service.outage_id = outage.id));
CREATE POLICY concerned ON outage_news FOR SELECT TO guardia_portal
    USING (EXISTS (SELECT 1 FROM outage WHERE outage.id = outage_news.outage_id));
CREATE POLICY concerned ON planned_work FOR SELECT TO guardia_portal, guardia_portal_acts
    USING (announced_at IS NOT NULL AND (is_public OR EXISTS (
        SELECT 1 FROM planned_work_service WHERE planned_work_service.work_id = planned_work.id)));
-- An article is of no company: customers read what was published for them, and of each the edition that holds.
CREATE POLICY published ON article FOR SELECT TO guardia_portal, guardia_portal_acts
    USING (state = 'published' AND for_portal);
CREATE POLICY published ON article_edition FOR SELECT TO guardia_portal
    USING (for_portal AND EXISTS (SELECT FROM article WHERE article.published_id = article_edition.id));
CREATE POLICY published ON article_opinion FOR INSERT TO guardia_portal_acts
    WITH CHECK (EXISTS (SELECT FROM article WHERE article.id = article_opinion.article_id));
CREATE POLICY only_held ON planned_work FOR UPDATE TO guardia_portal_acts USING (true) WITH CHECK (false);
CREATE POLICY answered ON planned_work_turn TO guardia_portal_acts
    USING ((data ->> 'customer')::bigint = (SELECT guardia_company()))
    WITH CHECK (by_id IS NULL AND moment IN ('agreed', 'objected')
        AND (data ->> 'customer')::bigint = (SELECT guardia_company())
        AND EXISTS (SELECT 1 FROM planned_work_service s WHERE s.work_id = planned_work_turn.work_id));
-- E1: who answers now and within two weeks, and who has taken one of this company's escalations.
CREATE POLICY published ON cover FOR SELECT TO guardia_portal
    USING (NOT withdrawn AND coalesce(upper(during) > now(), true));
CREATE POLICY published ON proof FOR SELECT TO guardia_portal
    USING (staff_id IS NULL OR staff_id IN (SELECT published_people()));
CREATE POLICY published ON staff FOR SELECT TO guardia_portal
    USING (id IN (SELECT published_people()) OR EXISTS (
        SELECT 1 FROM escalation e WHERE e.acknowledged_by_id = staff.id AND e.ended_at IS NULL));
-- An alert is forgotten once it is over, unless a case or an outage came of it.
CREATE POLICY stays ON alert AS RESTRICTIVE FOR DELETE TO guardia_worker
    USING (state = 'resolved' AND outage_id IS NULL AND case_id IS NULL);
CREATE POLICY stays ON alert_turn AS RESTRICTIVE FOR DELETE TO guardia_worker
    USING (EXISTS (SELECT 1 FROM alert WHERE alert.id = alert_turn.alert_id
        AND alert.state = 'resolved' AND alert.outage_id IS NULL AND alert.case_id IS NULL));

-- ── Functions ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- What happened is never rewritten.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: what happened is never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION follows_merger(was bigint, now bigint) RETURNS boolean
    LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM customer WHERE id = was AND provisional AND merged_into_id = now)
$$;
CREATE OR REPLACE FUNCTION only_follow_merger() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id'
        AND follows_merger(OLD.customer_id, NEW.customer_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: what happened is never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
-- A text goes only with its salt, under a tombstone; and whose it is follows a merger (docs/adr/0057).
CREATE OR REPLACE FUNCTION only_erase_text() RETURNS trigger
    LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION only_erase_salt() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.salt IS NULL AND to_jsonb(NEW) - 'salt' = to_jsonb(OLD) - 'salt' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on sealed_row refused: its salt may only be erased' USING ERRCODE = 'restrict_violation';
END $$;
-- A tile of the log of histories gets further hashes behind those that it has.
CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.level, NEW.place) = (OLD.id, OLD.level, OLD.place)
        AND substr(NEW.hashes, 1, length(OLD.hashes)) = OLD.hashes
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: it only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION only_erased_by_owner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'guardia_eraser' AND TG_LEVEL = 'ROW' THEN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'setting_change' THEN
            IF (NEW.id, NEW.noun, NEW.at) = (OLD.id, OLD.noun, OLD.at)
                AND (NEW.by_id, NEW.by_contact_id) IS NOT DISTINCT FROM (OLD.by_id, OLD.by_contact_id)
            THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'article_edition' THEN
            IF (NEW.id, NEW.article_id, NEW.edition, NEW.made_at, NEW.for_portal)
                = (OLD.id, OLD.article_id, OLD.edition, OLD.made_at, OLD.for_portal)
                AND NEW.made_by_id IS NOT DISTINCT FROM OLD.made_by_id
            THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entry' THEN
            IF (NEW.id, NEW.kind, NEW.at) = (OLD.id, OLD.kind, OLD.at) AND NEW.staff_id IS NOT DISTINCT FROM OLD.staff_id
            THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entry' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% on % refused: what happened is never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION provisional_from_the_start() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.provisional AND NOT OLD.provisional THEN
        RAISE EXCEPTION 'UPDATE on customer refused: what is on file never becomes provisional'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
-- The journal is chained in lanes (docs/adr/0033).
CREATE OR REPLACE FUNCTION audit_salted() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.salt := gen_random_uuid();
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION audit_digest(e audit_entry) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO public, pg_temp AS $$
    SELECT sha256(convert_to(concat_ws(
        E'\x1f', e.id, (extract(epoch from e.at) * 1000000)::bigint, e.kind, coalesce(e.staff_id::text, ''),
        e.account, coalesce(host(e.address), ''), e.agent, e.about, e.key, e.facts::text,
        coalesce(e.salt::text, '')
    ), 'UTF8'))
$$;
CREATE OR REPLACE FUNCTION audit_linked_one(which bigint, what text, digest bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
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
REVOKE ALL ON FUNCTION audit_linked_one(bigint, text, bytea) FROM PUBLIC;
CREATE OR REPLACE FUNCTION audit_linked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO public, pg_temp AS $$
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

-- ── Triggers ─────────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON article_edition FOR EACH ROW EXECUTE FUNCTION only_erased_by_owner();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON article_edition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION only_erased_by_owner();
CREATE TRIGGER linked AFTER INSERT OR UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_linked();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER salted BEFORE INSERT OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_salted();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_lane FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_link FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON calendar_change FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON calendar_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON case_event FOR EACH ROW EXECUTE FUNCTION only_follow_merger();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON case_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER provisional_from_the_start BEFORE UPDATE OF provisional ON customer FOR EACH ROW EXECUTE FUNCTION provisional_from_the_start();
CREATE TRIGGER never_deleted BEFORE DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON event_text FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON event_text FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_erased BEFORE UPDATE ON event_text FOR EACH ROW EXECUTE FUNCTION only_erase_text();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON history_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON history_leaf FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history_leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON history_tile FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON letterhead FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON letterhead FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON own_wording FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON own_wording FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON procedure_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON procedure_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON quick_answer_edition FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON quick_answer_edition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON sealed_row FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON sealed_row FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_erased BEFORE UPDATE ON sealed_row FOR EACH ROW EXECUTE FUNCTION only_erase_salt();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON setting_change FOR EACH ROW EXECUTE FUNCTION only_erased_by_owner();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON setting_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
