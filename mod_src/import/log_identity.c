/* The identity of a log. SHA-256 is nettle's: a small library of plain functions, which needs no
 * initialisation and is in every distribution. */
#include "log_identity.h"

#include <string.h>

#include <nettle/sha2.h>

static void sum_of(struct slim_text text, unsigned char sum[SHA256_DIGEST_SIZE])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, text.length, (const uint8_t *)text.at);
    sha256_digest(&context, SHA256_DIGEST_SIZE, sum);
}

static int has_sum(struct slim_text text, const unsigned char *expected)
{
    unsigned char sum[SHA256_DIGEST_SIZE];

    sum_of(text, sum);
    return memcmp(sum, expected, sizeof sum) == 0;
}

/* A short head may be that of several logs; the longest that fits says most. */
static const struct slim_store_import *find(struct slim_text head,
                                            const apr_array_header_t *imports)
{
    const struct slim_store_import *found = NULL;
    unsigned char sum[SHA256_DIGEST_SIZE];
    uint64_t summed = 0;

    for (int i = 0; i < imports->nelts; i++) {
        const struct slim_store_import *import =
            &APR_ARRAY_IDX(imports, i, const struct slim_store_import);
        if (import->head_length == 0 || import->head_length > head.length
            || (found && import->head_length <= found->head_length)) {
            continue;
        }
        if (summed != import->head_length) { /* nearly all have the same length */
            summed = import->head_length;
            sum_of((struct slim_text){head.at, (size_t)summed}, sum);
        }
        if (memcmp(sum, import->head, sizeof sum) == 0) {
            found = import;
        }
    }
    return found;
}

static int has_tail(const struct slim_log_source *source, const struct slim_store_import *import)
{
    struct slim_text tail = slim_log_source_tail(source);

    if (import->tail_length > tail.length) {
        return 0;
    }
    tail.at += tail.length - import->tail_length;
    tail.length = (size_t)import->tail_length;
    return has_sum(tail, import->tail);
}

apr_status_t slim_log_identify(struct slim_log_source *source, const apr_array_header_t *imports,
                               enum slim_log_identity *identity, struct slim_store_import *import)
{
    const struct slim_store_import *known = find(slim_log_source_head(source), imports);

    memset(import, 0, sizeof *import);
    *identity = SLIM_LOG_NEW;
    if (!known) {
        return APR_SUCCESS;
    }
    *import = *known;
    apr_status_t rv = slim_log_source_skip(source, known->offset, known->lines);
    if (rv == APR_EOF) {
        *identity = SLIM_LOG_SHORTER;
        return APR_SUCCESS;
    }
    if (rv == APR_SUCCESS) {
        *identity = has_tail(source, known) ? SLIM_LOG_KNOWN : SLIM_LOG_DIFFERENT;
    }
    return rv;
}

void slim_log_identity_note(const struct slim_log_source *source, struct slim_text head,
                            struct slim_store_import *import)
{
    struct slim_text tail = slim_log_source_tail(source);

    import->offset = slim_log_source_offset(source);
    import->lines = slim_log_source_lines(source);
    import->tail_length = tail.length;
    sum_of(tail, import->tail);
    if (import->head_length == 0) {
        head.length = head.length < SLIM_LOG_KEPT ? head.length : SLIM_LOG_KEPT;
        head.length = head.length < import->offset ? head.length : (size_t)import->offset;
        import->head_length = head.length;
        sum_of(head, import->head);
    }
}
