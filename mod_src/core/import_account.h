/* The account of imports: every line of a log has exactly one fate,
 *     lines = stored + recorded + known + excluded{reason} + old + rejected. */
#ifndef SLIM_IMPORT_ACCOUNT_H
#define SLIM_IMPORT_ACCOUNT_H

#include "exclusion.h"

enum slim_line_fate {
    SLIM_LINE_STORED,
    SLIM_LINE_RECORDED, /* it is a hit that the server had recorded itself */
    SLIM_LINE_KNOWN,    /* imported before */
    SLIM_LINE_OLD,      /* of a day that has no rows any more */
    SLIM_LINE_REJECTED, /* it cannot be read */
    SLIM_LINE_FATES
};

struct slim_import_account {
    uint64_t lines; /* counted by themselves, so that it can be seen whether all adds up */
    uint64_t fate[SLIM_LINE_FATES];
    uint64_t excluded[SLIM_NOT_IMPORTED_REASONS];
};

/* "stored", "recorded"; never NULL. And what that means in a few words; NULL: the name says it. */
const char *slim_line_fate_name(unsigned fate);
const char *slim_line_fate_text(unsigned fate);

/* All that were excluded; and all that have a fate. */
uint64_t slim_import_account_excluded(const struct slim_import_account *account);
uint64_t slim_import_account_fates(const struct slim_import_account *account);

/* Whether there were lines, and none of them could be read. */
int slim_import_account_is_rejected(const struct slim_import_account *account);

/* Adds what into sum. */
void slim_import_account_add(struct slim_import_account *sum,
                             const struct slim_import_account *what);

#endif
