#!/bin/bash
# Starts a node of the cluster; nodes know each other by the cookie, which must be the user's own file.
set -euo pipefail
install --mode=400 /run/secrets/erlang-cookie /var/lib/rabbitmq/.erlang.cookie
chown rabbitmq /var/lib/rabbitmq/.erlang.cookie
exec docker-entrypoint.sh "$@"
