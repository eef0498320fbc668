// The errors of a login that failed or broke: one for each cause, with what to do about it.

import { WovenError } from "../errors.ts";
import { type HostPort, place } from "./host-key.ts";

/** How far the login was when it failed. */
export type LoginPhase = "greeting" | "handshake" | "login";

export interface LoginFacts {
  readonly at: HostPort;
  readonly user: string;
  readonly phase: LoginPhase;
  /** The login methods that the server offers, in its order. Empty if it was never asked. */
  readonly methods: readonly string[];
  readonly key?: { readonly publicKey: string; readonly type: string; readonly fingerprint: string };
  readonly password: "tried" | "none";
}

/** An Error as Node and ssh2 decorate it. */
interface CodedError extends Error {
  readonly code?: string | number;
  readonly level?: string;
}

const firewall =
  "GitHub's runners have no fixed addresses. If a firewall admits only known addresses, use a self-hosted runner, or `jump` through a host that the runners can reach.";

/** There was no TCP connection. `thrown` is the error of node:net or node:dns. */
export function dialError(thrown: unknown, at: HostPort): WovenError {
  const error = firstCause(thrown);
  const fail = (code: string, message: string, next: string) =>
    new WovenError({ code, message, next, node: at.host, cause: thrown });
  switch (error.code) {
    case "ECONNREFUSED":
      return fail(
        "connect-refused",
        `${place(at)} refused the connection: nothing listens on port ${at.port}`,
        `Check the port (\`user@host:port\` in the role, or \`ssh-port\`), and that sshd runs: \`systemctl status ssh\`. If Woven has never set up this server, run setupnode first. ${firewall}`,
      );
    case "ETIMEDOUT":
      return timedOut(at, "the connection");
    case "ENOTFOUND":
    case "ENODATA":
    case "EAI_NODATA":
    case "EAI_NONAME":
      return fail(
        "host-not-found",
        `the name ${at.host} does not exist`,
        "Check its spelling in the role, and its A or AAAA record.",
      );
    case "EAI_AGAIN":
      return fail(
        "host-not-found",
        `the name ${at.host} could not be looked up: the name server did not answer`,
        "Run the command again. If that does not help, check the runner's DNS, or write the server's IP address in the role.",
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
      return fail(
        "no-route",
        `there is no route to ${place(at)}`,
        `Check that the server is up and has a public IPv4 address: GitHub's runners have no IPv6. ${firewall}`,
      );
    case "ECONNRESET":
    case "EPIPE":
      return droppedEarly(at, thrown);
    default:
      return fail(
        "connect-failed",
        `could not connect to ${place(at)}: ${error.message}`,
        "Check the address in the role.",
      );
  }
}

/** There was no answer in time. `what`: the connection, the login, … */
export function timedOut(at: HostPort, what: string): WovenError {
  return new WovenError({
    code: "connect-timeout",
    message: `${place(at)} did not answer in time (${what})`,
    next: `Check that the server is up and the port is right. Usually a firewall drops the packets. ${firewall}`,
    node: at.host,
  });
}

/** The jump host could not open the connection to the next host, or refused to. */
export function jumpError(error: CodedError & { readonly reason?: unknown }, at: HostPort, jump: HostPort): WovenError {
  const forbidden = error.reason === 1;
  return new WovenError({
    code: forbidden ? "jump-forbidden" : "jump-failed",
    message: forbidden
      ? `the jump host ${place(jump)} does not forward to ${place(at)}`
      : `the jump host ${place(jump)} could not reach ${place(at)}`,
    next: forbidden
      ? "Set `AllowTcpForwarding yes` (and PermitOpen, if used) for this user in its sshd_config."
      : `Check that the jump host can reach ${place(at)}: run \`nc -vz ${at.host} ${at.port}\` there.`,
    node: at.host,
    output: error.message,
  });
}

/** The TCP connection worked, but the login failed. */
export function loginError(error: CodedError, facts: LoginFacts): WovenError {
  const { at, phase } = facts;
  if (error.level === "client-timeout") return timedOut(at, phase === "greeting" ? "no SSH greeting" : `the ${phase}`);
  if (error.level === "client-authentication") return refused(facts);
  if (error.message.includes("no matching")) return noCommonAlgorithm(error, at);
  if (phase === "greeting" && /identification string|header( line|:)|greeting lines/i.test(error.message)) {
    return new WovenError({
      code: "not-ssh",
      message: `what listens on ${place(at)} is not an SSH server`,
      next: "Check the port (`user@host:port` in the role, or `ssh-port`).",
      node: at.host,
    });
  }
  if (phase === "greeting") return droppedEarly(at, error);
  if (phase === "login") return droppedDuringLogin(error, facts);
  return new WovenError({
    code: "handshake-failed",
    message: `the SSH handshake with ${place(at)} failed`,
    next: "Read the log of sshd on the server: `journalctl -u ssh -n 50`.",
    node: at.host,
    output: error.message,
    cause: error,
  });
}

/** A login that worked, and whose connection then broke. */
export function connectionLost(at: HostPort, why: Error | undefined): WovenError {
  const silent = why?.message === "Keepalive timeout";
  return new WovenError({
    code: "connection-lost",
    message: silent
      ? `the connection to ${place(at)} was lost: no answer to keepalives`
      : `the connection to ${place(at)} was lost: ${why?.message ?? "the server closed it"}`,
    next: "Run the command again. If it happens again, check the server's load, its reboots and `journalctl -u ssh`.",
    node: at.host,
    cause: why,
  });
}

export function cancelled(at: HostPort, cause?: unknown): WovenError {
  return new WovenError({ code: "cancelled", message: `cancelled, at ${place(at)}`, node: at.host, cause });
}

function droppedEarly(at: HostPort, cause: unknown): WovenError {
  return new WovenError({
    code: "connect-reset",
    message: `${place(at)} closed the connection before it sent an SSH greeting`,
    next: [
      "The server blocks this address, or is overloaded. On the server, check `journalctl -u ssh -n 50`, then",
      "  fail2ban (`fail2ban-client status sshd`), PerSourcePenalties and MaxStartups in sshd_config, and /etc/hosts.deny.",
    ].join("\n"),
    node: at.host,
    cause,
  });
}

function droppedDuringLogin(error: CodedError, facts: LoginFacts): WovenError {
  return new WovenError({
    code: "login-refused",
    message: `${facts.user}@${place(facts.at)} closed the connection during the login`,
    next: "Read the log of sshd on the server: `journalctl -u ssh -n 50`. The usual causes are MaxAuthTries, AllowUsers and a locked account.",
    node: facts.at.host,
    output: error.message,
    cause: error,
  });
}

function noCommonAlgorithm(error: CodedError, at: HostPort): WovenError {
  const hostKey = error.message.includes("host key");
  return new WovenError({
    code: hostKey ? "host-key-algorithm" : "no-common-algorithm",
    message: hostKey
      ? `${place(at)} has no host key of a kind that Woven accepts`
      : `${place(at)} and Woven have no algorithm in common (${error.message.replace(/^.*no matching /, "")})`,
    next: hostKey
      ? "Make one on the server with `ssh-keygen -A`, restart ssh, and pin the key in known-hosts."
      : "Update OpenSSH on the server, or remove Ciphers, MACs and KexAlgorithms from its sshd_config.",
    node: at.host,
  });
}

function refused(facts: LoginFacts): WovenError {
  const { at, user, key, methods } = facts;
  const tried = [
    key && `the key ${key.fingerprint} (${key.type})`,
    facts.password === "tried" && "the password",
  ].filter(Boolean);
  return new WovenError({
    code: "login-refused",
    message: `${user}@${place(at)} refused ${tried.join(" and ") || "a login without key or password"}. It accepts: ${methods.join(", ") || "not known"}`,
    next: [
      ...(user === "root"
        ? ['If the image has another first account (debian, ubuntu, admin, …), name it: `root-user = "debian"`.']
        : []),
      ...(key ? keyAdvice(user, key.publicKey, methods) : []),
      ...(user === "root" ? ["To log in as root, sshd_config needs `PermitRootLogin prohibit-password`."] : []),
      `Check that the user ${user} exists and that AllowUsers admits it. \`journalctl -u ssh -n 50\` on the server shows the reason.`,
    ].join("\n"),
    node: at.host,
  });
}

function keyAdvice(user: string, publicKey: string, methods: readonly string[]): string[] {
  if (methods.length > 0 && !methods.includes("publickey")) {
    return ["The server accepts no keys: set `PubkeyAuthentication yes` in its sshd_config, or use `password`."];
  }
  return [
    `If this is the right key, ~${user}/.ssh/authorized_keys on the server must contain this line:`,
    `  ${publicKey}`,
    "Nobody else may be able to write to the home folder, to .ssh or to that file.",
  ];
}

// For a name with several addresses, Node gives one error that holds all. "Refused" says more than "unreachable".
function firstCause(thrown: unknown): CodedError {
  const all: CodedError[] = thrown instanceof AggregateError ? thrown.errors : [];
  for (const code of ["ECONNREFUSED", "ETIMEDOUT"]) {
    const found = all.find((error) => error.code === code);
    if (found) return found;
  }
  return all[0] ?? (thrown instanceof Error ? thrown : new Error(String(thrown)));
}
