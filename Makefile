# Two commands for everyone (demo, test), one for whoever changes something (check).
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
INSTALLED := $(VENV)/.installed
MINUTES ?= 60
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links

.PHONY: help install demo test check faults bench growth screenshot format contracts lock clean

help:
	@echo "make demo      install, start everything, play a story, and leave it running"
	@echo "make test      install and run the tests"
	@echo "make check     lint, types, import contracts, generated files"
	@echo "make faults    kill, stop and cut everything for an hour (MINUTES=60), and write docs/reliability.md"
	@echo "make bench     measure ours against bare baselines for about half an hour, and write docs/performance.md"
	@echo "make growth    let the outbox grow to a million rows, prune it, and say what that showed"
	@echo "make screenshot draw docs/portal.png: the front page after the demo's story"
	@echo "make format    put the code into its form"
	@echo "make contracts write the generated documentation and contracts anew"
	@echo "make lock      choose versions anew and write both requirements.txt"

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Accord needs Python 3.11 or newer"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(INSTALLED)

install: $(INSTALLED)

demo: install
	$(BIN)/accord demo

test: install
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --ignore tests/faults/test_faults.py
	$(BIN)/python -m pytest tests/faults/test_faults.py # alone, because it hurts a whole stack in every way

check: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/house

faults: install
	$(BIN)/python -m tests.faults --minutes $(MINUTES)

bench: install
	$(BIN)/python -m benchmarks $(if $(BEFORE),--before $(BEFORE))

growth: install
	$(BIN)/python -m benchmarks.growth --copies 99 --minutes 60 --samples growth.json

screenshot: install
	$(BIN)/python -m tests.portal.screenshot

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

contracts: install
	$(BIN)/python -m tests.contracts.write

lock: install
	$(COMPILE) --upgrade --extra embedded --extra dev --output-file requirements.txt pyproject.toml
	$(COMPILE) --constraint requirements.txt --build-deps-for editable --output-file deploy/requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) .accord deploy/kafka/lib
