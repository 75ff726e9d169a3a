# `make install` makes .venv with everything in it; every other target calls it.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=
BENCH ?=

.PHONY: install demo test torture bench bench-search check golden lock clean

install: .venv/installed

.venv/installed: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.13 ..."; exit 1; }
	@echo "Installing into .venv"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install
	@$(BIN)/python docs/demo/play.py

test: install
	$(BIN)/pytest $(PYTEST_ARGS)

# Breaks everything under load, and prints what became of the calls; some five minutes. Needs strace and unshare.
torture: install
	@$(BIN)/python -m tests.torture

# Measures speed against what the machine can do; `make bench BENCH="ack replay"` for some of it.
bench: install
	@$(BIN)/python -m bench $(BENCH)

# Plays conversations through the webhooks, and prints which share of what is asked for is found; docs/search.md.
bench-search: install
	@$(BIN)/python -m bench.recall

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Rewrites the expected dumps; look at the diff before you commit it.
golden: install
	$(BIN)/python -m tests.golden.regenerate

# Pins everything anew, with hashes and without addresses.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --output-file constraints.txt

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
