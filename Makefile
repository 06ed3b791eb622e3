# Everything a person types. `make demo` and `make test` set up what they need, and nothing else has to be typed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV     := 0.13.9
export DO_NOT_TRACK := 1

.PHONY: demo test ui superset superset-check bench fuzz lint format lock setup clean help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/  make \1\t/' | expand -t 18

setup: $(READY)  ## virtual environment with the locked dependencies

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 of nieuwer is nodig; dit is %d.%d. Kies er een met: make PYTHON=python3.12 ..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Omgeving klaarzetten in $(VENV) (eenmalig, ongeveer een minuut) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Het aanmaken van een virtuele omgeving lukt niet; installeer python3-venv (Debian/Ubuntu)."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --compile-bytecode requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## fictional region, whole pipeline, summary
	@$(BIN)/oa demo

test: $(READY)  ## all tests
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

ui: $(READY)  ## Dagster on http://127.0.0.1:3000
	@$(BIN)/oa ui

superset:  ## Superset on the published file, in an environment of its own
	@$(PYTHON) tools/superset/zet_op.py

superset-check:  ## set Superset up, ask it for the tables and a chart, stop (for a nightly run)
	@$(PYTHON) tools/superset/zet_op.py --controle

bench: $(READY)  ## benchmarks: both sides and a ratio
	@$(BIN)/python -m tests.benchmark

fuzz: $(READY)  ## sweep of mutated deliveries over all formats
	@$(BIN)/python -m tests.fuzz

lint: $(READY)
	@$(BIN)/ruff check .

format: $(READY)
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lock: $(READY)  ## renew requirements.lock from pyproject.toml
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --all-extras --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock

clean:  ## remove the demo's data (not the environment)
	@rm -rf .demo .pytest_cache .ruff_cache .hypothesis
