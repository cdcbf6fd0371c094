# Tasks. On a fresh machine `make demo` and `make test` set up all they need (Python 3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := demo
.PHONY: demo serve test lint bench docs knowledge lock clean

$(VENV)/.core: pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev,docs]'
	touch $@

demo: $(VENV)/.core  ## decide the published patients, with reasons
	$(BIN)/ntrkpath demo

$(VENV)/.server: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[server]'
	touch $@

serve: $(VENV)/.server  ## the pages, at http://127.0.0.1:8000
	$(BIN)/ntrkpath serve --demo

test: $(VENV)/.dev  ## every test
	$(BIN)/python -m pytest -q -n 2

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the bars, as ratios measured in one run
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## the site, into site/
	$(BIN)/python scripts/build_docs.py
	$(BIN)/mkdocs build --strict --quiet

knowledge: $(VENV)/.dev  ## compiled guidance and JSON Schemas
	$(BIN)/python scripts/build_knowledge.py

lock: $(VENV)/.dev  ## sign off changed outcomes of the tables
	$(BIN)/ntrkpath verify --write-lock

clean:
	rm -rf $(VENV) site dist build
