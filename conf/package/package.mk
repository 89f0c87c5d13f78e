# Packages: the tarball and what is made of it. Included by the Makefile.

# The version stands in version.h alone, the day of its release in CHANGELOG.md.
VERSION  = $(eval VERSION := $(shell sed -n 's/^\#define SLIM_VERSION "\(.*\)"/\1/p' mod_src/core/version.h))$(VERSION)
RELEASED = $(eval RELEASED := $(shell sed -n 's/^\#\# $(VERSION) (\([0-9-]*\))$$/\1/p' CHANGELOG.md))$(RELEASED)
TARBALL  = mod_slimstats-$(VERSION).tar.gz

DEB_PACKAGES := build-essential debhelper dpkg-dev fakeroot libcmocka-dev
PACKAGING_PACKAGES := $(DEB_PACKAGES) lintian mmdebstrap rpm cpio musl-tools

# The same bytes whenever and wherever it is made, also of an unpacked one; with their sum beside it.
.PHONY: dist
dist: $(HELP) $(MAN7)
	@conf/package/dist $(BUILD) mod_slimstats-$(VERSION) $(RELEASED)

# --- make install ---

# Modules and configuration are where httpd has them; without apxs, where Debian has them. A configuration that httpd reads
# by itself is laid in the manner of Debian (a2enmod) or of Fedora; elsewhere it is one line in httpd.conf.
MODULEDIR ?= $(or $(call ask_apxs,LIBEXECDIR),/usr/lib/apache2/modules)
CONFDIR   ?= $(or $(call ask_apxs,SYSCONFDIR),/etc/apache2)
MANNER     = $(strip $(if $(filter %/lib/apache2/modules,$(MODULEDIR)),debian) \
               $(if $(filter %/lib/httpd/modules %/lib64/httpd/modules,$(MODULEDIR)),fedora))
LOADFILE  ?= $(CONFDIR)$(LOAD_$(MANNER))
CONFFILE  ?= $(CONFDIR)$(CONF_$(MANNER))
LOAD_debian := /mods-available/slimstats.load
CONF_debian := /mods-available/slimstats.conf
LOAD_fedora := .modules.d/10-slimstats.conf
CONF_fedora := .d/slimstats.conf

SCRIPTS   := conf/mail-report
SHARED    := $(sort $(wildcard conf/*.tsv conf/*.yaml conf/*.txt conf/*.json conf/*.yml)) conf/owner.conf conf/slimstats.conf
INSTALLED  = $(MODULEDIR)/mod_slimstats.so $(BINDIR)/slimstats $(patsubst conf/%,$(DATADIR)/%,$(SHARED) $(SCRIPTS)) $(MANDIR)/man1/slimstats.1 \
             $(MANDIR)/man8/mod_slimstats.8 $(patsubst $(BUILD)/gen/manual/%,$(MANDIR)/man7/slimstats-%,$(MAN7))
SETTINGS   = $(if $(MANNER),$(LOADFILE) $(CONFFILE))

# What is written with Debian's paths and without a version gets those that it is installed with.
STAGE   ?= $(BUILD)/stage
FILLED  := $(patsubst $(BUILD)/gen/manual/%,$(STAGE)/slimstats-%,$(MAN7)) $(patsubst %,$(STAGE)/%,slimstats.1 mod_slimstats.8 slimstats.conf owner.conf slimstats.load)
fill     = sed -e '1,2s|"" "mod_slimstats"|"$(RELEASED)" "mod_slimstats $(VERSION)"|' -e 's|@LIBEXECDIR@|$(MODULEDIR)|' \
               -e 's|/usr/share/slimstats|$(DATADIR)|g' -e 's|/usr/bin/slimstats|$(BINDIR)/slimstats|g' $< >$@
$(STAGE)/%.1: mod_src/cli/%.1 FORCE
	@mkdir -p $(@D) && $(fill)
$(STAGE)/%.8: mod_src/httpd/%.8 FORCE
	@mkdir -p $(@D) && $(fill)
$(STAGE)/slimstats-%.7: $(BUILD)/gen/manual/%.7 FORCE
	@mkdir -p $(@D) && $(fill)
$(STAGE)/%.conf: conf/%.conf FORCE
	@mkdir -p $(@D) && $(fill)
$(STAGE)/%.load: conf/%.load FORCE
	@mkdir -p $(@D) && $(fill)

.PHONY: install uninstall
install: all $(FILLED)
	install -d $(sort $(dir $(addprefix $(DESTDIR),$(INSTALLED) $(SETTINGS))))
	install -m 644 $(MODULE) $(DESTDIR)$(MODULEDIR)/
	install -m 755 $(COMMAND) $(DESTDIR)$(BINDIR)/
	install -m 644 $(filter-out %.conf,$(SHARED)) $(STAGE)/slimstats.conf $(STAGE)/owner.conf $(DESTDIR)$(DATADIR)/
	install -m 755 $(SCRIPTS) $(DESTDIR)$(DATADIR)/
	install -m 644 $(STAGE)/slimstats.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 $(STAGE)/mod_slimstats.8 $(DESTDIR)$(MANDIR)/man8/
	@for page in $(STAGE)/slimstats-*.7; do \
	    if [ -s "$$page" ]; then install -m 644 "$$page" $(DESTDIR)$(MANDIR)/man7/; else missing=1; fi; \
	done; [ -z "$${missing:-}" ] || echo 'without cmark-gfm no manual pages of section 7; the texts are in mod_src/manual'
ifneq ($(MANNER),)
	install -m 644 $(STAGE)/slimstats.load $(DESTDIR)$(LOADFILE)
	mod_src/httpd/install-conf $(STAGE)/slimstats.conf $(DESTDIR)$(CONFFILE)
else
	@echo 'add to httpd.conf: LoadModule slimstats_module $(MODULEDIR)/mod_slimstats.so'
endif

# A configuration that was changed stays, statistics too; below DESTDIR also no empty directory is left.
uninstall: $(FILLED)
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	rmdir $(DESTDIR)$(DATADIR) 2>/dev/null || true
ifneq ($(MANNER),)
	rm -f $(patsubst %,$(DESTDIR)$(CONFDIR)/mods-enabled/slimstats.%,load conf) $(DESTDIR)$(LOADFILE)
	mod_src/httpd/install-conf --remove $(STAGE)/slimstats.conf $(DESTDIR)$(CONFFILE)
endif
	$(if $(DESTDIR),cd $(DESTDIR) && rmdir -p $(sort $(patsubst /%,%,$(dir $(INSTALLED) $(SETTINGS)))) 2>/dev/null || true)

# --- Debian's package ---

.PHONY: deb deps-deb
deps-deb:
	@tests/install-packages $(BUILD_PACKAGES) $(DEB_PACKAGES)
deb: deps-deb dist
	@conf/package/deb $(BUILD) $(TARBALL) $(VERSION) $(RELEASED)

# Packages are built, installed in a small Debian, upgraded, removed: a quarter of an hour.
.PHONY: check-packages deps-packages
deps-packages:
	@tests/install-packages $(BUILD_PACKAGES) $(CHECK_PACKAGES) $(PACKAGING_PACKAGES)
check-packages: deps-packages
	@$(MAKE) --no-print-directory $(at_once) all
	@$(PYTHON) -m pytest -c tests/pytest.ini tests/packages --build $(BUILD)

# --- Fedora's package ---

.PHONY: rpm deps-rpm
deps-rpm:
	@tests/install-packages $(BUILD_PACKAGES) libcmocka-dev rpm
rpm: $(if $(wildcard /etc/debian_version),deps-rpm) dist
	@conf/package/rpm/build $(BUILD) $(TARBALL) $(VERSION)
