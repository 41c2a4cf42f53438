# Needs Python 3.11 or newer and make; everything else is installed into .venv.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
DUIXIAN_DATA ?= .data

VENV := .venv
BIN := $(VENV)/bin
# PYTHONPATH of the caller would let other versions in.
export PYTHONPATH :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test lint format types openapi procedure lock bench lifecycle races kills tamper publishing equal cases env ci clean

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bench.lock
	@touch $@

env: $(VENV)/.dev ## The environment with the command duixian in it

run: $(VENV)/.dev ## Serve on 127.0.0.1:PORT, with its own PostgreSQL in DUIXIAN_DATA
	@DUIXIAN_PORT=$(PORT) DUIXIAN_DATA=$(DUIXIAN_DATA) exec $(BIN)/duixian serve --stop-with-parent

test: $(VENV)/.dev ## All tests, on a PostgreSQL of their own
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

cases: $(VENV)/.dev ## The cases that live with the policies
	$(BIN)/duixian policy test

lint: $(VENV)/.dev ## Style, format and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format and fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/.dev ## mypy --strict
	$(BIN)/mypy

openapi: $(VENV)/.dev ## Write openapi/openapi.json anew
	$(BIN)/duixian openapi

procedure: $(VENV)/.dev ## Draw docs/procedure.md anew
	$(BIN)/duixian procedure

bench: $(VENV)/.bench ## The benchmarks beside their peers
	$(BIN)/python -m bench $(ARGS)

lifecycle: $(VENV)/.dev ## Actions in any order against a model of the law, over HTTP (ROUNDS=200)
	$(BIN)/python -m tests.proofs.lifecycle $(ROUNDS)

races: $(VENV)/.dev ## 64 approvals at once for one cap and for one thing paid once (ROUNDS=200)
	$(BIN)/python -m tests.proofs.races $(ROUNDS)

kills: $(VENV)/.dev ## The service and its PostgreSQL killed under a stream of orders (ROUNDS=50)
	$(BIN)/python -m tests.proofs.kills $(ROUNDS)

tamper: $(VENV)/.dev ## Tampering with the trail as the database's superuser: each must be found (ROUNDS=200)
	$(BIN)/python -m tests.proofs.tamper $(ROUNDS)

publishing: $(VENV)/.dev ## Policies published and taken back under load, on two services (VERSIONS=10 RATE=1000)
	$(BIN)/python -m tests.proofs.publishing $(or $(VERSIONS),10) $(or $(RATE),1000)

equal: $(VENV)/.dev ## Both engines on the same applicants, every output compared (ROWS=100000 SEED=1)
	$(BIN)/python -m tests.columns.equal $(or $(ROWS),100000) $(or $(SEED),1)

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header $(UPGRADE) pyproject.toml

lock: $(VENV)/.dev ## Compile the locks anew (UPGRADE=--upgrade for newer versions)
	$(COMPILE) --extra dev -o requirements/dev.lock
	$(COMPILE) -c requirements/dev.lock -o requirements/runtime.lock
	$(COMPILE) --extra dev --extra bench -c requirements/dev.lock -o requirements/bench.lock
	@! grep -nE '://' requirements/*.lock

ci: ## What the merge gate runs
	bash .ci/run

clean: ## Remove the environment and caches, never the data
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
