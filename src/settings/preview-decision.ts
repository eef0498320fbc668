// What the command preview does about an event: a pure function, decided before anything is read or any login is needed.

/** What started the workflow: GITHUB_EVENT_NAME, and the webhook's payload. */
export interface WorkflowEvent {
  readonly name: string;
  readonly payload: unknown;
  /** The commit that is checked out, if the payload does not name it. */
  readonly head?: string | undefined;
}

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  /** Names of its labels now. */
  readonly labels: readonly string[];
  readonly fork: boolean;
  /** Of its last commit. */
  readonly commit: string;
  /** `owner/name` of the repository that it is for. */
  readonly repository: string;
}

export type PreviewDecision =
  | { readonly kind: "build" | "remove"; readonly name: string; readonly pull?: PullRequest; readonly why: string }
  /** The run succeeds. */
  | { readonly kind: "nothing"; readonly pull?: PullRequest; readonly why: string }
  /** The run fails. */
  | {
      readonly kind: "refuse";
      readonly code: "preview-event" | "preview-untrusted";
      readonly why: string;
      readonly next: string;
    };

export interface PreviewRules {
  /** The input `preview`. */
  readonly name?: string | undefined;
  /** The input `preview-label`. */
  readonly label?: string | undefined;
  readonly drafts: "built" | "left out";
  /** Whether the run can log in: a fork's pull request has no secrets. */
  readonly secrets: "given" | "absent";
}

/** Events that run with the secrets of the base, whoever wrote the code that the workflow checks out. */
const privileged: ReadonlySet<string> = new Set(["pull_request_target", "workflow_run", "issue_comment"]);

/** Actions of a pull request after which its code, or whether it has a preview, may be another one. */
const relevant: ReadonlySet<string> = new Set([
  ...["opened", "synchronize", "reopened", "labeled", "unlabeled", "closed"],
  ...["ready_for_review", "converted_to_draft"],
]);

export function decidePreview(event: WorkflowEvent | undefined, rules: PreviewRules): PreviewDecision {
  const { name: eventName = "", payload, head } = event ?? {};
  const pull = pullRequestOf(payload);
  if (privileged.has(eventName)) return privilegedEvent(eventName, payload, pull, rules);
  if (eventName !== "pull_request") return branchEvent({ name: eventName, payload, head }, rules);
  if (pull === undefined) return noPullRequest(eventName);
  const action = textAt(payload, "action");
  const name = rules.name ?? `pr-${pull.number}`;
  const known = { name, pull };
  // Before everything else: labels stay on a closed pull request, and a job may be run again long after it was closed.
  if (action === "closed" || pull.state === "closed")
    return withSecrets(rules, { ...known, kind: "remove", why: `pull request ${pull.number} is closed` });
  if (!relevant.has(action))
    return { kind: "nothing", pull, why: `the action ${action || "of this event"} changes no preview` };
  if (pull.draft && rules.drafts === "left out")
    return withSecrets(rules, { ...known, kind: "remove", why: `pull request ${pull.number} is a draft` });
  if (rules.label !== undefined && !pull.labels.includes(rules.label))
    return withSecrets(rules, {
      ...known,
      kind: "remove",
      why: `pull request ${pull.number} does not have the label ${rules.label}`,
    });
  return withSecrets(rules, { ...known, kind: "build", why: `pull request ${pull.number} is open` });
}

/** A fork without secrets is no failure: its author can do nothing about it. */
function withSecrets(rules: PreviewRules, decision: PreviewDecision & { readonly pull: PullRequest }): PreviewDecision {
  if (!decision.pull.fork || rules.secrets === "given") return decision;
  return {
    kind: "nothing",
    pull: decision.pull,
    why: "the pull request comes from a fork, so this run has no secrets and cannot log in",
  };
}

/** These events may close a preview. They never build code of a fork. */
function privilegedEvent(
  event: string,
  payload: unknown,
  pull: PullRequest | undefined,
  rules: PreviewRules,
): PreviewDecision {
  const action = textAt(payload, "action");
  if (pull !== undefined && event === "pull_request_target" && (action === "closed" || pull.state === "closed"))
    return {
      kind: "remove",
      name: rules.name ?? `pr-${pull.number}`,
      pull,
      why: `pull request ${pull.number} is closed`,
    };
  // Of workflow_run and issue_comment, nobody can tell here whose code was checked out.
  if (pull !== undefined && event === "pull_request_target" && !pull.fork)
    return decidePreview({ name: "pull_request", payload }, rules);
  return {
    kind: "refuse",
    code: "preview-untrusted",
    why: `the event ${event} has the secrets of this repository, and the code may come from a fork`,
    next: "Use the event pull_request: pull requests of forks then have no preview. To show one, review its code. Then use the workflow in docs/previews.md (How do I show a pull request from a fork?), which builds it in a job without secrets, or push its branch to this repository.",
  };
}

/** A preview of a branch, by the input `preview`. Started by hand and named `pr-12`, it is that of the pull request. */
function branchEvent(event: WorkflowEvent, { name }: PreviewRules): PreviewDecision {
  if (name === undefined) return noPullRequest(event.name);
  if (event.name === "delete") return { kind: "remove", name, why: "the branch was deleted" };
  const pull = event.name === "workflow_dispatch" ? namedPullRequest(name, event) : undefined;
  return { kind: "build", name, ...(pull && { pull }), why: "the input preview names it" };
}

function namedPullRequest(name: string, { payload, head }: WorkflowEvent): PullRequest | undefined {
  const number = Number(/^pr-([1-9]\d{0,8})$/.exec(name)?.[1]);
  const repository = textAt(at(payload, "repository"), "full_name");
  if (!number || head === undefined || repository === "") return undefined;
  // Where the code is from, nobody can tell here. GitHub says whether it is open, and whether this is its commit.
  return { number, state: "open", draft: false, labels: [], fork: true, commit: head, repository };
}

function noPullRequest(event: string): PreviewDecision {
  return {
    kind: "refuse",
    code: "preview-event",
    why:
      event === "pull_request" ? "the event has no pull request" : `the event ${event || "(none)"} has no pull request`,
    next: "Run the command preview on pull_request. For the preview of a branch, name it with the input preview.",
  };
}

/** The pull request of a webhook's payload. Undefined if there is none, or if it is not one. */
export function pullRequestOf(payload: unknown): PullRequest | undefined {
  const pull = at(payload, "pull_request");
  const number = at(pull, "number");
  const commit = textAt(at(pull, "head"), "sha");
  const repository = textAt(at(payload, "repository"), "full_name");
  if (!Number.isSafeInteger(number) || (number as number) < 1 || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const from = textAt(at(at(pull, "head"), "repo"), "full_name");
  const labels = at(pull, "labels");
  return {
    number: number as number,
    state: textAt(pull, "state") === "closed" ? "closed" : "open",
    draft: at(pull, "draft") === true,
    labels: Array.isArray(labels) ? labels.map((label) => textAt(label, "name")) : [],
    // A fork that was deleted has no repository any more.
    fork: from === "" || from !== repository,
    commit,
    repository,
  };
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function textAt(value: unknown, name: string): string {
  const found = at(value, name);
  return typeof found === "string" ? found : "";
}
