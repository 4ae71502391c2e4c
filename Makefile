# make demo [ARGS="--once --json"]   a small county on this machine
# make test                          everything the gate asks: lint, types, contracts, tests
# make check                         the same without the tests
#
# Each works from a bare clone with Python 3.11, 3.12 or 3.13 and nothing else prepared.
# Set-up speaks on stderr, so stdout belongs to the program alone (from elsewhere: `make -s -C <here> demo`,
# because make itself announces a -C on stdout).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check lint types contracts schemas docs screens lock runtime dev browser clean

ARGS ?=
# That many processes share the tests, each file whole in one of them, the slowest first.
JOBS ?= 2
UV ?= uv

help: ## Show what can be made.
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 18

demo: runtime ## Run a small county on this machine (ARGS="--once --json" for one round, as JSON).
	@.venv/bin/zhengwu demo $(ARGS)

test: check browser ## Everything the gate asks.
	@.venv/bin/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types contracts ## Lint, types and import contracts.

lint: dev
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --quiet --check . \
		|| { echo "lint: not formatted: run .venv/bin/ruff format on those files"; \
		.venv/bin/ruff format --check . || exit 1; }

types: dev
	@.venv/bin/mypy

contracts: dev
	@.venv/bin/lint-imports --no-logo

schemas: dev ## Write schemas/json again after a Struct has changed.
	@.venv/bin/python -m schemas.export

docs: dev ## Draw the drawn parts of docs/ again from the code.
	@.venv/bin/python -m tests.support.drawing

screens: browser ## Draw every page into docs/screens (some: ARGS="home-agent case-handler").
	@.venv/bin/python -m tests.screens $(ARGS)

lock: ## Resolve both locks again (needs `uv`).
	@deploy/lock.sh "$(UV)"

runtime:
	@deploy/set_up.sh

dev:
	@deploy/set_up.sh --dev

browser: dev
	@tests/ensure_browser.sh >/dev/null

clean: ## Forget .venv and every cache.
	@rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
