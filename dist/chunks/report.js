// src/report.ts
/** How one node ended and what it cost, in a line. */
function nodeLine({ host, status, version, changed, seconds, cost }) {
	const { logins, roundTrips, bytesSent } = cost;
	const serves = version === void 0 ? "" : `, ${version} serves`;
	const spent = `${seconds.toFixed(1)} s, ${logins} ${logins === 1 ? "login" : "logins"}, ${roundTrips} round trips, ${bytesSent} bytes sent`;
	return `${host}: ${status}${serves}${changed ? "" : ", nothing changed"} (${spent})`;
}

export { nodeLine as t };