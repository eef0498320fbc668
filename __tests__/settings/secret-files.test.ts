import { expect, test } from "vitest";
import { createMasker } from "../../src/mask.ts";
import { readSettings } from "../../src/settings/read.ts";
import { fileVariable } from "../../src/settings/secret-files.ts";
import { problemsOf, rightInputs, settingsOf, smallProject, worldOf } from "./source.ts";

async function read(files: string) {
  const { secretFiles } = await settingsOf({ files: smallProject, inputs: { files } });
  return Object.fromEntries(
    Object.entries(secretFiles).map(([name, file]) => [name, Buffer.from(file.reveal()).toString("latin1")]),
  );
}

test.each([
  [
    "a block, whose line break at the end is there even if the secret lost it",
    "a.txt: |\n  one\n    two",
    { "a.txt": "one\n  two\n" },
  ],
  ["a block without a line break at its end", "a.txt: |-\n  one\n", { "a.txt": "one" }],
  [
    "what toJSON of GitHub makes",
    `a.json: ${JSON.stringify('{\n "x": "é"\r\n}\n')}`,
    { "a.json": Buffer.from('{\n "x": "é"\r\n}\n').toString("latin1") },
  ],
  ["JSON", '{"a.txt": "one\\n", "b": "2"}', { "a.txt": "one\n", b: "2" }],
  ["a number as it is written", "pin: 0123", { pin: "0123" }],
  ["words that YAML knows", "a: yes\nb: null\nc: 1e3", { a: "yes", b: "null", c: "1e3" }],
  ["base64 on several lines", "a.bin:\n  base64: |\n    AP8\n    KDQ==\n", { "a.bin": "\0\xff\n\r" }],
  ["nothing", " \n", {}],
])("reads %s", async (_, text, expected) => {
  expect(await read(text)).toEqual(expected);
});

test.each([
  ["a text", "just a secret", []],
  ["a list", "- a\n- b", []],
  ["what is not YAML", "a: [", []],
  ["a key of a service account without its name", '{"type": "service_account", "private_key": "-----"}', []],
  ["a name with a slash", "a/b: x", ["a/b"]],
  ["a hidden name", ".env: x", [".env"]],
  ["an empty content, as of a secret that does not exist", "a.txt: ''", ["a.txt"]],
  ["a nested table", "a.txt: { b: c }", ["a.txt"]],
  ["what is not base64", "a.p12: { base64: 'a b!c' }", ["a.p12"]],
  ["two names of one variable", "a.txt: x\na-txt: y", ["a.txt", "a-txt", "WOVEN_FILE_A_TXT"]],
  ["the same name twice", "a: x\na: y", []],
])("reports %s, and shows no content", async (_, files, names) => {
  const problems = await problemsOf({ files: smallProject, inputs: { files } });
  expect(problems.map(({ where }) => where)).toEqual(["input files"]);
  const said = problems.map(({ what, next }) => `${what} ${next}`).join("\n");
  for (const name of names) expect(said).toContain(name);
  expect(said).not.toMatch(/just a secret|service_account/);
});

test.each([
  ["google.json", "WOVEN_FILE_GOOGLE_JSON"],
  ["a-b.c_d", "WOVEN_FILE_A_B_C_D"],
])("%s is in %s", (name, variable) => {
  expect(fileVariable(name)).toBe(variable);
});

test("nobody else sets the variables of the files", async () => {
  const env = "WOVEN_FILE_A_TXT=/tmp/a";
  expect((await problemsOf({ files: smallProject, inputs: { env } })).map(({ where }) => where)).toEqual(["input env"]);
});

test.each([
  [
    "of a text, line by line",
    "a.txt: |\n  first secret line\n  second secret line\n",
    ["first secret line", "second secret line"],
  ],
  [
    "of base64, and what it stands for",
    "a: { base64: cGFzc3dvcmQtaW4tYS1maWxl }",
    ["cGFzc3dvcmQtaW4tYS1maWxl", "password-in-a-file"],
  ],
  ["of an input that cannot be read", "a: [secret-in-a-list\nb: [", ["a: [secret-in-a-list"]],
])("masks the content %s", async (_, files, secrets) => {
  const seen = { masked: [] as string[], logged: [] as string[] };
  const world = worldOf({ files: smallProject, inputs: { ...rightInputs, files } }, seen);
  await readSettings(world).catch(() => undefined);
  const masker = createMasker();
  for (const text of seen.masked) masker.add(text);
  for (const secret of secrets) expect(masker.hide(`x ${secret} y`)).toBe("x *** y");
});
