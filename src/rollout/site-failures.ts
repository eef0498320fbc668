// Why sites cannot be started, in words.
import { X509Certificate } from "node:crypto";
import { WovenError } from "../errors.ts";
import { filesOf } from "../node/services.ts";
import { covers } from "../settings/certificate.ts";
import type { Settings, Site } from "../settings/settings.ts";
import { projectFailure } from "../steps/project-failure.ts";
import { causeOf } from "../traceback.ts";
import type { LiveRelease } from "./joining-sites.ts";

/** What stopped a site, from the output of its checks or its service. */
export function reasonIn(output: string): string {
  const last = output.trim().split("\n").at(-1) ?? "";
  return projectFailure(output)?.message ?? causeOf(output) ?? (last === "" ? "it reported nothing" : last);
}

/** New sites that the certificate on the node does not cover. One from an authority is extended. */
export function uncoveredSites(
  added: readonly Site[],
  { settings, record, facts }: LiveRelease,
): readonly { readonly site: Site; readonly why: string }[] {
  const file = record.tls?.kind === "files" ? record.tls.certificate : undefined;
  const pem = facts.certificates.get(file ?? "");
  if (settings.tls.kind !== "files" || file === undefined) return [];
  const own = pem === undefined ? undefined : new X509Certificate(pem);
  return added.flatMap((site) => {
    const lacking = site.domains.filter((domain) => own === undefined || !covers(own, domain));
    if (lacking.length === 0) return [];
    return [
      { site, why: `the certificate on the server does not cover ${lacking.join(", ")}. Deploy with one that does` },
    ];
  });
}

/** Throws if the settings say another thing of HTTPS or basic-auth than the live release was deployed with. */
export function requireSameFront({ settings, record }: LiveRelease, node: string): void {
  const live = record.tls?.kind ?? "none";
  const hasAccounts = filesOf(record.services).some((file) => file.endsWith("@accounts"));
  const differing = [
    ...(live === settings.tls.kind ? [] : ["tls"]),
    ...(hasAccounts === (settings.web.basicAuth !== undefined) ? [] : ["basic-auth"]),
  ];
  if (differing.length === 0) return;
  throw new WovenError({
    code: "sites-differ",
    message: `the settings have another ${differing.join(" and ")} than ${record.version}, the live release on ${node}, was deployed with`,
    state: "Nothing was changed.",
    next: "Deploy first. A deployment starts new sites, too.",
    node,
  });
}

export function nothingLive({ distributionName }: Settings, node: string): WovenError {
  return new WovenError({
    code: "nothing-active",
    message: `no version of ${distributionName?.value ?? "the distribution"} is live on ${node}`,
    state: "Nothing was changed.",
    next: "Deploy a version first. A deployment starts all sites of the settings.",
    node,
  });
}
