/* A whole hit as a record; httpd's module writes one text after the other, as it meets them. */
#ifndef SLIM_ENCODED_HIT_H
#define SLIM_ENCODED_HIT_H

#include "core/record.h"

/* out has room for SLIM_RECORD_MAX bytes; returns the record's length. */
static inline size_t encode_hit(const struct slim_hit *hit, char *out)
{
    struct slim_record_writer writer;

    slim_record_begin(&writer, out);
    slim_record_short(&writer, SLIM_METHOD, slim_short_of(SLIM_METHOD, hit->field[SLIM_METHOD]));
    slim_record_short(&writer, SLIM_CH_PLATFORM,
                      slim_short_of(SLIM_CH_PLATFORM, hit->field[SLIM_CH_PLATFORM]));
    for (unsigned i = 0; i < SLIM_FIELDS; i++) {
        slim_record_text(&writer, (enum slim_field)i, hit->field[i].at, hit->field[i].length);
    }
    return slim_record_end(&writer, hit);
}

#endif
