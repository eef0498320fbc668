// The keys of the configuration about previews.
import * as v from "valibot";
import { judged, key, text, texts, whole } from "./config-key.ts";
import { shownDefault } from "./defaults.ts";
import { domainProblem } from "./domain.ts";
import { ttlProblem } from "./preview.ts";

const preview = v.strictObject({
  drafts: key(v.boolean(), {
    description: "Whether a draft pull request has a preview.",
    example: "drafts = false",
    shown: shownDefault("preview.drafts"),
  }),
  most: key(whole(1, 1000), {
    description:
      "How many previews of the distribution run on a server at the same time. The one that nobody has visited for longest sleeps until its next update.",
    example: "most = 20",
    shown: shownDefault("preview.most"),
  }),
  memory: key(text("memory"), {
    description: "The memory that all services of a preview may use together, and its migrations and other commands.",
    example: 'memory = "1G"',
    shown: shownDefault("preview.memory"),
  }),
  tasks: key(whole(16, 1000), {
    description: "The processes and threads that all services of a preview may have together.",
    example: "tasks = 100",
    shown: shownDefault("preview.tasks"),
  }),
  "total-memory": key(text("memory"), {
    description:
      "The memory that the previews of the distribution that run on a server may use together. If one more does not fit, those sleep that nobody has visited for longest.",
    example: 'total-memory = "4G"',
    shown: "half of the server's memory",
  }),
  "keep-free": key(text("diskSpace"), {
    description: "The disk space that previews leave free on a server. A preview that would need it is not built.",
    example: 'keep-free = "5G"',
    shown: shownDefault("preview.keep-free"),
  }),
  processes: key(texts("backgroundName"), {
    description: "The names of the `processes` that also run for a preview.",
    example: 'processes = ["worker"]',
    shown: "`[]`",
  }),
  schedules: key(texts("backgroundName"), {
    description: "The names of the `schedules` that also run for a preview.",
    example: 'schedules = ["clearsessions"]',
    shown: "`[]`",
  }),
  "basic-auth": key(v.boolean(), {
    description: "Show previews only to the accounts of the input `basic-auth`.",
    example: "basic-auth = false",
    shown: shownDefault("preview.basic-auth"),
  }),
});

export const previewKeys = {
  "preview-domain": key(judged(domainProblem), {
    description:
      "The domain below which previews have their addresses: `pr-12.preview.example.com`. It needs a DNS record for all names below it. [Previews](previews.md) says more.",
    example: 'preview-domain = "preview.example.com"',
    shown: "none",
  }),
  "preview-ttl": key(judged(ttlProblem), {
    description:
      "How long a preview lives after its last update, in days or hours. The server itself removes it then, without any run.",
    example: 'preview-ttl = "3d"',
    shown: shownDefault("preview-ttl"),
  }),
  "preview-database-from": key(v.picklist(["live"]), {
    description:
      "`live`: a new preview gets a copy of the live release's media and database: its SQLite files, or its database on the server's PostgreSQL or MariaDB (`services`). Without it, a preview begins with an empty database.",
    example: 'preview-database-from = "live"',
    shown: "empty",
  }),
  preview: key(preview, {
    description: "How previews run.",
    example: "[tool.woven.preview]\nmost = 20",
    shown: "–",
  }),
};
