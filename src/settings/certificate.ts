// The certificate and the key for HTTPS, as the inputs hold them: checked on the runner, before any server is touched.
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { oneOfWildcard } from "./domain.ts";
import { secret } from "./secret.ts";
import type { Certificate, Secret } from "./settings.ts";

/** What is wrong with a certificate or its key, and in which of the two. */
export interface CertificateProblem {
  readonly in: "certificate" | "key";
  readonly what: string;
  readonly next: string;
}

export type CertificateCheck =
  | { readonly kind: "right"; readonly certificate: Certificate }
  | { readonly kind: "wrong"; readonly problems: readonly CertificateProblem[] };

const day = 24 * 3600 * 1000;
/** Days before its end from which a certificate is reported. */
export const warnedDays = 21;

interface Given {
  /** PEM: the server's own certificate first, then the intermediate ones. */
  readonly chain: string;
  /** PEM, without a passphrase. */
  readonly key: Secret;
  readonly domains: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Checks that certificate and key belong together, and that the certificate covers the domains and is valid now. */
export function checkCertificate({ chain, key, domains, now }: Given): CertificateCheck {
  const certificates = readChain(chain);
  const privateKey = readKey(key);
  if (!isFilled(certificates) || privateKey === undefined)
    return {
      kind: "wrong",
      problems: [
        ...(certificates.length === 0 ? [noCertificate(chain)] : []),
        ...(privateKey === undefined ? [noKey(key)] : []),
      ],
    };
  const own = certificates.find((one) => one.checkPrivateKey(privateKey)) ?? certificates[0];
  const problems = [
    ...wrongKey(own, certificates[0], privateKey),
    ...wrongOrder(certificates),
    ...uncovered(own, domains),
    ...certificates.flatMap((one) => outsideValidity(one, now)),
  ];
  if (problems.length > 0) return { kind: "wrong", problems };
  return {
    kind: "right",
    certificate: {
      chain: certificates.map((one) => one.toString()).join(""),
      key: secret(`${keyBlock(key)}\n`),
      fingerprint: own.fingerprint256,
      daysLeft: daysUntil(own.validToDate.getTime(), now),
    },
  };
}

function isFilled(chain: readonly X509Certificate[]): chain is readonly [X509Certificate, ...X509Certificate[]] {
  return chain.length > 0;
}

/** Whole days from `now` to `time`, both in milliseconds since 1970. Negative once the time has passed. */
export function daysUntil(time: number, now: number): number {
  return Math.floor((time - now) / day);
}

/** The certificates of a PEM text, in its order. Empty if one of them cannot be read. */
export function readChain(text: string): readonly X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    // The caller says what is wrong with the text as a whole.
    return [];
  }
}

/** The key without what else may be in the file, such as the parameters of its curve. */
function keyBlock(key: Secret): string {
  return (
    /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[\s\S]*?-----END ([A-Z]+ )?PRIVATE KEY-----/.exec(key.reveal())?.[0] ?? ""
  );
}

function readKey(key: Secret): KeyObject | undefined {
  try {
    return createPrivateKey(key.reveal());
  } catch {
    // A message of OpenSSL says less than the kinds that `noKey` tells apart.
    return undefined;
  }
}

function noCertificate(text: string): CertificateProblem {
  const next =
    "Set it to the whole text of fullchain.pem: the server's certificate, then the intermediate ones, each with its BEGIN and END lines.";
  if (text.includes("PRIVATE KEY-----"))
    return { in: "certificate", what: "holds a private key and no certificate", next };
  return { in: "certificate", what: "holds no certificate in PEM form", next };
}

function noKey(key: Secret): CertificateProblem {
  const text = key.reveal();
  const next = "Set it to the whole text of privkey.pem, with its BEGIN and END lines.";
  if (/ENCRYPTED/.test(text))
    return {
      in: "key",
      what: "has a passphrase, and nginx starts without anyone to type it",
      next: "Remove the passphrase: openssl pkey -in privkey.pem -out plain.pem",
    };
  if (text.includes("BEGIN CERTIFICATE")) return { in: "key", what: "holds a certificate and no private key", next };
  return { in: "key", what: "holds no private key in PEM form", next };
}

function wrongKey(own: X509Certificate, first: X509Certificate, key: KeyObject): readonly CertificateProblem[] {
  if (!own.checkPrivateKey(key))
    return [
      {
        in: "key",
        what: `is not the key of the certificate (${nameOf(own)})`,
        next: "Set both inputs from the same pair: fullchain.pem and privkey.pem.",
      },
    ];
  if (own === first) return [];
  return [
    {
      in: "certificate",
      what: `begins with ${nameOf(first)}, but the key belongs to ${nameOf(own)}`,
      next: "Put the server's own certificate first, and the intermediate ones after it.",
    },
  ];
}

/** Each certificate must be issued by the next one. */
function wrongOrder(chain: readonly X509Certificate[]): readonly CertificateProblem[] {
  return chain.flatMap((one, index) => {
    const after = chain[index + 1];
    if (after === undefined || one.checkIssued(after)) return [];
    return [
      {
        in: "certificate" as const,
        what: `has ${nameOf(after)} after ${nameOf(one)}, which another one issued`,
        next: "Put each certificate directly before the one that issued it.",
      },
    ];
  });
}

function uncovered(own: X509Certificate, domains: readonly string[]): readonly CertificateProblem[] {
  const missing = domains.filter((domain) => !covers(own, domain));
  if (missing.length === 0) return [];
  const covered = own.subjectAltName?.replaceAll(/DNS:|IP Address:/g, "") ?? "no name";
  return [
    {
      in: "certificate",
      what: `does not cover ${missing.join(", ")}. It covers ${covered}`,
      next: "Use a certificate for all domains in the configuration, or remove the domains that it does not cover.",
    },
  ];
}

/** Whether it is a certificate for a domain, a wildcard, or an IP address. */
export function covers(certificate: X509Certificate, domain: string): boolean {
  const found = isIP(domain) === 0 ? certificate.checkHost(oneOfWildcard(domain)) : certificate.checkIP(domain);
  return found !== undefined;
}

function outsideValidity(one: X509Certificate, now: number): readonly CertificateProblem[] {
  const next = "Use a certificate that is valid now.";
  if (one.validToDate.getTime() <= now)
    return [{ in: "certificate", what: `ended on ${dateOf(one.validToDate)} (${nameOf(one)})`, next }];
  if (one.validFromDate.getTime() > now)
    return [{ in: "certificate", what: `is not valid before ${dateOf(one.validFromDate)} (${nameOf(one)})`, next }];
  return [];
}

function nameOf({ subject, subjectAltName }: X509Certificate): string {
  const [, name] = /CN=(.*)/.exec(subject ?? "") ?? [];
  return name ?? subjectAltName ?? "a certificate without a name";
}

/** `2026-01-31` */
export function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
