# Two commands do everything: `make run` opens Lumora, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check
# PyTorch's own index has the 200 MB CPU build; the general one's Linux build brings gigabytes of CUDA.
# A step of its own, so that nothing else is looked up there; where it cannot be reached two seconds are lost.
TORCH_INDEX := --extra-index-url https://download.pytorch.org/whl/cpu --retries 1
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run install install-dev system models test lint bench soak prove docs page clean

run: install
	$(BIN)/lumora models pull --starter
	$(BIN)/lumora

install: .venv/installed
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@[ "$$(uname)" != Linux ] || ldconfig -p | grep -q libgomp || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q libgomp1; }
	$(PIP) install -q -c constraints.txt $(TORCH_INDEX) torch
	$(PIP) install -q -c constraints.txt -e .
	touch $@

install-dev: .venv/installed-dev
.venv/installed-dev: .venv/installed
	$(PIP) install -q -c constraints.txt -e ".[dev]"
	touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Lumora needs Python 3.11 or newer; name one: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q python3-venv; }
	$(PYTHON) -m venv .venv

# What the tests use beside Python: a browser, the page's bundler, a look at every connection a process attempts.
system:
	@command -v chromium >/dev/null && command -v chromium-headless-shell >/dev/null && command -v esbuild >/dev/null && command -v strace >/dev/null && PATH="$$PATH:/usr/sbin:/sbin" command -v ip >/dev/null || \
		{ $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q chromium chromium-headless-shell esbuild strace iproute2 fonts-noto-core; }

models: install-dev
	$(BIN)/python -m lumora.models.download --starter .models

# Two files at a time, since much of a test is waiting; in their order, so that the server a folder shares starts once.
test: system models lint
	$(BIN)/python -m pytest -m "not soak" -n 2 --dist loadfile --no-loadscope-reorder

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: system models
	$(BIN)/python -m tests.benchmarks

# Full counts, and the contract tests of the second engine, which is compiled here (about 5 minutes).
# The flags keep a native build from crashing on Xeons with AMX.
soak: system models
	CMAKE_ARGS="-DCMAKE_C_FLAGS='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16' -DCMAKE_CXX_FLAGS='-mno-amx-tile -mno-amx-int8 -mno-amx-bf16'" \
		$(PIP) install -q -c constraints.txt -e ".[llama-cpp-python]"
	$(BIN)/python -m pytest -m soak
	LUMORA_ENGINE=llama-cpp-python $(BIN)/python -m pytest tests/models/test_engine_contract.py

prove: system models
	$(BIN)/python -m tests.prove

docs: install-dev
	$(BIN)/python -m lumora.settings > docs/settings.md
	$(BIN)/python -m lumora.store.schema > docs/schema.md
	$(BIN)/python -m lumora.cli.reference > docs/commands.md
	$(BIN)/python -m lumora.api.reference > docs/api.md
	$(BIN)/python -m ui.texts

# The page's modules as one file, after a change below assets/js. Debian 12's esbuild makes it byte for byte.
page: system install-dev
	$(BIN)/python -m ui.build

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
