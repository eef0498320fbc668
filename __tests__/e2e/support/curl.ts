// A visitor with curl, who checks certificates: what a browser would accept, this accepts, and nothing else.
import { run } from "../../../src/local/privileged.ts";

export interface Curled {
  /** curl(1), EXIT CODES: 0, or why there is no answer. 35: the TLS handshake failed. 60: the certificate is not trusted. */
  readonly exit: number;
  readonly status: number;
  /** `1.1`, `2` */
  readonly http: string;
  readonly headers: string;
  readonly body: string;
}

/** Asks for a URL, whose host is at `address`. `root`: the file with the authority that the visitor trusts. */
export async function curl(
  url: string,
  { address, root, more = [] }: { readonly address: string; readonly root?: string; readonly more?: readonly string[] },
): Promise<Curled> {
  const { hostname } = new URL(url);
  const { code, stdout } = await run([
    "curl",
    "--silent",
    "--include",
    "--noproxy",
    "*",
    "--max-time",
    "30",
    ...[80, 443].flatMap((port) => ["--resolve", `${hostname}:${port}:${address}`]),
    ...(root === undefined ? [] : ["--cacert", root]),
    "--write-out",
    "\n%{http_code} %{http_version}",
    ...more,
    url,
  ]);
  const [, answer = "", status = "0", http = ""] = /^([\s\S]*)\n(\d+) (\S+)$/.exec(stdout) ?? [];
  const [headers = "", ...body] = answer.split("\r\n\r\n");
  return { exit: code ?? -1, status: Number(status), http, headers, body: body.join("\r\n\r\n") };
}
