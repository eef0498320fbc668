// The settings for certificates from an ACME authority: whose, and for whom.

/** Let's Encrypt: https://letsencrypt.org/docs/staging-environment/ */
const directories: Readonly<Record<string, string>> = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
};

/** The URL of `acme-directory`. */
export function acmeDirectory(value: string): string {
  return directories[value] ?? value;
}

/** What is wrong with `acme-directory`, as text after the value. */
export function acmeDirectoryProblem(value: string): string | undefined {
  if (Object.hasOwn(directories, value)) return undefined;
  return /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/[A-Za-z0-9._~/-]*$/.test(value) && value.length <= 200
    ? undefined
    : "is neither production, staging nor the https:// URL of an ACME directory";
}

/** What is wrong with `tls-email`, as text after the value. */
export function emailProblem(value: string): string | undefined {
  return /^[A-Za-z0-9._%+][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(value) && value.length <= 200
    ? undefined
    : "is not an e-mail address, such as admin@example.com";
}
