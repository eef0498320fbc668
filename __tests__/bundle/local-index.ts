// A package index on loopback, with pages as PEP 503 has them, a login if asked for, and packages made here.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Writes a wheel, or a source archive with the given files: argv is folder, kind, name, version, requires-python, files as JSON. */
const maker = `
import io, json, sys, tarfile, zipfile
folder, kind, name, version, requires, files = sys.argv[1:]
about = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + (f"Requires-Python: {requires}\\n" if requires else "")
if kind == "wheel":
    path = f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(f"{folder}/{path}", "w") as z:
        z.writestr(f"{name}.py", "")
        z.writestr(info + "METADATA", about)
        z.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        z.writestr(info + "RECORD", "")
else:
    path = f"{name}-{version}.tar.gz"
    with tarfile.open(f"{folder}/{path}", "w:gz") as t:
        for file, text in {"PKG-INFO": about, **json.loads(files)}.items():
            member = tarfile.TarInfo(f"{name}-{version}/{file}")
            member.size = len(text.encode())
            t.addfile(member, io.BytesIO(text.encode()))
print(path)
`;

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly requiresPython?: string;
  /** The files of a source archive. Without them, a wheel. */
  readonly source?: Readonly<Record<string, string>>;
}

export interface LocalIndex extends AsyncDisposable {
  /** `http://127.0.0.1:…/simple`, without the login. */
  readonly url: string;
  /** The same address with a login in it. */
  as(login: string): string;
  /** The requests that had no right login. */
  readonly refused: readonly string[];
  /** The files that were sent. */
  readonly sent: readonly string[];
  /** The digest of a package's file. */
  digest(algorithm: string, file: string): string;
}

export async function localIndex(options: {
  readonly packages: readonly Package[];
  /** `user:password` */
  readonly login?: string;
  /** The digest on the pages. None if it is empty. */
  readonly hash?: string;
}): Promise<LocalIndex> {
  const { packages, login, hash = "sha256" } = options;
  const folder = await mkdtemp(join(tmpdir(), "woven-index-"));
  const files = new Map<string, { readonly of: Package; readonly bytes: Buffer }>();
  for (const one of packages) {
    const { name, version, requiresPython = "", source } = one;
    const kind = source ? "source" : "wheel";
    const words = ["-c", maker, folder, kind, name, version, requiresPython, JSON.stringify(source ?? {})];
    const file = (await run("python3", words)).stdout.trim();
    files.set(file, { of: one, bytes: await readFile(join(folder, file)) });
  }
  const digest = (algorithm: string, file: string) =>
    createHash(algorithm)
      .update(files.get(file)?.bytes ?? "")
      .digest("hex");
  const page = (name: string) =>
    [...files].flatMap(([file, { of }]) => {
      if (of.name !== name) return [];
      const requires = of.requiresPython?.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
      const attribute = requires === undefined ? "" : ` data-requires-python="${requires}"`;
      return [`<a href="/files/${file}${hash === "" ? "" : `#${hash}=${digest(hash, file)}`}"${attribute}>${file}</a>`];
    });
  const refused: string[] = [];
  const sent: string[] = [];
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  const server = createServer((request, response) => {
    const [, kind, name = ""] = (request.url ?? "").split("/");
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      refused.push(request.url ?? "");
      response.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
      return;
    }
    const links = kind === "simple" ? page(name) : [];
    const file = kind === "files" ? files.get(name) : undefined;
    if (links.length > 0) response.writeHead(200, { "Content-Type": "text/html" }).end(links.join("\\n"));
    else if (file) {
      sent.push(name);
      response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(file.bytes);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/simple`,
    as: (userinfo) => `http://${userinfo}@127.0.0.1:${port}/simple`,
    refused,
    sent,
    digest,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
