// Common values of environment variables that also appear in every log. They are no secrets, unless one is somebody's password.

/** No secret has these values, whatever the variable's name is. */
const neverSecret = new Set(["true", "false", "none", "null", "yes", "localhost", "127.0.0.1", "0.0.0.0", "::1"]);

/** Plain values for a variable whose name does not say password, key or token. */
const ordinary = new Set([
  ...[
    "auto",
    "production",
    "staging",
    "development",
    "testing",
    "test",
    "prod",
    "local",
    "default",
    "enabled",
    "disabled",
  ],
  ...["debug", "info", "warning", "error", "critical", "console", "verbose"],
  ...[
    "django",
    "celery",
    "redis",
    "memcached",
    "rabbitmq",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "sqlite3",
  ],
  ...["gunicorn", "uvicorn", "uwsgi", "apache", "nginx", "smtp", "http", "https", "utf-8", "utf8", "en-us", "en-gb"],
  ...["strict", "secure", "none", "lax", "require", "prefer", "verify-full", "sameorigin", "deny"],
]);

/** Up to five digits: ports, counts, seconds. A longer number may be a PIN that is used as a password. */
const number = /^-?\d{1,5}(\.\d{1,3})?$/;

/** Python names from Django and packages that are common with it. */
const library = /^(django|celery|redis|django_redis|whitenoise|storages|anymail)(\.[A-Za-z_]\w*)+$/;

const secretName = /pass|pwd|secret|key|token|credential|auth|salt|private|dsn|sign|cert|pin$|(?<!language_)code/i;

/** Whether a variable's name is typical for a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether this text cannot be meant as a secret. `name`: the name of its variable. */
export function isPlainWord(text: string, name = ""): boolean {
  const word = text.toLowerCase();
  if (neverSecret.has(word)) return true;
  if (isSecretName(name)) return false;
  return ordinary.has(word) || number.test(word) || library.test(text);
}
