# One word for each thing one does here. Needs git, make and some Python 3; gets the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
# ARGS of make run, make bench and others go to the command behind them.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Whole to the last branch: acts, rules, knowledge, and who may see what.
WHOLE = */actions.py,*/actions/*,knowledge/*,medications/rules/*,$\
medications/options/*,accounts/access.py,accounts/permissions.py,accounts/tenancy.py,$\
accounts/protection.py,accounts/middleware.py

# They go through what the tests of each room measure; a tracer would double their time.
UNTRACED = tests/properties tests/walks tests/journeys
PYTEST = $(PY) -m config.local.throwaway pytest -n 2 --dist worksteal

TEMPLATES = $(shell find templates -name '*.html' 2>/dev/null)

.PHONY: help run test check fix demo bench backup restore drill sbom lock clean .venv

help: ## this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

.venv:
	@./config/local/prepare requirements-dev.lock

run: ## the whole site on this machine, until Ctrl-C (PORT=9000 to prefer a port)
	@./config/local/prepare requirements.lock
	@exec $(PY) -m config.local.run

test: .venv ## the whole suite on throw-away servers (ARGS="tests/plans -k sign")
	@$(PY) -m config.local.browser
ifdef ARGS
	@$(PYTEST) $(ARGS)
else
	@$(PYTEST) --cov $(UNTRACED:%=--ignore=%); rooms=$$?; \
	$(PYTEST) $(UNTRACED) && exit $$rooms
	@$(PY) -m coverage report --include="$(WHOLE)" --fail-under=100
endif

check: .venv ## style, types, layers, templates, migrations
	@$(PY) -m config.local.check

fix: .venv ## what a program can mend by itself
	@$(PY) -m ruff check --fix-only -q . ; $(PY) -m ruff format -q .
	@[ -z "$(TEMPLATES)" ] || .venv/bin/djade --target-version 6.1 $(TEMPLATES) || true

demo: .venv ## load the demo clinic anew
	@exec $(PY) manage.py load_demo $(ARGS)

bench: .venv ## figures of the main pages against a bare view and raw SQL
	@exec $(PY) -m config.local.throwaway manage bench $(ARGS)

backup: ## everything into one file in backups/
	@[ -x $(PY) ] || ./config/local/prepare requirements.lock
	@exec $(PY) -m config.local.backup save $(ARGS)

restore: ## put a backup in the place of what is there: make restore FILE=backups/...
	@[ -x $(PY) ] || ./config/local/prepare requirements.lock
	@exec $(PY) -m config.local.backup restore "$(FILE)" $(ARGS)

drill: .venv ## back up with Barman, lose the server, restore, compare every row
	@exec $(PY) -m config.local.drill

faults: .venv ## the catalogue of faults, case by case (ARGS="--only live", ARGS="--only K01")
	@exec $(PY) -m tests.faults $(ARGS)

sbom: .venv ## what the image is made of, as CycloneDX
	@exec $(PY) -m cyclonedx_py requirements requirements.lock --of JSON -o sbom.json

lock: .venv ## write the lock files anew from pyproject.toml
	@$(PY) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.12 --custom-compile-command "make lock" \
	  pyproject.toml -o requirements.lock
	@$(PY) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.12 --custom-compile-command "make lock" \
	  pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment, the servers and their data
	@[ ! -x $(PY) ] || $(PY) -m config.local.clean
	@rm -rf .venv .local staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis
