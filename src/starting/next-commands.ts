// What to type after `woven init`, ready to be pasted: GitHub's environment with its secrets and variables, and the first run.
export interface NextCommands {
  /** The servers as `woven@web1.example.com`. */
  readonly addresses: readonly [string, ...string[]];
  /** The account of the first login. */
  readonly rootUser: string;
  readonly sshPort: number;
  /** The file with the secrets, or undefined if the application needs none. */
  readonly environmentFile?: string | undefined;
  readonly branch: string;
  /** The files to commit. */
  readonly files: readonly string[];
}

export function nextCommands({
  addresses,
  rootUser,
  sshPort,
  environmentFile,
  branch,
  files,
}: NextCommands): readonly string[] {
  const hosts = addresses.map((address) => address.slice(address.indexOf("@") + 1));
  const port = sshPort === 22 ? "" : ` -p ${sshPort}`;
  const roles = addresses.map((address) => `"${address}"`).join(", ");
  const keyOf = (host: string) =>
    `ssh${port} ${rootUser}@${host} cat /etc/ssh/ssh_host_ed25519_key.pub | sed 's/^/${host} /'`;
  return [
    "A key for the workflow. Skip this if you have one:",
    "  ssh-keygen -t ed25519 -N '' -C woven-deploy -f woven_key",
    ...hosts.map((host) => `  ssh-copy-id${port} -i woven_key.pub ${rootUser}@${host}`),
    "",
    "Type next:",
    "  gh api --silent --method PUT 'repos/{owner}/{repo}/environments/production'",
    "  gh secret set WOVEN_SSH_KEY --env production < woven_key",
    ...(environmentFile === undefined ? [] : [`  gh secret set WOVEN_ENV --env production < ${environmentFile}`]),
    `  gh variable set WOVEN_ROLES --env production --body 'production: [${roles}]'`,
    `  gh variable set WOVEN_KNOWN_HOSTS --env production --body "$(${hosts.map(keyOf).join("; ")})"`,
    "",
    "Then deploy:",
    ...(files.length === 0 ? [] : [`  git add ${files.map(shellWord).join(" ")} && git commit -m "Deploy with Woven"`]),
    `  git push origin ${shellWord(branch)}`,
    "  gh workflow run deploy.yml -f command=setupnode",
    "The run that the push starts fails, because the server is not set up yet. Run it again after setupnode: gh workflow run deploy.yml",
  ];
}

function shellWord(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
