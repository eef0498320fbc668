// One thing that the fuzz run feeds with texts.

export interface Target {
  readonly name: string;
  /** Real ones, which are then changed. */
  readonly samples: readonly string[];
  /** Throws where the text crashed something, or got out of where it was put. */
  run(text: string): void;
}
