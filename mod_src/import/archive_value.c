/* What cells of an archive say. */
#include "archive_value.h"

#include <string.h>

#include "core/ascii.h"

int slim_archive_number(struct slim_text cell, uint64_t most, int64_t *number)
{
    uint64_t read = 0;

    for (size_t i = 0; i < cell.length; i++) {
        uint64_t digit = (unsigned char)cell.at[i] - (uint64_t)'0';
        if (digit > 9 || digit > most || read > (most - digit) / 10) {
            return 0;
        }
        read = read * 10 + digit;
    }
    *number = (int64_t)read;
    return read <= most;
}

int slim_archive_hash(struct slim_text cell, uint64_t *hash)
{
    unsigned char bytes[8];

    *hash = 0;
    if (cell.length != 16 || !slim_hex_read(cell.at, 8, bytes)) {
        return cell.length == 0;
    }
    for (int i = 0; i < 8; i++) {
        *hash = *hash << 8 | bytes[i];
    }
    return 1;
}

int slim_archive_string(struct slim_text cell, char *to, size_t size)
{
    if (cell.length >= size) {
        return 0;
    }
    if (cell.length > 0) {
        memcpy(to, cell.at, cell.length);
    }
    to[cell.length] = '\0';
    return 1;
}

int slim_archive_bytes(struct slim_text cell, struct slim_text *bytes)
{
    union {
        const char *read;
        char *written;
    } at = {cell.at}; /* it is in our scratch */

    *bytes = (struct slim_text){cell.at, cell.length / 2};
    return cell.length % 2 == 0
           && (cell.length == 0
               || slim_hex_read(cell.at, cell.length / 2, (unsigned char *)at.written));
}
