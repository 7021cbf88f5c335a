#!/bin/sh
# Run once, when the database is made: the application's logins, which own nothing and are held by every row policy.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
    --set password="$(cat /run/secrets/app_password)" --set portal="$(cat /run/secrets/portal_password)" \
    --set portal_acts="$(cat /run/secrets/portal_acts_password)" \
    --set worker="$(cat /run/secrets/worker_password)" --set sign_in="$(cat /run/secrets/sign_in_password)" <<'SQL'
CREATE ROLE guardia_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'password';
-- What a container that is cut off was changing is free again after fifteen seconds (docs/operations/install.md).
ALTER ROLE guardia_app SET tcp_keepalives_idle = 5;
ALTER ROLE guardia_app SET tcp_keepalives_interval = 3;
ALTER ROLE guardia_app SET tcp_keepalives_count = 3;
ALTER ROLE guardia_app SET tcp_user_timeout = '15s';
-- What the portal shows is read by a login of its own, which can become nothing else (docs/adr/0063).
CREATE ROLE guardia_portal_login LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'portal';
ALTER ROLE guardia_portal_login SET idle_in_transaction_session_timeout = '30s';
-- What is done there goes by one too (docs/adr/0066).
CREATE ROLE guardia_portal_acts_login LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'portal_acts';
ALTER ROLE guardia_portal_acts_login SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE guardia_portal_acts_login SET tcp_keepalives_idle = 5;
ALTER ROLE guardia_portal_acts_login SET tcp_keepalives_interval = 3;
ALTER ROLE guardia_portal_acts_login SET tcp_keepalives_count = 3;
ALTER ROLE guardia_portal_acts_login SET tcp_user_timeout = '15s';
-- So does the worker work.
CREATE ROLE guardia_worker_login LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'worker';
ALTER ROLE guardia_worker_login SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE guardia_worker_login SET tcp_keepalives_idle = 5;
ALTER ROLE guardia_worker_login SET tcp_keepalives_interval = 3;
ALTER ROLE guardia_worker_login SET tcp_keepalives_count = 3;
ALTER ROLE guardia_worker_login SET tcp_user_timeout = '15s';
-- Passwords, second steps and sessions are read by one that reads nothing else (docs/adr/0064).
CREATE ROLE guardia_sign_in_login LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'sign_in';
ALTER ROLE guardia_sign_in_login SET idle_in_transaction_session_timeout = '30s';
SQL
