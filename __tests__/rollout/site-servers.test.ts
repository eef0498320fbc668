// A patch keeps the server of each site.
import { expect, test } from "vitest";
import { checkServers } from "../../src/rollout/site-servers.ts";
import type { PatchPart, ServerName } from "../../src/settings/settings.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { planInput } from "./release.ts";

const live = releaseRecord({
  services: [
    webService({ name: "site_1", server: "gunicorn", sites: [1] }),
    webService({ name: "site_2", server: "uvicorn", sites: [2] }),
  ],
});

async function checked(servers: readonly ServerName[], parts: readonly PatchPart[] = ["webconf"]) {
  const sites = servers.map((server, index) => ({
    id: index + 1,
    domains: [`s${index + 1}.example.com`],
    runs: { server, serverOptions: {} },
  }));
  const { settings } = await planInput({}, { sites, parts });
  return () => checkServers(settings, live, "web1");
}

test.each<[string, readonly ServerName[], (readonly PatchPart[])?]>([
  ["the same servers", ["gunicorn", "uvicorn"]],
  ["a site less", ["gunicorn"]],
  ["a new site under a server that the release has", ["gunicorn", "uvicorn", "uvicorn"]],
  ["a new site under another server, whose configuration is not patched", ["gunicorn", "uvicorn", "apache"], ["wsgi"]],
])("%s are fine", async (_, servers, parts) => {
  expect(await checked(servers, parts)).not.toThrow();
});

test.each<[string, readonly ServerName[], RegExp]>([
  ["another server", ["gunicorn", "gunicorn"], /site 2 under uvicorn .*"gunicorn" for site 2/],
  ["a new site under a server that the release does not have", ["gunicorn", "uvicorn", "uwsgi"], /"uwsgi" for site 3/],
])("%s is an error that names the site", async (_, servers, message) => {
  expect(await checked(servers)).toThrow(
    expect.objectContaining({ code: "patch-other-server", message: expect.stringMatching(message) }),
  );
});
