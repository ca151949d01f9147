# make run             the whole cycle, in the newest step; STEP=0 trains and predicts in that one
# make doctor          what this machine has and lacks for each step
# make test            the tests
# make readme          run every command of every step's README
# make diff STEP=2     what step 2 changes in step 1
# make lint            format, style, types, and the steps' tables of changes
# make bench           the benchmarks, into README.md and benchmarks/; COLA=FOLDER learns from CoLA itself
# make site            the course as a site, in site/_build/html
# make lock            compile every requirements.in anew, and requirements-dev.txt
# make audit           compare every pinned version with the known vulnerabilities
# make newest          take every pin off, and lock the newest versions: for a trial, in a copy

PYTHON ?= python3
STEPS  := $(sort $(wildcard step_[0-9]_*))
NEWEST := $(lastword $(STEPS))
FOLDER := $(if $(STEP),$(filter step_$(STEP)_%,$(STEPS)),$(NEWEST))
COMPILE = uv pip compile -q $(UPGRADE) --no-annotate --universal --python-version 3.11 --fork-strategy fewest \
	--custom-compile-command "make lock"
BIN    := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
# Python keeps the bytecode of what it imports, whatever the shell says: packages come without it.
unexport PYTHONDONTWRITEBYTECODE
# uv installs ten times faster than pip, and has other names for these settings.
INSTALL = uv pip install --quiet --python $(BIN)/python
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

.PHONY: run doctor test readme diff lint bench site lock audit newest

run: .venv/run
	$(if $(FOLDER),,$(error There is no step $(STEP); there are: $(STEPS)))
ifeq ($(FOLDER),$(NEWEST))
	@echo "Running the whole cycle in $(FOLDER): about 6 minutes on 2 cores, most of them for training."
	cd $(FOLDER) && python cycle.py
else
	cd $(FOLDER) && python train.py
	cd $(FOLDER) && python inference.py "The boy is sitting on a bench" "They not yelled us!"
endif

doctor:
	@$(PYTHON) tools/doctor.py || true

test: .venv/dev
	@echo "Running the tests, two at a time: 8 to 13 minutes on 2 cores. Each dot is a test that has passed."
	pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder --durations 20

readme: .venv/dev
	python tools/readme.py check

diff:
	@$(PYTHON) tools/steps.py diff $(STEP)

# A step's modules have the same names as another's, so each step is checked by itself.
PYREFLY = pyrefly check --output-format min-text --python-interpreter-path $(BIN)/python
TYPED   = benchmarks corpus site tests tools

lint: .venv/dev
	ruff format --check .
	ruff check .
	$(PYREFLY) $(foreach folder,$(TYPED) $(NEWEST),--search-path $(folder)) $(TYPED)
	for step in $(STEPS); do (cd $$step && $(PYREFLY) --config ../pyproject.toml --search-path . .) || exit 1; done
	python tools/steps.py check
	python tools/readme_anatomy.py
	hadolint $$(git ls-files 'step_*Dockerfile')
	actionlint
	zizmor --offline --quiet .github

bench: .venv/dev
	python benchmarks/report.py $(if $(COLA),--data $(abspath $(COLA))+bundled)

site: .venv/site
	python site/build.py

# Each step's lock keeps the versions of the one before; the image's keeps those of its step, and
# requirements/gdrive.txt is for an environment of its own.
lock: .venv/dev
	constraints=tools/constraints.txt; for step in $(STEPS); do \
		$(COMPILE) $$step/requirements.in -o $$step/requirements.txt -c $$constraints || exit 1; \
		constraints=$$step/requirements.txt; done
	for file in $(wildcard step_*/requirements/*.in tests/requirements/*.in); do $(COMPILE) $$file -o $${file%.in}.txt || exit 1; done
	$(COMPILE) requirements-dev.in -o requirements-dev.txt -c $(NEWEST)/requirements.txt
	$(COMPILE) site/requirements.in -o site/requirements.txt -c requirements-dev.txt

audit: | .venv/bin/python
	status=0; for file in $$(git ls-files '*requirements*.txt'); do echo "$$file"; \
		uv tool run --quiet pip-audit@2.10.1 --no-deps --disable-pip -r "$$file" || status=1; done; exit $$status

# What requirements/gdrive.in and tools/constraints.txt hold back stays so, for the reasons given there.
newest: .venv/dev
	sed -i 's/==[^; ]*//' step_*/requirements.in step_*/requirements/local.in
	$(MAKE) lock UPGRADE=--upgrade

# One environment serves all steps, since each step's lock holds the one before.
.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or later: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	pip install --quiet $(shell grep '^uv==' requirements-dev.txt)

# For Linux, PyPI has PyTorch with CUDA, which only an NVIDIA GPU can use; PyTorch's own index has a build for CPUs.
.venv/run: $(NEWEST)/requirements.txt | .venv/bin/python
	@echo "Installing the packages of all steps, 2.5 GB: 1 to 10 minutes, most of them for downloads."
	@[ "$$(uname)" != Linux ] || nvidia-smi -L >/dev/null 2>&1 || \
		UV_HTTP_TIMEOUT=5 UV_HTTP_RETRIES=0 $(INSTALL) --no-deps --torch-backend=cpu $(shell grep '^torch==' $<) 2>/dev/null || \
		echo "PyTorch's index of CPU builds can't be reached. The usual build works as well: with CUDA, 3.8 GB more."
	$(INSTALL) -r $<
	$(INSTALL) --no-deps -r $(NEWEST)/requirements/emulator.txt
	touch $@

.venv/dev: requirements-dev.txt .venv/run
	@echo "Installing the packages of the tests and tools."
	$(INSTALL) -r $<
	touch $@

# The site needs none of the steps' packages, and its own are among those of .venv/dev.
.venv/site: site/requirements.txt | .venv/bin/python
	$(INSTALL) -r $<
	touch $@
