/* As httpd's <Location>. */
#include "section.h"

#include <string.h>

#include <apr_fnmatch.h>

int slim_section_holds(const char *section, const char *path)
{
    size_t length = strlen(section);

    if (length == 0) {
        return 1;
    }
    if (strpbrk(section, "*?[")) {
        return apr_fnmatch(section, path, APR_FNM_PATHNAME) == APR_SUCCESS;
    }
    return strncmp(section, path, length) == 0
           && (section[length - 1] == '/' || path[length] == '/' || path[length] == '\0');
}
