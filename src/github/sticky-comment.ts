// The one comment of a preview on its pull request. A later run finds it by its marker and its author, also after somebody has edited it, and
// replaces it.
import { type Api, pages } from "./api.ts";

export interface StickyComment {
  /** A line that only Woven writes. */
  readonly marker: string;
  readonly body: string;
  /** Whether it is written if there is none yet. */
  readonly ifNone: "write" | "leave";
  /** Says why the author could not be asked for. */
  readonly debug: (text: string) => void;
}

interface Found {
  readonly id: number;
  readonly author: string;
  readonly kind: string | undefined;
}

export async function writeComment(api: Api, number: number, comment: StickyComment): Promise<void> {
  const { marker, body, ifNone } = comment;
  const marked = await withMarker(api, number, marker);
  // Anyone may quote the marker.
  const likely = marked.filter(({ kind }) => kind === api.writesAs);
  const author = likely.length > 0 ? await loginOf(api, comment.debug) : undefined;
  const [own, ...more] = likely.filter((one) => author === undefined || one.author === author);
  if (own) {
    await replace(api, own, body);
    await removeAll(api, more);
  } else if (ifNone === "write") await add(api, number, { marker, body });
}

/** If another run did the same meanwhile, the older comment stays, with the text of the run that comes to see both. */
async function add(api: Api, number: number, { marker, body }: Pick<StickyComment, "marker" | "body">): Promise<void> {
  const { request, here } = api;
  const { data } = await request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    ...here,
    issue_number: number,
    body,
  });
  const now = await withMarker(api, number, marker);
  const [oldest, ...others] = now.filter(({ author }) => author === data.user?.login);
  if (oldest === undefined || oldest.id === data.id) return await removeAll(api, others);
  await replace(api, oldest, body);
  await removeAll(api, others);
}

/** The oldest first. */
async function withMarker({ request, here }: Api, number: number, marker: string): Promise<readonly Found[]> {
  const all = await pages((page) =>
    request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...here, issue_number: number, ...page }),
  );
  return all
    .filter(({ body }) => body?.split(/\r?\n/).includes(marker))
    .map(({ id, user }) => ({ id: Number(id), author: user?.login ?? "", kind: user?.type }))
    .toSorted((one, other) => one.id - other.id);
}

/**
 * Whom the token writes as: `github-actions[bot]`, another app or a person. The REST API tells that to persons only. Undefined: GitHub Enterprise
 * Server may not tell it to a job.
 */
async function loginOf({ graphql }: Api, debug: (text: string) => void): Promise<string | undefined> {
  try {
    const { viewer } = await graphql<{ readonly viewer: { readonly login: string } }>("query { viewer { login } }");
    return viewer.login;
  } catch (error) {
    debug(`GitHub did not say whose token this is: ${String(error)}`);
    return undefined;
  }
}

async function replace({ request, here }: Api, { id }: Found, body: string): Promise<void> {
  await request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...here, comment_id: id, body });
}

async function removeAll({ request, here }: Api, all: readonly Found[]): Promise<void> {
  for (const { id } of all) {
    try {
      await request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...here, comment_id: id });
    } catch (error) {
      // Another run was faster.
      if ((error as { readonly status?: number }).status !== 404) throw error;
    }
  }
}
