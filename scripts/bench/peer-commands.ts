// The command lines of the other tools, and of ssh, for a server that setupnode has set up.
import { join } from "node:path";
import type { LocalNode } from "../../src/local/node.ts";

/** The port of SSH after setupnode. */
export const port = 10022;

/** How the other tools log in to their server. */
export interface Peers {
  readonly node: LocalNode;
  /** Its address, which may be far away. */
  readonly host: string;
  readonly key: string;
  readonly bin: string;
  /** A folder for what they send, and for their own files. */
  readonly folder: string;
}

/** Their homes are in the scratch folder: they read and keep nothing of this user's. */
export function environment({ folder }: Peers): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    ANSIBLE_HOME: join(folder, "ansible"),
    ANSIBLE_HOST_KEY_CHECKING: "False",
    // The fast way, which its documentation recommends.
    ANSIBLE_PIPELINING: "True",
    ANSIBLE_SSH_COMMON_ARGS: `-o UserKnownHostsFile=${join(folder, "known_hosts")}`,
    ANSIBLE_SSH_ARGS: "-C -o ControlMaster=auto -o ControlPersist=5s",
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, "control"),
    ANSIBLE_LOCALHOST_WARNING: "False",
    LC_ALL: "C.UTF-8",
  };
}

export function pyinfra({ host, key, bin }: Peers, what: "deploy" | "setup", data: Readonly<Record<string, string>>) {
  return [
    ...[join(bin, "pyinfra"), host, "--ssh-user", "woven", "--ssh-port", `${port}`, "--ssh-key", key, "-y"],
    ...Object.entries(data).flatMap(([name, value]) => ["--data", `${name}=${value}`]),
    join(import.meta.dirname, `peers/pyinfra_${what}.py`),
  ];
}

export function ansible({ host, key, bin }: Peers, what: "deploy" | "setup", data: Readonly<Record<string, string>>) {
  const variables = {
    ...data,
    ansible_user: "woven",
    ansible_port: port,
    ansible_ssh_private_key_file: key,
    ansible_python_interpreter: "/usr/bin/python3",
  };
  const playbook = join(import.meta.dirname, `peers/ansible_${what}.yml`);
  return [join(bin, "ansible-playbook"), "-i", `${host},`, "-e", JSON.stringify(variables), playbook];
}

export function sshWords({ key, folder }: Peers): readonly string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=accept-new",
    `UserKnownHostsFile=${join(folder, "known_hosts")}`,
  ];
  return ["ssh", "-p", `${port}`, "-i", key, ...options.flatMap((option) => ["-o", option])];
}

export function ssh(peers: Peers, command: string): readonly string[] {
  return [...sshWords(peers), `woven@${peers.host}`, command];
}

export function fabric({ host, key, bin }: Peers, archive: string, name: string, address: string): readonly string[] {
  const script = join(import.meta.dirname, "peers/fabric_deploy.py");
  return [join(bin, "python"), script, host, `${port}`, key, archive, name, address];
}
