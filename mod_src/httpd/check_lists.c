/* Lists are the recorder's matter: the command reads them, here it is only started. */
#include "check_lists.h"

#include <apr_thread_proc.h>

#include "config.h"
#include "module.h"

void slim_check_lists(apr_pool_t *pconf, server_rec *server)
{
    const struct slim_settings *settings = &slim_server_config(server)->settings;
    apr_procattr_t *attributes;
    apr_proc_t process;
    apr_exit_why_e why;
    int code;

    slim_config_finish(pconf, server);
    const char *argv[] = {settings->recorder,
                          "lists",
                          "--quiet",
                          "--agents",
                          settings->agents,
                          "--state",
                          settings->state,
                          NULL,
                          NULL,
                          NULL,
                          NULL,
                          NULL};
    int count = 7;
    if (settings->country) {
        argv[count++] = "--country";
        argv[count++] = settings->country;
    }
    if (settings->network) {
        argv[count++] = "--network";
        argv[count++] = settings->network;
    }
    if (!slim_config_is_on() || apr_procattr_create(&attributes, pconf) != APR_SUCCESS) {
        return;
    }
    apr_procattr_cmdtype_set(attributes, APR_PROGRAM_ENV);
    apr_procattr_error_check_set(attributes, 1);
    if (apr_procattr_io_set(attributes, APR_NO_PIPE, APR_NO_PIPE, APR_NO_PIPE) != APR_SUCCESS
        || apr_proc_create(&process, settings->recorder, argv, NULL, attributes, pconf)
               != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "cannot start %s: the lists are not checked", settings->recorder);
        return;
    }
    (void)apr_proc_wait(&process, &code, &why, APR_WAIT);
}
