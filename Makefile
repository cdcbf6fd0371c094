# Tasks. On a fresh machine `make demo` and `make test` set up all they need (Python 3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP = $(BIN)/pip install --quiet --disable-pip-version-check
EXTRAS := dev,docs
.DEFAULT_GOAL := demo
.PHONY: demo serve screenshots study test test-long test-lowest test-newest system recipes lint bench docs site site-serve knowledge lock release constraints clean

# constraints.txt pins every package that is installed here; see `make constraints`.
$(VENV)/.core: pyproject.toml hatch_build.py constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.core
	$(PIP) -c constraints.txt -e '.[$(EXTRAS)]'
	touch $@

demo: $(VENV)/.core  ## decide published patients, with reasons
	$(BIN)/ntrkpath demo

$(VENV)/.server: $(VENV)/.core
	$(PIP) -c constraints.txt -e '.[server]'
	touch $@

serve: $(VENV)/.server  ## the pages, at http://127.0.0.1:8000
	$(BIN)/ntrkpath serve --demo

screenshots: $(VENV)/.dev  ## every page at a desk and on a phone, light, dark and on paper, into build/screenshots
	$(BIN)/python scripts/screenshots.py

$(VENV)/.registry: $(VENV)/.core
	$(PIP) -c constraints.txt -e '.[server,registry]'
	touch $@

study: $(VENV)/.registry  ## a synthetic screening study of 2,000 subjects, half-way, in a browser
	$(BIN)/ntrkpath registry study build/study

system:  ## what the tests use beside Python: says what is missing, or installs it (SYSTEM=1)
	@scripts/system_packages.sh $(if $(SYSTEM),--install)

test: $(VENV)/.dev system  ## every test (the long ones: make test-long)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

test-long: $(VENV)/.dev system  ## long fuzzing, mutants and kills
	$(BIN)/python -m pytest -q -n 2 -m long

test-lowest:  ## the core on the lowest versions that pyproject.toml allows, in an environment of its own
	scripts/other_versions.sh lowest

test-newest:  ## the core on the newest versions there are, in an environment of its own
	scripts/other_versions.sh newest

$(VENV)/.recipes: packaging/tools.txt
	test -x $(VENV)/recipes/bin/python || $(PYTHON) -m venv $(VENV)/recipes
	$(VENV)/recipes/bin/pip install --quiet --disable-pip-version-check -r packaging/tools.txt
	touch $@

recipes: $(VENV)/.dev $(VENV)/.recipes  ## packaging/ and examples/laboratory with real Snakemake, planemo and MultiQC
	NTRKPATH_RECIPES=$(abspath $(VENV)/recipes/bin) $(BIN)/python -m pytest -q -m 'long or not long' tests/test_recipes.py

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the bars: three repetitions, by processor time and by the clock; renews docs/reference/speed.md
	$(BIN)/python -m benchmarks --lines build/bench.jsonl; failed=$$?; \
	$(BIN)/python scripts/docs_speed.py build/bench.jsonl && exit $$failed

site: docs  ## pages that need no server, with the documentation, into site/ for any static host
	rm -rf build/docs && mv site build/docs && mkdir -p site && mv build/docs site/docs
	$(BIN)/python scripts/build_site.py site

site-serve:  ## that site, at http://127.0.0.1:8080
	$(BIN)/python scripts/serve_site.py site

docs: $(VENV)/.dev  ## the site, into site/
	$(BIN)/python scripts/build_docs.py
	$(BIN)/mkdocs build --strict --quiet

knowledge: $(VENV)/.dev  ## compiled guidance and JSON Schemas
	$(BIN)/python scripts/build_knowledge.py

lock: $(VENV)/.dev  ## sign off changed outcomes of the tables
	$(BIN)/ntrkpath verify --write-lock

release: $(VENV)/.dev  ## sdist and wheel into dist/, checked on every Python at hand; publishes nothing
	$(PIP) -c constraints.txt -e '.[release]'
	$(BIN)/python scripts/release.py

constraints: $(VENV)/.dev  ## pin the newest packages that fit, for every supported Python
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra docs --extra release --universal --python-version 3.11 --upgrade \
	  --no-header --no-annotate --strip-extras --quiet --output-file constraints.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --resolution lowest-direct \
	  --no-header --no-annotate --strip-extras --quiet --output-file scripts/lowest.txt

clean:
	rm -rf $(VENV) site dist build
