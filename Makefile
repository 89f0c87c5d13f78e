# mod_slimstats: GNU make, no configure. All output goes below build/.
#
#   make            module and command            make check     the tests
#   make install    DESTDIR, PREFIX, uninstall    make check-unit  without root, network and httpd
#   make demo       a site to try it on           make lint      style and warnings
#   make fuzz       parsers, FUZZ_SECONDS each    make sim       simulated histories, SEEDS of them
#   make dist       the tarball                   make deb, rpm  packages of it, below build/
#   make check-packages   builds and tries them   make clean     forget all output
#   make manual-tables    what the manual takes from the program

BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
APXS    ?= apxs
CC      ?= cc
CFLAGS  ?= -O2 -g
PYTHON  ?= /usr/bin/python3

BINDIR  := $(PREFIX)/bin
DATADIR := $(PREFIX)/share/slimstats
MANDIR  := $(PREFIX)/share/man

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
            -Wvla -Wundef -Wcast-qual -Wwrite-strings -Wredundant-decls
# Control-flow protection is another one on each processor: of these, what the compiler knows.
known = $(shell $(CC) $(1) -Werror -c -x c /dev/null -o /dev/null 2>/dev/null && echo $(1))
GUARDS = $(eval GUARDS := $(foreach flag,-fstack-clash-protection -fcf-protection -mbranch-protection=standard,\
           $(call known,$(flag))))$(GUARDS)
HARDENING ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong $(GUARDS)
# Addresses of functions are looked up at the start and may not be written afterwards. The module may be
# unloaded (no -z nodelete): a reload of httpd loads what an upgrade has installed.
HARDENED_LINK ?= -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack

# Asked only when something is built, so that `make deps` runs where nothing is installed yet; and once, as
# once:NAME,COMMAND has it: the first use of NAME puts the answer in its place.
ask_apxs = $(shell $(APXS) -q $(1) 2>/dev/null)
once = $(1) = $$(eval $(1) := $$$$(shell $(2)))$$($(1))
LIBRARIES := sqlite3 libmaxminddb libpcre2-8 yaml-0.1 jansson apr-1 apr-util-1 zlib nettle

ALL_CFLAGS = -std=gnu11 -fPIC -fvisibility=hidden -pthread $(WARNINGS) $(HARDENING) $(CFLAGS)
CPPFLAGS_CORE = $(CPPFLAGS) -D_GNU_SOURCE -Imod_src -I$(BUILD)/gen \
                -DSLIM_BINDIR='"$(BINDIR)"' -DSLIM_DATADIR='"$(DATADIR)"' \
                $(INCLUDES_CORE)
CPPFLAGS_HTTPD = $(CPPFLAGS_CORE) -isystem $(INCLUDES_HTTPD)
LIBS_MODULE = $(PACKAGES_MODULE) -lm
LIBS_COMMAND = $(PACKAGES_COMMAND) -lm
$(eval $(call once,INCLUDES_CORE,pkg-config --cflags $(LIBRARIES)))
$(eval $(call once,INCLUDES_HTTPD,$(APXS) -q INCLUDEDIR))
$(eval $(call once,PACKAGES_MODULE,pkg-config --libs sqlite3 jansson libpcre2-8 zlib))
$(eval $(call once,PACKAGES_COMMAND,pkg-config --libs $(LIBRARIES) ncursesw))

sources = $(wildcard mod_src/$(1)/*.c)
objects = $(patsubst mod_src/%.c,$(BUILD)/obj/%.o,$(1))

ASSETS := $(sort $(wildcard mod_src/dashboard/*.html mod_src/dashboard/*.css mod_src/dashboard/*.js \
            mod_src/dashboard/*.svg))
MANUAL := $(sort $(wildcard mod_src/manual/*.md))
MAKE_PAGE := $(addprefix mod_src/manual/,make-page page-html.awk page-man.awk raise-heads.awk)
HELP := $(patsubst mod_src/manual/%.md,$(BUILD)/gen/manual/%.html,$(MANUAL))
MAN7 := $(patsubst mod_src/manual/%.md,$(BUILD)/gen/manual/%.7,$(MANUAL))
REPORTS := $(sort $(wildcard sql/report/*.sql))
SQL := $(sort $(wildcard sql/*/*/*.sql)) $(REPORTS)
CORE := $(call sources,core)
READING := $(foreach folder,query report store store/sqlite store/sqlite/base store/sqlite/read store/sqlite/write \
             store/sqlite/maintain,$(call sources,$(folder)))
TABLES := $(BUILD)/obj/sql_table.o $(BUILD)/obj/report_table.o $(BUILD)/obj/secret_table.o
MODULE_OBJECTS := $(call objects,$(call sources,httpd) $(call sources,dashboard) $(CORE) $(READING)) \
                  $(BUILD)/obj/asset_table.o $(TABLES)
LIBRARY_OBJECTS := $(call objects,$(CORE) $(sort $(READING) $(call sources,enrich)) \
                     $(call sources,recorder) $(call sources,import)) $(TABLES) $(BUILD)/obj/agents_image.o
COMMAND_OBJECTS := $(LIBRARY_OBJECTS) $(call objects,$(call sources,cli))

# The build is laid out as an installation: the command finds its data beside itself.
MODULE  := $(BUILD)/out/modules/mod_slimstats.so
COMMAND := $(BUILD)/out/bin/slimstats
DATA    := $(patsubst conf/%,$(BUILD)/out/share/slimstats/%,\
             $(wildcard conf/*.tsv conf/*.yaml conf/*.txt))

# make V=1 shows the commands.
ifeq ($(V),)
say = @echo "  $(1)  $(patsubst $(BUILD)/%,%,$@)";
else
say =
endif

.PHONY: all
all: $(MODULE) $(COMMAND) $(DATA) $(MAN7)

$(MODULE): $(MODULE_OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) -shared $(ALL_CFLAGS) $(HARDENED_LINK) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS_MODULE)

$(COMMAND): $(COMMAND_OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(ALL_CFLAGS) $(HARDENED_LINK) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS_COMMAND)

$(BUILD)/out/share/slimstats/%: conf/%
	@mkdir -p $(@D)
	$(call say,COPY)cp $< $@

$(BUILD)/obj/httpd/%.o: mod_src/httpd/%.c
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_HTTPD) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: mod_src/%.c
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) -MMD -MP -c -o $@ $<

# A file that comes or goes makes the tables anew, however old it is.
$(BUILD)/gen/sql_files: FORCE
	@mkdir -p $(@D)
	@echo '$(SQL)' | cmp -s - $@ || echo '$(SQL)' >$@

$(BUILD)/gen/sql_table.c: sql/embed.awk $(BUILD)/gen/sql_files $(SQL)
	@mkdir -p $(@D)
	$(call say,GEN )awk -f sql/embed.awk $(SQL) >$@.new && mv $@.new $@

$(BUILD)/obj/sql_table.o: $(BUILD)/gen/sql_table.c
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) -c -o $@ $<

$(BUILD)/gen/report_table.c: sql/reports.awk $(BUILD)/gen/sql_files $(REPORTS)
	@mkdir -p $(@D)
	$(call say,GEN )awk -v list=$(BUILD)/gen/report_list -f sql/reports.awk $(REPORTS) >$@.new && mv $@.new $@

$(BUILD)/obj/report_table.o: $(BUILD)/gen/report_table.c mod_src/query/report.h
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) -c -o $@ $<

$(BUILD)/gen/secret_table.c: mod_src/core/secrets.awk conf/secrets.tsv
	@mkdir -p $(@D)
	$(call say,GEN )awk -f mod_src/core/secrets.awk conf/secrets.tsv >$@.new && mv $@.new $@

$(BUILD)/obj/secret_table.o: $(BUILD)/gen/secret_table.c mod_src/core/secret.h
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) -c -o $@ $<

# The manual, for the dashboard's help and for man; what cannot be made is told once, by `make install`.
$(BUILD)/gen/manual/%.html: mod_src/manual/%.md $(MAKE_PAGE)
	@mkdir -p $(@D)
	$(call say,PAGE)mod_src/manual/make-page html $< >$@.new && mv $@.new $@
$(BUILD)/gen/manual/%.7: mod_src/manual/%.md $(MAKE_PAGE)
	@mkdir -p $(@D)
	$(call say,PAGE)mod_src/manual/make-page man $< >$@.new && mv $@.new $@

$(BUILD)/gen/manual_files: FORCE
	@mkdir -p $(@D)
	@echo '$(MANUAL)' | cmp -s - $@ || echo '$(MANUAL)' >$@

API := mod_src/manual/openapi.json
$(BUILD)/gen/asset_table.c: mod_src/dashboard/embed.sh mod_src/dashboard/bundle.awk $(BUILD)/gen/report_table.c $(ASSETS) $(HELP) \
                            $(API) $(BUILD)/gen/manual_files $(BUILD)/gen/prefix
	@mkdir -p $(@D)
	$(call say,GEN )DATADIR=$(DATADIR) mod_src/dashboard/embed.sh $(BUILD)/gen/report_list $(ASSETS) $(HELP) $(API) >$@.new && mv $@.new $@

$(BUILD)/obj/asset_table.o: $(BUILD)/gen/asset_table.c
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) -c -o $@ $<

# The lists of agents as tables, by a program that reads them as the recorder does.
UAP_RULES ?= /usr/share/uap-core/regexes.yaml
MAKE_IMAGE := $(BUILD)/gen/make_agents_image
$(MAKE_IMAGE): $(call objects,$(CORE) $(call sources,enrich) mod_src/enrich/image/make_agents_image.c) \
               $(BUILD)/obj/secret_table.o
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS_COMMAND)

$(BUILD)/gen/agents_image.c: $(MAKE_IMAGE) $(wildcard $(UAP_RULES)) conf/agents.yaml conf/robots.tsv conf/probes.tsv
	$(call say,GEN )$(MAKE_IMAGE) $(UAP_RULES) conf $(BUILD)/gen/agents_image.bin >$@.new && mv $@.new $@

$(BUILD)/obj/agents_image.o: $(BUILD)/gen/agents_image.c
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) -c -o $@ $<

# What has the prefix in it is built anew when `make install` is told another one.
$(BUILD)/gen/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
$(BUILD)/obj/core/setting_table.o $(BUILD)/obj/cli/slimstats.o: $(BUILD)/gen/prefix
.PHONY: FORCE
FORCE:

-include $(wildcard $(addprefix $(BUILD)/obj/,*/*.d */*/*.d */*/*/*.d))

# --- what it needs ---

BUILD_PACKAGES := gcc make pkg-config apache2-bin apache2-dev libapr1-dev libaprutil1-dev libsqlite3-dev \
                  libmaxminddb-dev libpcre2-dev libyaml-dev libjansson-dev zlib1g-dev nettle-dev libxxhash-dev libncurses-dev \
                  tzdata uap-core cmark-gfm
DEMO_PACKAGES  := python3 curl tor-geoipdb
CHECK_PACKAGES := libcmocka-dev e2fsprogs mount python3 python3-pytest python3-pytest-xdist python3-pyte python3-h2 openssl \
                  curl procps patch strace tor-geoipdb libmaxmind-db-writer-perl chromium chromium-driver \
                  python3-selenium fonts-dejavu-core prometheus python3-prometheus-client xz-utils bzip2 zstd unzip spin \
                  sqlite3 man-db python3-jsonschema apache2-utils libapache2-mod-auth-openidc
APPLICATION_PACKAGES := python3-sphinx git gitweb libcgi-pm-perl php-fpm php-sqlite3 php-xml php-mbstring php-intl php-cli php-mysql \
                        dokuwiki wordpress wordpress-theme-twentytwentythree mariadb-server mediawiki dbconfig-no-thanks phpmyadmin
FAULT_PACKAGES := btrfs-progs xfsprogs
FUZZ_PACKAGES  := clang-14 libclang-rt-14-dev llvm-14
LINT_PACKAGES  := clang-format-14 shellcheck eslint
BENCH_PACKAGES := valgrind strace goaccess sqlite3

# Installs what is missing, as root; anybody else is told the one line to run.
.PHONY: deps deps-demo deps-check deps-faults deps-applications deps-fuzz deps-lint deps-bench
deps:
	@tests/install-packages $(BUILD_PACKAGES)
deps-demo:
	@tests/install-packages $(BUILD_PACKAGES) $(DEMO_PACKAGES)
deps-check:
	@tests/install-packages $(BUILD_PACKAGES) $(CHECK_PACKAGES)
deps-faults:
	@tests/install-packages $(BUILD_PACKAGES) $(CHECK_PACKAGES) $(FAULT_PACKAGES)
deps-applications:
	@tests/install-packages $(BUILD_PACKAGES) $(CHECK_PACKAGES) $(APPLICATION_PACKAGES)
deps-fuzz:
	@tests/install-packages $(BUILD_PACKAGES) $(FUZZ_PACKAGES)
deps-lint:
	@tests/install-packages $(BUILD_PACKAGES) $(LINT_PACKAGES)
deps-bench:
	@tests/install-packages $(BUILD_PACKAGES) $(CHECK_PACKAGES) $(BENCH_PACKAGES)

# --- tests ---

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

# What programs for tests are linked with: of an archive the linker takes what one needs, and no more.
LIBRARY := $(BUILD)/tests/libslimstats.a
$(LIBRARY): $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(call say,AR  )rm -f $@ && $(AR) rcs $@ $^

# There are many of them, and each is linked once: by the linker that is quick where there is one, which
# halves what making them takes; their own code is not what has to be fast.
known_linker = $(shell $(CC) $(1) -x c /dev/null -shared -o /dev/null 2>/dev/null && echo $(1))
TEST_LINK = $(eval TEST_LINK := $(call known_linker,-fuse-ld=gold))$(TEST_LINK)
TEST_FLAGS = $(ALL_CFLAGS) -O1 $(CPPFLAGS_CORE) $(LDFLAGS) $(TEST_LINK)

$(BUILD)/tests/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,TEST)$(CC) $(TEST_FLAGS) -MMD -MP -o $@ $< $(LIBRARY) $(LIBS_COMMAND) -lcmocka

# Capture is the module's, and its headers are httpd's.
CAPTURE := $(patsubst %,$(BUILD)/obj/httpd/%.o,capture_record capture_page tls)
$(BUILD)/tests/test_fuzz_capture $(BUILD)/fuzzers/fuzz_capture: $(CAPTURE)
$(BUILD)/tests/test_fuzz_capture $(BUILD)/fuzzers/fuzz_capture: private CPPFLAGS_CORE += -isystem $(INCLUDES_HTTPD)

# It gives statements mistakes.
$(BUILD)/tests/test_statements: LDFLAGS += -Wl,--wrap=slim_sql_body -Wl,--wrap=sqlite3_prepare_v3

# Its disk fails when it is told to.
$(BUILD)/tests/test_journal_sync: LDFLAGS += -Wl,--wrap=fdatasync -Wl,--wrap=pwrite

# Of the command.
$(BUILD)/tests/test_fuzz_options $(BUILD)/fuzzers/fuzz_options: $(BUILD)/obj/cli/options.o

# Fuzz targets run their seeds with the unit tests.
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
UNIT_TESTS += $(FUZZ_TARGETS:%=$(BUILD)/tests/test_fuzz_%)

$(BUILD)/tests/test_fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/driver.c tests/fuzz/fuzz.h $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,TEST)$(CC) $(TEST_FLAGS) -DSLIM_FUZZ_NAME='"$*"' -o $@ \
	    $< tests/fuzz/driver.c $(filter %.o,$^) $(LIBRARY) $(LIBS_COMMAND)

-include $(wildcard $(BUILD)/tests/*.d)

# The simulator (tests/sim/README.md): production's objects, and a system of its own.
SIMULATOR := $(BUILD)/sim/sim
SEEDS ?= 2000
$(BUILD)/sim/%.o: tests/sim/%.c
	@mkdir -p $(@D)
	$(call say,SIM )$(CC) $(ALL_CFLAGS) -U_FORTIFY_SOURCE $(CPPFLAGS_HTTPD) -Itests/sim -MMD -MP -c -o $@ $<
$(SIMULATOR): $(patsubst tests/sim/%.c,$(BUILD)/sim/%.o,$(wildcard tests/sim/*.c)) $(BUILD)/obj/httpd/ring_file.o $(LIBRARY)
	$(call say,LINK)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_COMMAND)

-include $(wildcard $(BUILD)/sim/*.d)

.PHONY: sim
sim: $(SIMULATOR)
	@$(SIMULATOR) --seeds 1 $(SEEDS)

# Those that need neither root, network nor httpd, and install nothing.
.PHONY: check-unit
check-unit: unit-tests
	@tests/run-unit $(UNIT_TESTS)

# A job a processor, unless make was told how many.
at_once = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: check
check: deps-check
	@$(MAKE) --no-print-directory $(at_once) all unit-tests
	@BUILD=$(BUILD) PYTHON=$(PYTHON) UNIT_TESTS='$(UNIT_TESTS)' tests/run

.PHONY: unit-tests
unit-tests: $(UNIT_TESTS) $(SIMULATOR)

# What goes by the clock, at other hours and on other days; TIMES: a list of them.
.PHONY: check-clocks
check-clocks: deps-check
	@$(MAKE) --no-print-directory $(at_once) all
	@BUILD=$(BUILD) PYTHON=$(PYTHON) tests/clocks $(TIMES)

# Real applications, and the visits of people to them.
.PHONY: check-applications
check-applications: deps-applications
	@$(MAKE) --no-print-directory $(at_once) all
	@$(PYTHON) -m pytest -c tests/pytest.ini tests/applications --build $(BUILD)

# Faults that take minutes to inject: each step of a sweep, disks that hang.
.PHONY: check-faults
check-faults: deps-faults
	@$(MAKE) --no-print-directory $(at_once) all
	@mkdir -p $(BUILD)/tests
	@$(PYTHON) -m pytest -c tests/pytest.ini tests/browser tests/faults tests/meaning tests/httpd --thorough -m thorough --build $(BUILD) -n 2 --dist loadgroup \
	    --junit-xml=$(BUILD)/tests/faults.xml

# Threads and processes that share memory, as ThreadSanitizer sees them.
.PHONY: check-threads
check-threads: deps-check
	@$(MAKE) --no-print-directory $(at_once) BUILD=$(BUILD)/threads CFLAGS='-O1 -g -fsanitize=thread' HARDENING= \
	    $(BUILD)/threads/tests/test_threads
	@TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 tests/run-unit $(BUILD)/threads/tests/test_threads

# A million hits of an older version, killed at every commit of becoming today's.
.PHONY: check-renew
check-renew: deps-check
	@$(MAKE) --no-print-directory $(at_once) all $(BUILD)/tests/test_renew_killed
	@BUILD=$(BUILD) PYTHON=$(PYTHON) tests/renew

# The table of faults, with the results of the last runs.
.PHONY: faults-table
faults-table:
	@$(PYTHON) tests/faults/fault_table.py $(BUILD)

# Thorough faults, the suite once more, and applications, built with AddressSanitizer and UndefinedBehaviorSanitizer.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
.PHONY: check-long
check-long: deps-applications analyze check-faults check-threads check-renew check-packages
	@$(MAKE) --no-print-directory $(at_once) BUILD=$(BUILD)/sanitized CFLAGS='$(SANITIZE)' HARDENING= all unit-tests
	@SLIM_EVERY=1 BUILD=$(BUILD)/sanitized PYTHON=$(PYTHON) UNIT_TESTS='$(UNIT_TESTS:$(BUILD)/%=$(BUILD)/sanitized/%)' \
	    tests/run --sanitized --rounds 50 tests/applications

# --- what compilers find by themselves: too slow for lint ---

.PHONY: analyze analyze-objects
analyze: deps-fuzz
	@tests/analyze $(BUILD)
analyze-objects: $(MODULE_OBJECTS) $(COMMAND_OBJECTS)

# --- fuzzing: libFuzzer, with AddressSanitizer and UndefinedBehaviorSanitizer ---

FUZZ_SECONDS ?= 60
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/fuzzers/fuzz_%)

.PHONY: fuzz fuzzers
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory $(at_once) BUILD=$(BUILD)/fuzz CC=clang-14 HARDENING= \
	    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(FUZZ_SANITIZE)' fuzzers
	@tests/fuzz/run $(BUILD)/fuzz/fuzzers $(FUZZ_SECONDS)
fuzzers: $(FUZZERS)

$(BUILD)/fuzzers/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/fuzz.h $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,FUZZ)$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) $(LDFLAGS) -fsanitize=fuzzer -o $@ \
	    $< $(filter %.o,$^) $(LIBRARY) $(LIBS_COMMAND)

# --- the rest ---

.PHONY: demo demo-stop
demo: deps-demo
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) PYTHON=$(PYTHON) MODULES=$(call ask_apxs,LIBEXECDIR) tests/demo/demo start
demo-stop:
	@tests/demo/demo stop

# What the manual takes from the program's own tables.
.PHONY: manual-tables
manual-tables:
	@$(PYTHON) tests/manual/tables.py

# The README's picture, and in build/screenshots/states one of each state of the page.
.PHONY: screenshot
screenshot: deps-check
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/browser/screenshot.py $(BUILD) tests/browser/dashboard.png $(BUILD)/screenshots/states

.PHONY: lint
lint: deps-lint
	@tests/lint

.PHONY: clean
clean:
	rm -rf $(BUILD)

include conf/package/package.mk

# --- figures: printed, never asserted ---

.PHONY: bench-capture
bench-capture: deps-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/capture.py $(BUILD)

# LOG=FILE: a combined log whose lines are repeated; without it they are made up.
.PHONY: bench-import
bench-import: deps-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/import_log.py $(BUILD) '$(LOG)'

# RATES='5000 240 48': hits a second.
.PHONY: bench-recorder
bench-recorder: deps-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/recorder.py $(BUILD) $(RATES)

# HITS='1000000 3000000 10000000': sizes of the stores that are made and asked.
.PHONY: bench-reports
bench-reports: deps-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/reports.py $(BUILD) $(HITS)

# CASES: files of agents (what each may hold is told at the head of tests/bench/agents.c).
$(BUILD)/bench/agents: tests/bench/agents.c $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(ALL_CFLAGS) $(CPPFLAGS_CORE) $(LDFLAGS) -o $@ $^ $(LIBS_COMMAND)

.PHONY: bench-agents
bench-agents: deps-bench
	@$(MAKE) --no-print-directory $(BUILD)/bench/agents
	@$(BUILD)/bench/agents $(UAP_RULES) conf $(CASES)

# The page in Chromium.
.PHONY: bench-page
bench-page: deps-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/page.py $(BUILD)

# Visitors beside fifty people who look at the dashboard.
.PHONY: bench-viewers
bench-viewers: deps-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/viewers.py $(BUILD) $(HITS)

.PHONY: bench
bench: bench-capture bench-recorder bench-agents bench-import bench-reports bench-page bench-viewers
