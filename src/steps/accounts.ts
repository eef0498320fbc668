// Accounts on a node that sites run as, and the folders that they share with the deploy user.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { codeGroup, dataGroup, type Layout, siteUser } from "../release/layout.ts";

/** The account that unpacks and compiles packages. It owns nothing else and is in no group. No code of a release ever runs as it. */
export const buildUser = "woven-build";

/**
 * The accounts of a release: the users `site_N`, which run its code, and the one that builds it. They are system accounts without a
 * login shell, a password or a home.
 */
export function siteUsers({ distribution }: Layout, ids: readonly number[]): Step {
  const users = [...new Set(ids)].map(siteUser);
  const groups = [...new Set([dataGroup(distribution), codeGroup(distribution)])];
  return {
    id: "site-users",
    title: `Create site users ${users.join(", ")}`,
    check: sh`for group in ${groups}; do getent group "$group" >/dev/null; done
getent passwd ${buildUser} >/dev/null
for user in ${users}; do for group in ${groups}; do id -nG "$user" | tr ' ' '\n' | grep -qxF "$group"; done; done`,
    preview: sh`for user in ${[...users, buildUser]}; do getent passwd "$user" >/dev/null || detail "$user"; done`,
    apply: sh`account() { useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$1"; detail "$1"; }
for group in ${groups}; do getent group "$group" >/dev/null || groupadd --system "$group"; done
getent passwd ${buildUser} >/dev/null || account ${buildUser}
for user in ${users}; do
  getent passwd "$user" >/dev/null || account "$user"
  usermod -aG ${groups.join(",")} "$user"
done`,
  };
}

/** The folders in the deployment root. A home may have mode 0700. The web server must be able to enter it, but not to list it. */
export function deploymentFolders(place: Layout, owner: string): Step {
  const { root, database, media } = place;
  const group = dataGroup(place.distribution);
  const plain = [`${root}/env`, `${root}/.staging`, `${root}/public`];
  const shared = [
    { path: database, mode: "2770" },
    { path: media, mode: "2775" },
  ];
  return {
    id: "folders",
    title: `Create folders in ${root}`,
    check: lines([
      sh`[ "$(($(stat -c %a ${root}) % 10 & 1))" = 1 ]`,
      sh`for folder in ${plain}; do [ -d "$folder" ]; done`,
      ...shared.map(({ path, mode }) => sh`[ "$(stat -c %a:%G ${path})" = ${`${mode}:${group}`} ]`),
      sh`[ -d /var/log/woven ] && [ -L ${`${root}/log`} ]`,
    ]),
    preview: sh`for folder in ${[...plain, ...shared.map(({ path }) => path)]}; do [ -d "$folder" ] || detail "$folder"; done`,
    apply: lines([
      // Unlike mkdir -p, install creates parents with mode 0755, whatever the umask is.
      sh`[ -d ${root} ] || install -d -m 755 ${root}; chmod o+x ${root}`,
      passable(root, owner),
      sh`install -d -o ${owner} -g ${owner} -m 755 ${plain}`,
      ...shared.map(({ path, mode }) => sh`install -d -o ${owner} -g ${group} -m ${mode} ${path}`),
      sh`install -d -o root -g adm -m 750 /var/log/woven`,
      sh`[ -e ${`${root}/log`} ] || { ln -s /var/log/woven ${`${root}/log`}; chown -h ${owner}: ${`${root}/log`}; }`,
    ]),
  };
}

/** Everybody must be able to enter the folders above the root. Woven opens those of the deploy user, and fails on others. */
function passable(root: string, owner: string): Shell {
  return sh`above=${root}
while above=$(dirname "$above"); [ "$above" != / ]; do
  [ "$(($(stat -c %a "$above") % 10 & 1))" = 1 ] && continue
  if [ "$(stat -c %U "$above")" = ${owner} ]; then chmod o+x "$above"; continue; fi
  fail "the web server and the site users cannot enter $above, above the deployment root. Run chmod o+x on it, or choose another deployment-root"
done`;
}
