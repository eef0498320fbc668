// fabfile.py, of Fabric 1 or 2: the hosts, and what it did on them. It is read as text, and never run.
import { parseAddress } from "../../settings/address.ts";
import { fits } from "../../settings/grammar.ts";
import type { ProjectFiles } from "../../settings/project-files.ts";
import { releaseWork } from "./commands.ts";
import type { Foreign } from "./foreign.ts";

export function readFabfile(files: ProjectFiles): Foreign | undefined {
  const path = ["fabfile.py", "fabfile/__init__.py", "deploy/fabfile.py"].find((one) => files.has(one));
  const source = path === undefined ? undefined : files.read(path);
  if (path === undefined || source === undefined) return undefined;
  const code = source.replaceAll(/^\s*#.*$/gm, "");
  const lines = remoteCommands(code);
  const work = lines.map(releaseWork);
  const user = /\benv\.user\s*=\s*["']([\w.-]+)["']/.exec(code)?.[1];
  const gateway = /\b(?:env\.gateway|gateway)\s*=\s*["']([\w.@:-]+)["']/.exec(code)?.[1];
  const addresses = hostStrings(code).map((one) => parseAddress(one));
  const hosts = addresses.flatMap((one) => (one.kind === "address" ? [one.host] : []));
  const users = addresses.flatMap((one) => (one.kind === "address" && one.user !== undefined ? [one.user] : []));
  const rootUser = users[0] ?? user;
  return {
    path,
    hosts: [...new Set(hosts)],
    ...(rootUser === undefined ? {} : { rootUser }),
    packages: packagesOf(lines),
    releaseCommands: [...new Set(work.flatMap(({ commands }) => commands))],
    build: buildOf(code),
    notes: [
      ...(gateway === undefined ? [] : [`gateway: write jump: ${gateway} into the workflows.`]),
      ...[...new Set(work.flatMap(({ others }) => others))]
        .filter(isLeft)
        .map((line) => `${line}: Woven does not run it.`),
    ],
  };
}

/** Literal hosts: `env.hosts`, `env.roledefs`, `@hosts`, `hosts=[…]`, `Connection("…")`. */
function hostStrings(code: string): readonly string[] {
  const places = [
    /\benv\.hosts\s*=\s*\[([^\]]*)\]/g,
    /\benv\.roledefs\s*=\s*\{([^}]*)\}/g,
    /@hosts\(([^)]*)\)/g,
    /\bhosts\s*=\s*\[([^\]]*)\]/g,
    /\bConnection\(\s*(?:host\s*=\s*)?(["'][^"']+["'])/g,
  ];
  const texts = places.flatMap((place) => [...code.matchAll(place)].map(([, inner = ""]) => inner));
  // In a table of roles, the names in front of a colon are no hosts.
  return texts
    .flatMap((text) => [...text.matchAll(/["']([^"'\s]+)["'](?!\s*:)/g)].map(([, host = ""]) => host))
    .filter((host) => /[.@]/.test(host));
}

/** The text of `run("…")`, `sudo("…")`, `c.run(f"…")`. */
function remoteCommands(code: string): readonly string[] {
  return [...code.matchAll(/\b(?:run|sudo)\(\s*[rfbuRFBU]{0,2}(["'])((?:\\.|(?!\1).)*)\1/g)].map(
    ([, , text = ""]) => text,
  );
}

/** Commands for the machine of the one who deploys, which build style sheets and scripts. */
function buildOf(code: string): readonly string[] {
  const local = [...code.matchAll(/\blocal\(\s*(["'])((?:\\.|(?!\1).)*)\1/g)].map(([, , text = ""]) => text);
  return local.filter((text) => /^(npm|yarn|pnpm|npx|make|gulp|grunt|webpack|sass)\b/.test(text));
}

function packagesOf(lines: readonly string[]): readonly string[] {
  const lists = lines.flatMap((line) => /apt(?:-get)?\s+(?:-\S+\s+)*install\s+([^&|;]*)/.exec(line)?.[1] ?? []);
  const names = lists.flatMap((list) => list.split(/\s+/)).filter((name) => fits("package", name));
  const own =
    /^(nginx|apache2|supervisor|python3?(\.\d+)?(-\w+)*|git|gunicorn|virtualenv|build-essential|gcc|libapache2-mod-wsgi(-py3)?)$|-dev$/;
  return [...new Set(names)].filter((name) => !own.test(name));
}

/** What a deployment by hand needs, and Woven does in its own way. */
function isLeft(line: string): boolean {
  return !/\b(git|pip3?|virtualenv|venv|activate|supervisorctl|systemctl|service|apt|apt-get|touch|mkdir|ln|rm|chown|chmod|cd|rsync|kill|nginx|gunicorn|uwsgi|compileall|find)\b/.test(
    line,
  );
}
