// How this machine reaches a package index: a runner of GitHub needs none of these variables, this machine may.

/** Of this process's environment, what is about reaching the outside. */
export const wayOut: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && /^(SSL_CERT_FILE|SSL_CERT_DIR|PIP_CERT|PIP_INDEX_URL|(HTTPS?|NO)_PROXY)$/i.test(name)
      ? [[name, value] as const]
      : [],
  ),
);
