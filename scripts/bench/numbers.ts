// The arithmetic of the benchmark: medians, ratios, budgets, and the tables that they are shown in.

/** The middle value; of an even number of values, the mean of the two in the middle. Throws without a value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("there is no median of no values");
  return (low + high) / 2;
}

export interface Budget {
  readonly what: string;
  readonly measured: number;
  /** `most`: more is over. `least`: less is. */
  readonly bound: "most" | "least";
  readonly allowed: number;
  readonly unit: string;
}

/** Also false of what is not a number: something that was not measured is in no budget. */
export function isWithin({ measured, bound, allowed }: Budget): boolean {
  return bound === "most" ? measured <= allowed : measured >= allowed;
}

/** Seconds of each way to do a thing, over alternating turns. */
export type Turns = ReadonlyMap<string, readonly number[]>;

/** Does every way once, then every way again, …: what slows the machine down for a while slows all of them. */
export async function alternate(
  ways: ReadonlyMap<string, (turn: number) => Promise<number>>,
  turns: number,
): Promise<Turns> {
  const measured = new Map([...ways.keys()].map((way) => [way, [] as number[]]));
  for (let turn = 1; turn <= turns; turn += 1) for (const [way, run] of ways) measured.get(way)?.push(await run(turn));
  return measured;
}

/** How many times as long `one` takes as `other`, by their medians. */
export function ratio(turns: Turns, one: string, other: string): number {
  return median(turns.get(one) ?? []) / median(turns.get(other) ?? []);
}

/** A row of Markdown for each measurement: the seconds of `Woven`, and in brackets how many times as long each other way takes. */
export function peerTable(rows: ReadonlyMap<string, Turns>): string {
  const ways = [...new Set([...rows.values()].flatMap((turns) => [...turns.keys()]))];
  const others = ways.filter((way) => way !== "Woven");
  const cell = (turns: Turns, way: string) =>
    turns.has(way) ? `${median(turns.get(way) ?? []).toFixed(1)} s (${ratio(turns, way, "Woven").toFixed(1)} ×)` : "";
  return markdown([
    ["", "Woven", ...others],
    ...[...rows].map(([what, turns]) => [
      what,
      `${median(turns.get("Woven") ?? []).toFixed(1)} s`,
      ...others.map((way) => cell(turns, way)),
    ]),
  ]);
}

/** The first row is the head. */
function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `|${cells.map((cell) => (cell === "" ? " |" : ` ${cell} |`)).join("")}`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

/** Lines of a table for a terminal. The first cell of each row is wide. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map((cells) => cells.map((cell, index) => (index === 0 ? cell.padEnd(58) : cell.padStart(12))).join(""));
}

export function budgetRows(budgets: readonly Budget[]): readonly (readonly string[])[] {
  const number = (value: number, unit: string) => `${Number(value.toFixed(2))}${unit}`;
  return [
    ["budget", "measured", "allowed", ""],
    ...budgets.map((budget) => [
      budget.what,
      number(budget.measured, budget.unit),
      `${budget.bound === "least" ? "≥ " : ""}${number(budget.allowed, budget.unit)}`,
      isWithin(budget) ? "within" : "over",
    ]),
  ];
}
