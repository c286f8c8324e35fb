# SPDX-License-Identifier: GPL-3.0-or-later
# Manual pages and completions, made in the build folder by the programs' own tables; nothing of them is distributed. A new
# tool needs only man/TOOL.1.in: the sections after EXIT STATUS.
man1dir = $(mandir)/man1
man5dir = $(mandir)/man5
man7dir = $(mandir)/man7
EXTRA_DIST += man/ar-map.5.in man/ar-policy.5.in man/ar-record.5.in man/arpipe.7.in $(bin_PROGRAMS:%=man/%.1.in)
CLEANFILES += docs.stamp

all-local: docs.stamp
docs.stamp: $(bin_PROGRAMS) $(srcdir)/man/*.in
	$(AM_V_GEN)rm -rf docs && mkdir -p docs/man docs/bash docs/zsh docs/fish
	$(AM_V_at)for t in $(bin_PROGRAMS); do \
		./$$t --generate=mdoc >docs/man/$$t.1 || exit 1; \
		test ! -f $(srcdir)/man/$$t.1.in || cat $(srcdir)/man/$$t.1.in >>docs/man/$$t.1 || exit 1; \
		./$$t --generate=bash >docs/bash/$$t && ./$$t --generate=zsh >docs/zsh/_$$t && \
		./$$t --generate=fish >docs/fish/$$t.fish || exit 1; \
	done
	$(AM_V_at)./ar-cat --generate=records-mdoc >docs/records
	$(AM_V_at)sed -e 's/@DATE@/$(RELEASE_DATE)/' -e '/@RECORDS@/{' -e 'r docs/records' -e d -e '}' \
		$(srcdir)/man/ar-record.5.in >docs/man/ar-record.5
	$(AM_V_at)./ar-normalize --generate=map-mdoc >docs/transforms
	$(AM_V_at)sed -e 's/@DATE@/$(RELEASE_DATE)/' -e '/@TRANSFORMS@/{' -e 'r docs/transforms' -e d -e '}' \
		$(srcdir)/man/ar-map.5.in >docs/man/ar-map.5
	$(AM_V_at)sed -e 's/@DATE@/$(RELEASE_DATE)/' $(srcdir)/man/arpipe.7.in >docs/man/arpipe.7
	$(AM_V_at)sed -e 's/@DATE@/$(RELEASE_DATE)/' $(srcdir)/man/ar-policy.5.in >docs/man/ar-policy.5
	$(AM_V_at)rm docs/records docs/transforms && touch $@

bashdir = $(datadir)/bash-completion/completions
zshdir = $(datadir)/zsh/site-functions
fishdir = $(datadir)/fish/vendor_completions.d
install-data-local: docs.stamp
	$(MKDIR_P) '$(DESTDIR)$(man1dir)' '$(DESTDIR)$(man5dir)' '$(DESTDIR)$(man7dir)'
	$(MKDIR_P) '$(DESTDIR)$(bashdir)' '$(DESTDIR)$(zshdir)' '$(DESTDIR)$(fishdir)'
	$(INSTALL_DATA) docs/man/*.1 '$(DESTDIR)$(man1dir)'
	$(INSTALL_DATA) docs/man/ar-map.5 docs/man/ar-policy.5 docs/man/ar-record.5 '$(DESTDIR)$(man5dir)'
	$(INSTALL_DATA) docs/man/arpipe.7 '$(DESTDIR)$(man7dir)'
	$(INSTALL_DATA) docs/bash/* '$(DESTDIR)$(bashdir)'
	$(INSTALL_DATA) docs/zsh/* '$(DESTDIR)$(zshdir)'
	$(INSTALL_DATA) docs/fish/* '$(DESTDIR)$(fishdir)'
uninstall-local:
	for t in $(bin_PROGRAMS); do \
		rm -f '$(DESTDIR)$(man1dir)'/$$t.1 '$(DESTDIR)$(bashdir)'/$$t '$(DESTDIR)$(zshdir)'/_$$t \
			'$(DESTDIR)$(fishdir)'/$$t.fish; \
	done
	rm -f '$(DESTDIR)$(man5dir)/ar-map.5' '$(DESTDIR)$(man5dir)/ar-policy.5' '$(DESTDIR)$(man5dir)/ar-record.5' '$(DESTDIR)$(man7dir)/arpipe.7'
