// Checks the names of Apache modules that releases do not load. A misspelt module would be loaded without anyone noticing.
import { distance } from "fastest-levenshtein";

/** Every release needs these. */
const needed = ["mpm_event", "wsgi", "authz_core", "headers"];

/** The modules in Debian's packages of Apache 2.4, and a few others with similar names. */
const known = new Set(
  `access_compat actions alias allowmethods asis auth_basic auth_digest auth_form authn_anon authn_core authn_dbd authn_dbm
authn_file authn_socache authnz_fcgi authnz_ldap authz_core authz_dbd authz_dbm authz_groupfile authz_host authz_owner authz_user
autoindex brotli buffer cache cache_disk cache_socache cern_meta cgi cgid charset_lite data dav dav_fs dav_lock dbd deflate dialup
dir dump_io echo env expires ext_filter file_cache filter headers heartbeat heartmonitor http2 ident imagemap include info
lbmethod_bybusyness lbmethod_byrequests lbmethod_bytraffic lbmethod_heartbeat ldap log_debug log_forensic lua macro md mime
mime_magic mpm_event mpm_prefork mpm_worker negotiation proxy proxy_ajp proxy_balancer proxy_connect proxy_express proxy_fcgi
proxy_fdpass proxy_ftp proxy_hcheck proxy_html proxy_http proxy_http2 proxy_scgi proxy_uwsgi proxy_wstunnel ratelimit reflector
remoteip reqtimeout request rewrite sed session session_cookie session_crypto session_dbd setenvif slotmem_plain slotmem_shm
socache_dbm socache_memcache socache_redis socache_shmcb speling ssl status substitute suexec unique_id userdir usertrack
vhost_alias xml2enc authz_svn dav_svn fcgid perl python qos security2 uwsgi wsgi`.split(/\s+/),
);

/** Why a module cannot be turned off, as text after its name. A name that resembles no known one may belong to another package. */
export function apacheModuleProblem(name: string): string | undefined {
  if (needed.includes(name)) return "cannot be turned off: releases need it";
  if (known.has(name)) return undefined;
  const without = name.replace(/^mod_/, "").replace(/_module$/, "");
  if (without !== name && known.has(without)) return `is not its name in Debian: did you mean ${without}?`;
  const reach = name.length < 6 ? 1 : 2;
  const near = [...known].find((other) => other.length > 3 && distance(name, other) <= reach);
  return near === undefined ? undefined : `is not an Apache module: did you mean ${near}?`;
}
