import { n as WovenError } from "./chunks/errors.js";
import { r as veiled } from "./chunks/program-variables2.js";
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, readlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// src/proxy-variables.ts
const loopback = [
	"localhost",
	"127.0.0.1",
	"::1"
];
/** The variables for the start of a Node process. Empty if no proxy is named. */
function proxyVariables(env) {
	const proxies = Object.entries(env).flatMap(([name, value]) => {
		const address = /^https?_proxy$/i.test(name) ? proxyAddress(value) : void 0;
		return address === void 0 ? [] : [[name, address]];
	});
	if (proxies.length === 0) return {};
	const direct = [env["no_proxy"] || env["NO_PROXY"] || [], loopback].flat().join(",");
	return {
		...Object.fromEntries(proxies),
		no_proxy: direct,
		NODE_USE_ENV_PROXY: "1"
	};
}
/** Node would end at its start with an address that is no URL, while pip and curl take `proxy:3128`. It knows no other kind of proxy. */
function proxyAddress(value) {
	if (!value) return void 0;
	const url = value.includes("://") ? value : `http://${value}`;
	return /^https?:/i.test(url) && URL.canParse(url) ? url : void 0;
}

// src/handover.ts
const mark = "--handed-over";
/**
* Megabytes of each half of the space for new objects. Node lets it grow to 16 and more, and fills what it has before it collects
* anything: with 200 servers, 110 MB more.
*/
const newObjects = "--max-semi-space-size=4";
/** Variables that Node and the system's libraries read before any code runs, and the one by which the runner finds a job's processes. */
const startVariable = /^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|LD_LIBRARY_PATH|NODE_\w+|SSL_CERT_(FILE|DIR)|RUNNER_TRACKING_ID)$/;
/**
* Returns the inputs in a process whose initial environment does not hold them. The first call does not return: it starts the same
* program again in this process. There, `process.env` has the other variables, and programs inherit only some of them.
*/
function takeInputs(process) {
	if (process.argv.at(-1) !== mark) restart(process);
	const env = readHandover();
	const isInput = (name) => name.startsWith("INPUT_");
	process.env = veiled(Object.fromEntries(Object.entries(env).filter(([name]) => !isInput(name))));
	return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => isInput(name) && value ? [[name, value]] : []));
}
function restart(process) {
	const { execve } = process;
	if (execve === void 0) throw new WovenError({
		code: "runner",
		message: `Node ${process.version} cannot replace its own process, so Woven could not hide the inputs from the programs that it runs`,
		state: "Nothing was changed.",
		next: "Run this action on Linux, with the Node 24 of GitHub's runner."
	});
	const proxies = proxyVariables(process.env);
	const all = JSON.stringify({
		...process.env,
		...proxies
	});
	writeFileSync(replaceStandardInput(namelessFile), all);
	const start = Object.entries(process.env).filter(([name]) => startVariable.test(name));
	const env = {
		...proxies,
		...Object.fromEntries(start)
	};
	const args = [
		process.execPath,
		...process.execArgv,
		newObjects,
		...process.argv.slice(1),
		mark
	];
	execve.call(process, process.execPath, args, env);
	throw new Error("execve returned");
}
/**
* Opens a file in the place of standard input. Another thread may hold that number for a moment: the C library opens a file of /sys
* when a thread first asks for memory.
*/
function replaceStandardInput(open) {
	const pause = new Int32Array(new SharedArrayBuffer(4));
	closeSync(0);
	for (let tries = 0; tries < 2e3; tries++) {
		const file = open();
		if (file === 0) return file;
		closeSync(file);
		Atomics.wait(pause, 0, 0, 5);
	}
	throw new Error(`standard input was taken by ${readlinkSync("/proc/self/fd/0")}`);
}
/** A file that only this user can read and that ends with the process. In memory if the system has such a folder. */
function namelessFile() {
	const { O_RDWR, O_CREAT, O_EXCL } = constants;
	for (const folder of ["/dev/shm", tmpdir()]) {
		const path = join(folder, `woven-${process.pid}-${performance.timeOrigin}`);
		try {
			const file = openSync(path, O_RDWR | O_CREAT | O_EXCL, 384);
			unlinkSync(path);
			return file;
		} catch (error) {
			if (folder !== "/dev/shm") throw error;
		}
	}
	throw new Error("there is no folder for a temporary file");
}
/** Reads the file, and puts an empty one in the place of standard input. */
function readHandover() {
	const text = Buffer.alloc(fstatSync(0).size);
	for (let at = 0; at < text.length;) {
		const read = readSync(0, text, at, text.length - at, at);
		if (read === 0) throw new Error("the file with the inputs is incomplete");
		at += read;
	}
	ftruncateSync(0, 0);
	replaceStandardInput(() => openSync("/dev/null", "r"));
	return JSON.parse(text.toString("utf8"));
}

// src/entry/action.ts
const inputs = takeInputs(process);
const { runAction } = await import("./chunks/main.js");
await runAction(process, inputs);

export {  };