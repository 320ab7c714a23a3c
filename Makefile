# `make help` reads the lines that end in "## …".
# The recipes are one line each: what they do lies in scripts/, where it can be read and tested.

SHELL := /bin/sh
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help setup web pictures demo up down kubo fonts test lint format bench ci clean distclean

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  make test PART=chain/merkle    one room alone; PART=contracts, PART=chain, PART=\"setup api\" work, too"
	@echo "  make up LAN=1                  https on the local network, and a QR code for a phone"
	@echo "  make up DEMO=1                 the pages over what make demo left"
	@echo "  make demo IPFS=kubo            build a real IPFS node first and keep the records there"

setup: ## prepare .venv and node_modules from the hashed locks (quick when nothing changed)
	@scripts/setup

web: ## build the programs that run in browsers into build/web
	@scripts/setup --quiet
	@npm run --silent build

pictures: ## look at every page in both languages and two widths, and at the paper: build/pictures (ONLY=…)
	@scripts/setup --quiet
	@$(PYTHON) -m scripts.pictures.pages $(if $(ONLY),--only "$(ONLY)")
	@if [ -f scripts/pictures/pdf.py ]; then $(PYTHON) -m scripts.pictures.pdf build/pictures/paper; fi

demo: ## a bureau, a thousand certificates, a clerk, a forgery; leaves demo-out/ (IPFS=kubo for a real IPFS node)
	@scripts/setup --quiet
	@if [ "$(IPFS)" = kubo ]; then scripts/kubo/build >/dev/null; fi
	@$(PYTHON) -m scripts.demo $(if $(IPFS),--ipfs $(IPFS)) $(DEMO)

up: ## start everything and keep it running; data stays in up/ (LAN=1: https for phones; PORT=…; DETACH=1; DEMO=1)
	@scripts/setup --quiet
	@exec $(PYTHON) -m scripts.up $(if $(filter-out 0,$(DEMO)),--demo demo-out) $(if $(filter-out 0,$(LAN)),--lan) $(if $(PORT),--port $(PORT)) \
		$(if $(filter-out 0,$(DETACH)),--detach)

down: ## stop what make up started; data stays (DEMO=1: that of the demo)
	@$(PYTHON) -m scripts.up --stop $(if $(filter-out 0,$(DEMO)),--demo demo-out)

kubo: ## build Kubo (IPFS) with Go, once, into a cache outside the checkout
	@scripts/kubo/build

fonts: ## fetch the fonts for rare characters on paper (set-up does, where it can)
	@scripts/setup --quiet
	@$(PYTHON) -m scripts.fonts

test: ## all tests, or PART=… alone
	@scripts/test $(PART)

lint: ## style, format, types, import layers, the tree, links
	@scripts/setup --quiet
	@$(PYTHON) -m scripts.lint $(CHECK)

format: ## mend style and format where a machine can
	@scripts/setup --quiet
	@.venv/bin/ruff check --silent --fix . || true
	@.venv/bin/ruff format --quiet .
	@node_modules/.bin/biome check --write web tests/web scripts/web || true

bench: ## measure; ratios against other libraries in one run, as tables and JSON in bench-out/
	@scripts/setup --quiet
	@set -e; for program in scripts/bench/*.py; do \
		case "$$program" in */_*) continue;; esac; \
		echo "== $$program"; $(PYTHON) "$$program" $(BENCH); done

ci: ## what must pass before a change is taken (.ci/run)
	@.ci/run

clean: ## remove what runs and tests made
	@rm -rf demo-out bench-out build .ci-out artifacts cache out .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .grimp_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

distclean: clean ## the same, and .venv and node_modules
	@rm -rf .venv node_modules
