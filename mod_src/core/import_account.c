/* Sums and names of the account of imports. */
#include "import_account.h"

const char *slim_line_fate_name(unsigned fate)
{
    static const char *const names[SLIM_LINE_FATES] = {
        [SLIM_LINE_STORED] = "stored",     [SLIM_LINE_RECORDED] = "recorded",
        [SLIM_LINE_KNOWN] = "known",       [SLIM_LINE_OLD] = "old",
        [SLIM_LINE_REJECTED] = "rejected",
    };

    return fate < SLIM_LINE_FATES ? names[fate] : "unknown";
}

const char *slim_line_fate_text(unsigned fate)
{
    static const char *const texts[SLIM_LINE_FATES] = {
        [SLIM_LINE_RECORDED] = "by the server itself, already",
        [SLIM_LINE_KNOWN] = "imported before",
        [SLIM_LINE_OLD] = "of days that have no rows any more",
        [SLIM_LINE_REJECTED] = "could not be read",
    };

    return fate < SLIM_LINE_FATES ? texts[fate] : NULL;
}

uint64_t slim_import_account_excluded(const struct slim_import_account *account)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SLIM_NOT_IMPORTED_REASONS; i++) {
        sum += account->excluded[i];
    }
    return sum;
}

uint64_t slim_import_account_fates(const struct slim_import_account *account)
{
    uint64_t sum = slim_import_account_excluded(account);

    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        sum += account->fate[i];
    }
    return sum;
}

int slim_import_account_is_rejected(const struct slim_import_account *account)
{
    return account->lines > 0 && account->lines == account->fate[SLIM_LINE_REJECTED];
}

void slim_import_account_add(struct slim_import_account *sum,
                             const struct slim_import_account *what)
{
    sum->lines += what->lines;
    for (unsigned i = 0; i < SLIM_LINE_FATES; i++) {
        sum->fate[i] += what->fate[i];
    }
    for (unsigned i = 0; i < SLIM_NOT_IMPORTED_REASONS; i++) {
        sum->excluded[i] += what->excluded[i];
    }
}
