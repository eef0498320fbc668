// A crowd: asks a site fifty times a second, whatever happens there, and remembers every answer.
import { ask, type Versions } from "./visitor.ts";

/** Requests per second. */
export const rate = 50;

export interface Asked {
  /** Milliseconds, of performance.now(). */
  readonly sent: number;
  /** The answer of `/version`, or what was wrong with it. */
  readonly versions?: Versions;
  readonly wrong?: string;
}

export interface Asker extends AsyncDisposable {
  /** Resolves once a request that is sent from now on has been answered. */
  answered(): Promise<void>;
  /** Stops asking, waits for the last answers, and returns all of them in the order in which they were sent. */
  stop(): Promise<readonly Asked[]>;
}

/** Sends on the clock, not when the last answer came: a site that hangs is asked on, as by real visitors. */
export function startAsking(address: string, host = "shop.example.com", perSecond = rate): Asker {
  const all: Promise<Asked>[] = [];
  const began = performance.now();
  const send = () => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    while (all.length <= due) all.push(one(address, host));
  };
  const timer = setInterval(send, 1000 / perSecond);
  const stop = async () => {
    clearInterval(timer);
    return Promise.all(all);
  };
  return {
    async answered() {
      const next = one(address, host);
      all.push(next);
      await next;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

async function one(address: string, host: string): Promise<Asked> {
  const sent = performance.now();
  try {
    const { status, body } = await ask(address, host, "/version");
    if (status !== 200) return { sent, wrong: `${status}: ${body.slice(0, 200)}` };
    return { sent, versions: JSON.parse(body) as Versions };
  } catch (error) {
    return { sent, wrong: String(error) };
  }
}

/** The releases that answered, in order of their first answer, as `code/template/static`: a mixed answer is one of its own. */
export function releases(asked: readonly Asked[]): readonly string[] {
  return [...new Set(asked.flatMap(({ versions }) => (versions ? [parts(versions)] : [])))];
}

export function parts({ version, template_version, static_version }: Versions): string {
  return `${version}/${template_version}/${static_version}`;
}

/** What was wrong with the requests that failed. */
export function failed(asked: readonly Asked[]): readonly string[] {
  return asked.flatMap(({ wrong }) => wrong ?? []);
}

/** The requests that failed, and the answers whose parts came from two releases; for a crowd that sees no patches. */
export function faults(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter(({ versions }) => versions === undefined || new Set(parts(versions).split("/")).size > 1);
}
