# raise-heads.awk: a page's sections as sections of a manual page: ## is #. The title and the sentence below it, which are
# the page's NAME, are left out.
/^```/ { in_block = !in_block }
!in_block && /^# / { next }
!in_block && /^##/ { sub(/^#/, ""); begun = 1 }
!begun && !named && /./ { named = 1 }
!begun && named == 1 && !/./ { named = 2; next }
begun || named == 2
