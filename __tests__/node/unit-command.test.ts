// The environment of a command on a node, as systemd reads it.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { environmentFile } from "../../src/node/unit-command.ts";

test("a value is one line of the file or several, and what means something to systemd is escaped", () => {
  expect(environmentFile({ PLAIN: "a b", NASTY: 'it\'s "q" \\ `id` $HOME %h\nnext=line', EMPTY: "" })).toBe(
    'PLAIN="a b"\nNASTY="it\'s \\"q\\" \\\\ \\`id\\` \\$HOME %h\nnext=line"\nEMPTY=""\n',
  );
});

test("sh, whose quotes systemd's are like, reads each value as it was", () => {
  const nasty = 'it\'s "q" \\ \\\\" `id` $HOME $(id) %h\n\n# no comment\n\ttab ü \\';
  const { stdout } = spawnSync("sh", ["-c", `${environmentFile({ NASTY: nasty })}printf %s "$NASTY"`], {
    encoding: "utf8",
  });
  expect(stdout).toBe(nasty);
});
