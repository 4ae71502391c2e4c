#!/usr/bin/env bash
# Resolve requirements.lock and requirements-dev.lock for Python 3.11 to 3.13, with hashes.
#
#   deploy/lock.sh [path of uv]      (`make lock`)
#
# The development lock is resolved within the run-time lock, so that it contains it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=${1:-uv}

resolve() {
  local lock=$1
  shift
  echo "lock: $lock" >&2
  {
    echo "# Written by \`make lock\`. Python 3.11 to 3.13, every file pinned by its hash."
    "$uv" pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
      --no-emit-index-url --no-header --upgrade --quiet "$@"
  } >"$lock.new"
  mv "$lock.new" "$lock"
}

trap 'rm -f requirements.lock.new requirements-dev.lock.new' EXIT
resolve requirements.lock --group build
resolve requirements-dev.lock --group build --group dev --constraint requirements.lock
