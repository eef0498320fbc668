// A certificate authority for tests, made by openssl: its root, and the certificates that it issues.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Pair {
  /** PEM: the certificate, then the intermediate one. */
  readonly chain: string;
  readonly key: string;
}

export interface Issue {
  readonly domains: readonly string[];
  /** Of its life; 90 by default. Negative: it has ended. */
  readonly days?: number;
}

export interface Authority extends Disposable {
  /** The file with its root, for curl --cacert. */
  readonly rootFile: string;
  /** PEM. */
  readonly root: string;
  issue(issue: Issue): Pair;
}

/** A root, and an intermediate that issues: as visitors' browsers know the one, and servers send the other. */
export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "woven-authority-"));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const key = (name: string) =>
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name);
  const sign = (name: string, issuer: string, days: number, extensions: string) => {
    key(`${name}.key`);
    writeFileSync(at(`${name}.ext`), extensions);
    openssl("req", "-new", "-key", `${name}.key`, "-subj", `/CN=${name}`, "-out", `${name}.csr`);
    const by =
      issuer === name
        ? ["-signkey", `${name}.key`]
        : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`, "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...by,
      "-days",
      String(days),
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.pem`,
    );
    return readFileSync(at(`${name}.pem`), "utf8");
  };
  const issuing = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n";
  const root = sign("root", "root", 3650, issuing);
  const intermediate = sign("intermediate", "root", 3650, issuing);
  let serial = 0;
  return {
    rootFile: at("root.pem"),
    root,
    issue({ domains, days = 90 }) {
      serial += 1;
      const name = `site-${serial}`;
      const names = domains.map((domain) => `${isIP(domain) === 0 ? "DNS" : "IP"}:${domain}`).join(",");
      const own = sign(name, "intermediate", days, `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
      return { chain: `${own}${intermediate}`, key: readFileSync(at(`${name}.key`), "utf8") };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
