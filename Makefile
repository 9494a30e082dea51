# Assay's few commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help build demo test fuzz fuzz-long reasons lint bench packages clean

# Real input for the tests; without it they say what they skip.
ASSAY_CORPUS ?= ../shared/corpus
export ASSAY_CORPUS

PACKAGES := libssl-dev libtss2-dev libtpms-dev libzstd-dev libisal-dev libsodium-dev libre2-dev \
	libsqlite3-dev libqrencode-dev libp11-kit-dev libyaml-dev pkg-config zstd
TEST_PACKAGES := openssl python3 python3-jsonschema swtpm tpm2-tools zbar-tools spin gcc softhsm2 opensc

help:      ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

packages:  ## Install the Debian packages that are missing
	@.ci/install $(PACKAGES) $(TEST_PACKAGES)

build: packages ## Build the appliance, .build/release/assay
	swift build -c release --static-swift-stdlib --product assay

demo: packages ## Run the main job on a stick made for the occasion
	swift build --product assay
	swift build --product demo-stick
	@Tests/DemoStick/demo .build/debug

test: packages ## Build and run all tests
	@timeout 60 Tests/Interop/fetch-peers >.build-peers.log 2>&1 || echo "No cosign, crane, oras, skopeo (.build-peers.log)"
	@timeout 60 Tests/Interop/fetch-tuf >.build-tuf.log 2>&1 || echo "No python-tuf (.build-tuf.log)"
	swift build --build-tests
	swift test --skip-build --disable-xctest

fuzz: packages ## Fuzz each format for a minute (docs/testing.md)
	@Tests/Fuzz/fuzz build
	@Tests/Fuzz/fuzz all 60

fuzz-long: packages ## Fuzz one FORMAT for MINUTES (30), going on from the last time
	@Tests/Fuzz/fuzz build
	@Tests/Fuzz/fuzz run $(FORMAT) $$(($(or $(MINUTES),30) * 60))

reasons:   ## Write docs/reasons.md from the table in the code
	ASSAY_WRITE_REASONS=1 swift test --filter ReasonPageTests

lint:      ## Check the formatting
	swift format lint --strict --recursive Package.swift Sources Tests

bench: packages ## Measure against the limits (docs/performance.md)
	swift build -c release --static-swift-stdlib --scratch-path .build-release --product assay
	swift build -c release --static-swift-stdlib --scratch-path .build-release --product bench
	@.build-release/release/bench .build-release/release/assay

clean:     ## Remove everything that was built
	rm -rf .build .build-release .build-fuzz
