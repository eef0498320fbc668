// `npm run lint:node`: checks the code that runs on nodes. shellcheck reads the stages as they are sent, with stage.sh inlined, and the
// other scripts. ruff reads the Python of the kit and of a release. Templates are filled in first, as for a node.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { planInput, runtime } from "../__tests__/rollout/release.ts";
import { siteStages } from "../__tests__/setup/site-stages.ts";
import { releaseStages, setupStages } from "../__tests__/setup/stages.ts";
import { compile, type Stage } from "../src/node/stage.ts";
import { layout } from "../src/release/layout.ts";
import { previewRemoval } from "../src/rollout/preview-removal.ts";
import { planRelease } from "../src/rollout/release-plan.ts";
import { findFilledDatabase } from "../src/steps/first-database.ts";
import { copyLiveData, keepPreview } from "../src/steps/preview.ts";
import { addressPreviewDatabase, makePreviewDatabase } from "../src/steps/preview-database.ts";
import { checkPreviewRoom, sleepOthers, wakePreview } from "../src/steps/preview-sleep.ts";
import { templates } from "../src/steps/templates.ts";
import { ruff, shellcheck } from "./tools.ts";

const root = resolve(import.meta.dirname, "..");
const node = join(root, "templates/node");

/** Rules that are turned off, each with the reason. */
const notAsked = [
  "SC2034", // Variables that only another part uses: stage.sh reads what a stage sets.
  "SC2046", // Lists that are to be split into words: names of packages and modules, which have a strict grammar.
  "SC2086", // The same.
  "SC2154", // $run, $files, $1: set by what runs the script.
  "SC2317", // Functions that are called by a name made up at run time: s3_apply.
  "SC2329", // The same.
  "SC2043", // Lists that the runner makes: of one word, this time,
  "SC2194", // or a word that has no variable in it,
  "SC2221", // or two patterns of which one includes the other.
  "SC2222", // The same.
  "SC2012", // ls of folders in which root alone makes names.
  "SC2016", // Text for another shell, awk or a file: not to be expanded here.
  "SC1007", // `a= b=` empties both, and is meant.
  "SC1090", // Files that are there on a node only.
  "SC1091", // The same.
];

/** A stage as one script, with stage.sh inlined. */
function wholeScript(stage: Stage): string {
  return compile(stage).replace('. "$run/kit/stage.sh"', () => readFileSync(join(node, "stage.sh"), "utf8"));
}

function check(name: string, program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  console.log(`${name}: ${status === 0 ? "no findings" : `failed (${error?.message ?? `exit ${status}`})`}`);
  if (status !== 0) process.exitCode = 1;
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function sampleStages(): Promise<ReadonlyMap<string, Stage>> {
  const nginxOnly = await setupStages('base-packages = ["nginx"]\n');
  const own = [...(await releaseStages()), ...(await siteStages()), ...previewStages()];
  const stages = [...(await setupStages()), ...nginxOnly, ...own];
  return new Map(stages.map((stage, index) => [`${index + 1}-${stage.name}.sh`, stage]));
}

function previewStages(): readonly Stage[] {
  const root = "/home/woven/previews/shop/pr-12";
  const sites = [{ id: 123_456_789_012, domains: ["pr-12.preview.example.com"] }] as const;
  const record = { schema: 1, distribution: "shop~pr-12", base: "shop", name: "pr-12", root, sites } as const;
  const removal = previewRemoval(record, "the server");
  const keep = keepPreview({ ...record, ttl: 3600, updatedAt: "2026-01-02T03:04:05Z" }, removal, {
    memory: "512M",
    tasks: 200,
  });
  const room = { ...record, most: 10, memory: 2 ** 29, totalMemory: null, keepFree: 2 ** 30, copies: [] };
  const from = {
    place: layout("/home/woven", "shop", "1.0"),
    site: 1,
    described: { sqliteFiles: ["shop.db"], databases: {} },
  };
  const place = layout(root, "shop~pr-12", "1");
  const [{ id }] = sites;
  const database = { service: "postgresql", base: "shop", copy: from } as const;
  const steps = [
    keep,
    checkPreviewRoom(room, 1),
    sleepOthers(room),
    wakePreview("shop~pr-12"),
    copyLiveData(place, id, from),
    makePreviewDatabase(place, id, database),
    addressPreviewDatabase(place, [id], database, { host: "web1" }),
    findFilledDatabase({ place, folder: place.staging, site: id }),
  ];
  return [removal, { name: "prepare", undoes: "step", steps }];
}

async function releaseFiles(): Promise<ReadonlyMap<string, string>> {
  const { generated } = planRelease(await planInput(), runtime());
  if (generated === "kept") throw new Error("nothing was generated for the release");
  return new Map(generated.map(({ path, content }) => [path, content]));
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), "woven-lint-"));
  try {
    const stages = [...(await sampleStages())].map(([name, stage]) => write(join(folder, name), wholeScript(stage)));
    const release = [...(await releaseFiles())].map(([path, text]) => write(join(folder, "release", path), text));
    const view = { distribution: "shop", hook: "woven/hooks/dns_challenge", user: "woven", is_function: true };
    const scripts = [
      ...["supervise.sh", "ssh-guard.sh", "preview-expire.sh"].map((name) => join(node, name)),
      write(join(folder, "dns-challenge.sh"), templates(folder).render("dns-challenge", view)),
      ...release.filter((path) => path.endsWith("/manage")),
    ];
    const bash = write(join(folder, "workon"), templates(root).render("workon", { root: "" }));
    const quiet = ["--shell=sh", "--severity=info", `--exclude=${notAsked.join(",")}`];
    check(`shellcheck on ${stages.length} stages and ${scripts.length} scripts`, await shellcheck(), [
      ...quiet,
      ...stages,
      ...scripts,
    ]);
    check("shellcheck on workon", await shellcheck(), ["--severity=info", `--exclude=${notAsked.join(",")}`, bash]);
    const python = [node, join(root, "__tests__/node/kit"), ...release.filter((path) => path.endsWith(".py"))];
    check("ruff on the Python of nodes", await ruff(), [
      "check",
      "--quiet",
      "--config",
      join(root, "ruff.toml"),
      ...python,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
