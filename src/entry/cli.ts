#!/usr/bin/env node
// The same commands from a terminal, handed the real world. It imports nothing before it knows that this Node can read the rest: an
// older one would only say SyntaxError.
const oldest = 24;

if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    `error: Woven needs Node ${oldest} or newer, and this is Node ${process.versions.node}\nRun it with: npx -p node@${oldest} node ${process.argv[1]} …\n`,
  );
  process.exitCode = 1;
} else {
  const { veiled } = await import("../program-variables.ts");
  process.env = veiled(process.env);
  const { runCli } = await import("../cli.ts");
  await runCli(process.argv.slice(2), process);
}
