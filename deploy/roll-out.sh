#!/usr/bin/env bash
# Replaces containers by ones of the images that are there now, without a pause: as many new ones
# beside the old ones of a service, and once those are healthy the old ones end.
#   deploy/roll-out.sh [SERVICE...]      all that hold our code, services before the gateway
# Run it again where it was interrupted: what is new already is left alone. Migrations come first
# (docs/operations.md). Servers (PostgreSQL, RabbitMQ) are not touched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The id of the image that a service's next container will have.
image_of() {
  local name=$1
  case $name in projector | front) name=gateway ;; esac
  docker image inspect --format '{{.Id}}' "$(docker compose config --images | grep --max-count=1 "^ore-$name:")"
}

# The ids of a service's running containers that are not of an image.
others() {
  docker compose ps --quiet "$1" | xargs --no-run-if-empty \
    docker inspect --format "{{if ne .Image \"$2\"}}{{.Id}}{{end}}" | sed '/^$/d'
}

[ $# -gt 0 ] || set -- recruitment advisory hdr monitoring projector gateway front
for service in "$@"; do
  old=$(others "$service" "$(image_of "$service")")
  if [ -z "$old" ]; then
    echo "$service: is of these images already"
  elif [ "$service" = front ]; then # it holds the published port, so there is one at a time
    docker compose up --detach --wait --no-deps front
  else
    number=$(wc -w <<<"$old")
    docker compose up --detach --wait --no-deps --no-recreate --scale "$service=$((2 * number))" "$service"
    docker stop --time 30 $old >/dev/null
    docker rm $old >/dev/null
    echo "$service: $number replaced"
  fi
done
