/* Our own apr_status_t values, in APR's range for users. */
#ifndef SLIM_STATUS_CODE_H
#define SLIM_STATUS_CODE_H

#include <apr_errno.h>

enum slim_status_code {
    SLIM_EBADRECORD = APR_OS_START_USERERR + 7300, /* bytes that are no record of ours */
    SLIM_EBADRING,     /* a ring file of another version, shape or none at all */
    SLIM_ERETIRED,     /* a ring whose hits are all in the journal */
    SLIM_ENOSLOT,      /* every slot of the ring has an owner */
    SLIM_EBADJOURNAL,  /* a journal directory that is not ours or not readable as one */
    SLIM_EBADFRAME,    /* a frame that is all there, and damaged */
    SLIM_EJOURNALFULL, /* the journal has reached its limit */
    SLIM_EOFJOURNAL,   /* everything appended so far has been read */
    SLIM_ELOCKED,      /* another recorder holds the lock */
    SLIM_EBADSETTING,  /* a setting's name or value is not understood */
    SLIM_EBADRULES,    /* a rule file that cannot be used */
    SLIM_ESTORE,       /* the store failed; its error says how */
    SLIM_EBADQUERY,    /* a report or parameter that is not understood */
    SLIM_ETIMEOUT,     /* a question took longer than its limit */
    SLIM_ETOOLARGE,    /* an answer is larger than its limit */
};

/* What is left out of a code is a mistake sooner or later. */
#define SLIM_MUST_CHECK __attribute__((warn_unused_result))

#endif
