// In place of actions that nektos/act would fetch from GitHub: a checkout of a commit, and artifacts that are folders of this machine. They take the
// same inputs.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CopyingActions extends AsyncDisposable {
  /** By what follows `uses:`. */
  readonly actions: Readonly<Record<string, string>>;
  /** Where artifacts are, by name. */
  readonly artifacts: string;
}

const scripts = {
  "actions/checkout@v7": 'git clone --quiet "$ORIGIN" . && git checkout --quiet "$REF"',
  "actions/upload-artifact@v7": 'mkdir -p "$ARTIFACTS" && cp -R "$PLACE" "$ARTIFACTS/$NAME"',
  "actions/download-artifact@v8": 'mkdir -p "$PLACE" && cp -R "$ARTIFACTS/$NAME/." "$PLACE"',
};

const inputs = ["ref", "persist-credentials", "name", "path", "if-no-files-found", "retention-days"];

/** `origin` is the repository that is checked out. */
export async function copyingActions(origin: string): Promise<CopyingActions> {
  const folder = await mkdtemp(join(tmpdir(), "woven-actions-"));
  const artifacts = join(folder, "artifacts");
  const made = Object.entries(scripts).map(async ([uses, script], index) => {
    const action = join(folder, String(index));
    await mkdir(action);
    await writeFile(join(action, "action.yml"), description(script, { ORIGIN: origin, ARTIFACTS: artifacts }));
    const git = (...words: readonly string[]) => execFileSync("git", words, { cwd: action, stdio: "pipe" });
    git("init", "--quiet");
    git("add", "--all");
    git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "As it is");
    return [uses, action] as const;
  });
  return {
    artifacts,
    actions: Object.fromEntries(await Promise.all(made)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** JSON is YAML. */
function description(script: string, env: Readonly<Record<string, string>>): string {
  const given = { REF: "ref", NAME: "name", PLACE: "path" };
  const variables = Object.entries(given).map(([name, input]) => [name, `\${{ inputs.${input} }}`]);
  return JSON.stringify({
    name: "Copy",
    description: "In place of the action of the same name",
    inputs: Object.fromEntries(inputs.map((name) => [name, { description: name, default: "" }])),
    runs: {
      using: "composite",
      steps: [{ shell: "bash", run: script, env: { ...env, ...Object.fromEntries(variables) } }],
    },
  });
}
