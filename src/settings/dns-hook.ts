// Whether the project has the hook `dns_challenge`, with which an authority issues certificates for wildcards.
import type { ProjectFiles } from "./project-files.ts";

export const dnsHookName = "dns_challenge";

/** Source of the places: steps/find-hook.ts. */
export function hasDnsHook(files: ProjectFiles): boolean {
  if (files.has(`woven/hooks/${dnsHookName}`)) return true;
  const defines = new RegExp(`^def ${dnsHookName}\\s*\\(`, "m");
  return files.paths.some((path) => /(^|\/)deploy\.py$/.test(path) && defines.test(files.read(path) ?? ""));
}
