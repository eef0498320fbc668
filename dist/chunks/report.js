// src/report.ts
/** Failures that another node's brought about. */
const consequences = /* @__PURE__ */ new Set(["not-back", "went-back"]);
/** As whoever mends it needs them: first what failed, then what that did to the others, then what took no harm. */
function worstFirst(nodes) {
	const order = [
		"failed",
		"not-back",
		"went-back",
		"rolled-back",
		"skipped",
		"ok"
	];
	const rank = ({ status, error }) => order.indexOf(error && consequences.has(error.code) ? error.code : status);
	return nodes.toSorted((one, other) => rank(one) - rank(other));
}
/** How one node ended and what it cost, in a line. */
function nodeLine(node, { dryRun }) {
	const { host, status, version, unknown, changed, seconds, cost } = node;
	const { logins, roundTrips, bytesSent } = cost;
	const known = version === void 0 ? "" : `, ${version} serves`;
	const serves = unknown ? ", what serves is not known" : known;
	const spent = `${seconds.toFixed(1)} s, ${logins} ${logins === 1 ? "login" : "logins"}, ${roundTrips} round trips, ${bytesSent} bytes sent`;
	return `${host}: ${status}${serves}${changes(changed, dryRun)} (${spent})`;
}
function changes(changed, dryRun) {
	if (dryRun) return changed ? ", would change" : ", nothing would change";
	return changed ? "" : ", nothing changed";
}
/**
* The same report with everything that nodes and tools said put through `clean`: before it is cut or escaped for wherever it is
* shown, when a secret in it is still whole.
*/
function cleanReport(report, clean) {
	const step = (one) => ({
		...one,
		title: clean(one.title),
		details: one.details.map(clean)
	});
	const error = (one) => one.error ? { error: one.error.map(clean) } : {};
	const node = (one) => ({
		...one,
		...error(one),
		...one.text === void 0 ? {} : { text: clean(one.text) },
		steps: one.steps.map(step)
	});
	return {
		...report,
		...error(report),
		nodes: report.nodes.map(node)
	};
}

export { nodeLine as n, worstFirst as r, cleanReport as t };