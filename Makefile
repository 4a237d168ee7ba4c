# `make run` starts Pigeon; `make test` installs what the tests need, and runs everything.
.PHONY: run test lint unit postgres e2e pictures bench tools

run:
	cargo run --release

test: tools lint unit postgres e2e

# What the tests need besides Rust: installed only where it is missing.
tools:
	scripts/test-tools

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	scripts/deny

# The whole suite on SQLite. `cargo test` does the same, a little slower.
unit:
	scripts/rust-tests

# The same suite on a throw-away PostgreSQL.
postgres:
	scripts/with-postgres scripts/rust-tests

# A real browser against the release binary and a real mail server.
e2e:
	cargo build --release --locked -p pigeon -p smtp-sink
	cd e2e && npm ci --no-audit --no-fund && npx playwright test

# Every page, wide and narrow, light and dark, into docs/pictures/. A page that stays the same gives nearly always the same file.
pictures:
	scripts/test-tools pictures
	cargo build --release --locked -p pigeon -p smtp-sink
	cd e2e && npm ci --no-audit --no-fund && npx playwright test --config pictures.config.js
	pngquant --force --skip-if-larger --nofs --ext .png 256 docs/pictures/*.png

bench:
	cargo build --release --locked -p pigeon -p bench
	scripts/with-postgres --fsync cargo run --release --locked -p bench
