#!/bin/sh
# Run once, when the volume is new: the owner of the tables, and the plain role that the application logs in as.
set -eu
: "${DRIFTLOCK_OWNER_PASSWORD:?set it, see docs/operations.md}" "${DRIFTLOCK_APP_PASSWORD:?set it, see docs/operations.md}"
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$DRIFTLOCK_OWNER_PASSWORD" --set app="$DRIFTLOCK_APP_PASSWORD" <<'SQL'
CREATE ROLE driftlock_owner LOGIN PASSWORD :'owner';
CREATE ROLE driftlock_app LOGIN PASSWORD :'app';
CREATE DATABASE driftlock OWNER driftlock_owner;
SQL
