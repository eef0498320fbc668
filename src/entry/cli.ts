#!/usr/bin/env node
// The same commands from a terminal, handed the real world.
import { runCli } from "../cli.ts";

await runCli(process.argv.slice(2), process);
