# What one does with Jakarta One. Every target works from a fresh clone.
#
# Build output goes to CARGO_TARGET_DIR; where only a cache directory is named (CI_CACHE_DIR, XDG_CACHE_HOME), it goes
# there, so that a checkout can be thrown away without losing an hour of building.

cache := $(or $(CI_CACHE_DIR),$(XDG_CACHE_HOME))

ifneq ($(cache),)
export CARGO_TARGET_DIR ?= $(cache)/jakarta-one/target
export npm_config_cache ?= $(cache)/jakarta-one/npm
endif

fonts := node_modules/@fontsource-variable/plus-jakarta-sans/files
binary := $(abspath $(or $(CARGO_TARGET_DIR),target))/debug/jakone

.PHONY: demo test soak bench assets packages check unit browser
.NOTPARALLEL:

# Starts the city at http://127.0.0.1:PORT. Options of the command go in ARGS: make demo ARGS="--port 8080".
demo:
	@if command -v npm > /dev/null; then \
		$(MAKE) assets || echo "No assets: going on with the system font and without live refresh."; \
	fi
	cargo run --locked -p jakone -- demo $(ARGS)

# Everything that must hold before a change is kept.
test: packages assets check unit browser

# Long crash tests: 100 kills instead of 10, on each kind of journal.
soak:
	JAKONE_SOAK=1 cargo test --locked -p jakone --test it -- kill

# Measures on this machine, half an hour, and writes docs/PERFORMANCE.md with its plots. make bench ROWS=replay measures only the
# rows of xtask/src/bench/budget.yaml whose key begins so, with those that they run in turns with, and keeps the others' figures.
bench:
	cargo build --release --locked -p jakone
	cargo xtask bench $(abspath $(or $(CARGO_TARGET_DIR),target))/release/jakone $(ROWS)

# The script and the typeface of the pages. Without them the program builds and works all the same.
assets: node_modules/.package-lock.json
	mkdir -p assets/vendor
	cp node_modules/htmx.org/dist/htmx.min.js $(fonts)/plus-jakarta-sans-latin-wght-normal.woff2 assets/vendor/

node_modules/.package-lock.json: package.json package-lock.json
	npm ci
	touch $@

packages:
	.ci/packages

check:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo xtask tidy

# The binary comes out of this build with the features of the tests, so that nothing is built twice.
unit:
	cargo build --locked --workspace --bins --tests
	@if command -v cargo-nextest > /dev/null; then \
		cargo nextest run --locked --workspace && cargo test --locked --workspace --doc; \
	else \
		cargo test --locked --workspace; \
	fi
	cargo build --locked --workspace --bins --tests --message-format=json | $(dir $(binary))xtask stores

# The real pages in Chromium; `make unit` builds the binary they run on. Tasks mostly wait for the next code of who signs in, so two
# files run beside each other.
browser: node_modules/.package-lock.json
	JAKONE_BINARY=$(binary) node --test --test-concurrency=2 --test-reporter=spec $(wildcard tests/browser/*.test.mjs)
