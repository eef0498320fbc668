// The variables that a project needs: those that Woven can give itself, and the secrets that only the user has.
import { randomBytes } from "node:crypto";

export interface NeededValues {
  /** For `[env]`: they follow from the domains. */
  readonly plain: Readonly<Record<string, string>>;
  /** Names for the `env` input. */
  readonly secrets: readonly string[];
}

/** Sorts the names of variables. */
export function sortVariables(names: readonly string[], domains: readonly string[]): NeededValues {
  const plain: Record<string, string> = {};
  const secrets: string[] = [];
  for (const name of names) {
    const value = known(name, domains);
    if (value === undefined) secrets.push(name);
    else plain[name] = value;
  }
  return { plain, secrets };
}

function known(name: string, domains: readonly string[]): string | undefined {
  if (/(^|_)ALLOWED_HOSTS?$/.test(name)) return domains.join(",");
  if (/(^|_)CSRF_TRUSTED_ORIGINS$/.test(name)) return domains.map((domain) => `https://${domain}`).join(",");
  return /^(DJANGO_)?DEBUG$/.test(name) ? "False" : undefined;
}

/** The file for the secret WOVEN_ENV. A secret key is made up at once; the other values are the user's to fill in. */
export function environmentFile(secrets: readonly string[]): string {
  return [
    "# The secrets of the application. Git ignores this file. Fill in what is empty, then run the command for WOVEN_ENV.",
    ...secrets.map((name) => (isKey(name) ? `${name}=${randomBytes(38).toString("base64url")}` : `${name}=`)),
    "",
  ].join("\n");
}

export function isKey(name: string): boolean {
  return /(^|_)SECRET_KEY(_BASE)?$/.test(name);
}
