# Two commands do everything on a machine with git, make and Python >= 3.11 (with venv):
#   make run     generate 100 checked trajectories, offline
#   make test    install the dev extra and run the whole test suite
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := button graphs agents tools prompts
COUNT ?= 100
OUT ?= runs/first
SUITE := build/json-schema-suite
export LANGGRAPH_CLI_NO_ANALYTICS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start many processes: what one has compiled, the next need not compile again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run install dev docs audit check format lint types layers notebooks test schema-suite hostile mutations real-data soak soak-small roundtrip bench bench-check bench-check-many bench-report screenshots browser studio clean bench-efficiency bench-cpu bench-journal bench-peers bench-one-step bench-workers bench-growth bench-resume bench-economy

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed ## Create .venv and install the package

dev: $(VENV)/.installed-dev ## Install the package with everything for development

run: $(VENV)/.installed ## Generate 100 checked trajectories with the embedded model
	$(BIN)/button generate --count $(COUNT) --out $(OUT)

test: $(VENV)/.installed-dev ## Run the whole test suite
	-@test -d $(SUITE) || $(MAKE) --silent schema-suite
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

schema-suite: $(VENV)/.installed-dev ## Fetch the official JSON Schema test suite (in jsonschema's source distribution)
	rm -rf $(SUITE) build/sdist
	$(BIN)/python -m pip download --quiet --no-deps --no-binary :all: --dest build/sdist jsonschema
	mkdir -p $(SUITE)
	tar -xzf build/sdist/jsonschema-*.tar.gz -C $(SUITE) --strip-components=2 --wildcards '*/json/*' \
		|| (rm -rf $(SUITE); exit 1)

hostile: $(VENV)/.installed-dev ## Time the schemas and values made to exhaust a validator
	$(BIN)/python -m benchmarks.hostile_schemas

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

notebooks: $(VENV)/.installed-dev
	$(BIN)/nbstripout --verify notebooks/*.ipynb

check: lint types layers notebooks ## Lint, types, layers, stripped notebooks

mutations: $(VENV)/.installed-dev ## Damage 520 trajectories in 97 ways: what the checks find
	$(BIN)/python -m benchmarks.mutation

real-data: $(VENV)/.installed-dev ## What the checks find in the public data of ../shared/data
	$(BIN)/python -m benchmarks.real_data

soak: $(VENV)/.installed-dev ## Measure the goals of reliability: storms, kills, full disks (half an hour)
	$(BIN)/python -m benchmarks.soak

soak-small: $(VENV)/.installed-dev ## The same over a little of everything, as in the test suite (a minute)
	$(BIN)/python -m benchmarks.soak --small

roundtrip: $(VENV)/.installed-dev ## Write 10,000 trajectories in every format and read them back
	$(BIN)/button generate --count 10000 --out runs/roundtrip --quiet
	$(BIN)/python -m benchmarks.roundtrip runs/roundtrip

bench: $(VENV)/.installed ## Measure the speed of the embedded model, offline
	$(BIN)/python -m benchmarks.offline
	$(BIN)/python -m benchmarks.checks

bench-check: $(VENV)/.installed ## Measure the speed and memory of `button check` on the rows of OUT
	$(BIN)/python -m benchmarks.linter $(OUT)

bench-check-many: $(VENV)/.installed ## The memory of `button check` on 1,000,000 short rows (ten minutes)
	$(BIN)/python -m benchmarks.linter --many 1000000

bench-report: $(VENV)/.installed-dev ## Measure the report of 5,000 trajectories: size, time and memory, opening in Chromium
	$(BIN)/button generate --count 5000 --out runs/report --quiet
	@mkdir -p build
	$(BIN)/python -m benchmarks.report runs/report build/report.html

screenshots: $(VENV)/.installed-dev ## Draw the pictures of docs/report.md in Chromium
	$(BIN)/button generate --count 300 --out runs/pictures --quiet
	$(BIN)/button report runs/pictures
	$(BIN)/python -m benchmarks.screenshots runs/pictures/report.html docs

browser: ## Install Chromium for the tests of the report (Debian, as root)
	apt-get update -qq
	apt-get install -qq --no-install-recommends chromium

bench-efficiency: $(VENV)/.installed-dev ## Against a slow endpoint: how close to the limit a run is (a quarter of an hour)
	$(BIN)/python -m benchmarks.latency

bench-cpu: $(VENV)/.installed-dev ## CPU time of a call: the pipeline, plain asyncio, DataFlow, long conversations
	$(BIN)/python -m benchmarks.latency.cpu

bench-journal: $(VENV)/.installed-dev ## What the run directory costs in wall time (seven minutes)
	$(BIN)/python -m benchmarks.latency.journal

bench-peers: $(VENV)/.installed-dev ## Side by side with DataFlow's pipeline, in an environment of its own (half an hour)
	$(BIN)/python -m benchmarks.latency.peers

bench-one-step: $(VENV)/.installed-dev ## One generation step beside curator, distilabel and data-designer
	$(BIN)/python -m benchmarks.latency.one_step

bench-workers: $(VENV)/.installed-dev ## One process, two workers, two workers on Ray
	$(BIN)/python -m benchmarks.workers

bench-growth: $(VENV)/.installed-dev ## Time and memory at 1,000, 10,000 and 100,000 trajectories (an hour)
	$(BIN)/python -m benchmarks.growth

bench-resume: $(VENV)/.installed-dev ## How long a run of a million items takes until it goes on
	$(BIN)/python -m benchmarks.resume

bench-economy: $(VENV)/.installed-dev ## Calls and tokens of a trajectory, and what asking again costs and saves
	$(BIN)/python -m benchmarks.economy

audit: $(VENV)/.installed-dev ## Generate 2,000 trajectories and audit them with plain jsonschema
	$(BIN)/button generate --count 2000 --out runs/audit --quiet
	$(BIN)/button show runs/audit --stats
	$(BIN)/python -m benchmarks.audit runs/audit

docs: $(VENV)/.installed-dev ## Write the reference pages from the code
	$(BIN)/python -m button.cli.reference docs

studio: $(VENV)/.installed-dev ## Start the development server for LangGraph Studio
	$(BIN)/python -m langgraph_cli dev --no-browser

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
