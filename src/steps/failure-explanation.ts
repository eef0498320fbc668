// What an explanation of a failure is: one line that says what failed, and what to do about it.

export interface Explanation {
  /** Without a capital at its start: it may follow other words. */
  readonly message: string;
  readonly next: string;
}
