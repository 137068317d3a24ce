# Needs Python 3.11 or newer, git and make on Linux; `make install` brings the rest into .venv.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Asked twice below: a registry that hiccups once must not end a first visit.
PIP_INSTALL := $(PIP) install --quiet --quiet --retries 8
PYTHON ?= $(shell tools/find-python)
SHARED := ../shared

.PHONY: help install run test lint bench score soak lock docs calibrate accuracy bundle clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

install: $(VENV)/.dev ## .venv with everything that running, testing and checking need
	@tools/system-packages tests

run: $(VENV)/.run ## extract corpora/samples into outputs/demo
	$(BIN)/taizhang extract corpora/samples --out outputs/demo

test: install ## every test
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev $(VENV)/.bench ## right answers and speed beside jieba, typer, JioNLP and Recognizers-Text, in one run
	$(BIN)/python -m tests.bench.bench
	$(BIN)/python -W ignore -m tests.bench.ledgerpage

score: $(VENV)/.run ## score against the gold beside this folder, if it is there
	@if [ -d $(SHARED)/gold ]; then \
		out=$$(mktemp -d) && trap 'rm -rf "$$out"' EXIT && \
		$(BIN)/taizhang extract $(SHARED)/seeds $(SHARED)/corpus $(SHARED)/plans --out "$$out/run" --quiet && \
		$(BIN)/python $(SHARED)/tools/score.py $(SHARED)/gold "$$out/run"; \
	else echo "make score: no $(SHARED)/gold beside this folder, nothing to score"; fi

soak: $(VENV)/.dev ## thousands of damaged documents through the command, a hundred nights killed
	$(BIN)/python -m tests.bench.soak
	$(BIN)/python -m tests.breaks 100
	$(BIN)/python -m tests.bench.reviewers

docs: $(VENV)/.run ## write docs/tables.md anew from extractors/schema.py
	$(BIN)/python tools/tables_page.py

calibrate: $(VENV)/.run ## count anew how often rows of each kind are right (extractors/lexicon/calibration.toml)
	$(BIN)/python tools/calibrate.py

accuracy: $(VENV)/.run ## measure anew and write docs/accuracy.md
	$(BIN)/python tools/accuracy_page.py

bundle: $(VENV)/.run ## one archive in dist/ that installs without network (EXTRAS="ocr postgres", PYTHONS="3.11 3.12")
	$(BIN)/python tools/bundle.py $(foreach e,$(EXTRAS),--extra $(e)) $(foreach p,$(PYTHONS),--python $(p))

lock: ## resolve pyproject.toml into requirements.lock and requirements-dev.lock (minutes)
	PYTHON="$(PYTHON)" tools/lock

clean: ## remove .venv and caches
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@tools/system-packages venv "$(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

# The stamps are newer than what they were made from, so a second `make` installs nothing.
$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing what the program needs into $(VENV) (a minute or two)"
	@$(PIP_INSTALL) --require-hashes -r requirements.lock || $(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "installing what tests and checks need into $(VENV)"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock || $(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# Yardsticks live apart: they bring hundreds of megabytes and old pins. One that cannot be had is named in the table.
$(VENV)/.bench: tests/bench/requirements.txt $(VENV)/.run
	-@$(BIN)/python -m venv .venv-bench && while read -r wanted; do \
		.venv-bench/bin/python -m pip --disable-pip-version-check install --quiet --quiet $$wanted || echo "not installed: $$wanted"; \
	done < <(grep -v '^#' tests/bench/requirements.txt)
	@touch $@
