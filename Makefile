# Each target sets up what it needs in .venv. `make` alone lists them.
# make demo PYTHON=python3.12   to choose the interpreter

VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# Two processes for all tests but those in a browser, which want the machine for themselves; file by file in their
# order, since the longest are not those with most tests. ARGS may choose from one half alone: pytest then ends with 5
# for the other.
NOTHING_CHOSEN = test $$? -eq 5
# pip compiles with one processor. A file that does not compile (some are templates) is no error for pip either.
INSTALL = $(BIN)/python -m pip install --quiet --no-compile
COMPILE = $(BIN)/python -m compileall -q -j 0 $(VENV)/lib > /dev/null 2>&1 || true

.DEFAULT_GOAL := help
.PHONY: help demo app test lint screenshots eval baseline bench train-translator train-summarizer train-topics pack-training clean

help:
	@echo "make demo              translate, summarize and classify an example article"
	@echo "make app               the reading page on http://127.0.0.1:7860"
	@echo "make test              ruff, mypy and all tests (those in a browser install Chromium on Debian, as root)"
	@echo "make lint              ruff and mypy alone"
	@echo "make screenshots       take the pictures of the reading page anew"
	@echo "make eval              run our own tasks: has anything become worse? (report in build/evaluation.html)"
	@echo "make baseline          accept the present scores: baselines, eval/RESULTS.md and the README's table anew"
	@echo "make bench             measure speed and memory on this machine, and write them to the documents"
	@echo "make train-translator  train a shipped model anew (also train-summarizer, train-topics)"
	@echo "make pack-training     pack what a GPU elsewhere needs to train the translator"
	@echo "make clean             remove .venv and what was built"

demo: $(VENV)/.klartext
	$(BIN)/klartext demo $(ARGS)

app: $(VENV)/.klartext-app
	$(BIN)/python app.py $(ARGS)

test: lint
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not browser" $(ARGS) || $(NOTHING_CHOSEN)
	$(BIN)/python -m pytest -m browser $(ARGS) || $(NOTHING_CHOSEN)

lint: $(VENV)/.klartext-dev
	$(BIN)/ruff check
	$(BIN)/mypy

screenshots: $(VENV)/.klartext-dev
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

eval: $(VENV)/.klartext-eval
	$(BIN)/python -m eval gate --output-folder build/evaluation --report build/evaluation.html $(ARGS)

baseline: $(VENV)/.klartext-eval
	$(BIN)/python -m eval gate --update-baseline $(ARGS)
	$(BIN)/python -m eval report --write-documents

bench: $(VENV)/.klartext-eval
	$(BIN)/python -m eval bench --output eval/results/bench.json $(ARGS)
	$(BIN)/python -m eval report --write-documents

train-translator train-summarizer train-topics: train-%: $(VENV)/.klartext-train
	$(BIN)/python -m models.recipes.$* $(ARGS)

pack-training: $(VENV)/.klartext-train
	$(BIN)/python -m models.recipes.staged pack $(ARGS)

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# One stamp for each set of packages: a newer pyproject.toml installs again.
$(VENV)/.klartext: pyproject.toml | $(BIN)/python
	$(INSTALL) --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.klartext-%: pyproject.toml | $(BIN)/python
	$(INSTALL) --editable ".[$*]"
	@$(COMPILE)
	@touch $@

# PYTHON if given, else the first of these that is new enough.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "$$python -m venv $(VENV)" && $$python -m venv $(VENV) && \
	    $(BIN)/python -m pip install --quiet --upgrade pip && exit 0 || exit 1; \
	  fi; \
	done; \
	echo "klartext needs Python 3.11 or newer, and $(or $(PYTHON),python3) is not: install one (https://www.python.org)" \
	  "and name it, e.g. make PYTHON=python3.12" >&2; exit 1
