// A script as a fabfile was: deploys to the first role, tries the release there, and then deploys to the others. Roll back by hand with
// `node release.ts --back`. Run it in the folder of the project, with the servers and the key in WOVEN_ROLES, WOVEN_SSH_KEY, …
//   node release.ts staging production
import { deploy, RunFailed, rollback, runManagementCommand, runOnServers, sh, status, sudoOnServers } from "woven-deploy";

const [first = "production", ...others] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const roles = [first, ...others];

try {
  if (process.argv.includes("--back")) {
    for (const role of roles.toReversed()) await rollback({ role });
  } else {
    for (const role of roles) await release(role);
  }
  const { nodes } = await status({ role: roles, log: () => undefined });
  for (const { host, role, version } of nodes) console.log(`${role}: ${host} has ${version}`);
} catch (error) {
  // The log has said what failed. A failed deployment left the previous version live.
  if (!(error instanceof RunFailed)) throw error;
  console.error(`${error.report.command} failed: ${error.code}`);
  process.exitCode = 1;
}

async function release(role: string): Promise<void> {
  const { version } = await deploy({ role });
  await runManagementCommand("check", ["--deploy", "--fail-level", "CRITICAL"], { role });
  const folder = "/var/log/woven";
  const full = (await runOnServers(sh`df --output=pcent ${folder} | tail -n 1`, { role })).filter(
    ({ stdout }) => Number.parseInt(stdout, 10) > 90,
  );
  for (const { host } of full) console.warn(`${host}: the disk of ${folder} is nearly full`);
  const [journal] = await sudoOnServers(sh`journalctl --quiet --unit nginx --since -1min --priority err`, { role });
  if (journal?.stdout) console.warn(journal.stdout);
  console.log(`${role} has ${version}`);
}
