// The facts about a node, read in one round trip before anything is planned.
import { WovenError } from "../errors.ts";
import { readPackageFile } from "../package-files.ts";
import type { Manifest } from "../release/manifest.ts";
import { partDigests } from "../release/manifest-digests.ts";
import { fits, misfit } from "../settings/grammar.ts";
import { present } from "../settings/present.ts";
import { recordedRoot } from "../settings/recorded-root.ts";
import { forcedLogin } from "./forced-login.ts";
import type { Host } from "./host.ts";
import { type HostKey, readPublicKeys } from "./known-hosts.ts";
import { type ListedRelease, listedRelease } from "./listed-release.ts";
import { findMissing, missingOf, noSetup, type SetupRequest } from "./missing.ts";
import { packedScript } from "./packed-script.ts";
import { filesOf } from "./services.ts";
import { type Shell, sh } from "./sh.ts";
import { type DistributionState, type Known, parseState, type ReleaseRecord } from "./state.ts";

export interface NodeFacts {
  /** os-release(5): `debian`, `ubuntu`. */
  readonly os: string;
  readonly osVersion: string;
  readonly codename: string;
  /** uname -m: `x86_64`, `aarch64`. */
  readonly machine: string;
  /** `2.41` */
  readonly glibc: string;
  /** Full version of /usr/bin/python3, `3.13.5`. Undefined if there is none. */
  readonly python?: string;
  /** The account of the login, and its home. */
  readonly user: string;
  readonly home: string;
  /** The folder of releases, media and databases: the setting, or else the deploy user's home. */
  readonly deploymentRoot: string;
  /** Processor cores; 0 if not known. */
  readonly cores: number;
  /** Bytes of memory; 0 if not known. */
  readonly memory: number;
  /** Free bytes on the disk of the releases. */
  readonly diskFree: number;
  readonly systemd: boolean;
  /** Whether the kernel has IPv6. Without it, nothing can listen on `[::]`. */
  readonly ipv6: boolean;
  /** The version of nginx. Undefined if there is none. */
  readonly nginx?: string;
  /** Certificates of the distribution: PEM text by file, without keys. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Full versions of the Pythons that Woven has brought to the node. */
  readonly pythons: readonly string[];
  /** Names of the kits on the node, the files that all stages share: see stage.ts. */
  readonly kits: readonly string[];
  /** The node's own public host keys, of the kinds that Woven can check. */
  readonly hostKeys: readonly HostKey[];
  readonly state?: DistributionState;
  /** Releases that are recorded and not there any more: their folder or a unit is gone. */
  readonly lost: readonly ReleaseRecord[];
  /** The releases that are recorded on the node, of all distributions. */
  readonly recorded: readonly Pick<ReleaseRecord, "distribution" | "name">[];
  /** Units of releases that run, and units that start at boot. Of all distributions. */
  readonly running: readonly string[];
  readonly starting: readonly string[];
  /** Absolute paths of the enabled nginx configuration. */
  readonly enabled: readonly string[];
  /** What of a SetupRequest the node does not have. */
  readonly missing: SetupRequest;
  /** The files of the release that was asked for. Undefined if there is none, or if it has no list of its files. */
  readonly listed?: ListedRelease;
}

export type { SetupRequest } from "./missing.ts";

export interface FactsRequest {
  /** Name of the distribution whose state is read. */
  readonly distribution?: string;
  /** What reading the state needs to know of servers; with `distribution`. */
  readonly firstServices?: Known["firstServices"];
  /** Absolute; undefined: the deploy user's home. `recordedRoot`: where the releases of the distribution are. */
  readonly deploymentRoot?: string | undefined;
  /** The release whose files are listed. `active`: the live one, or the newest one if none is live. */
  readonly files?: ({ readonly of: "active" } | { readonly of: "release"; readonly releaseName: string }) & {
    /** The runner's files: the node lists only what differs. Worth it for many files. */
    readonly own?: Manifest;
  };
  readonly setup?: SetupRequest;
  /** How many stages will follow, if nothing fails. Their shells open while the node answers. */
  readonly stages?: number;
}

/** The list of 200 000 files needs less. */
const mostAnswerBytes = 32 * 2 ** 20;

/** One for each release, and a few dozen others. */
const mostAnswers = 10_000;

/** A server usually has three, one of each kind. */
const mostHostKeys = 16;

/**
 * `say NAME TEXT` and `file NAME PATH` give an answer each. Most texts need no encoding, which saves two processes for each.
 *
 * `manifest`: the program that lists the files of a release, or nothing. `more`: what else is asked.
 */
const probe = (
  manifest: string,
  more: Shell,
) => sh`text() { case $1 in *[!A-Za-z0-9._/:@~+-]*) printf %s "$1" | base64 -w0 ;; *) printf =%s "$1" ;; esac; }
say() { printf '%s ' "$1"; text "$2"; echo; }
file() { [ -e "$2" ] && { printf '%s ' "$1"; base64 -w0 <"$2"; printf ' '; text "$2"; echo; }; }
dist=$1 root=$2 release=$3 packages=$4 rules=$5 units=$6 own=$7
. /etc/os-release
login=$(printf '%s' "\${SUDO_USER:-$(id -un)}")
home=$(getent passwd "$login" | cut -d: -f6)
# As the units and the web configuration have it: a release is <root>/env/<dist>-<version>, and its builds are beside it.
recorded_root() {
  for record in /var/local/woven/"$dist"/releases/*.json; do
    name=\${record##*/}; name=\${name%.json}
    grep -ohs '/[^ "=:;]*/env/[^/ "=:;]*' /etc/systemd/system/woven-*@.service /etc/nginx/sites-available/*-"$name".conf | sort -u | while read -r path; do
      case \${path##*/} in "$dist-$name" | ".$dist-$name".*) printf '%s\n' "\${path%/env/*}" ;; esac
    done
  done | head -n 1
}
if [ "$root" = ${recordedRoot} ]; then root=$(recorded_root); fi
root=\${root:-$home}
# Of a preview: below the home, which nobody knows before.
case $root in "~/"*) root=$home/\${root#"~/"} ;; esac
say os "$ID"; say osVersion "\${VERSION_ID-}"; say codename "\${VERSION_CODENAME-}"
say machine "$(uname -m)"; say glibc "$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)"
[ -x /usr/bin/python3 ] && say python "$(/usr/bin/python3 -IS -c 'import sys; print(sys.version.split()[0])')"
say user "$login"; say home "$home"; say root "$root"
for key in /etc/ssh/ssh_host_*_key.pub; do file hostKey "$key"; done
there=$root; until [ -e "$there" ]; do there=$(dirname "$there"); done
say diskFree "$(df -Pk "$there" | awk 'NR == 2 { print $4 }')"
say cores "$(nproc)"; say memory "$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"
[ -d /run/systemd/system ] && say systemd yes
[ -e /proc/net/if_inet6 ] && say ipv6 yes
[ -x /usr/sbin/nginx ] && say nginx "$(/usr/sbin/nginx -v 2>&1 | sed -n 's,.*nginx/\([0-9.]*\).*,\1,p')"
for kit in /var/local/woven/tools/kit-*; do
  # A kit that a power cut left incomplete does not count.
  [ "kit-$(cd "$kit" 2>/dev/null && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-12)" = "\${kit##*/}" ] && say kit "\${kit##*/}"
done
for python in /var/local/woven/python/*/bin/python; do [ -x "$python" ] && { python=\${python%/bin/python}; say brought "\${python##*/}"; }; done
if [ -n "$dist" ]; then
  state=/var/local/woven/$dist
  # Nobody has the lease, but somebody the lock: a run has ended, and tidies up.
  if [ ! -e "$state/lease.json" ] && [ -e "$state/.lease.lock" ]; then flock -s -w 60 "$state/.lease.lock" true; fi
  active=$(readlink "$root/env/$dist"); active=\${active##*/}; active=\${active#"$dist"-}
  say active "$active"
  if [ -e "$root/env/$dist" ]; then folder=$(readlink -f "$root/env/$dist"); say folder "\${folder##*/}"; fi
  for record in "$state"/releases/*.json; do
    name=\${record##*/}; name=\${name%.json}
    file release "$record"
    build=$root/env/$dist-$name
    # Its packages may be shared. Without them, it is no release any more.
    if [ -x "$build/bin/python" ] && { [ ! -L "$build/packages" ] || [ -d "$build/packages" ]; }; then say present "$name"; fi
  done
  # Units of all distributions: a unit's name is escaped, and the records say which are whose.
  say units "$(cd /etc/systemd/system && ls -1 | grep '^woven-.*@[.]')"
  say running "$(systemctl list-units --plain --no-legend --state=active 'woven-*@*' | cut -d' ' -f1)"
  say starting "$(ls /etc/systemd/system/multi-user.target.wants | grep '^woven-.*@')"
  say enabled "$(readlink -f /etc/nginx/sites-enabled/*.conf)"
  say recorded "$(cd /var/local/woven && ls -d -- */releases/*.json 2>/dev/null)"
  # Without the key, which may be in the same file.
  for pem in "/etc/nginx/woven/certificates/$dist.pem" "/etc/letsencrypt/live/woven-$dist/fullchain.pem"; do
    [ -e "$pem" ] && printf 'certificate %s %s\n' "$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$pem" | base64 -w0)" "$(printf '%s' "$pem" | base64 -w0)"
  done
  file history "$state/history.jsonl"; file attempts "$state/attempts.jsonl"; file lease "$state/lease.json"
  # On a first deployment that is tried again, a release is there that never was live.
  [ "$release" = active ] && release=\${active:-$(basename -s .json "$(ls -t "$state"/releases/*.json 2>/dev/null | head -n 1)")}
  if [ -n "$release" ] && [ -d "$root/env/$dist-$release" ]; then
    say filesOf "$release"
    printf 'files %s\n' "$(/usr/bin/python3 -IS -c ${manifest} "$root/env/$dist-$release" "$state/releases/$release.json" $own)"
  fi
fi
${more}
exit 0`;

/** Reads a node's facts. Throws if the account cannot become root, or if the node has no systemd. */
export async function readFacts(host: Host, request: FactsRequest = {}): Promise<NodeFacts> {
  const { distribution = "", deploymentRoot = "", files, setup = noSetup } = request;
  const release = files?.of === "release" ? files.releaseName : (files?.of ?? "");
  const manifest = release === "" ? "" : readPackageFile("templates/node/woven_node/manifest.py");
  const answered = host.root(packedScript(probe(manifest, setup === noSetup ? sh`:` : findMissing)), {
    purpose: "facts",
    args: [
      distribution,
      deploymentRoot,
      release,
      ...[setup.packages, setup.rules, setup.units].map((all) => all.join("\n")),
      files?.own ? partDigests(files.own) : "",
    ],
    timeoutSeconds: 120,
    mostBytes: mostAnswerBytes,
  });
  host.standBy(request.stages ?? 0);
  const result = await answered;
  // A forced command, or a shell that runs nothing, may also exit with 0.
  const ran = /^os /m.test(result.stdout);
  if (result.code !== 0 || !ran) {
    const { user } = (await host.session()).target;
    const forced = ran ? undefined : forcedLogin(result, { user, node: host.name, deployUser: host.address.user });
    if (forced) throw forced;
    throw new WovenError({
      code: "facts",
      message: `Woven could not read what ${host.name} is (exit ${result.code ?? result.signal})`,
      state: "Nothing was changed on the server.",
      next: "Check that it runs Debian or Ubuntu, and that the login runs commands.",
      node: host.name,
      output: result.stderr,
    });
  }
  const facts = parseFacts(result.stdout, {
    node: host.name,
    distribution,
    firstServices: request.firstServices ?? (() => []),
    setup,
    ...present({ own: files?.own }),
  });
  if (distribution && !fits("absolutePath", facts.deploymentRoot)) throw strangeRoot(facts, host.name);
  for (const kit of facts.kits) host.keep(kit);
  if (!facts.systemd) {
    throw new WovenError({
      code: "no-systemd",
      message: `${host.name} does not run systemd`,
      next: "Use a server that systemd boots, not a plain container.",
      node: host.name,
    });
  }
  return facts;
}

/** Refused, because the root becomes part of paths in configuration files. */
function strangeRoot({ user, deploymentRoot: root }: NodeFacts, node: string): WovenError {
  return new WovenError({
    code: "facts",
    message: `the deployment root of ${user} on ${node}, ${JSON.stringify(root)}, ${misfit("absolutePath")}`,
    next: "Deploy as the user that setupnode makes, or set `deployment-root` to a plain path.",
    node,
  });
}

/** The probe's output as facts. Throws where the state cannot be read. */
export function parseFacts(
  text: string,
  known: Known & { readonly distribution: string; readonly setup?: SetupRequest; readonly own?: Manifest },
): NodeFacts {
  const said = answers(text);
  const decoded = (value: string) =>
    value.startsWith("=") ? value.slice(1) : Buffer.from(value, "base64").toString("utf8");
  const all = (name: string) => (said.get(name) ?? []).map(({ value }) => decoded(value));
  const one = (name: string) => all(name)[0] ?? "";
  // Values that get into logs, tables, cache keys and arguments of programs on the runner.
  const word = (name: string, pattern = /^[^\p{Cc}\u2028\u2029]{0,200}$/u) =>
    pattern.test(one(name)) ? one(name) : "";
  const lines = (name: string) => one(name).split("\n").filter(Boolean);
  const active = said.has("active") ? word("active") : undefined;
  const state = (active: string) =>
    parseState(
      {
        active,
        folder: word("folder"),
        releases: new Map((said.get("release") ?? []).map(({ value, file }) => [decoded(file), decoded(value)])),
        history: one("history"),
        attempts: one("attempts"),
        lease: one("lease"),
        place: `/var/local/woven/${known.distribution}`,
      },
      known,
    );
  return {
    os: word("os"),
    osVersion: word("osVersion"),
    codename: word("codename"),
    machine: word("machine", /^[A-Za-z0-9_]{1,32}$/),
    glibc: word("glibc", /^\d+\.\d+$/),
    ...present({ python: word("python", /^3\.\d{1,3}\.\d{1,3}[a-z0-9+]*$/) || undefined }),
    user: word("user"),
    home: one("home"),
    deploymentRoot: one("root"),
    cores: Number(word("cores", /^\d{1,4}$/)),
    memory: Number(word("memory", /^\d{1,12}$/)) * 1024,
    diskFree: Number(one("diskFree")) * 1024,
    systemd: one("systemd") === "yes",
    ipv6: one("ipv6") === "yes",
    ...present({ nginx: word("nginx", /^[0-9.]{1,20}$/) || undefined }),
    certificates: new Map((said.get("certificate") ?? []).map(({ value, file }) => [decoded(file), decoded(value)])),
    pythons: all("brought").filter((version) => /^3\.\d{1,2}\.\d{1,2}$/.test(version)),
    kits: all("kit"),
    hostKeys: all("hostKey").flatMap(readPublicKeys).slice(0, mostHostKeys),
    ...(active === undefined ? { lost: [] } : knownReleases(state(active), all("present"), lines("units"))),
    recorded: lines("recorded").flatMap(recordAt),
    running: lines("running"),
    starting: lines("starting"),
    enabled: lines("enabled"),
    missing: missingOf(known.setup ?? noSetup, all),
    ...present({ listed: listedRelease(word("filesOf"), said.get("files")?.at(-1)?.value ?? "", known.own) }),
  };
}

/** In base64, or as it is after a `=`. Of a file: where it lies. */
interface Answer {
  readonly value: string;
  readonly file: string;
}

/** The answers by name, as they came. Limited, because a node may send without end. */
function answers(text: string): ReadonlyMap<string, readonly Answer[]> {
  const said = new Map<string, Answer[]>();
  let count = 0;
  for (const [, name = "", value = "", file = ""] of text.matchAll(
    /^(\w{1,20}) (=[^ \r\n]*|[A-Za-z0-9+/=]*)(?: (=[^ \r\n]*|[A-Za-z0-9+/=]*))?\r?$/gm,
  )) {
    const others = said.get(name);
    if (others) others.push({ value, file });
    else said.set(name, [{ value, file }]);
    count += 1;
    if (count === mostAnswers) break;
  }
  return said;
}

/** Apart: the releases that are there, and those whose folder or a unit is gone. They cannot be live, and are good for nothing but removal. */
function knownReleases(
  state: DistributionState,
  present: readonly string[],
  units: readonly string[],
): Required<Pick<NodeFacts, "state" | "lost">> {
  const folder = "/etc/systemd/system/";
  const isThere = ({ name, services }: ReleaseRecord) =>
    present.includes(name) &&
    filesOf(services).every((file) => !file.startsWith(folder) || units.includes(file.slice(folder.length)));
  return {
    state: { ...state, releases: state.releases.filter(isThere) },
    lost: state.releases.filter((release) => !isThere(release)),
  };
}

/** The release of a record: `shop/releases/1.0.json`. Both names have a limit, because they get into messages. */
function recordAt(path: string): NodeFacts["recorded"] {
  const [, distribution, name] = /^([\w.~-]{1,64})\/releases\/([\w.+-]{1,200})\.json$/.exec(path) ?? [];
  return distribution === undefined || name === undefined ? [] : [{ distribution, name }];
}
