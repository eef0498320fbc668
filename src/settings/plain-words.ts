// Words that stand in the environment of many projects and in every log: no secrets, unless somebody made one of them a password.

/** No secret has these values, whatever it is called. */
const neverSecret = new Set(["true", "false", "none", "null", "yes", "localhost", "127.0.0.1", "0.0.0.0", "::1"]);

/** The value of a variable that is not called a password, key or token. */
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

/** Up to five digits: ports, counts, seconds; what is longer may be a PIN that somebody took for a password. */
const number = /^-?\d{1,5}(\.\d{1,3})?$/;

/** Names in Python of what comes with Django and its usual companions. */
const library = /^(django|celery|redis|django_redis|whitenoise|storages|anymail)(\.[A-Za-z_]\w*)+$/;

const secretName = /pass|pwd|secret|key|token|credential|auth|salt|private|dsn|sign|cert|pin$|(?<!language_)code/i;

/** Whether a variable is called what secrets are called. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether no one could mean this text as a secret. `name`: of the variable that has it. */
export function isPlainWord(text: string, name = ""): boolean {
  const word = text.toLowerCase();
  if (neverSecret.has(word)) return true;
  if (isSecretName(name)) return false;
  return ordinary.has(word) || number.test(word) || library.test(text);
}
