# `make demo` and `make test` are all that a new machine needs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo run test check bench clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet 'torch~=2.13.0' -e '.[server,models,fast,plots,dev]'
	touch .venv/installed

demo: install
	TOUCHSTONE_DATA='$(CURDIR)/.demo/data' $(BIN)/python manage.py demo --out .demo

run: install
	$(BIN)/python manage.py run

# Two workers, each with a PostgreSQL server of its own; a file stays on one, with its fixtures.
test: install
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Every gate but the tests; the pre-commit hook and CI call this list and no other.
check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	TOUCHSTONE_DATA='$(CURDIR)/.demo/data' $(BIN)/python manage.py makemigrations --check --dry-run

bench: install
	$(BIN)/python -m audit.analysis.encoders.bench
	$(BIN)/python -m tests.bench_pages
	$(BIN)/python -m tests.bench_ledger
	$(BIN)/python -m tests.bench_verify
	$(BIN)/python -m tests.bench_watches
	$(BIN)/python -m tests.bench_collect
	$(BIN)/python -m tests.bench_print

clean:
	rm -rf .venv .demo build *.egg-info
