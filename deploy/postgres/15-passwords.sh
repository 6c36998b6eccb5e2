#!/bin/bash
# Gives every role the password that the secrets name: at the first start, and by hand after they were
# made anew.
set -euo pipefail
sql() {
  psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres "$@"
}
while read -r service owner_password runtime_password; do
  sql --set owner="${service}_owner" --set runtime="${service}_runtime" \
    --set owner_password="$owner_password" --set runtime_password="$runtime_password" <<'SQL'
ALTER ROLE :"owner" PASSWORD :'owner_password';
ALTER ROLE :"runtime" PASSWORD :'runtime_password';
SQL
done < /run/secrets/postgres-roles
sql --set password="$(< /run/secrets/postgres-password)" <<< "ALTER ROLE CURRENT_USER PASSWORD :'password'"
