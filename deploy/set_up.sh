#!/usr/bin/env bash
# Make .venv hold exactly what the lock says, and this program. Quiet when there is nothing to do.
#
#   deploy/set_up.sh [--dev]     --dev adds what `make check` and `make test` need
#
# Everything is said on stderr, so that a caller's stdout stays its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec >&2

lock=requirements.lock
[ "${1:-}" = "--dev" ] && lock=requirements-dev.lock

fitting_python() { # the first Python that can run us and can make a venv
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
      >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
  echo "set-up: no Python 3.11, 3.12 or 3.13 with its venv module was found." >&2
  echo "set-up: on Debian or Ubuntu, install it with: apt-get install python3 python3-venv" >&2
  return 1
}

is_current() { # .venv was made here, still runs, and was filled from the locks as they are now
  [ "$(cat .venv/made-for 2>/dev/null)" = "$PWD" ] && .venv/bin/python -c "" 2>/dev/null || return 1
  local kept
  for kept in .venv/*.lock; do
    [ ! -e "$kept" ] || cmp -s "$kept" "${kept#.venv/}" || return 1
  done
}

install() {
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --progress-bar off "$@"
}

if ! is_current; then
  python=$(fitting_python)
  echo "set-up: making .venv with $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv
  printf '%s\n' "$PWD" >.venv/made-for
fi

if [ ! -e ".venv/$lock" ]; then
  echo "set-up: installing $lock"
  install --require-hashes -r "$lock"
  cp requirements.lock .venv/ # the development lock contains it
  cp "$lock" .venv/
fi

if ! cmp -s pyproject.toml .venv/pyproject.toml; then
  install --no-deps --no-build-isolation --editable .
  cp pyproject.toml .venv/
fi
