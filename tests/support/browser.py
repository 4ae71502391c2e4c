"""Finds the browser that `tests/ensure_browser.sh` made sure of."""

import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> Path:
    """Name the browser's program; fail the test, not skip it, where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium on PATH: run tests/ensure_browser.sh")
    return Path(found)
