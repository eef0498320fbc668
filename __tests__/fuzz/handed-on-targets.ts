// What Woven reads of files for other programs, and what it hands on to them: uv's lock, git's names, systemd's environment.
import { checkPython, pinnedPackages } from "../../src/bundle/check-python.ts";
import { WovenError } from "../../src/errors.ts";
import { environmentFile } from "../../src/node/unit-command.ts";
import { pathBytes, pathText, unquotedPath } from "../../src/release/path-bytes.ts";
import { hold, isOneLine } from "./escapes.ts";
import type { Target } from "./target.ts";

export const handedOnTargets: readonly Target[] = [
  {
    name: "uv.lock",
    samples: [
      'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n[[package]]\nname = "django"\nversion = "5.2"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [{ url = "https://x/django.whl", hash = "sha256:aa" }]\n[[package]]\nname = "shop"\nversion = "0.1"\nsource = { virtual = "." }\n',
      'version = 1\n[manifest]\nmembers = ["core", "shop"]\n[[package]]\nname = "core"\nsource = { editable = "core" }\n',
    ],
    run(text) {
      const lock = { kind: "lock", format: "uv", path: "uv.lock" } as const;
      try {
        const packages = pinnedPackages(lock, { files: [{ path: "uv.lock", content: text }], lines: [] });
        const problem = checkPython({ packages, python: { version: "3.13.5" } });
        hold(isOneLine(problem?.what ?? ""), "a problem of more than one line");
      } catch (error) {
        if (!(error instanceof WovenError)) throw error;
        hold(error.code === "lock-format" && error.details.file === "uv.lock", "another error than of the lock");
      }
    },
  },
  {
    name: "file names that git prints",
    samples: ["shop/views.py", '"shop/\\303\\244.py"', '"a\\tb\\nc\\\\d\\"e"', '"\\377\\376"'],
    run(text) {
      // What a program prints is decoded, so it has no lone surrogates.
      const path = unquotedPath(text.toWellFormed());
      hold(pathText(pathBytes(path)) === pathText(Buffer.from(pathBytes(path))), "a name of several texts");
      hold(unquotedPath(quoted(pathBytes(path))) === path, "a name that is another one when git prints it");
    },
  },
  {
    name: "systemd's environment files",
    samples: ["plain", "it's", 'a "b" \\ `id` $HOME $(id) %h\nSECOND=line', "\\", '"'],
    run(text) {
      if (text.includes("\0")) return;
      const file = environmentFile({ FIRST: text, LAST: "end" });
      hold(
        JSON.stringify(readEnvironment(file)) ===
          JSON.stringify([
            ["FIRST", text],
            ["LAST", "end"],
          ]),
        "another variable",
      );
    },
  },
];

/** As git quotes a name with `core.quotePath`: every byte in octal, which it may do. */
function quoted(bytes: Buffer): string {
  return `"${[...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}"`;
}

/** The variables of a file, by the rules of EnvironmentFile in systemd.exec(5) for values in double quotes. */
function readEnvironment(file: string): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  let at = 0;
  while (at < file.length) {
    const [start, name = ""] = /^([A-Za-z_]\w*)="/.exec(file.slice(at, at + 200)) ?? [];
    if (start === undefined) return [];
    at += start.length;
    let value = "";
    for (; file[at] !== '"'; at += 1) {
      if (at >= file.length) return [];
      if (file[at] === "\\" && '"\\`$\n'.includes(file[at + 1] ?? " ")) {
        at += 1;
        if (file[at] === "\n") continue;
      }
      value += file[at];
    }
    found.push([name, value]);
    if (file[at + 1] !== "\n") return [];
    at += 2;
  }
  return found;
}
