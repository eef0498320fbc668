// Why a login did not come about or broke, told apart, each with what to do about it.

import { WovenError } from "../errors.ts";
import { type HostPort, place } from "./host-key.ts";

/** How far a login had come when it failed. */
export type LoginPhase = "greeting" | "handshake" | "login";

export interface LoginFacts {
  readonly at: HostPort;
  readonly user: string;
  readonly phase: LoginPhase;
  /** What the server said it takes, in its order; empty where it was never asked. */
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
  "If a firewall lets only known addresses in: GitHub's runners have none. Use a self-hosted runner, or `jump` through a host they can reach.";

/** No TCP connection. `error` is what node:net or node:dns gave. */
export function dialError(thrown: unknown, at: HostPort): WovenError {
  const error = firstCause(thrown);
  const fail = (code: string, message: string, next: string) =>
    new WovenError({ code, message, next, node: at.host, cause: thrown });
  switch (error.code) {
    case "ECONNREFUSED":
      return fail(
        "connect-refused",
        `${place(at)} refused the connection: nothing listens on port ${at.port}`,
        `Where Woven has never set the server up, run setupnode first. Else check the port (\`user@host:port\` in the role, or \`ssh-port\`), and that sshd runs: \`systemctl status ssh\`. ${firewall}`,
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
        "Try again; if it stays, check the runner's DNS, or give the node's address.",
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
      return fail(
        "no-route",
        `there is no route to ${place(at)}`,
        `Check that the node is up and its address public (GitHub's runners have no IPv6). ${firewall}`,
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

/** Nothing came of it in time. `what`: the connection, the login, … */
export function timedOut(at: HostPort, what: string): WovenError {
  return new WovenError({
    code: "connect-timeout",
    message: `${place(at)} did not answer in time (${what})`,
    next: `Check that the node is up and the port right. Silence mostly means a firewall that drops packets. ${firewall}`,
    node: at.host,
  });
}

/** The jump host could not, or would not, open the way on. `said` is its own text. */
export function jumpError(error: CodedError & { readonly reason?: unknown }, at: HostPort, jump: HostPort): WovenError {
  const forbidden = error.reason === 1;
  return new WovenError({
    code: forbidden ? "jump-forbidden" : "jump-failed",
    message: forbidden
      ? `the jump host ${place(jump)} does not forward to ${place(at)}`
      : `the jump host ${place(jump)} could not reach ${place(at)}`,
    next: forbidden
      ? "Set `AllowTcpForwarding yes` (and PermitOpen, if used) for this user in its sshd_config."
      : `Check that ${place(at)} can be reached from the jump host: \`nc -vz ${at.host} ${at.port}\` there.`,
    node: at.host,
    output: error.message,
  });
}

/** The TCP connection stood, the login did not come about. */
export function loginError(error: CodedError, facts: LoginFacts): WovenError {
  const { at, phase } = facts;
  if (error.level === "client-timeout") return timedOut(at, phase === "greeting" ? "no SSH greeting" : `the ${phase}`);
  if (error.level === "client-authentication") return refused(facts);
  if (error.message.includes("no matching")) return nothingInCommon(error, at);
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
    next: "Look at what sshd says on the node: `journalctl -u ssh -n 50`.",
    node: at.host,
    output: error.message,
    cause: error,
  });
}

/** A login that worked, and then ended by itself. */
export function connectionLost(at: HostPort, why: Error | undefined): WovenError {
  const silent = why?.message === "Keepalive timeout";
  return new WovenError({
    code: "connection-lost",
    message: silent
      ? `the connection to ${place(at)} was lost: no answer to keepalives`
      : `the connection to ${place(at)} was lost: ${why?.message ?? "the node closed it"}`,
    next: "Woven logs in again by itself where it can. If it keeps happening, look at the node's load, reboots and `journalctl -u ssh`.",
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
    message: `${place(at)} closed the connection before it said a word of SSH`,
    next: [
      "It turns this address away, or is overloaded. On the node, look at `journalctl -u ssh -n 50`, then at",
      "  fail2ban (`fail2ban-client status sshd`), PerSourcePenalties and MaxStartups in sshd_config, /etc/hosts.deny.",
    ].join("\n"),
    node: at.host,
    cause,
  });
}

function droppedDuringLogin(error: CodedError, facts: LoginFacts): WovenError {
  return new WovenError({
    code: "login-refused",
    message: `${facts.user}@${place(facts.at)} closed the connection during the login`,
    next: "Look at what sshd says on the node: `journalctl -u ssh -n 50` (MaxAuthTries, AllowUsers, a locked account).",
    node: facts.at.host,
    output: error.message,
    cause: error,
  });
}

function nothingInCommon(error: CodedError, at: HostPort): WovenError {
  const hostKey = error.message.includes("host key");
  return new WovenError({
    code: hostKey ? "host-key-algorithm" : "no-common-algorithm",
    message: hostKey
      ? `${place(at)} has no host key of a kind that Woven asks for`
      : `${place(at)} and Woven have no algorithm in common (${error.message.replace(/^.*no matching /, "")})`,
    next: hostKey
      ? "Make one on the node with `ssh-keygen -A`, restart ssh, and pin it in known-hosts."
      : "Bring the node's OpenSSH up to date, or remove Ciphers, MACs and KexAlgorithms from its sshd_config.",
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
    message: `${user}@${place(at)} refused ${tried.join(" and ") || "a login without key or password"}; it takes: ${methods.join(", ") || "not said"}`,
    next: [
      ...(user === "root"
        ? [
            'Where the first account of the image is another one (debian, ubuntu, admin, …), write `root-user = "debian"`.',
          ]
        : []),
      ...(key ? keyAdvice(user, key.publicKey, methods) : []),
      ...(user === "root" ? ["For root itself, sshd_config needs `PermitRootLogin prohibit-password`."] : []),
      `Check that the user ${user} exists and AllowUsers lets it in; \`journalctl -u ssh -n 50\` on the node tells why.`,
    ].join("\n"),
    node: at.host,
  });
}

function keyAdvice(user: string, publicKey: string, methods: readonly string[]): string[] {
  if (methods.length > 0 && !methods.includes("publickey")) {
    return ["It takes no keys at all: set `PubkeyAuthentication yes` in its sshd_config, or use `password`."];
  }
  return [
    `If that is the key you meant, ~${user}/.ssh/authorized_keys on the node must hold this line:`,
    `  ${publicKey}`,
    "and neither the home, .ssh nor that file may be writable by others.",
  ];
}

// With several addresses for a name Node gives one error holding all: refused says more than unreachable.
function firstCause(thrown: unknown): CodedError {
  const all: CodedError[] = thrown instanceof AggregateError ? thrown.errors : [];
  for (const code of ["ECONNREFUSED", "ETIMEDOUT"]) {
    const found = all.find((error) => error.code === code);
    if (found) return found;
  }
  return all[0] ?? (thrown instanceof Error ? thrown : new Error(String(thrown)));
}
