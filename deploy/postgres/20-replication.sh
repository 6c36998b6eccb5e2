#!/bin/bash
# Lets a second server follow this one: the role that copies, and commits that wait until the copy has
# them. Runs at the first start where there is a replication password, and by hand on a server that
# leads; it may run twice.
set -euo pipefail
[[ -r /run/secrets/replication-password ]] || exit 0
sql() {
  psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres "$@"
}
rule='host replication replication all scram-sha-256'
grep --quiet --line-regexp --fixed-strings "$rule" "$PGDATA/pg_hba.conf" || echo "$rule" >> "$PGDATA/pg_hba.conf"
# None of this waits for a copy: there may be none yet.
sql --set password="$(< /run/secrets/replication-password)" <<'SQL'
SET synchronous_commit = local;
SELECT 'CREATE ROLE replication' WHERE to_regrole('replication') IS NULL \gexec
ALTER ROLE replication LOGIN REPLICATION PASSWORD :'password';
ALTER SYSTEM SET synchronous_standby_names = 'replica';
SELECT pg_reload_conf() \g /dev/null
SQL
