# `make help` says what there is. Nothing is needed but make and Python 3.11 or newer.

# The first Python of this machine that is new enough; if none is, config/install.py says so
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done),python3)
PY := .venv/bin/python
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run reset test lint fmt lock pip-audit bench bench-knowledge bench-handoff chaos fuzz

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-16s %s\n' "$$name" "$$what"; done

run:  ## start everything on this machine; Ctrl-C stops it
	@$(PYTHON) config/install.py run
	@exec $(PY) -m config.run

reset:  ## forget the data of `make run` (.local/)
	@$(PYTHON) config/install.py run
	@$(PY) -m config.run reset

test:  ## run the tests; ARGS="tests/chats -k claim" for some of them
	@$(PYTHON) config/install.py test
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint:  ## check style, security rules, formatting, the direction of imports, and that no secret is committed
	@$(PYTHON) config/install.py test
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m config.lint.secrets
	@$(PY) -c 'from importlinter.cli import lint_imports_command as check; check()'

fmt:  ## format the code, and mend what can be mended without asking
	@$(PYTHON) config/install.py test
	@$(PY) -m ruff check --fix-only .
	@$(PY) -m ruff format .

bench:  ## measure the desk against its floors, in under ten minutes; ARGS="--only http,worker" for some of it
	@$(PYTHON) config/install.py test
	@$(PY) -m bench $(ARGS)

bench-handoff:  ## measure the handoff detectors by cross-validation; HANDOFF_DEV=folder names the development set
	@$(PYTHON) config/install.py test
	@$(PY) -m bench.handoff $(ARGS)

bench-knowledge:  ## measure the search of the knowledge base; ARGS=--misses names what it missed
	@$(PYTHON) config/install.py test
	@$(PY) -m bench.knowledge $(ARGS)

chaos:  ## break things for some minutes while people talk; ARGS="--messages 2000 --rounds 1" for less
	@$(PYTHON) config/install.py test
	@$(PY) -m bench.chaos $(ARGS)

fuzz:  ## try the API, the parsers and the state machine with 20 times as many inputs, new ones each time
	@$(PYTHON) config/install.py test
	@FUZZ_FACTOR=$${FUZZ_FACTOR:-20} FUZZ_RESULTS=$${FUZZ_RESULTS-bench/results/fuzz.md} \
		$(PY) -m pytest -n $(WORKERS) --dist worksteal --timeout 3600 tests/fuzz $(ARGS)

lock:  ## pin the requirements anew, with hashes (needs the network)
	@$(PYTHON) config/install.py run
	@$(PY) -m pip install -q uv
	@for name in requirements requirements-local requirements-dev; do \
		$(PY) -m uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
			$(UPGRADE) "$$name.in" -o "$$name.txt" || exit 1; done

pip-audit:  ## look the requirements up among known vulnerabilities (needs the network)
	@$(PYTHON) config/install.py run
	@$(PY) -m pip install -q pip-audit
	@for name in requirements requirements-local requirements-dev; do \
		$(PY) -m pip_audit --disable-pip --require-hashes -r "$$name.txt" || exit 1; done
