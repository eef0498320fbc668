// src/program-variables.ts
const system = /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TMP|TEMP|XDG_\w+|CI|NO_COLOR|FORCE_COLOR|SUDO_USER|RUNNER_(OS|ARCH|TOOL_CACHE|TRACKING_ID)|GITHUB_(ACTIONS|ACTOR|REF\w*|SHA|REPOSITORY|RUN_ID|RUN_NUMBER|SERVER_URL|WORKSPACE))$/;
const network = /^((https?|ftp|all|no)_proxy|(HTTPS?|FTP|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NETRC)$/;
const packaging = /^(PIP|UV|PYTHON|PYENV|VIRTUAL_ENV|CONDA|SETUPTOOLS|HATCH|PDM|MATURIN|CIBW|GIT)(_\w+)?$|^PYTHON\w+$|^pythonLocation$|^Python\d?_\w+$/;
const compiling = /^(CC|CXX|CPP|LD|AR|AS|NM|RANLIB|STRIP|FC|F77|F90|SWIG|CPATH|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|LIBRARY_PATH|LD_LIBRARY_PATH|MAKE\w*|ACLOCAL\w*|AUTO\w+|SOURCE_DATE_EPOCH|ARCHFLAGS)$|^(PKG_CONFIG|CMAKE|MESON|NINJA|CARGO|RUST|RUSTUP|NPY|BLAS|LAPACK|MYSQLCLIENT|CCACHE|SCCACHE|JAVA)_\w+$|^RUST\w+$|_(CFLAGS|LDFLAGS|LIBS|INCLUDE|INCLUDES|INCLUDE_DIR|LIB_DIR|LIBRARY_DIR|ROOT|ROOT_DIR|HOME|DIR|PREFIX|CONFIG)$|^(C|CPP|CXX|LD|F|FC)FLAGS$/;
const secret = /(^|_)(TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(PRIVATE|API|ACCESS|ENCRYPTION|SIGNING|SECRET)_?KEY|KEY)(_|$)/i;
/** Variables with the logins of package indexes for pip and uv. */
const indexLogin = /^(UV_INDEX_\w+_(USERNAME|PASSWORD)|PIP_\w+)$/;
/** Variables of GitHub's runner and of this action. They are never passed on, even if another pattern matches. */
const own = /^(INPUT_|WOVEN_|ACTIONS_|STATE_|GITHUB_(TOKEN|OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)$)/i;
/** Whether programs on the runner get this variable. */
function isProgramVariable(name) {
	if (own.test(name)) return false;
	if (secret.test(name) && !indexLogin.test(name)) return false;
	return [
		system,
		network,
		packaging,
		compiling
	].some((kind) => kind.test(name));
}
/** The variables that programs on the runner get, and those in `also`. */
function programVariables(env, also = []) {
	const named = also.filter((name) => !own.test(name));
	const names = /* @__PURE__ */ new Set([...Object.keys(env).filter(isProgramVariable), ...named]);
	return Object.fromEntries([...names].flatMap((name) => {
		const value = env[name];
		return value === void 0 ? [] : [[name, value]];
	}));
}
/**
* An environment in which every variable can be read by name, but only the variables for programs can be listed. Node and the libraries
* here copy what they can list when they start a program, so no program inherits the rest.
*/
function veiled(env) {
	const seen = {};
	for (const [name, value] of Object.entries(env)) Object.defineProperty(seen, name, {
		value,
		enumerable: isProgramVariable(name),
		writable: true,
		configurable: true
	});
	return seen;
}

export { programVariables as n, veiled as r, isProgramVariable as t };