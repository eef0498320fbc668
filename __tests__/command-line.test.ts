// The words of the terminal's own commands, and of logs: which inputs they become, and what is wrong about them.
import { describe, expect, test } from "vitest";
import { readCommandLine } from "../src/command-line.ts";
import { SettingsError } from "../src/errors.ts";
import { splitShellWords } from "../src/settings/shell-words.ts";

const at = { env: { WOVEN_SSH_KEY: "key", WOVEN_KNOWN_HOSTS: "hosts" }, cwd: "/nonexistent" };

function read(...argv: readonly string[]) {
  const given = readCommandLine(argv, at);
  if (given.kind !== "run") throw new Error("it shows the help");
  const { inputs, terminal, rehearsal } = given;
  const options = splitShellWords(inputs.get("options") ?? "");
  const input = (name: string) => inputs.get(name);
  return { command: input("command"), role: input("role"), terminal, rehearsal, options, input };
}

const words = (...all: readonly string[]) => ({ kind: "words", words: all });

describe("console", () => {
  test.each<[readonly string[], object]>([
    [["console", "production"], { role: "production", options: words() }],
    [["console", "woven@web1:10022", "dbshell"], { role: "woven@web1:10022", options: words() }],
    // What follows the management command is its own.
    [
      ["console", "web", "shell", "--version", "-c", "print('it''s')"],
      { options: words("--version", "-c", "print('it''s')") },
    ],
    [["console", "web", "dbshell", "--", "-c", "select 1"], { options: words("-c", "select 1") }],
    [["console", "--ssh-key", "other", "web", "shell", "--help"], { role: "web", options: words("--help") }],
  ])("%j", (argv, expected) => {
    expect(read(...argv)).toMatchObject({ command: "node", terminal: "console", ...expected });
  });

  test("opens Django's shell if no command is named, and keeps Woven's options before it", () => {
    expect(read("console", "web").input("management-command")).toBe("shell");
    const given = read("console", "--version", "1.2", "web", "dbshell", "--version", "9");
    expect([given.input("management-command"), given.input("version")]).toEqual(["dbshell", "1.2"]);
  });
});

test("node and console take the site that they run as, and logs that whose lines it shows", () => {
  expect(read("console", "--site", "12", "web", "dbshell", "--site", "9")).toMatchObject({
    options: words("--site", "9"),
  });
  expect(read("console", "--site", "12", "web").input("site")).toBe("12");
  expect(read("node", "web", "--management-command", "check", "--site", "12").input("site")).toBe("12");
  expect(read("logs", "web", "--site", "12").input("site")).toBe("12");
});

test("doctor uses the settings of a deployment, and may leave out the rehearsal", () => {
  expect(read("doctor", "staging", "production")).toMatchObject({
    command: "deploy",
    role: "staging\nproduction",
    terminal: "doctor",
    rehearsal: "wanted",
  });
  expect(read("doctor", "--no-rehearsal")).toMatchObject({ role: undefined, rehearsal: "left out" });
});

test("startsites takes retire without a value", () => {
  expect(read("startsites", "web", "--retire").input("retire")).toBe("true");
});

test("options of logs become words of its input", () => {
  const given = read("logs", "web", "--follow", "--filter", "it's bad", "--since=1h", "--options=--lines 5");
  expect(given).toMatchObject({ command: "logs", role: "web", terminal: undefined });
  expect(given.options).toEqual(words("--lines", "5", "--since=1h", "--filter=it's bad", "--follow"));
});

test.each([
  ["an option of logs with another command", ["deploy", "--follow"], /--follow: is not an option of this command/],
  ["no rehearsal without doctor", ["deploy", "--no-rehearsal"], /--no-rehearsal: is not an option/],
  ["an option of logs without its value", ["logs", "--since"], /--since: needs a value/],
  ["an unknown option before the command of a console", ["console", "--folow", "web"], /--folow: is not an option/],
])("%s", (_, argv, message) => {
  expect(() => read(...argv)).toThrow(message);
  expect(() => read(...argv)).toThrow(SettingsError);
});
