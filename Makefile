# One command each, the same here, in CONTRIBUTING.md and in .ci/run.
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CATALOGUES := config/locale

# A virtual environment whose Python went away, or that was moved, is no longer one.
ifneq ($(wildcard .venv),)
ifneq ($(shell $(BIN)/python -I -c 'import deskbreak; print(1)' 2>/dev/null),1)
$(shell rm -f .venv/.run .venv/.dev)
endif
endif

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: run
run: .venv/.run ## install into .venv what deskbreak needs, and start it; ARGS="--speed 120" goes to deskbreak run
	@exec $(BIN)/deskbreak run $(ARGS)

# How tests run beside each other, and which do not: docs/decisions/0078-tests-side-by-side.md
LANES := -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart=0

.PHONY: test
test: .venv/.dev ## run all tests side by side, those that start a real desktop too; ARGS="tests/core -x" runs some, in turn
	@.ci/desktop-tools
	$(BIN)/python -m pytest -q -rfEs $(or $(ARGS),$(LANES))

# A desk is called what people call it, and Windows' own encoding has no word for it. It takes five
# minutes; a program of Windows that does not end must not hold up everything else.
# In a Wine that is busy a moment may be missed: what failed has a second chance, and is named both times.
IN_WINE := wine python -m pytest -q --basetemp="C:/Büro 桌面"
.PHONY: test-windows
test-windows: ## run the tests on Windows' Python in Wine, which it installs; ARGS="tests/core" runs some
	@packaging/wine/prepare && timeout 45m packaging/wine/run sh -c '$(IN_WINE) -rs $(ARGS) || \
	    { [ $$? = 1 ] && echo "Once more, those that failed:" && $(IN_WINE) --lf --lfnf=none $(ARGS); }' || [ $$? = 77 ]

.PHONY: lint
lint: .venv/.dev ## check style
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

# What is Linux's own, and the real desktop of the tests, is checked for Linux alone.
MYPY := $(BIN)/mypy --cache-dir .mypy_cache/$$platform --platform $$platform
ELSEWHERE := --follow-imports silent --exclude '^(deskbreak/(platforms/linux|policy/linux)|tests/(desktop|platforms/linux|policy/(test_linux|office)|storage/linux))'

.PHONY: types
types: .venv/.dev ## check types for Linux, Windows and macOS
	@platform=linux; echo "mypy --platform $$platform"; $(MYPY)
	@for platform in win32 darwin; do \
	    echo "mypy --platform $$platform"; \
	    $(MYPY) $(ELSEWHERE) || exit; \
	done

.PHONY: coverage
coverage: .venv/.dev ## run the tests of the core and name each branch that they miss
	$(BIN)/coverage run -m pytest -q tests/core
	$(BIN)/coverage report --fail-under=100

# mutmut 3.8 does not know pytest 9.2 yet, so it has an environment of its own, with what tests/core needs.
.PHONY: mutants
mutants: ## change the core in thousands of small ways and count what its tests notice; ARGS='deskbreak.core.plain.*' chooses
	@[ -x .venv-mutants/bin/mutmut ] || { .ci/venv .venv-mutants && \
	    .venv-mutants/bin/python -m pip --quiet install hypothesis==6.170.15 mutmut==3.8.0 pytest==9.0.3; }
	@rm -f mutants/mutmut-stats.json # which test runs which function; mutmut adds to it only what new tests run
	.venv-mutants/bin/mutmut run $(ARGS)
	@.venv-mutants/bin/python -m tests.mutants

SIMULATE := $(BIN)/python -m tests.simulator

.PHONY: simulate
simulate: .venv/.dev ## play 500 user-years of simulated people; ARGS="--seed 7 --years 1", or a file, plays others
	$(SIMULATE) $(or $(ARGS),--years 500)

.PHONY: performance
performance: .venv/.dev ## run the benchmarks, for five hours, and write docs/performance.md; ARGS="latency" runs one
	@.ci/desktop-tools
	$(BIN)/python benchmarks/performance.py --write $(ARGS)

.PHONY: simulate-long
simulate-long: .venv/.dev ## play 2,000 user-years that no run has played before
	$(SIMULATE) --years 2000 --seed 1001 --continue $(ARGS)

.PHONY: defects
defects: .venv/.dev ## let the simulator find every planted defect, on 20 seeds; ARGS="F01 --seeds 5" plays some
	$(BIN)/python -m tests.simulator.defects $(ARGS)

SCOREBOARD := $(BIN)/python -m tests.scoreboard

.PHONY: scoreboard
scoreboard: .venv/.dev ## run every row of docs/reliability.md as at each push and print one table; ARGS="R09 S01" runs two, ARGS=--write writes the page
	@.ci/desktop-tools
	$(SCOREBOARD) $(ARGS)

.PHONY: scoreboard-long
scoreboard-long: .venv/.dev ## the same at the sizes of a long run, with people who were never simulated before; takes hours
	@.ci/desktop-tools
	$(SCOREBOARD) --long $(ARGS)

.PHONY: malformed
malformed: .venv/.dev ## read 100,000 malformed settings and policy files and print their times; ARGS="2000 --seed 7" reads others
	$(BIN)/python -m tests.malformed $(or $(ARGS),100000)

# No dates and no line numbers in the catalogues: a change shows only what was said differently.
.PHONY: messages
messages: .venv/.dev ## collect the words from the code into the catalogues and compile these; NEW=nl begins one
	@mkdir -p $(CATALOGUES)
	$(BIN)/pybabel --quiet extract --mapping=pyproject.toml --no-default-keywords \
	    --keywords='_ N_ ngettext:1,2 n_:1,2 NN_:1,2' --add-comments=Translators: \
	    --add-location=file --sort-by-file --omit-header \
	    --output-file=$(CATALOGUES)/deskbreak.pot deskbreak
	@[ -z '$(NEW)' ] || $(BIN)/pybabel --quiet init --domain=deskbreak --locale='$(NEW)' \
	    --input-file=$(CATALOGUES)/deskbreak.pot --output-dir=$(CATALOGUES)
	@for catalogue in $(CATALOGUES)/*/LC_MESSAGES/deskbreak.po; do \
	    [ -e "$$catalogue" ] || continue; \
	    locale=$${catalogue#$(CATALOGUES)/}; locale=$${locale%%/*}; \
	    $(BIN)/pybabel --quiet update --domain=deskbreak --locale="$$locale" \
	        --ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete \
	        --input-file=$(CATALOGUES)/deskbreak.pot --output-dir=$(CATALOGUES) || exit; \
	    $(BIN)/pybabel --quiet compile --domain=deskbreak --locale="$$locale" \
	        --directory=$(CATALOGUES) || exit; \
	done

.PHONY: policy
policy: .venv/.dev ## write what is made from the table of settings: templates for administrators, schemas, docs/settings.md
	$(BIN)/python packaging/policy.py

.PHONY: poses
poses: .venv/.dev ## draw every pose of every prompt into docs/poses, with what a pose file can say
	$(BIN)/python -m tests.figure.sheet

# The pictures are kept with their sources, so that nobody needs rsvg-convert to install or to run.
STATES := working due resting paused problem
.PHONY: icons
icons: .venv/.dev ## draw the pictures from the SVG sources (needs: sudo apt install librsvg2-bin)
	@for svg in icons/hicolor/scalable/*/*.svg; do \
	    kind=$$(basename $$(dirname $$svg)); \
	    case $$svg in \
	        *-symbolic.svg) sizes= ;; */apps/*) sizes='48 128' ;; *) sizes='22 24 32 44 48 64' ;; \
	    esac; \
	    for size in $$sizes; do \
	        folder=icons/hicolor/$${size}x$$size/$$kind; mkdir -p $$folder; \
	        rsvg-convert --width $$size --height $$size \
	            --output $$folder/$$(basename $$svg .svg).png $$svg || exit; \
	    done; \
	done
	$(BIN)/python packaging/pixels.py $(STATES)
	$(BIN)/python packaging/taskbar.py $(STATES)
	@scratch=$$(mktemp -d) && for size in 16 20 24 32 40 48 64 256; do \
	    rsvg-convert --width $$size --height $$size --output $$scratch/$$size.png \
	        icons/hicolor/scalable/apps/deskbreak.svg || exit; \
	done && $(BIN)/python packaging/windows/icon.py packaging/windows/deskbreak.ico $$scratch/*.png && \
	rm -r $$scratch

.PHONY: try-windows
try-windows: ## live through half an hour at 120 times the speed on a Windows that is Wine's, and leave pictures in dist/
	@packaging/wine/prepare && packaging/wine/run python3 -m benchmarks.windows_day || [ $$? = 77 ]

# Whatever differs between two builders must not be in what they build.
.PHONY: dist
dist: .venv/.dev ## build wheel, sdist and SBOM into dist/, the first two twice, and compare them byte by byte
	@packaging/dist
	@$(MAKE) --no-print-directory sbom

.PHONY: deb
deb: ## build the Debian package and look at it with lintian: dist/deskbreak_VERSION_all.deb
	@packaging/debian/prepare && packaging/debian/build && lintian --fail-on error dist/deskbreak_*_all.deb

.PHONY: try-deb
try-deb: ## install, run, upgrade and purge the Debian package in a clean Debian, and print each step (needs root)
	@packaging/debian/prepare debootstrap:debootstrap unshare:util-linux && \
	    python3 benchmarks/debian_package.py || [ $$? = 77 ]

.PHONY: rpm
rpm: ## build the RPM package, of use on Fedora: dist/deskbreak-VERSION-1.noarch.rpm
	@packaging/rpm/build || [ $$? = 77 ]

# What Debian 12 has; there setuptools is, which brings pkg_resources, and Python 3.11.
.PHONY: test-oldest
test-oldest: ## run the tests of what uses libraries with the oldest that we work with, those of Debian 12
	@cmp -s packaging/debian/oldest.lock .venv-oldest/.lock || { .ci/venv .venv-oldest && \
	    .venv-oldest/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes \
	    -r packaging/debian/oldest.lock && cp packaging/debian/oldest.lock .venv-oldest/.lock; }
	.venv-oldest/bin/python -m pytest -q -p no:cacheprovider \
	    $(or $(ARGS),tests/agent tests/pages tests/platforms/linux tests/storage/test_files.py tests/storage/test_files_posix.py)

AUDIT := .venv-audit/.run

.PHONY: sbom
sbom: .venv/.run $(AUDIT) ## write what a release is made of, as CycloneDX: dist/deskbreak-VERSION.cdx.json
	@packaging/sbom

.PHONY: audit
audit: $(AUDIT) ## ask for known vulnerabilities of what the locks pin; fails too where nobody answers
	@.venv-audit/bin/python packaging/audit.py requirements.lock requirements-build.lock

.PHONY: notices
notices: .venv/.run ## list the libraries and their licences in THIRD_PARTY_NOTICES.txt
	@$(BIN)/python packaging/notices.py requirements.lock >THIRD_PARTY_NOTICES.txt

.PHONY: msi
msi: ## build the Windows programs and their MSI in Wine, for tests: dist/deskbreak-VERSION-test.msi
	@packaging/windows/prepare && packaging/wine/run packaging/windows/build || [ $$? = 77 ]

.PHONY: try-msi
try-msi: ## install, run, upgrade and remove the Windows programs in Wine, and print each exit code
	@packaging/windows/prepare && packaging/wine/run python3 benchmarks/windows_programs.py || [ $$? = 77 ]

# pip-compile may look at the public index only: a mirror's or a folder's own builds have other hashes.
COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL PIP_CONFIG_FILE=/dev/null \
    .venv-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header $(ARGS)

.PHONY: lock
lock: ## choose the versions of all dependencies anew within pyproject.toml; ARGS=--upgrade takes the newest
	@[ -x .venv-lock/bin/pip-compile ] || { .ci/venv .venv-lock && \
	    .venv-lock/bin/python -m pip --quiet install pip-tools==7.6.2; }
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --only-build-deps --build-deps-for editable \
	    --output-file requirements-build.lock pyproject.toml
	$(COMPILE) --extra dev --build-deps-for editable \
	    --constraint requirements.lock --constraint requirements-build.lock \
	    --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock \
	    --output-file packaging/wine/requirements.lock packaging/wine/requirements.in
	$(COMPILE) --constraint packaging/wine/requirements.lock \
	    --output-file packaging/windows/requirements.lock packaging/windows/requirements.in
	$(COMPILE) --output-file packaging/debian/oldest.lock packaging/debian/oldest.in
	$(COMPILE) --output-file packaging/audit.lock packaging/audit.in

.PHONY: clean
clean: ## remove everything that make made
	rm -rf .venv .venv-audit .venv-lock .venv-mutants .venv-oldest .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist mutants
	find deskbreak tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say what .venv holds: .run the dependencies, .dev the tools as well.
.venv/.run: requirements.lock requirements-build.lock pyproject.toml
	@.ci/venv .venv
	@echo 'Installing deskbreak into .venv'
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml
	@.ci/venv .venv
	@echo 'Installing deskbreak and its tools into .venv'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch .venv/.run $@

$(AUDIT): packaging/audit.lock
	@.ci/venv .venv-audit
	@echo 'Installing pip-audit and cyclonedx-py into .venv-audit'
	@.venv-audit/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r packaging/audit.lock
	@touch $@
