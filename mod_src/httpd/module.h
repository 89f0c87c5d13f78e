/* The module's name in our log lines, and httpd's headers: only this folder knows httpd. */
#ifndef SLIM_MODULE_H
#define SLIM_MODULE_H

#include <httpd.h>
#include <http_config.h>
#include <http_log.h>

APLOG_USE_MODULE(slimstats); /* declares slimstats_module, too */

#endif
