// Runs the commands of `build` on the runner: npm and the like, which make files for a release. They run code of packages, so they run in
// a copy of the checkout, isolated as builds of packages are. What a release takes of the copy: release/file-set.ts.
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { WovenError } from "../errors.ts";
import { stepEnv } from "../settings/problems.ts";
import { toWrite } from "../settings/to-write.ts";
import type { BuildContext } from "./build-context.ts";
import { checkoutOf, confineBuilds } from "./builder-sight.ts";
import { tail } from "./resolve-error.ts";

/** Variables of Node's package managers that hold no login. */
const passed =
  /^(NODE_(ENV|OPTIONS|EXTRA_CA_CERTS)|(npm_config|NPM_CONFIG)_(registry|REGISTRY|cafile|CAFILE|proxy|PROXY|https_proxy|HTTPS_PROXY)|COREPACK_NPM_REGISTRY|YARN_NPM_REGISTRY_SERVER)$/;

/** Runs the commands one after the other, and returns the working directory in the copy. Throws `build-command` if one fails. */
export async function buildProject(
  commands: readonly string[],
  workingDirectory: string,
  context: BuildContext,
): Promise<string> {
  const own = await mkdtemp(join(context.tempDir, "build-"));
  const checkout = await checkoutOf(workingDirectory);
  const copy = join(own, "checkout");
  await copyCheckout(checkout, copy, context);
  const cwd = join(copy, relative(checkout, workingDirectory));
  const node = Object.keys(context.env).filter((name) => passed.test(name));
  await using builds = await confineBuilds(
    { ...context, tempDir: own, buildEnv: [...(context.buildEnv ?? []), ...node] },
    { workingDirectory, text: { files: [], lines: [] }, own, paths: [] },
  );
  for (const command of commands) {
    const started = context.now();
    context.log(`$ ${command} (${builds.described})`);
    const { code, stdout, stderr } = await builds.run("sh", ["-c", command], { cwd, env: context.env });
    if (code !== 0) throw commandFailed(command, { code, output: `${stdout}${stderr}` }, context);
    context.log(`done in ${((context.now() - started) / 1000).toFixed(1)} s`);
  }
  return cwd;
}

/** Without the repository itself: the copy's `.git` leads to it, so that commands can ask git, but cannot change it. */
async function copyCheckout(checkout: string, copy: string, context: BuildContext): Promise<void> {
  await mkdir(copy);
  const entries = (await readdir(checkout)).filter((name) => name !== ".git").map((name) => `./${name}`);
  if (entries.length > 0) {
    // Owned by this user: without privileges, even root cannot write to the files of others.
    const words = ["-dR", "--preserve=mode,timestamps", "--reflink=auto", "--", ...entries, copy];
    const { code, stderr } = await context.run("cp", words, { cwd: checkout });
    if (code !== 0) throw commandFailed("cp", { code, output: stderr }, context);
  }
  const repository = await gitFolder(checkout);
  if (repository !== undefined) await writeFile(join(copy, ".git"), `gitdir: ${repository}\n`);
}

/** Absolute. A `.git` that is a file names the folder (gitrepository-layout(5)). */
async function gitFolder(checkout: string): Promise<string | undefined> {
  const path = join(checkout, ".git");
  const state = await stat(path).catch(() => undefined);
  if (!state?.isFile()) return state && path;
  const [, named] = /^gitdir: (.+)$/m.exec(await readFile(path, "utf8")) ?? [];
  return named === undefined ? undefined : resolve(checkout, named);
}

function commandFailed(
  command: string,
  { code, output }: { readonly code: number; readonly output: string },
  { configFile }: BuildContext,
): WovenError {
  return new WovenError({
    code: "build-command",
    message: `the build command ${JSON.stringify(command)} ended with exit status ${code}`,
    state: "Nothing was deployed.",
    next: `Fix what its output reports. The command runs in a copy of the checkout, and sees no secret and only some variables of the job. If it needs another one, set it in ${stepEnv}, and name it. ${toWrite(configFile, 'build-env = ["…"]')}`,
    output: tail(output, 200),
  });
}
