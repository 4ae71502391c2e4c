#!/usr/bin/env bash
# Print the path of a browser for the tests in tests/browser; install one where that is possible.
# Fails, naming what to install, rather than let those tests be skipped.
set -euo pipefail

find_browser() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

find_browser && exit 0

if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
  echo "browser: installing chromium and a Chinese font" >&2
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq >&2 && apt-get install -qq -y chromium fonts-noto-cjk >&2; then
    find_browser && exit 0
  fi
fi

echo "browser: the page tests need Chromium: install the packages chromium and fonts-noto-cjk (or google-chrome) and run again." >&2
exit 1
