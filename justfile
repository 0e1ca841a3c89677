# The tasks of a developer; `just` lists them.

python := ".venv/bin/python"

# List the tasks.
default:
    @just --list

# Make the virtual environment with everything a developer needs.
setup:
    python3 -m venv .venv
    .venv/bin/pip install -e '.[dev]'

# Run all tests.
test *arguments:
    {{python}} -m pytest {{arguments}}

# Lint and format check.
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .

# Type check an installed copy: mypy cannot follow the package-dir mapping.
types:
    rm -rf build/types
    .venv/bin/pip install --quiet --no-deps --target build/types .
    MYPYPATH=build/types .venv/bin/mypy -p dutygraph

# Format the code.
format:
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .

# Make the example bureau's workbook again.
example:
    {{python}} -m dutygraph.examples.make_bureau

# Install the peer engines, each into an environment of its own under build/bench.
bench-setup:
    {{python}} bench/make_environments.py

# Compare with the peers on the same files and write docs/benchmarks.md; about two hours with 100 bureaus.
bench *arguments: bench-setup
    {{python}} bench/compare.py {{arguments}}

# The same on one bureau, without the slow engines: a few minutes.
bench-quick: bench-setup
    {{python}} bench/compare.py --bureaus 1 --runs 1 --limit 60 --only dutygraph shacl shifty topbraid

# The gate, as CI runs it.
ci:
    bash .ci/run
