// The pieces that keys of the configuration are made of: a schema, and what the documentation says of it.
import * as v from "valibot";
import { type Grammar, type GrammarName, grammars, misfit } from "./grammar.ts";
import { quoted } from "./problems.ts";

/** What the documentation says of a key. `shown` is the default in words; `was` the name in the settings of 2010. */
export interface KeyNotes {
  readonly description: string;
  readonly example: string;
  readonly shown?: string;
  readonly was?: string;
}

export function key<const Schema extends v.GenericSchema>(schema: Schema, notes: KeyNotes) {
  return v.optional(v.pipe(schema, v.metadata({ ...notes })));
}

/** A text of one grammar. */
export function text(name: GrammarName) {
  const { pattern, longest }: Grammar = grammars[name];
  return v.pipe(
    v.string(),
    v.maxLength(longest, `is longer than ${longest} characters`),
    v.regex(pattern, (issue) => `${quoted(issue.input)} ${misfit(name)}`),
  );
}

/** A text that a function judges: the function answers with what is wrong, to follow the text itself. */
export function judged(problem: (value: string) => string | undefined) {
  return v.pipe(
    v.string(),
    v.check(
      (value) => problem(value) === undefined,
      (issue) => `${quoted(issue.input)} ${problem(issue.input) ?? ""}`,
    ),
  );
}

/** A text of one grammar that a function judges as well. */
export function alsoJudged(name: GrammarName, problem: (value: string) => string | undefined) {
  return v.pipe(
    text(name),
    v.check(
      (value) => problem(value) === undefined,
      (issue) => `${quoted(issue.input)} ${problem(issue.input) ?? ""}`,
    ),
  );
}

export function whole(least: number, most: number) {
  const message = `is not a whole number from ${least} to ${most}`;
  return v.pipe(v.number(), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

/** A list of texts of one grammar. */
export const texts = (name: GrammarName) => v.array(text(name));
