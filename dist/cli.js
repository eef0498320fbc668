#!/usr/bin/env node
// src/entry/cli.ts
const oldest = 24;
if (Number.parseInt(process.versions.node, 10) < oldest) {
	process.stderr.write(`error: Woven needs Node ${oldest} or newer, and this is Node ${process.versions.node}\nIn a workflow, add a step before this one: actions/setup-node with node-version: ${oldest}\nIn a terminal, write this before the command: npx -p node@${oldest} node ${process.argv[1]}\n`);
	process.exitCode = 1;
} else {
	const { veiled } = await import("./chunks/program-variables.js");
	process.env = veiled(process.env);
	const { runCli } = await import("./chunks/cli.js");
	await runCli(process.argv.slice(2), process);
}

export {  };