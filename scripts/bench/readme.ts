// The comparison with other tools in README.md, which `npm run bench -- --peers --readme` writes.

const [opening, closing, end] = ["<!-- peers -->", "<!-- /peers -->", "<!-- /bench -->"];

/** The page with this table: in the place of the one that it has, or at the end of its part about the benchmark. Throws if it has neither. */
export function withPeerTable(page: string, table: string, repetitions: number): string {
  const part = `${opening}

\`npm run bench -- --peers\` measured Woven in turns with [other ways to do the same](scripts/bench/peers/README.md), without delay and with
50 ms for each round trip. Medians of ${repetitions} runs; in brackets, how many times as long as Woven.

${table}

${closing}`;
  const [from, to] = [page.indexOf(opening), page.indexOf(closing)];
  if (from !== -1 && to > from) return `${page.slice(0, from)}${part}${page.slice(to + closing.length)}`;
  if (!page.includes(end)) throw new Error(`README.md has no ${end}, above which the comparison belongs`);
  return page.replace(end, () => `${part}\n\n${end}`);
}
