/* Asking the module that speaks TLS. What it says is kept with the connection, so that nothing is
 * allocated for the requests that follow. */
#include "tls.h"

#include <apr_optional.h>
#include <mod_ssl.h>

static APR_OPTIONAL_FN_TYPE(ssl_var_lookup) * look_up;

void slim_tls_child_init(void)
{
    look_up = APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);
}

const char *slim_tls_version(const request_rec *r)
{
    conn_rec *connection = r->connection;
    const char *version = ap_get_module_config(connection->conn_config, &slimstats_module);

    if (!version && look_up) {
        char name[] = "SSL_PROTOCOL";
        version = look_up(connection->pool, r->server, connection, NULL, name);
        version = version ? version : "";
        ap_set_module_config(connection->conn_config, &slimstats_module,
                             (void *)(uintptr_t)version);
    }
    return version;
}
