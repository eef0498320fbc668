// The hook `dns_challenge`: the project's own code that changes its DNS, so that an authority issues certificates for wildcards. It stays
// on the node, because certbot's timer renews the certificate months later.
import { WovenError } from "../errors.ts";
import { quote } from "../node/sh.ts";
import { readPackageFile } from "../package-files.ts";
import type { Layout } from "../release/layout.ts";
import { dnsHookName } from "../settings/dns-hook.ts";
import type { Secret } from "../settings/settings.ts";
import { findHook, type Hook, type HookPlaces } from "./find-hook.ts";
import type { PlacedFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

export interface DnsHook {
  /** What certbot runs: a path on the node. */
  readonly program: string;
  readonly files: readonly PlacedFile[];
}

interface Around {
  readonly place: Pick<Layout, "distribution" | "state">;
  /** The deploy user, who runs it. */
  readonly user: string;
  readonly role?: string | undefined;
  readonly host: string;
  /** `hook-env`. Without any, those of an earlier run stay on the node. */
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** The files of the hook on a node. Only root can read them. Undefined if the project has no such hook. */
export function dnsHook(places: HookPlaces, around: Around, templates: Templates): DnsHook | undefined {
  const hook = findHook(dnsHookName, places);
  if (hook === undefined) return undefined;
  const { place, user, role = "", host, secrets } = around;
  const folder = `${place.state}/dns-challenge`;
  const program = `${folder}/run`;
  const about = {
    WOVEN_HOOK: dnsHookName,
    WOVEN_HOST: host,
    WOVEN_ROLE: role,
    WOVEN_USER: user,
    WOVEN_DISTRIBUTION: place.distribution,
  };
  const view = { distribution: place.distribution, hook: hook.from, user, is_function: hook.kind === "function" };
  const given = Object.entries(secrets).map(([name, value]) => [name, value.reveal()] as const);
  return {
    program,
    files: [
      { path: program, content: templates.render("dns-challenge", view), mode: "700" },
      { path: `${folder}/about`, content: assignments(Object.entries(about)), mode: "600" },
      { path: `${folder}/hook/program`, content: textOf(hook), mode: "600" },
      ...["__init__.py", "api.py", "call.py"].map((file) => ({
        path: `${folder}/hook/woven/${file}`,
        content: readPackageFile(`templates/node/woven/${file}`),
        mode: "600",
      })),
      ...(given.length === 0
        ? []
        : [{ path: `${folder}/secrets`, content: assignments(given), mode: "600", secret: true as const }]),
    ],
  };
}

/** Assignments for a shell. */
function assignments(variables: readonly (readonly [name: string, value: string])[]): string {
  return variables.map(([name, value]) => `${name}=${quote(value)}\n`).join("");
}

function textOf({ content, from }: Hook): string {
  if (typeof content === "string") return content;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    throw new WovenError({
      code: "hook",
      message: `the hook ${from} is not a script`,
      next: "Write a script with a #! line, in UTF-8. It may run a program that is on the server.",
      file: from,
      cause,
    });
  }
}
