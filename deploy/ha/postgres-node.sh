#!/bin/bash
# Starts one of two PostgreSQL servers, PEER being the other's name. A server without data copies a peer
# that leads and follows it; only the one with FIRST=yes begins a new cluster where there is nobody. A
# server that led before never starts beside a peer that leads now: the two would tell different stories.
set -euo pipefail
export PGPASSFILE=/tmp/pgpass
umask 077
echo "*:*:*:replication:$(< /run/secrets/replication-password)" > "$PGPASSFILE"
chown postgres "$PGPASSFILE"
umask 022
peer="host=$PEER user=replication application_name=replica connect_timeout=2"

peer_leads() {
  psql --quiet --command IDENTIFY_SYSTEM \
    "$peer replication=true target_session_attrs=read-write" > /dev/null 2>&1
}

follow() {
  echo "copying $PEER" >&2
  pg_receivewal --dbname "$peer" --slot replica --create-slot --if-not-exists
  pg_basebackup --dbname "$peer" --slot replica --checkpoint fast --pgdata "$PGDATA/copy"
  cat >> "$PGDATA/copy/postgresql.auto.conf" <<CONF
primary_conninfo = '$peer passfile=$PGPASSFILE'
primary_slot_name = 'replica'
synchronous_standby_names = ''
CONF
  touch "$PGDATA/copy/standby.signal"
  find "$PGDATA/copy" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv --target-directory "$PGDATA" {} +
  mv "$PGDATA/copy/PG_VERSION" "$PGDATA"  # last: with it the folder holds a server's data
  rmdir "$PGDATA/copy"
  chown -R postgres "$PGDATA"
}

if [[ -s $PGDATA/PG_VERSION ]]; then
  if [[ ! -e $PGDATA/standby.signal ]] && peer_leads; then
    echo "$PEER leads now, and this server led before: remove its volume, then it follows." >&2
    exit 1
  fi
elif peer_leads || [[ ${FIRST:-no} != yes ]]; then
  find "$PGDATA" -mindepth 1 -delete  # of a copy that was broken off
  until peer_leads; do sleep 1; done
  follow
fi
exec docker-entrypoint.sh "$@"
