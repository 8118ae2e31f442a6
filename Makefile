# Everything a newcomer needs: `make demo`, `make test`. Each sets itself up, the second time at once.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
CATALOGUE := noc_tui/locale/fr/LC_MESSAGES/noc_tui.mo

.PHONY: setup demo test test-root test-long search faults check audit format bench screenshots screenshots-all tour samples lock clean

setup: $(STAMP) $(CATALOGUE)

$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "1/3 an environment in $(VENV): made once, a minute or two"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "2/3 the libraries, by their hashes"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@echo "3/3 noc-tui itself"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(CATALOGUE): $(STAMP) $(wildcard noc_tui/locale/fr/*.po)
	$(BIN)/python tools/catalogues.py compile

demo: setup
	$(BIN)/noc-tui demo

# Tests start the programs a hundred times: they are compiled once, whatever the surroundings say.
# They commit ten thousand times: where there is room in memory, their files are there.
ROOMY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')
test test-root test-long search faults: export PYTHONDONTWRITEBYTECODE =
test test-root test-long search faults: export TMPDIR := $(or $(TMPDIR),$(ROOMY),/tmp)
test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not long"

# The tests that only root can make: they act as other accounts, mount file systems, log in over SSH.
test-root: setup
	$(BIN)/python -m pytest -n auto -m "(needs_root or needs_sshd or needs_tmux or needs_mount) and not long"

# What takes long and proves little more than the same test in `make test`.
test-long: setup
	$(BIN)/python -m pytest -n auto -m long

# Property tests with examples of chance, many of each; `make test` has the same few in every run.
search: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m hypothesis --hypothesis-profile search

# A thousand kills, sick disks, mutated answers, signals, abuses of the socket, clocks, terminals: a
# half an hour; `make faults SIZE=short` takes minutes. As root it also fills a disk.
SIZE ?= full
faults: setup
	$(BIN)/python -m tests.faults --size $(SIZE)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py check
	$(BIN)/python tools/house_names.py

# Known vulnerabilities of the libraries that nocd runs on. It needs the package index, and says so
# where that is out of reach.
audit: setup
	$(BIN)/python tools/audit.py $(VENV)/audit

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The lock names versions and hashes, and no index.
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -o requirements/dev.lock

# Ratios within one run, on a quiet machine: see benchmarks/README.md.
bench: setup
	for what in start refresh keys idle hangup; do $(BIN)/python -m benchmarks.console $$what; done
	$(BIN)/python -m benchmarks.poll_decode --wire
	$(BIN)/python -m benchmarks.poll_write
	for what in poll consoles writes; do $(BIN)/python -m benchmarks.daemon $$what; done
	$(BIN)/python -m benchmarks.sla_month

screenshots: setup
	$(BIN)/python tools/screenshots.py

# Every screen, in three themes and both languages, into screenshots/all, which is not kept.
screenshots-all: setup
	$(BIN)/python tools/screenshots.py --all

# The demo's tour as it is seen, for `asciinema play`.
tour: setup
	$(BIN)/python tools/tour_cast.py

# The letters, case pages and files of `docs/samples/`, from the facts in `tools/samples.toml`.
samples: setup
	$(BIN)/python tools/samples.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist $(CATALOGUE)
