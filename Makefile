# Executable documentation: `make` alone lists what there is.
# Every target that runs our code sets the environment up first; that costs next to nothing when
# nothing has changed.

# The first Python that is new enough. Only the set-up runs on it; the rest runs in .venv.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)
VENV := .venv/bin

# Where nobody keeps byte code, every start of our programs would compile a thousand modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test check unit pages lint format lock infra-up infra-down infra-status \
	schemas events-doc translations bench-delivery bench-main-job bench-store \
	bench-containers clean secrets \
	kubernetes-files kubernetes-secrets rotate-secrets test-containers test-ha faults

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is needed, here only: packages, front-end files, translations
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer is needed (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m tooling.environment $(SET_UP)

# The module that `ore up --embedded` hands over to: without the command line's own second.
run: SET_UP := --to-run
run: setup ## start the whole platform in one process (PORT=8001, DATA=folder to choose others)
	@$(VENV)/python -m platform_cli.embedded $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA))

test: setup ## everything, against a real PostgreSQL, RabbitMQ and Chromium
	@$(VENV)/python -m tooling.test

faults: setup ## 1,000 kills and every other fault on servers of its own (SEED, KILLS, MINUTES)
	@SEED=$(SEED) KILLS=$(or $(KILLS),1000) MINUTES=$(or $(MINUTES),30) \
		$(VENV)/python -m pytest tests/faults -q

secrets: ## make the passwords and keys of the compose file, once, in secrets/ (HA=1)
	@$(PYTHON) -m deploy.secret_files $(if $(HA),--ha)

rotate-secrets: ## new secrets for NAME, a service or a secret; then tell the servers (docs/operations.md)
	@$(PYTHON) -m deploy.rotation $(NAME)

kubernetes-files: setup ## write what deploy/k8s takes from the alerts and the database's script
	@$(VENV)/python -m deploy.kubernetes files

kubernetes-secrets: ## print the Secrets for Kubernetes from secrets/; pipe it to kubectl
	@$(MAKE) --silent setup >&2
	@$(VENV)/python -m deploy.kubernetes secrets

test-containers: setup ## build the images, start them with compose, try rights, scale, restarts, upgrade, restore
	@$(VENV)/python -m pytest tests/containers -q

bench-containers: setup ## measure them: start, sizes, memory, idle, rolling restart and upgrade (see bench/)
	@FIGURES=bench/results/containers.json $(VENV)/python -m pytest -q \
		tests/containers/test_running.py tests/containers/test_upgrade.py

test-ha: setup ## two of everything and a cluster: kill each container under load, promote the replica
	@$(VENV)/python -m pytest tests/ha -q

check: setup ## format, lint, types, imports and the tests that need no server (under a minute)
	@$(VENV)/python -m tooling.check

unit: setup ## the unit tests alone; ARGS="-k word" and the like are passed on
	@$(VENV)/python -m pytest tests/unit $(ARGS)

pages: setup ## every page and form without a browser, for every role (after a change to templates)
	@$(VENV)/python -m pytest tests/pages -q -n auto $(ARGS)

lint: setup ## format, lint, types and imports, without tests
	@$(VENV)/python -m tooling.check --static

format: setup ## format the code and mend what can be mended without thinking
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

lock: setup ## write the lock files anew; UPGRADE=1 takes the newest versions
	@$(PYTHON) -m tooling.lock $(if $(UPGRADE),--upgrade)

infra-up: setup ## start PostgreSQL and RabbitMQ, find Chromium (see deploy/local/infra.py)
	@$(VENV)/python -m deploy.local.infra up

infra-down: setup ## stop what infra-up started; the data stays
	@$(VENV)/python -m deploy.local.infra down

infra-status: setup ## say what is up and whether it answers
	@$(VENV)/python -m deploy.local.infra status

schemas: setup ## write the JSON Schemas and AsyncAPI of the contract events
	@$(VENV)/ore schemas

events-doc: setup ## write docs/events.md from the contracts
	@$(VENV)/ore events-doc

translations: setup ## compile the translations, naming every mistake by file and line
	@$(VENV)/python -m tooling.translations

bench-delivery: setup ## measure the delivery against bare kombu; QUICK=1: about two minutes
	@$(VENV)/python -m bench.delivery

bench-main-job: setup ## measure the main job, ten minutes; QUICK=1: about two
	@$(VENV)/python -m bench.main_job $(ARGS)

bench-store: setup ## measure the event store against the library's own (QUICK=1: about two minutes)
	@$(VENV)/python -m bench.store $(ARGS)

clean: ## stop our servers and delete everything that can be made again
	@test ! -x $(VENV)/python || $(VENV)/python -m deploy.local.infra down --wipe
	@rm -rf .venv .tools node_modules var test-results services/gateway/static/vendor
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -f services/gateway/translations/*/LC_MESSAGES/messages.mo
