/* The version of TLS, in one spelling. */
#include "tls.h"

#include <string.h>

#include <apr_lib.h>

void slim_tls_derive(struct slim_text said, char out[SLIM_TLS_SIZE])
{
    const char *at = said.at;

    out[0] = '\0';
    if (said.length < 4 || (memcmp(at, "TLS", 3) != 0 && memcmp(at, "SSL", 3) != 0)) {
        return;
    }
    at += 3;
    at += *at == 'v' || *at == ' ';
    size_t digits = said.length - (size_t)(at - said.at);
    int is_version =
        (digits == 1 || (digits == 3 && at[1] == '.' && apr_isdigit(at[2]))) && apr_isdigit(at[0]);
    if (is_version) {
        memcpy(out, said.at, 3);
        out[3] = 'v';
        memcpy(out + 4, at, digits);
        out[4 + digits] = '\0';
    }
}
