// Certificates on a node: whether the one in the inputs is newer, and how long the one that visitors see is valid.
import type { NodeFacts } from "../node/facts.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { dateOf, daysUntil, readChain, warnedDays } from "../settings/certificate.ts";
import type { Tls } from "../settings/settings.ts";
import { certificateFiles } from "../steps/https.ts";
import type { PlacedFile } from "../steps/place-file.ts";

/** The files to place if the node has another certificate than the inputs. Empty if it has the same one. */
export function newCertificate(tls: Tls, { certificates }: NodeFacts, distribution: string): readonly PlacedFile[] {
  const files = certificateFiles(tls, distribution);
  const [file] = files;
  if (tls.kind !== "files" || file === undefined) return [];
  const [there] = readChain(certificates.get(file.path) ?? "");
  return there?.fingerprint256 === tls.certificate?.fingerprint ? [] : files;
}

export interface CertificateState {
  readonly text: string;
  /** It ends soon, has ended, or cannot be read: somebody has to act. */
  readonly state: "valid" | "ending";
}

/** What to tell about the certificate of the live release. Undefined if it has none. `now`: milliseconds since 1970. */
export function certificateState(
  { tls }: ReleaseRecord,
  { certificates }: NodeFacts,
  now: number,
): CertificateState | undefined {
  if (tls?.certificate === undefined) return undefined;
  const [own] = readChain(certificates.get(tls.certificate) ?? "");
  if (own === undefined) return { text: `certificate: ${tls.certificate} cannot be read`, state: "ending" };
  const days = daysUntil(own.validToDate.getTime(), now);
  const date = dateOf(own.validToDate);
  if (days < 0) return { text: `certificate: it ended on ${date}. ${advice[tls.kind]}`, state: "ending" };
  if (days < warnedDays)
    return { text: `certificate: it ends on ${date}, in ${days} days. ${advice[tls.kind]}`, state: "ending" };
  return { text: `certificate: valid until ${date}`, state: "valid" };
}

const advice = {
  files: "Set tls-certificate and tls-key to a new one, and deploy this version again",
  acme: "Look at the timer on the server: journalctl -u certbot",
  proxy: "",
} as const;
