#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Those that do not say by themselves what they are. */
static const char *const special[][2] = {
    {"pageviews", "Page views"},
    {"notfound", "Not found"},
    {"searchterms", "Search terms"},
    {"localsearch", "Searches on the site"},
    {"next", "Next page"},
    {"previous", "Previous page"},
    {"unshown", "Never shown"},
    {"duration", "Visit duration"},
    {"duration_all", "With bounces"},
    {"families", "Browsers without versions"},
    {"ip", "Address"},
    {"tls", "TLS"},
    {"bytes", "Sent"},
    {"time_us", "Time"},
    {"slowest_us", "Slowest"},
    {"p50_us", "Median"},
    {"p90_us", "90 %"},
    {"p99_us", "99 %"},
};

const char *slim_words_of(const char *name, char words[SLIM_WORDS_SIZE])
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (strcmp(name, special[i][0]) == 0) {
            name = special[i][1];
        }
    }
    snprintf(words, SLIM_WORDS_SIZE, "%s", name);
    words[0] = (char)toupper((unsigned char)words[0]);
    for (char *c = words; *c; c++) {
        *c = (char)(*c == '_' ? ' ' : *c);
    }
    return words;
}
