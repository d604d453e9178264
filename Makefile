# make: build/claimd   run: serve the articles   test: everything against a throw-away cluster   lint: what CI checks
# SANITIZE=address,undefined or thread builds and tests in a folder of its own.

VERSION := 0.1.0
SANITIZE ?=
comma := ,
B := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))

PACKAGES := libmicrohttpd jansson libpq libxxhash zlib libbrotlienc
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
	-Wvla -Wformat=2 -Wundef -Wcast-align -Wnull-dereference -Wdouble-promotion -Werror
# A sanitizer's own code misleads the warnings that follow the flow of values.
WARNINGS += $(if $(SANITIZE),-Wno-null-dereference -Wno-format-truncation)
HARDENING := $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
override CFLAGS += -std=gnu17 $(WARNINGS) $(HARDENING) -pthread -MMD -MP \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
CPPFLAGS += -Iinclude -D_GNU_SOURCE -DCLAIMD_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES))
LDFLAGS += -pie -pthread -Wl,-z,relro,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE))
LDLIBS := $(shell pkg-config --libs $(PACKAGES))

SOURCES := $(wildcard src/*.c)
OBJECTS := $(SOURCES:src/%.c=$(B)/%.o) $(B)/embedded.o
LIBRARY := $(filter-out $(B)/main.o,$(OBJECTS))
UNITS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))
EMBEDDED := $(wildcard src/queries/*.sql src/queries/rows/*.sql migrations/*.sql) openapi.yaml

.PHONY: all run test lint format clean
.DELETE_ON_ERROR:

all: $(B)/claimd

$(B)/claimd: $(OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/%.o: src/%.c | $(B)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/%.o: $(B)/%.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/embedded.c: tools/embed $(EMBEDDED) | $(B)
	tools/embed $@

$(B)/tests/unit/%: tests/unit/%.c $(LIBRARY) | $(B)/tests/unit
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LDLIBS) -lcmocka

$(B) $(B)/tests/unit:
	mkdir -p $@

run: all
	scripts/serve $(B)/claimd

test: all $(UNITS)
	CLAIMD_BINARY=$(abspath $(B)/claimd) scripts/cluster throwaway -- scripts/run-tests $(B)/tests/unit

lint:
	scripts/lint

format:
	clang-format-14 -i src/*.c include/*.h tests/unit/*.c

clean:
	rm -rf build

-include $(wildcard $(B)/*.d $(B)/tests/unit/*.d)
