# Fuzzing: each file of tests/fuzz but replay.c is a target, built for libFuzzer, for AFL++, and to replay what is kept.

FUZZ := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_CHOSEN := $(if $(ONLY),$(subst $(comma), ,$(ONLY)),$(FUZZ))
FUZZ_OBJECTS := $(notdir $(B)/embedded.o $(B)/words.o) $(filter-out main.o,$(SOURCES:src/%.c=%.o))
FUZZ_FLAGS = $(CPPFLAGS) -Itests/unit -std=gnu17 -g -O1 -pthread -MMD -MP -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined
REPLAYS := $(FUZZ:%=$(B)/tests/unit/fuzz/%)

# A target's driver, and the compiler's way to watch what the library does.
FUZZ_CC_libfuzzer := clang
FUZZ_WATCH_libfuzzer := -fsanitize=fuzzer-no-link
FUZZ_CC_afl := AFL_QUIET=1 afl-clang-fast
FUZZ_WATCH_afl :=

define fuzzer
$(B)/fuzz/$(1)/objects/%.o: src/%.c
	@mkdir -p $$(@D)
	$$(FUZZ_CC_$(1)) $$(FUZZ_FLAGS) $$(FUZZ_WATCH_$(1)) -c -o $$@ $$<

$(B)/fuzz/$(1)/objects/%.o: $(B)/%.c
	@mkdir -p $$(@D)
	$$(FUZZ_CC_$(1)) $$(FUZZ_FLAGS) -c -o $$@ $$<

$(B)/fuzz/$(1)/claimd.a: $(FUZZ_OBJECTS:%=$(B)/fuzz/$(1)/objects/%)
	@$(AR) rcs $$@ $$^

$(FUZZ:%=$(B)/fuzz/$(1)/%): $(B)/fuzz/$(1)/%: tests/fuzz/%.c $(B)/fuzz/$(1)/claimd.a
	$$(FUZZ_CC_$(1)) $$(FUZZ_FLAGS) -fsanitize=fuzzer -o $$@ $$< $(B)/fuzz/$(1)/claimd.a $$(LDLIBS)

-include $(FUZZ_OBJECTS:%.o=$(B)/fuzz/$(1)/objects/%.d) $(FUZZ:%=$(B)/fuzz/$(1)/%.d)
endef
$(foreach engine,libfuzzer afl,$(eval $(call fuzzer,$(engine))))

$(B)/fuzz/seeds: tests/fuzz/seeds openapi.yaml README.md tests/figures/phrases.tsv tests/api/test_reviews.py $(wildcard src/figure/words/*.tsv)
	rm -rf $@
	tests/fuzz/seeds $@

# FUZZ_SECONDS for each, two at a time; ONLY=target,query for some of them. What is found is told, and stays in build/fuzz.
fuzz: $(FUZZ_CHOSEN:%=$(B)/fuzz/libfuzzer/%) $(B)/fuzz/seeds
	scripts/fuzz libfuzzer $(B)/fuzz $(FUZZ_CHOSEN)

fuzz-afl: $(FUZZ_CHOSEN:%=$(B)/fuzz/afl/%) $(B)/fuzz/seeds
	scripts/fuzz afl $(B)/fuzz $(FUZZ_CHOSEN)

# The fewest inputs that go wherever those of all runs went become the kept ones.
fuzz-keep: $(FUZZ_CHOSEN:%=$(B)/fuzz/libfuzzer/%) $(B)/fuzz/seeds
	scripts/fuzz keep $(B)/fuzz $(FUZZ_CHOSEN)

$(REPLAYS): $(B)/tests/unit/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(wildcard tests/fuzz/*.h) $(LIBRARY) | $(B)/fuzz/seeds
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit -DFUZZ_INPUTS='"tests/fuzz/corpus/$*", "$(B)/fuzz/seeds/$*"' $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LDLIBS)
