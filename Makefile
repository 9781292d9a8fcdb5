# SPDX-License-Identifier: GPL-2.0
# What a person types. The module itself is built by Kbuild, in the kernel's tree.

NAME := proc-reclaim
MODULE := proc_reclaim
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
SOURCES := Kbuild Makefile dkms.conf LICENSE module trace

KERNEL := $(shell uname -r)
KDIR := /lib/modules/$(KERNEL)/build
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
SRC_DIR := /usr/src/$(NAME)-$(VERSION)
STRESS_SUITE ?= trixie
BENCH_SUITE ?= trixie
# Where the tools go, as far as it was said; sudo passes nothing on. A package's own
# directory needs no root.
DIRECTORIES := DESTDIR BUILD prefix sbindir datadir mandir bashdir zshdir fishdir unitdir plugindir
TOOLS := userspace-tools $(foreach name,$(DIRECTORIES),$(if $($(name)),$(name)='$($(name))'))
AS_ROOT := $(if $(DESTDIR),,$(SUDO))

.PHONY: help modules clean install uninstall tools install-tools \
	uninstall-tools install-module uninstall-module deb demo demo-oom bench bench-worker test \
	test-all test-one test-deb test-upgrades test-secure-boot test-rt test-arm64 test-clang \
	test-kernels kernels-table stress fuzz check debug-kernel test-debug

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' Makefile

modules: ## build the module for KERNEL (default: the running one), here
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

clean: ## remove what "modules" and the host tests built
	rm -rf build
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

install: install-module install-tools ## install the module with dkms, load it; the tools

uninstall: uninstall-tools uninstall-module ## remove the tools; unload and remove the module

tools: ## build the tools
	$(MAKE) -C $(TOOLS)

install-tools: tools ## install the tools (DESTDIR, prefix=/usr/local)
	$(AS_ROOT) $(MAKE) -C $(TOOLS) install-built

uninstall-tools: ## remove the tools (DESTDIR and prefix as they were installed)
	$(AS_ROOT) $(MAKE) -C $(TOOLS) uninstall

install-module: ## install the module with dkms and load it
	@command -v dkms >/dev/null || \
		{ echo "install dkms first: apt-get install dkms" >&2; exit 1; }
	@[ -d $(KDIR) ] || \
		{ echo "$(KDIR) is missing: install the headers of kernel $(KERNEL)" >&2; exit 1; }
	-$(SUDO) modprobe -r $(MODULE)
	-$(SUDO) dkms remove -m $(NAME) -v $(VERSION) --all 2>/dev/null
	$(SUDO) rm -rf $(SRC_DIR)
	$(SUDO) mkdir -p $(SRC_DIR)
	tar -cf - $(SOURCES) | $(SUDO) tar -xf - -C $(SRC_DIR) --no-same-owner
	$(SUDO) dkms add -m $(NAME) -v $(VERSION)
	$(SUDO) dkms build -m $(NAME) -v $(VERSION) -k $(KERNEL)
	$(SUDO) dkms install -m $(NAME) -v $(VERSION) -k $(KERNEL)
	$(SUDO) modprobe $(MODULE)

uninstall-module: ## unload the module and remove it from dkms, for all kernels
	-$(SUDO) modprobe -r $(MODULE)
	$(SUDO) dkms remove -m $(NAME) -v $(VERSION) --all
	$(SUDO) rm -rf $(SRC_DIR)

# In a copy: debhelper builds in the tree. The settings of this make are not for that one.
deb: ## build Debian's packages of the module and the tools, into build/deb
	@command -v dpkg-checkbuilddeps >/dev/null || \
		{ echo "install dpkg-dev first: apt-get install dpkg-dev" >&2; exit 1; }
	@dpkg-checkbuilddeps || \
		{ echo "install what is missing: apt-get build-dep ./" >&2; exit 1; }
	@set -e; work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; mkdir $$work/tree; \
	tar -cf - --exclude-vcs --exclude-vcs-ignores --exclude=./build . | \
		tar -xf - -C $$work/tree; \
	(cd $$work/tree && env -u MAKEFLAGS DEB_BUILD_OPTIONS="noautodbgsym $(DEB_BUILD_OPTIONS)" \
		dpkg-buildpackage -us -uc -b); \
	rm -rf build/deb; mkdir -p build/deb; mv $$work/*.deb build/deb; ls build/deb/*

demo: ## reclaim a real Redis in a virtual machine, then watch the worker at work
	@tests/demo/run

demo-oom: ## a load that ends in a kill, and does not with the worker: both in one boot
	@tests/demo/run-oom

bench: ## the module beside its peers, each in one boot, on BENCH_SUITE (trixie)
	@tests/bench/bench $(BENCH_SUITE)

bench-worker: ## what the worker costs tasks that fork, exit, or write an adj
	@tests/bench/run worker-cost

test: ## host tests, then every bats file in virtual machines with trixie's kernel
	@tests/run trixie

test-all: ## "test" with the kernels of trixie, bookworm and sid, the packages, and "check"
	@tests/run trixie bookworm sid

test-one: ## one file of tests/bats, T=anon; of it tests F='huge pages'; on a kernel K=sid (trixie)
	@[ -n "$(T)" ] || { echo "usage: make test-one T=anon [F='huge pages'] [K=sid]" >&2; exit 1; }
	@tests/vm/run-tests $(if $(F),--filter "$$F") $(if $(K),$(K),trixie) $(T)

test-deb: ## build the packages, then install, use, upgrade and purge them in a guest
	@tests/deb/run

test-upgrades: ## new kernels arrive where the packages are installed; each is booted
	@tests/deb/upgrades

test-secure-boot: ## the packages in a guest with Secure Boot: signed, or refused
	@tests/deb/secure-boot

stress: ## storms and fuzzed files for STRESS_S (300) seconds on STRESS_SUITE (trixie)
	@tests/stress/run $(STRESS_SUITE)

fuzz: ## fuzz the grammars of requests and settings for FUZZ_S (60) seconds
	@tests/unit/fuzz

check: ## checkpatch, kernel-doc, shellcheck, W=1 and sparse, for each release
	@tests/check/run

debug-kernel: ## build the debug kernel: KASAN, lockdep, kmemleak and more, once
	@tests/vm/make-kernel debug

test-debug: ## every bats file on the debug kernel, each checker proved awake; line counts
	@tests/vm/test-debug

test-rt: ## the bats files of the engine on trixie's PREEMPT_RT kernel
	@tests/vm/run-tests rt

test-arm64: ## every bats file on an emulated arm64 machine with trixie's kernel
	@tests/vm/run-tests arm64

test-clang: ## the bats files of the engine and the worker on a kernel that clang has built, with CFI
	@tests/vm/test-debug --kernel clang

test-kernels: ## the module on kernels of other configurations, forms and page sizes
	@tests/vm/test-kernels

kernels-table: ## what the last runs have shown of each kernel, as Markdown
	@tests/vm/kernels-table
