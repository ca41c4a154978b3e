# Two commands: `make serve` sets everything up and serves the course; `make test` sets everything up and passes.
PYTHON ?= python3
ACADEMY := .venv/bin/academy

.PHONY: serve build check test test-all bench links lock setup clean
serve build check test test-all bench links: setup
	@$(ACADEMY) $@ $(ARGS)

setup:
	@$(PYTHON) academy/bootstrap.py

lock: setup  ## after a change in requirements.in or package.json
	@$(ACADEMY) lock

clean:  ## what is built; downloads and the virtual environment stay
	rm -rf .cache site
