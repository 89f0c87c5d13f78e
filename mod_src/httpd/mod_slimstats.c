/* mod_slimstats: the module record and its hooks. */
#include <unistd.h>

#include <ap_mpm.h>
#include <mpm_common.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include "capture.h"
#include "check_lists.h"
#include "config.h"
#include "config_files.h"
#include "gate.h"
#include "handler.h"
#include "kept.h"
#include "recorder_process.h"
#include "ring_file.h"
#include "tls.h"

static struct slim_ring_files ring_files = {.fd = -1};

static int pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    slim_config_begin(pconf);
    return OK;
}

/* Nothing that fails here keeps httpd from starting: statistics are nobody's reason to be down. */
static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *server)
{
    (void)plog;
    slim_ring_files_forget(&ring_files);
    slim_gate_make(pconf);
    slim_kept_make(pconf);
    slim_config_finish(pconf, server);
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG
        || ap_state_query(AP_SQ_RUN_MODE) != AP_SQ_RM_NORMAL || !slim_config_is_on()) {
        return OK;
    }
    slim_state_directory_make(ptemp, server, slim_server_config(server)->settings.state);
    slim_ring_files_open(pconf, server, &ring_files);
    if (ring_files.fd >= 0) {
        slim_recorder_process_start(pconf, server, &ring_files);
    }
    return OK;
}

static void child_init(apr_pool_t *pchild, server_rec *server)
{
    slim_tls_child_init();
    slim_capture_child_init(pchild, server, &ring_files);
}

static void register_hooks(apr_pool_t *pool)
{
    /* mod_logio forgets the bytes of a request when its own turn comes. */
    static const char *const before[] = {"mod_logio.c", NULL};
    static const char *const catch_alls[] = {"mod_rewrite.c", "mod_proxy.c", NULL};

    (void)pool;
    ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(slim_config_check, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(slim_config_files_check, NULL, NULL,
                         APR_HOOK_LAST); /* defaults are known */
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(slim_check_lists, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_monitor(slim_recorder_process_monitor, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_log_transaction(slim_capture, NULL, before, APR_HOOK_MIDDLE);
    ap_hook_header_parser(slim_handler_refusals, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_fixups(slim_handler_keep, catch_alls, NULL, APR_HOOK_LAST);
    ap_hook_handler(slim_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

__attribute__((visibility("default"))) module AP_MODULE_DECLARE_DATA slimstats_module = {
    STANDARD20_MODULE_STUFF,  slim_config_create_dir,
    slim_config_merge_dir,    slim_config_create_server,
    slim_config_merge_server, slim_config_commands,
    register_hooks,           AP_MODULE_FLAG_NONE,
};
