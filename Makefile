# Thin aliases: each line below can be typed by hand. README.md says what they are for.
.PHONY: run test deps tools lint lint-go lint-web lint-ci gen gen-check test-go test-database test-web build-web e2e bench load load-check chaos outage train eval images
.DELETE_ON_ERROR:

GOLANGCI := bin/golangci-lint-v2.15.0
ACTIONLINT := bin/actionlint-v1.7.12
WEB      := cd frontend &&
NPM_CI   := frontend/node_modules/.package-lock.json
# SQLite is C in Go's clothes: its memory is not Go's, so that the race detector finds nothing there, four times as slowly.
RACE     := -race -gcflags=modernc.org/...=-race=false

# The whole product on this machine, with two demo friends. The database is ./data/emosation.db.
run: build-web
	go run ./api seed-demo
	EMOSATION_WEB_DIR=frontend/dist EMOSATION_LOG_LEVEL=$${EMOSATION_LOG_LEVEL:-warn} go run ./api

# Everything that must hold before a change lands. What waits for the network or keeps to one core has company meanwhile.
test: deps
	$(MAKE) -j2 tools
	$(MAKE) gen-check
	$(MAKE) -j2 lint
	$(MAKE) test-go
	$(MAKE) test-web
	$(MAKE) e2e

# What the tests need of the system: installed where we may, otherwise named.
deps:
	sh internal/testkit/deps.sh

tools: $(GOLANGCI) $(ACTIONLINT) $(NPM_CI)

lint: lint-go lint-web lint-ci

lint-go: $(GOLANGCI)
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l) && [ -z "$$unformatted" ] || { echo "gofmt -w $$unformatted"; exit 1; }
	$(GOLANGCI) run ./...

lint-web: $(NPM_CI)
	$(WEB) npm run lint
	$(WEB) npm run typecheck

# Workflows and scripts. actionlint holds the shell in workflows against shellcheck as well.
lint-ci: $(ACTIONLINT)
	$(ACTIONLINT)
	shellcheck .ci/run internal/testkit/*.sh deploy/*.sh deploy/testdata/docker
	shellcheck --shell=sh internal/testkit/servers/supervisor.sh

gen: $(NPM_CI)
	go generate ./...
	$(WEB) npm run gen

gen-check: gen
	git diff --exit-code -- '*.gen.go' '*.gen.ts'

# The long ones begin first, so that none of them is left alone at the end; lint-go has vetted everything.
test-go:
	go test $(RACE) -vet=off -shuffle=on -timeout 20m ./api ./deploy/... ./internal/testkit/... ./...

# The tests that need a database on the server, MariaDB or MySQL, that EMOSATION_TEST_DATABASE_URL names, such as
# mysql://root:secret@127.0.0.1:3306. They may do with it what they like. SKIP is a pattern of tests to leave out.
test-database:
	go test -p 1 -count=1 -timeout 30m -skip '^(TestOnlyADurableServerWaitsForItsDisk$(if $(SKIP),|$(SKIP)))$$' \
		$$(go list -f '{{.ImportPath}} {{join .TestImports ","}},{{join .XTestImports ","}},' ./api/... ./internal/... | sed -n 's|^\([^ ]*\) .*/internal/testkit,.*|\1|p')

test-web: $(NPM_CI)
	$(WEB) npm run test

build-web: $(NPM_CI)
	$(WEB) npm run build

# The browser tests against the real program, on MariaDB and Redis and then on the embedded default.
e2e: build-web
	go run ./internal/testkit/e2e -web frontend/dist -dir frontend npm run e2e
	go run ./internal/testkit/e2e -stack embedded -web frontend/dist -dir frontend npm run e2e

# What matters beside what it is measured by; ARGS=-full with lists as long as they get. go test -bench has more of them.
bench:
	go run ./internal/testkit/bench $(ARGS)

# Loads servers of its own on a MariaDB and a Redis of its own; ARGS are those of loadtest.
load:
	go run ./internal/testkit/with go run ./api loadtest $(ARGS)

# Whether the engine is as quick as it has to be; half an hour on two cores.
load-check:
	go run ./internal/testkit/with go run ./api loadtest -check $(ARGS)

# Finds mistakes that are planted in the program; then, in the program as it is, kills and stalls nodes, MariaDB, Redis and
# the network under load and finds no promise broken. ARGS may be -seed N, or -roll -rounds N
# to replace nodes instead, of which people may notice nothing but good-byes.
chaos:
	go run ./internal/testkit/chaos/run -plants
	go run ./internal/testkit/chaos/run $(ARGS)

# Whether people who chat notice that the provider of remote readings is down, slow or lying for ten minutes. ARGS may be -minutes 1 -seed N.
outage:
	go run ./internal/testkit/outage/run $(ARGS)

# Both images without a container engine, as root with buildah, and whether they work. Docker needs none of it.
images:
	deploy/images.sh

# DATA is the folder of the labelled texts, which are not part of this repository. Without it, eval judges by the chat messages alone.
train:
	go run ./internal/emotion/train train -data '$(DATA)'

eval:
	go run ./internal/emotion/train $(if $(DATA),eval -data '$(DATA)',chat)

$(NPM_CI): frontend/package-lock.json
	$(WEB) npm ci

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv bin/golangci-lint $@

$(ACTIONLINT):
	GOBIN=$(CURDIR)/bin go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	mv bin/actionlint $@
