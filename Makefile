# Casetrail on one machine. Needs Python 3.11 and make; everything else comes out of Python packages.
#
#   make demo            install, start, walk one case from registration to a dossier that verifies, stop
#   make up              serve until Ctrl-C or `make down`; ARGS=--split: API and worker of each service apart
#   make down            stop it
#   make status          what runs, where, and how much memory it takes
#   make verify-ledger   recompute every chain and compare it with the archive's copies
#   make rebuild         make what the services keep anew from their ledgers; ARGS=--check: only compare
#   make retry-parked    handle facts again that could not be handled, once what stopped them is put right
#   make scenarios       run the scenario files of SCENARIOS=folder through the APIs of a stack of its own
#   make test            everything that must pass
#   make check           lint, types, import rules, sizes
#   make bench           speed, as ratios against the raw parts measured in the same run
#   make mutate-packs    change every detail of the rule packs in turn; a test must notice each (about a minute)
#   make clean           stop, and remove all data; `make distclean` also the installed packages

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m casetrail_embedded.cli
PIP    := $(BIN)/python -m pip install --disable-pip-version-check
ARGS   ?=
SCENARIOS ?= tests/scenarios/data

.PHONY: help install install-dev demo up down status test scenarios check mutate-packs bench verify-ledger rebuild retry-parked jars-lock clean distclean
.DEFAULT_GOAL := help

# Processes are started by the dozen, and what one has compiled the next need not.
unexport PYTHONDONTWRITEBYTECODE

help:
	@sed -n 's/^#   /  /p' Makefile

# Exactly the locked packages, each checked against its hash, also those that build others; then this project in place.
install: $(VENV)/run.stamp
install-dev: $(VENV)/dev.stamp

$(BIN)/python:
	@echo "· making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(BIN)/python locks/build.txt locks/run.txt pyproject.toml
	@$(call pip_install,locks/run.txt)
	@touch $@

$(VENV)/dev.stamp: $(BIN)/python locks/build.txt locks/run.txt locks/dev.txt pyproject.toml
	@$(call pip_install,locks/dev.txt)
	@touch $(VENV)/run.stamp $@

define pip_install
echo "· installing $$(grep -c '==' $(1)) packages of $(1)"; \
$(PIP) --quiet --require-hashes --only-binary :all: -r locks/build.txt \
  && $(PIP) --require-hashes --no-build-isolation -r $(1) \
  && $(PIP) --quiet --no-deps --no-build-isolation --editable .
endef

demo: install
	@$(RUN) demo $(ARGS)

up: install
	@$(RUN) up $(ARGS)

down: install
	@$(RUN) down $(ARGS)

status: install
	@$(RUN) status $(ARGS)

bench: install
	@$(RUN) bench $(ARGS)

verify-ledger: install
	@$(RUN) verify-ledger $(ARGS)

rebuild: install
	@$(RUN) rebuild $(ARGS)

retry-parked: install
	@$(RUN) retry-parked $(ARGS)

test: install-dev
	@$(BIN)/python -m pytest tests $(ARGS)

scenarios: install
	@$(RUN) scenarios $(SCENARIOS) $(ARGS)

check: install-dev
	@echo "· lint";         $(BIN)/ruff check .
	@echo "· format";       $(BIN)/ruff format --check .
	@echo "· types";        $(BIN)/mypy libs services tests tools
	@echo "· import rules"; $(BIN)/lint-imports
	@echo "· sizes";        $(BIN)/python tools/sizes.py

mutate-packs: install-dev
	@$(BIN)/python tools/mutate_packs.py $(ARGS)

# Writes locks/kafka-jars.lock anew from the versions named in stack/jars.py.
jars-lock: install
	@$(BIN)/python -m casetrail_embedded.stack.jars

# Stops the stack and removes its data and all caches of builds and tests; installed packages and Kafka's jars stay.
clean:
	@if [ -e $(VENV)/run.stamp ]; then $(RUN) clean; fi
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find libs services tests tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean
	@rm -rf $(VENV) .cache
