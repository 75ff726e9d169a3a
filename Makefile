# `make install` makes .venv; the other targets call it. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=
BENCH ?=
LOCKED := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet
EXPLAIN ?=
# Where tests write, if there is a gigabyte of it: none waits for a disk then. Empty where there is not.
MEMORY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 1000000 { print "/dev/shm" }')

.DEFAULT_GOAL := help
.PHONY: help install develop demo test test-unit torture bench bench-search bench-extract check format golden pages site wheel lock clean

help: ## Print each target and what it does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: .venv/installed ## Make .venv with what running needs; PYTHON=python3.13 chooses the interpreter.

.venv/installed: requirements.txt pyproject.toml .ci/install
	@.ci/install $(PYTHON)

develop: .venv/developed ## Add the tools for tests and checks to .venv; the targets that need them call it.

.venv/developed: .venv/installed constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints.txt
	@touch $@

demo: install ## Play sample calls to both processes, and show what is remembered.
	@$(BIN)/python docs/demo/play.py

test: develop ## Run every test; PYTEST_ARGS="-k signature" chooses some.
	$(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/pytest $(PYTEST_ARGS)

test-unit: develop ## Run the fast tests: no server, no strace, no root.
	$(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/pytest -n auto tests/unit tests/golden -m "not slow and not root and not strace and not server" $(PYTEST_ARGS)

check: develop ## Check format, lint, types, and who imports whom; changes nothing.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: develop ## Format the code, and mend what the linter can mend.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: develop ## Rewrite the expected dumps of the golden tests; read the diff before you commit it.
	$(BIN)/python -m tests.golden.regenerate

pages: develop ## Write anew what the documentation takes from the code: settings, .env.example, the HTTP reference.
	@$(BIN)/python -m pages

site: develop ## Build the documentation as a site into build/site; a link that leads nowhere is an error.
	@$(BIN)/python -m pages.site

torture: develop ## Break everything under load and count what is lost; ten minutes, needs strace and unshare.
	@$(BIN)/python -m tests.torture

bench: develop ## Measure speed against what the machine can do; BENCH="ack replay" chooses some.
	@$(BIN)/python -m bench $(BENCH)

bench-search: develop ## Measure what search finds, through the webhooks; EXPLAIN=yes says why a question was missed.
	@$(BIN)/python -m bench.recall $(if $(EXPLAIN),--explain)

bench-extract: develop ## Measure what the model of LLM_PROVIDER makes of the phone calls, and what it costs.
	@$(BIN)/python -m bench.extract

wheel: develop ## Build the wheel into dist/, which `pip install` takes.
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

lock: develop ## Pin every dependency anew, with hashes.
	$(BIN)/uv pip compile pyproject.toml --extra build --extra dev --extra tracing $(LOCKED) --output-file constraints.txt
	$(BIN)/uv pip compile pyproject.toml --extra build --constraint constraints.txt $(LOCKED) --output-file requirements.txt

clean: ## Remove .venv and all caches.
	rm -rf .venv .venvs build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
