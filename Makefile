# make run    set up and serve the dashboard and POST /v1/streams/…/events on port 8501
# make test   set up and run all tests that need no browser
# make test-browser  the pages in a real Chromium
# make check  formatting, lint, types, floors
# make bench  speed and false alarms, a minute or two (DRIFTLOCK_DATA=folder for the real data)
# make bench-quality  false alarms, power, labelled sets, peers; exit code 1 where something got worse
# make images the README's pictures, taken anew from a running dashboard

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
  CREATE := uv venv --quiet --python $(PYTHON) $(VENV)
  INSTALL := VIRTUAL_ENV=$(VENV) uv pip install --quiet
else
  CREATE := $(PYTHON) -m venv $(VENV)
  INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

# What is run a second time with PostgreSQL below: what reads and writes most. tests/storage runs on both by itself.
ON_BOTH := $(addprefix tests/services/,desk test_advance.py test_pending.py test_jobs.py test_runs.py \
  test_forgetting.py test_retention.py test_cases.py test_proposals.py)
LONGEST := tests/services/desk/test_review.py::test_ten_thousand_at_once

.PHONY: run test test-browser check bench bench-quality images format clean

run: $(VENV)/.run
	$(BIN)/driftlock serve --port $(PORT)

PYTEST := $(BIN)/python -m pytest -q -rs --dist loadfile --no-loadscope-reorder

# Some machines forbid compiled files; without them each of the processes that tests start compiles all modules anew.
test test-browser: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.dev
	$(PYTEST) -n 3 -m "not browser"
	DRIFTLOCK_TEST_DATABASE=postgresql $(PYTEST) -n 2 --deselect $(LONGEST) $(ON_BOTH)

test-browser: $(VENV)/.dev
	$(PYTEST) -n 3 -m browser tests/e2e

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

bench-quality: $(VENV)/.dev
	$(BIN)/python -m benchmarks.quality

images: $(VENV)/.dev
	$(BIN)/python -m docs.images.take

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/.created:
	test -x $(BIN)/python || $(CREATE)
	touch $@

$(VENV)/.run: $(VENV)/.created requirements.txt pyproject.toml setup.py $(wildcard driftlock_core/kernel/*.[ch])
	$(INSTALL) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(INSTALL) -e '.[dev]'
	touch $@
