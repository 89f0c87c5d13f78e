/* The module's name in our log lines, and httpd's headers: only this folder knows httpd. */
#ifndef MOD_SLIMSTATS_H
#define MOD_SLIMSTATS_H

#include <httpd.h>
#include <http_config.h>
#include <http_log.h>

/* Declares slimstats_module, too, which httpd looks for by its name. */
#pragma GCC visibility push(default)
APLOG_USE_MODULE(slimstats);
#pragma GCC visibility pop

#endif
