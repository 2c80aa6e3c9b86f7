# The commands of a contributor; see CONTRIBUTING.md. Another interpreter: make check PYTHON=.venv/bin/python
PYTHON ?= python

.PHONY: install format lint types fast check test

install:
	$(PYTHON) -m pip install -r requirements-dev.txt

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

fast:
	$(PYTHON) -m pytest -m "not slow"

# Before every commit: all checks but the slow tests.
check: lint types fast

# Before a change is merged: all checks.
test: lint types
	$(PYTHON) -m pytest
