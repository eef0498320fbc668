// Why a database did not let the project in: from the messages of PostgreSQL (libpq) and MySQL, as Django raises them.

import { shortError } from "../traceback.ts";
import type { Explanation } from "./failure-explanation.ts";

const refused = [
  /FATAL: +(?:\w+ )?authentication failed for user "([^"]+)"/i,
  /FATAL: +no pg_hba\.conf entry for host "[^"]*", user "([^"]+)"/,
  /FATAL: +role "([^"]+)" (?:does not exist|is not permitted to log in)/,
  /\((?:1044|1045|1698), "?.*?Access denied for user '([^']*)'/,
  /fe_sendauth: no password supplied()/,
];
const missing = [/FATAL: +database "([^"]+)" does not exist/, /\(1049, "Unknown database '([^']+)'/];
const unreachable =
  /could not translate host name|failed to resolve host|connection (?:failed|timeout expired)|connection to server .*failed|could not connect to server|timeout expired|\(200[2356], "/;

/** Undefined if the output says nothing of the kind. */
export function databaseFailure(output: string): Explanation | undefined {
  const error = /^(?:[\w.]+\.)?OperationalError: .+$/m.exec(output)?.[0];
  if (error === undefined) return undefined;
  const found = (patterns: readonly RegExp[]) =>
    patterns.map((one) => one.exec(output)?.[1]).find((one) => one !== undefined);
  const user = found(refused);
  if (user !== undefined)
    return {
      message: `the database refused the login${user === "" ? ", because no password was given" : ` of ${user}`}`,
      next: "Check the user and the password in the variable that names the database (such as DATABASE_URL), in the input env, below `with:`. Special characters in a URL must be encoded. The user must exist in the database server, and may log in from this server.",
    };
  const name = found(missing);
  if (name !== undefined)
    return {
      message: `the database ${name} does not exist`,
      next: "Create it, or check its name in the variable that names the database (such as DATABASE_URL), in the input env, below `with:`.",
    };
  if (/unable to open database file/.test(error))
    return {
      message: "the SQLite file cannot be opened",
      next: "Its folder must exist, and the application must be able to write there. Woven keeps SQLite files inside the project in ~/database. You manage others yourself.",
    };
  if (!unreachable.test(error)) return undefined;
  return {
    message: `the server cannot reach the database: ${shortError(error)}`,
    next: "Check the host and the port in the variable that names the database (such as DATABASE_URL), in the input env, below `with:`. The database server must run, and must accept connections from this server.",
  };
}
