// src/report.ts
/** How one node ended and what it cost, in a line. */
function nodeLine({ host, status, version, changed, seconds, cost }) {
	const { logins, roundTrips, bytesSent } = cost;
	const serves = version === void 0 ? "" : `, ${version} serves`;
	const spent = `${seconds.toFixed(1)} s, ${logins} ${logins === 1 ? "login" : "logins"}, ${roundTrips} round trips, ${bytesSent} bytes sent`;
	return `${host}: ${status}${serves}${changed ? "" : ", nothing changed"} (${spent})`;
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

export { nodeLine as n, cleanReport as t };