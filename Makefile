# The front door. `make` lists what there is; `make <study>` does everything a study needs:
# missing Debian packages, the build, the run, Figures/<study>/.
#
# Options, for every study, default where empty:
#   SCALE=smoke|default|full   SEEDS=   DATA=   OUT=   JOBS=   ISA=avx2   WEIGHTS=   NOISE=secure|seeded

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ALL_STUDIES := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard Studies/*/*.swift)))))
PREFIX ?= /usr/local

# Debian package names; elsewhere the same libraries under their own names.
PACKAGES := libopenblas-dev libdnnl-dev libgnuplot-iostream-dev gnuplot-nox libpng-dev \
  libturbojpeg0-dev zlib1g-dev libzip-dev libkissfft-dev libboost-math-dev \
  libboost-iostreams-dev libboost-system-dev libboost-filesystem-dev fonts-dejavu-core pkg-config
BOOK_PACKAGES := pandoc
VERIFY_PACKAGES := python3
SWIFT_NEEDED := 6.0

# The same flags for build and test. x86-64-v3 where the processor has AVX2, never `native`;
# no fused multiply-add contraction, so that results do not depend on the compiler's mood.
ARCH := $(shell uname -m)
HAS_AVX2 := $(shell grep -qw avx2 /proc/cpuinfo 2>/dev/null && echo yes)
MARCH := $(if $(filter x86_64,$(ARCH)),$(if $(HAS_AVX2),-Xcc -march=x86-64-v3))
FLAGS := -c release $(MARCH) -Xcc -fno-math-errno -Xcc -ffp-contract=off

# One thread inside OpenBLAS (the library has loops of its own), its kernels for this processor, one
# locale, whoever runs it: what a study would otherwise start itself again for. AMD's processors with
# AVX-512 are taken for older ones by the OpenBLAS of Debian 12.
export OPENBLAS_NUM_THREADS := 1
BLAS_CORE := $(shell head -c 8192 /proc/cpuinfo 2>/dev/null \
  | awk '/AuthenticAMD/ {amd = 1} / avx512dq / {wide = 1} END {if (amd && wide) print "SkylakeX"}')
ifneq ($(BLAS_CORE),)
export OPENBLAS_CORETYPE := $(BLAS_CORE)
else ifeq ($(origin OPENBLAS_CORETYPE),environment)
unexport OPENBLAS_CORETYPE
endif
export LC_ALL := C.UTF-8

OPTIONS := $(if $(SCALE),--scale $(SCALE)) $(if $(SEEDS),--seeds $(SEEDS)) \
  $(if $(DATA),--data "$(DATA)") $(if $(OUT),--out "$(OUT)") $(if $(JOBS),--jobs $(JOBS)) \
  $(if $(ISA),--isa $(ISA)) $(if $(WEIGHTS),--weights "$(WEIGHTS)") \
  $(if $(NOISE),--noise $(NOISE)) --root "$(CURDIR)"
BIN := .build/release
BUILD := STUDIES="$(ALL_STUDIES)" swift build $(FLAGS)

.PHONY: help setup swift packages build test verify fuzz sanitize smoke bench book book-packages \
  verify-packages new-study docs install format clean \
  distclean list $(ALL_STUDIES) $(foreach s,$(ALL_STUDIES),check-$(s) explain-$(s) redraw-$(s))

help: ## this page
	@echo "Lightbox: medical-imaging papers as runnable notebooks."
	@echo
	@echo "Studies (make <study> installs what is missing, builds, runs, writes Figures/<study>/):"
	@for s in $(ALL_STUDIES); do \
	  title=$$(sed -n 's|^//: # ||p' Studies/$$s/*.swift | head -n 1); \
	  printf '  %-24s %s\n' "$$s" "$$title"; done
	@echo
	@echo "Targets:"
	@grep -hE '^[a-zA-Z<>%-]+:.*##' $(MAKEFILE_LIST) | \
	  sed -E 's/^([^:]+):.*## ?(.*)/  \1\t\2/' | expand -t 27
	@grep -hE '^## [a-z]+-<study>' $(MAKEFILE_LIST) | sed -E 's/^## ([^ ]+) +(.*)/  \1\t\2/' | expand -t 27
	@echo
	@sed -n '/^# Options/,/^$$/p' Makefile | sed 's/^# \{0,1\}//'

# --- set-up ------------------------------------------------------------------------------------

setup: swift packages ## check the Swift toolchain and install missing Debian packages

swift:
	@if ! command -v swift >/dev/null 2>&1; then \
	  echo "make: Swift was not found; version $(SWIFT_NEEDED) or newer is needed." >&2; \
	  echo "Get it with swiftly (https://www.swift.org/install/linux/):" >&2; \
	  echo "  curl -O https://download.swift.org/swiftly/linux/swiftly-$(ARCH).tar.gz" >&2; \
	  echo "  tar zxf swiftly-$(ARCH).tar.gz && ./swiftly init" >&2; \
	  echo "then open a new shell and run the same make command again." >&2; exit 69; fi
	@found=$$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1); \
	if [ "$$(printf '%s\n' $(SWIFT_NEEDED) "$$found" | sort -V | head -n 1)" != "$(SWIFT_NEEDED)" ]; then \
	  echo "make: Swift $$found was found; $(SWIFT_NEEDED) or newer is needed." >&2; \
	  echo "Update with: swiftly install latest   (https://www.swift.org/install/linux/)" >&2; exit 69; fi

# $(call install,packages): names what is missing and installs it, as root or through sudo.
define install
missing=""; \
if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then \
  for p in $(1); do \
    dpkg-query -W -f='$${Status}' "$$p" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
  if [ -n "$$missing" ]; then \
    echo "Missing Debian packages:$$missing"; \
    run=""; if [ "$$(id -u)" != 0 ]; then \
      if command -v sudo >/dev/null 2>&1; then run=sudo; else \
        echo "make: neither root nor sudo; ask an administrator to run" >&2; \
        echo "  apt-get install$$missing" >&2; exit 77; fi; fi; \
    $$run apt-get update -q >/dev/null || echo "make: apt-get update failed; trying the lists at hand" >&2; \
    DEBIAN_FRONTEND=noninteractive $$run apt-get install -y -q --no-install-recommends $$missing; fi; \
else \
  if [ ! -f .build/.libraries-noted ]; then \
    echo "No apt here. These libraries and headers must be present (Debian names):"; \
    printf '  %s\n' $(1); mkdir -p .build; touch .build/.libraries-noted; fi; \
fi
endef

packages:
	@$(call install,$(PACKAGES))

book-packages: packages
	@$(call install,$(BOOK_PACKAGES))

verify-packages:
	@if ! command -v python3 >/dev/null 2>&1; then $(call install,$(VERIFY_PACKAGES)); fi

# --- studies -----------------------------------------------------------------------------------

build: setup ## build everything
	$(BUILD)

$(ALL_STUDIES): %: setup
	@$(BUILD) --product $@
	@$(BIN)/$@ $(OPTIONS)

## check-<study>            run again, compare with the committed results; what differs: .cache/<study>/check.html
$(foreach s,$(ALL_STUDIES),check-$(s)): check-%: setup
	@$(BUILD) --product $*
	@$(BIN)/$* $(OPTIONS) --check

## explain-<study>          say why each stage would run or be reused
$(foreach s,$(ALL_STUDIES),explain-$(s)): explain-%: setup
	@$(BUILD) --product $*
	@$(BIN)/$* $(OPTIONS) --explain

## redraw-<study>           draw figures and page again from the committed tables, without computing
$(foreach s,$(ALL_STUDIES),redraw-$(s)): redraw-%: setup
	@$(BUILD) --product $*
	@$(BIN)/$* $(OPTIONS) --redraw

new-study: setup ## write a working study to start from: NAME=knee-reading (and TITLE=)
	@if [ -z "$(NAME)" ]; then echo "make: expected NAME=, as in make new-study NAME=knee-reading" >&2; exit 64; fi
	@$(BUILD) --product lightbox
	@$(BIN)/lightbox new-study "$(NAME)" $(if $(TITLE),--title "$(TITLE)") --root "$(CURDIR)"

list: setup ## write the catalogue into README.md: studies, claim coverage, measured budgets
	@$(BUILD) --product lightbox
	@$(BIN)/lightbox list --root "$(CURDIR)" --write README.md

book: setup book-packages ## the studies as a site in Figures/book/ (or OUT=): read, review, sources; TESTED=1: by what make test built
	@$(if $(TESTED),,$(BUILD) --product lightbox)
	@$(if $(TESTED),.build-tests/release,$(BIN))/lightbox book --root "$(CURDIR)" $(if $(OUT),--out "$(OUT)")

# Libraries with Swift sources; the umbrella has no interface of its own.
LIBRARIES := $(filter-out lightbox bench LightboxStudy,$(sort \
  $(foreach f,$(wildcard Sources/*/*.swift Sources/*/*/*.swift),$(word 2,$(subst /, ,$(f))))))

docs: build ## the libraries' interfaces in .build/docs/, by DocC; a warning is an error
	@tools=$$(swift -print-target-info | sed -n 's|.*"runtimeResourcePath" *: *"\(.*\)/lib/swift".*|\1/bin|p'); \
	target=$$(swift -print-target-info | sed -n 's|.*"triple" *: *"\(.*\)".*|\1|p' | head -n 1); \
	maps=$$(find Sources $(BIN)/*.build -maxdepth 2 -name module.modulemap | grep -v ArgumentParser | \
	  sed 's|^|-Xcc -fmodule-map-file=|'); \
	rm -rf .build/docs; for m in $(LIBRARIES); do \
	  mkdir -p .build/docs/symbols/$$m; \
	  "$$tools/swift-symbolgraph-extract" -module-name $$m -I $(BIN)/Modules -target "$$target" \
	    -minimum-access-level public -skip-inherited-docs -skip-synthesized-members \
	    -output-dir .build/docs/symbols/$$m $$maps; done; \
	if [ ! -x "$$tools/docc" ]; then \
	  echo "This toolchain has no docc; the interfaces are in .build/docs/symbols/ as symbol graphs."; exit 0; fi; \
	for m in $(LIBRARIES); do \
	  "$$tools/docc" convert --additional-symbol-graph-dir .build/docs/symbols/$$m --warnings-as-errors \
	    --fallback-display-name $$m --fallback-bundle-identifier lightbox.$$m \
	    --fallback-default-module-kind Library --output-path .build/docs/$$m.doccarchive; done; \
	"$$tools/docc" merge .build/docs/*.doccarchive --synthesized-landing-page-name Lightbox \
	  --output-path .build/docs/Lightbox.doccarchive; \
	echo "To read: python3 -m http.server --directory .build/docs/Lightbox.doccarchive, then /documentation"

# --- checking ----------------------------------------------------------------------------------

test: setup book-packages verify-packages ## set up, build and run all tests, in release
	@echo "Outside files: $${LIGHTBOX_DATA:-none (set LIGHTBOX_DATA=<folder> to include those tests)}"
	swift build $(FLAGS) --scratch-path .build-tests --build-tests
	swift test $(FLAGS) --scratch-path .build-tests --skip-build --disable-xctest

verify: verify-packages ## recompute the ledgers of Figures/ from their cases (FOLDERS=), in Python's standard library
	@python3 -B Tests/Outside/verify.py $(FOLDERS)
	@echo "One wrong digit at a time, planted in a copy of each:"
	@python3 -B Tests/Outside/verify_planted.py $(FOLDERS)

# libFuzzer comes with the toolchain; its main function is ours (Tests/Fuzz).
RUNTIMES = $(shell swiftc -print-target-info | \
  sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')/clang/lib/linux
FUZZER = $(RUNTIMES)/libclang_rt.fuzzer_no_main-$(ARCH).a

fuzz: setup ## fuzz the readers of files (READER= one of them, SECONDS=60 each), counted in Tests/Fixtures/fuzz/
	@if [ ! -f "$(FUZZER)" ]; then \
	  echo "make: this toolchain has no libFuzzer at $(FUZZER);" >&2; \
	  echo "\`make test\` tries some thousand changed files a reader all the same" >&2; exit 69; fi
	FUZZ=1 STUDIES= swift build $(FLAGS) --scratch-path .build-fuzz --product fuzz \
	  -Xswiftc -Xfrontend -Xswiftc -sanitize=fuzzer -Xlinker "$(FUZZER)" -Xlinker -lstdc++ -Xlinker -lm
	@Tests/Fuzz/run.sh .build-fuzz/release/fuzz "$(CURDIR)" "$(or $(SECONDS),60)" "$(READER)"

# Swift checks its own arithmetic, and has no sanitizer of undefined behaviour on Linux; the C and
# C++ of the shims, and what they include, are built under clang's.
SANITIZE = $(if $(filter undefined,$(SANITIZER)),-Xcc -fsanitize=undefined \
  -Xcc -fno-sanitize-recover=undefined -Xlinker "$(RUNTIMES)/libclang_rt.ubsan_standalone-$(ARCH).a" \
  -Xlinker "$(RUNTIMES)/libclang_rt.ubsan_standalone_cxx-$(ARCH).a",--sanitize $(SANITIZER))

sanitize: setup ## the tests under SANITIZER=address|undefined|thread, in a build of its own (FILTER= some tests)
	@case "$(SANITIZER)" in address|undefined|thread) ;; *) \
	  echo "make: found SANITIZER=$(SANITIZER), expected address, undefined or thread" >&2; exit 64;; esac
	swift build $(FLAGS) $(SANITIZE) --scratch-path .build-$(SANITIZER) --build-tests
	LIGHTBOX_SANITIZER=$(SANITIZER) ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
	  TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/Sanitizers/thread.txt" \
	  swift test $(FLAGS) $(SANITIZE) --scratch-path .build-$(SANITIZER) --skip-build \
	  --disable-xctest $(if $(FILTER),--filter "$(FILTER)")

smoke: setup ## every study at SCALE=smoke and drawn again without cache, one killed and resumed; TESTED=1: as `make test` built them
	@$(if $(TESTED),,$(BUILD))
	@for s in $(ALL_STUDIES); do echo "== $$s"; \
	  $(if $(TESTED),.build-tests/release,$(BIN))/$$s --scale smoke --root "$(CURDIR)" || exit 1; \
	  Tests/Outside/redraw-alone.sh $(if $(TESTED),.build-tests/release,$(BIN))/$$s "$(CURDIR)" || exit 1; \
	done
	@Tests/Outside/kill-and-resume.sh $(if $(TESTED),.build-tests/release,$(BIN))/dp-fairness "$(CURDIR)"

bench: setup ## time the workloads (or WORKLOADS=) into Figures/bench/ (ISA=avx2: its avx2/); PEERS=<python> adds the peers
	@STUDIES="dp-fairness" swift build $(FLAGS) --product dp-fairness
	@STUDIES="dp-fairness" swift build $(FLAGS) --product bench
	@$(if $(filter avx2,$(ISA)),ONEDNN_MAX_CPU_ISA=AVX2 OPENBLAS_CORETYPE=Haswell) $(BIN)/bench \
	  $(if $(PEERS),--peers "$(PEERS)") --root "$(CURDIR)" \
	  $(if $(OUT),--out "$(OUT)",$(if $(filter avx2,$(ISA)),--out "$(CURDIR)/Figures/bench/avx2")) \
	  $(WORKLOADS)

# --- the rest ----------------------------------------------------------------------------------

install: setup ## install the lightbox command under PREFIX (default /usr/local)
	swift build $(FLAGS) --product lightbox
	install -D -m 755 $(BIN)/lightbox "$(DESTDIR)$(PREFIX)/bin/lightbox"

format: ## format all Swift sources
	swift format -i -r Package.swift Sources Studies Tests

clean: ## remove build products; results and cached stages stay
	rm -rf .build .build-tests .build-fuzz .build-address .build-undefined .build-thread

distclean: clean ## remove cached stages too
	rm -rf .cache
