// A visitor of a site: asks the node by its address, with the site's name as Host, and keeps cookies as a browser does.
import { randomBytes } from "node:crypto";
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What `/version` of the shop says. */
export interface Versions {
  readonly version: string;
  readonly template_version: string;
  readonly static_version: string;
  readonly site_id: number;
  readonly user: string;
  readonly pid: number;
}

export interface Visitor {
  get(path: string, headers?: OutgoingHttpHeaders): Promise<Answer>;
  /** Fills in the form that `path` answers with, hidden fields and all, and sends it. A Uint8Array is sent as a file. */
  submit(path: string, fields: Readonly<Record<string, string | NamedFile>>): Promise<Answer>;
  versions(): Promise<Versions>;
}

export interface NamedFile {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array;
}

/** Every request is a connection of its own: a visitor who comes anew. */
const agent = new Agent({ keepAlive: false });

/** Asks `address` on port 80 for `host`. Rejects where there is no answer. */
export async function ask(
  address: string,
  host: string,
  path: string,
  options: { readonly method?: string; readonly headers?: OutgoingHttpHeaders; readonly body?: Uint8Array } = {},
): Promise<Answer> {
  const { method = "GET", headers, body } = options;
  return new Promise((resolve, reject) => {
    const asked = request({
      agent,
      host: address,
      port: 80,
      path,
      method,
      timeout: 30_000,
      headers: { ...headers, host, ...(body ? { "content-length": body.length } : {}) },
    });
    asked.on("timeout", () => asked.destroy(new Error(`${host}${path} did not answer within 30 s`)));
    asked.on("error", reject);
    asked.on("response", (response) => {
      buffer(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content.toString() }),
        reject,
      );
    });
    asked.end(body);
  });
}

export function visitor(address: string, host = "shop.example.com"): Visitor {
  const cookies = new Map<string, string>();
  const send = async (path: string, options: Parameters<typeof ask>[3] = {}): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await ask(address, host, path, {
      ...options,
      headers: { ...options.headers, ...(cookie ? { cookie } : {}) },
    });
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
  return {
    get: (path, headers) => send(path, headers ? { headers } : {}),
    async submit(path, fields) {
      const form = await send(path);
      const hidden = [...form.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const all = { ...Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value])), ...fields };
      const boundary = randomBytes(12).toString("hex");
      return send(path, {
        method: "POST",
        headers: { "content-type": `multipart/form-data; boundary=${boundary}`, referer: `http://${host}${path}` },
        body: multipart(all, boundary),
      });
    },
    async versions() {
      const { status, body } = await send("/version");
      if (status !== 200) throw new Error(`/version answered ${status}: ${body.slice(0, 500)}`);
      return JSON.parse(body) as Versions;
    },
  };
}

/** RFC 7578. */
function multipart(fields: Readonly<Record<string, string | NamedFile>>, boundary: string): Uint8Array {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === "string"
      ? [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`]
      : [
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${value.name}"\r\nContent-Type: ${value.type}\r\n\r\n`,
          value.content,
          "\r\n",
        ],
  );
  return Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part)));
}
