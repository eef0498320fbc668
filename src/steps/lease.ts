// Keeps two runs apart: a lease on the node, taken in the first stage that changes something, ended by the last.
import { randomBytes } from "node:crypto";
import { type Shell, sh } from "../node/sh.ts";
import type { Stage, Step } from "../node/stage.ts";

/** Seconds a lease lasts without a sign of life. A stage renews it every ten seconds; this covers what lies between two stages. */
const lifetime = 300;

export interface LeaseRequest {
  /** `/var/local/woven/<dist>` */
  readonly state: string;
  readonly token: string;
  readonly owner: string;
  readonly command: string;
  readonly run?: string;
  /** What this run believes to be active, and plans to go over from. */
  readonly seen: Seen;
}

export interface Seen {
  /** `<root>/env/<dist>` */
  readonly link: string;
  /** Name of the folder that it leads to; empty where there is none. */
  readonly folder: string;
}

export function newLease(request: Omit<LeaseRequest, "token">): LeaseRequest {
  return { ...request, token: randomBytes(12).toString("hex") };
}

/**
 * Takes the lease, or fails saying who has it and until when. One that has run out is taken over. Fails, too, where another run
 * ended since this one looked: it would go over from something that serves no more.
 */
export function takeLease(lease: LeaseRequest): Step {
  const file = `${lease.state}/lease.json`;
  const said = JSON.stringify({
    token: lease.token,
    owner: lease.owner,
    command: lease.command,
    ...(lease.run ? { run: lease.run } : {}),
  });
  return {
    id: "lease",
    title: "Take the lease",
    plan: "quiet",
    // Ours from an earlier stage of this run, and not near its end: it is renewed while stages run.
    check: sh`grep -q ${lease.token} ${file}
[ "$(sed -E 's/.*"expires": ([0-9]+).*/\1/' ${file})" -gt "$(($(date +%s) + 60))" ]`,
    apply: sh`mkdir -p ${lease.state}/releases
exec 9>${`${lease.state}/.lease.lock`}
flock -w 10 9
touch "$run/unchanged"
if [ -s ${file} ]; then
  held=$(python3 -c 'import json, sys, time
held = json.load(open(sys.argv[1]))
left = held["expires"] - time.time()
if held["token"] != sys.argv[2] and left > 0:
    print("%s runs %s since %s; it counts as gone in %d seconds%s" % (held["owner"], held["command"], held["since"], left, " (" + held["run"] + ")" if held.get("run") else ""))' ${file} ${lease.token} 2>/dev/null) || held=
  [ -z "$held" ] || fail "another run is at work here: $held"
fi
active=
if [ -e ${lease.seen.link} ]; then active=$(readlink -f ${lease.seen.link}); fi
[ "\${active##*/}" = ${lease.seen.folder} ] || fail "another run has ended here meanwhile, and \${active##*/} is active now"
python3 -c 'import json, sys, time
print(json.dumps(dict(json.loads(sys.argv[1]), expires=int(time.time()) + int(sys.argv[2]), since=time.strftime("%H:%M:%S UTC", time.gmtime()))))' ${said} ${lifetime} >${`${file}.new`}
mv -f ${`${file}.new`} ${file}`,
    next: "Nothing was touched. Wait for the other run, or end it, and run the command again. A run that died gives its lease up by itself within five minutes.",
  };
}

/** Only where the lease is ours; and nobody takes, renews or ends it meanwhile. */
export function whileHeld(lease: LeaseRequest, then: Shell): Shell {
  const file = `${lease.state}/lease.json`;
  return sh`if [ -e ${file} ]; then (
  flock -w 10 9
  if grep -q ${lease.token} ${file} 2>/dev/null; then ${then}; fi
) 9>>${`${lease.state}/.lease.lock`}; fi`;
}

/**
 * What a stage does about the lease while it runs and when it ends: renews it, and gives it up when the stage fails
 * or is the command's last.
 */
export function underLease(lease: LeaseRequest, last: "last" | "more to come"): Pick<Stage, "heartbeat" | "finally"> {
  const file = `${lease.state}/lease.json`;
  const release = whileHeld(lease, sh`rm -f ${file}`);
  return {
    heartbeat: whileHeld(lease, sh`sed -i -E "s/(\"expires\": )[0-9]+/\1$(($(date +%s) + ${lifetime}))/" ${file}`),
    finally: last === "last" ? release : sh`[ "$1" = ok ] || { ${release}; }`,
  };
}
