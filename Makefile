# Every target does all of its own set-up: a virtual environment in .venv with all packages, editable.
# pip's own settings (index, find-links, certificates) are used as they are.

PYTHON   ?= python3
VENV     ?= .venv
PYTEST   ?=
BENCH    ?=
BIN      := $(VENV)/bin
STAMP    := $(VENV)/.stamp
DEV      := $(VENV)/.dev
BUILT    := $(VENV)/.built
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)

# Members that need NumPy alone, those that need more, and those with compiled code, which want a C compiler.
LIGHT    := plugins/mocha_cpu plugins/mocha_caffe
PURE     := plugins/mocha_cuda plugins/mocha_onnx
COMPILED := plugins/mocha_cython
COMPILER := $(shell command -v cc || command -v gcc || command -v clang)
NATIVE   := $(wildcard $(foreach member,$(COMPILED),$(addprefix $(member)/,setup.py native/*.[ch] src/*/*.pyx src/*/*.pxd)))

.PHONY: demo test lint types check bench fuzz clean setup dev
.DEFAULT_GOAL := check

demo: setup ## train LeNet on handwritten digits; leaves runs/demo/
	$(BIN)/python examples/digits/demo.py

test: dev ## all tests; choose some with PYTEST="-k topology"
	$(BIN)/python -m pytest $(PYTEST)

lint: dev
	$(BIN)/python -m ruff check .

types: dev
	$(BIN)/python -m mypy

check: lint types test

bench: dev ## times against PyTorch and ONNX Runtime, which are installed for this only
	$(BIN)/python -m pip install -q torch==2.13.0 onnx onnxruntime
	$(BIN)/python benchmarks/against_torch.py $(BENCH)

FUZZ ?= 1000000

fuzz: dev ## damaged Caffe files by the million, new ones each time; for the night
	MOCHA_FUZZ=$(FUZZ) $(BIN)/python -m pytest plugins/mocha_caffe/tests -k fuzz $(PYTEST)

clean:
	rm -rf $(VENV) build plugins/*/build dist runs .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name '*.egg-info' -prune -exec rm -rf {} +

setup: $(STAMP) $(if $(COMPILER),$(BUILT))
ifeq ($(COMPILER),)
	@echo "No C compiler found: $(COMPILED) left out, the NumPy backend is used."
endif

dev: setup $(DEV)

$(STAMP): $(PROJECTS) Makefile
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -e ".[demo]" $(addprefix -e ,$(LIGHT))
	@touch $@

$(DEV): $(STAMP)
	$(BIN)/python -m pip install -q -e ".[dev]" $(addprefix -e ,$(LIGHT) $(PURE))
	@touch $@

# Again after each edit of a source in C or Cython; objects that are current are kept.
$(BUILT): $(STAMP) $(NATIVE)
	@echo "Compiling $(COMPILED); the first time takes about a minute."
	$(BIN)/python -m pip install -q $(addprefix -e ,$(COMPILED))
	@$(BIN)/mocha doctor | grep -A1 "backend cython"
	@touch $@
