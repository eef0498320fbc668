// Why GitHub's API did not do something, and what to do about it: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api

export interface Trouble {
  readonly text: string;
  readonly error: unknown;
  /** Whether the next request of this run would fail in the same way. */
  readonly lasts: boolean;
  /** Whether the token lacks the permission. */
  readonly lacks?: boolean;
}

interface Failure {
  readonly name?: string;
  readonly status?: number;
  readonly message?: string;
  readonly cause?: { readonly name?: string };
  /** Absent if no answer came. */
  readonly response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** `run` is the signal of the run, which may have been cancelled. */
export function troubleOf(error: unknown, permission: string, run: AbortSignal): Trouble {
  const { status = 0, message = "", response, name, cause } = error as Failure;
  const lasting = (text: string): Trouble => ({ text, error, lasts: true });
  const single = (text: string): Trouble => ({ text, error, lasts: false });
  if (run.aborted) return lasting("the run was cancelled.");
  if (response === undefined) {
    if ([name, cause?.name].includes("TimeoutError")) return lasting("GitHub did not answer in time.");
    // The status is the client's own.
    return status === 0 ? single(`${message}.`) : lasting(`GitHub cannot be reached: ${message}.`);
  }
  const headers = response.headers ?? {};
  const said = `GitHub says: ${firstLine(message)}`;
  if (isLimit(status, headers, message)) return lasting(`the limit of requests is reached${until(headers)}.`);
  if (status === 401) return lasting("the token is not valid, or not any more.");
  if (status === 403 || status === 404)
    return {
      ...single(`the token may not do that. Give the job permissions: ${permission}. ${said}`),
      lacks: status === 403,
    };
  if (status >= 500) return single(`GitHub answered ${status}. The next run tries again.`);
  return single(`GitHub answered ${status}. ${said}`);
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function isLimit(status: number, headers: Readonly<Record<string, string | undefined>>, message: string): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const isEmpty = headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined;
  return isEmpty || /rate limit/i.test(message);
}

function until(headers: Readonly<Record<string, string | undefined>>): string {
  const reset = Number(headers["x-ratelimit-reset"]);
  const wait = Number(headers["retry-after"]);
  if (wait > 0) return `, for ${wait} s`;
  return headers["x-ratelimit-remaining"] === "0" && reset > 0
    ? ` until ${new Date(reset * 1000).toISOString().slice(11, 16)} UTC`
    : "";
}

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.slice(0, 200);
}
