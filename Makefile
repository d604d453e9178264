# make: build/claimd   run: serve the articles   test: everything against a throw-away cluster   lint: all that can be seen without running it
# bench: claimd beside its peers, ONLY=claim,list for some contests; bench-quick: the same in 3 minutes, to see that it works
# SANITIZE=address,undefined or thread builds and tests in a folder of its own, and so does COVERAGE=1, which counts what is run.
# fuzz, fuzz-afl: what clients send, made up; fuzz-keep keeps what was found: see tests/fuzz/fuzz.mk

VERSION := 0.1.0
SANITIZE ?=
COVERAGE ?=
comma := ,
B := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))$(if $(COVERAGE),/coverage)

PACKAGES := libmicrohttpd jansson libpq libxxhash zlib libbrotlienc libcrypto libpcre2-8 gmp gnutls libseccomp
CFLAGS ?= $(if $(COVERAGE),-O0 --coverage -fprofile-update=atomic,-O2 -g)
INSTRUMENTED := $(SANITIZE)$(COVERAGE)
MACHINE := $(shell $(CC) -dumpmachine)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
	-Wvla -Wformat=2 -Wundef -Wcast-align -Wnull-dereference -Wdouble-promotion -Werror
# What is added to the code misleads the warnings that follow the flow of values.
WARNINGS += $(if $(INSTRUMENTED),-Wno-null-dereference -Wno-format-truncation)
# What the processor itself checks: where jumps and returns go. Debian's start-up code is marked for neither, so the linker is told of the latter, for
# which nothing is missing there; for the former it lacks the landing place.
CHECKED := $(if $(filter x86_64%,$(MACHINE)),-fcf-protection=full)$(if $(filter aarch64%,$(MACHINE)),-mbranch-protection=standard)
RETURNS := $(if $(filter x86_64%,$(MACHINE)),-Wl$(comma)-z$(comma)shstk)
HARDENING := $(if $(INSTRUMENTED),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) -fstack-protector-strong -fstack-clash-protection $(CHECKED) -fPIE
# Where it was built is nobody's business, and would make each folder's program another.
ANYWHERE := -ffile-prefix-map=$(CURDIR)=.
override CFLAGS += -std=gnu17 $(WARNINGS) $(HARDENING) $(ANYWHERE) -pthread -MMD -MP \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer) $(if $(INSTRUMENTED),-DCLAIMD_INSTRUMENTED)
CPPFLAGS += -Iinclude -D_GNU_SOURCE -DCLAIMD_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES))
LDFLAGS += -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack $(RETURNS) \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(if $(COVERAGE),--coverage)
LDLIBS := $(shell pkg-config --libs $(PACKAGES)) -lm

SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:src/%.c=$(B)/%.o) $(B)/embedded.o $(B)/words.o
LIBRARY := $(filter-out $(B)/main.o,$(OBJECTS))
UNITS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c tests/unit/*/*.c))
FOLDERS := $(patsubst %/,%,$(sort $(dir $(OBJECTS) $(UNITS)) $(B)/words/))
EMBEDDED := $(wildcard src/queries/*.sql src/queries/rows/*.sql migrations/*.sql)

# What is served as it stands, each file also in the codings that clients take.
CONTRACT := openapi.yaml openapi.json
LINKED := context.jsonld api-catalog.json
PAGES := docs/index.html docs/docs.js
VENDORED := docs/swagger-ui.css docs/swagger-ui-bundle.js
LICENCES := docs/swagger-ui-bundle.js.LICENSE.txt
FILES := $(CONTRACT) $(LINKED) $(PAGES) $(VENDORED) $(LICENCES)
SERVED := $(FILES:%=$(B)/files/%)
SWAGGER := web/node_modules/swagger-ui-dist

# The front end, bundled: its files are named after what is in them.
APP := $(wildcard web/app/* web/app/*/*)
BUNDLE := $(B)/files/web/names
INSTALLED := web/node_modules/.installed-build

.PHONY: all run test coverage count test-looks test-properties test-scale test-failover soak crash chaos fuzz bench bench-quick pictures reproducible sbom fuzz-afl fuzz-keep test-upgrade lint format clean
.DELETE_ON_ERROR:

all: $(B)/claimd

$(B)/claimd: $(OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/%.o: src/%.c | $(FOLDERS)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/%.o: $(B)/%.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/embedded.c: tools/embed $(EMBEDDED) $(SERVED) $(SERVED:%=%.gz) $(SERVED:%=%.br) $(BUNDLE)
	tools/embed $@ $(B)/files $(FILES) $$(cat $(BUNDLE))

$(BUNDLE): tools/bundle $(APP) $(INSTALLED)
	tools/bundle $(@D)

# The words that printed figures are read by: a table of each language, and its numbers as ICU spells them.
LOCALES := en de fr es it
SPELLED := $(LOCALES:%=$(B)/words/%.numbers.tsv)
$(B)/words/fr.numbers.tsv: VARIANTS = fr_BE fr_CH

$(SPELLED): $(B)/words/%.numbers.tsv: tools/spell-numbers | $(FOLDERS)
	tools/spell-numbers $* $(VARIANTS) >$@

$(B)/words.c: tools/compile-words $(wildcard src/figure/words/*.tsv) $(SPELLED)
	tools/compile-words $@ $(filter %.tsv,$^)

$(INSTALLED): web/package-lock.json
	tools/npm-install web build

$(B)/files/openapi.yaml: openapi.yaml
	install -Dm 644 $< $@

$(B)/files/openapi.json: openapi.yaml tools/yaml-to-json | $(B)/files/openapi.yaml
	tools/yaml-to-json <$< >$@

# Without their blanks: the context goes into every document.
$(LINKED:%=$(B)/files/%): $(B)/files/%: src/linked/% tools/minify | $(B)/files/openapi.yaml
	tools/minify <$< >$@

$(PAGES:%=$(B)/files/%): $(B)/files/%: web/%
	install -Dm 644 $< $@

$(VENDORED:%=$(B)/files/%): $(INSTALLED)
	install -Dm 644 $(SWAGGER)/$(@F) $@

# Its own licence and those of what is in it; the script's first line says to look here.
$(LICENCES:%=$(B)/files/%): $(INSTALLED) | $(PAGES:%=$(B)/files/%)
	cat $(SWAGGER)/NOTICE $(SWAGGER)/LICENSE $(SWAGGER)/$(@F) >$@

$(B)/files/%.gz: $(B)/files/%
	gzip -9 -n -c $< >$@

$(B)/files/%.br: $(B)/files/%
	brotli -q 11 -c $< >$@

$(B)/tests/unit/%: tests/unit/%.c $(LIBRARY) | $(FOLDERS)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LDLIBS) -lcmocka $(DECODERS)

# What was compressed is read back by what clients read it with.
$(B)/tests/unit/compress $(B)/tests/unit/reply: DECODERS = $(shell pkg-config --libs libbrotlidec)

$(FOLDERS):
	mkdir -p $@

# What is in a file system (ROOT) that the program is in (PROGRAM), this one unless told another: a bill of materials on standard output.
ROOT ?= /
PROGRAM ?= $(abspath $(B)/claimd)
sbom: $(BUNDLE)
	@tools/sbom $(ROOT) $(PROGRAM) $(VERSION) $$(cat $(<D)/packages) $(notdir $(SWAGGER))

# Twice, in two folders, and compared.
reproducible:
	scripts/reproducible
# The image is built without what tests need.
-include tests/fuzz/fuzz.mk

run: all
	scripts/serve $(B)/claimd

# As the program's sessions have it, and with room for all services that tests begin at once.
THROWAWAY := scripts/cluster throwaway -c jit=off -c max_connections=400

test: all $(UNITS) $(REPLAYS)
	tools/npm-install web all
	CLAIMD_BINARY=$(abspath $(B)/claimd) $(THROWAWAY) -- scripts/run-tests $(B)/tests/unit

# With the program and a cluster of its own, which compiles no queries, as the program's connections do not.
PYTEST = CLAIMD_BINARY=$(abspath $(B)/claimd) $(THROWAWAY) -- /usr/bin/python3 -m pytest -q -p no:cacheprovider

# What the tests and all that can break run through, in lines and branches, and why nothing gets to the rest; half an hour. A test that fails
# then may have been in a hurry.
coverage:
	$(MAKE) COVERAGE=1 count

count: all $(UNITS) $(REPLAYS)
	tools/npm-install web all
	find $(B) -name '*.gcda' -delete
	-CLAIMD_BINARY=$(abspath $(B)/claimd) $(THROWAWAY) -- scripts/run-tests $(B)/tests/unit
	-$(MAKE) chaos
	gcovr --root . --filter src/ --json $(B)/coverage.json $(B)
	tools/uncovered $(B)/coverage.json tests/uncovered.tsv

# The pages walked through at a desk by day and on a phone by night, each walk in both.
test-looks: all
	tools/npm-install web all
	CLAIMD_LOOKS=all $(PYTEST) tests/web -n 3 --dist loadfile

# Properties, with PROPERTIES times as many examples as in a run of all tests, and new ones each time.
PROPERTIES ?= 10
test-properties: all
	CLAIMD_PROPERTIES=$(PROPERTIES) $(PYTEST) $$(grep -lr 'from properties import' tests) -n 4 --dist loadfile

# A million claims; some minutes, some gigabytes.
test-scale: all
	$(PYTEST) tests/api/scale -s

# Three databases, three services and what stands between them, as compose.scale.yaml has them: the primary is lost.
test-failover: all
	$(PYTEST) tests/scale -s

# The version before the newest migration, or that of BEFORE=COMMIT, beside this one on one database, and from the one to the other under load.
test-upgrade: all
	before=$$(scripts/build-before $(BEFORE)) && CLAIMD_BINARY=$(abspath $(B)/claimd) CLAIMD_BEFORE=$$before \
		/usr/bin/python3 -m pytest -q -s -p no:cacheprovider tests/upgrade/side_by_side.py

# Changes and readers, and then all kinds of clients and faults, for half an hour; SOAK_SECONDS sets another time.
soak: all
	CLAIMD_BINARY=$(abspath $(B)/claimd) /usr/bin/python3 tests/soak/soak.py

# Kills of the service and the database under write load; CRASH_ROUNDS sets how many, 50 unless told.
crash: all
	CLAIMD_BINARY=$(abspath $(B)/claimd) /usr/bin/python3 tests/soak/crash.py

# All that can break, breaks under load; CHAOS=name,name for some of it, CHAOS_SECONDS for how long each lasts.
CHAOS ?= all
chaos: all
	CHAOS='$(CHAOS)' CLAIMD_BINARY=$(abspath $(B)/claimd) /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/chaos

# All that is measured fits into the database's memory, so that it is not the system's that is measured.
bench bench-quick: all $(B)/bench/epoll
	tools/npm-install bench/peers all
	CLAIMD_BINARY=$(abspath $(B)/claimd) BENCH_EPOLL=$(abspath $(B)/bench/epoll) \
		scripts/cluster throwaway -c shared_buffers=4GB -- bench/run $(if $(filter bench-quick,$@),--quick) $(if $(ONLY),--only $(ONLY))

$(B)/bench/%: bench/peers/%.c
	mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

# The README's pictures of the pages, taken anew.
pictures: all
	tools/npm-install web all
	mkdir -p docs/img
	$(PYTEST) tests/web/pictures.py

lint:
	scripts/lint

format:
	find src include tests/unit tests/fuzz tests/preload bench/peers/*.c -name '*.[ch]' -exec clang-format-14 -i {} +

clean:
	rm -rf build

-include $(OBJECTS:.o=.d) $(UNITS:=.d)
