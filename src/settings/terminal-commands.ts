// Commands that only a terminal has, and how their words become inputs. Each uses the settings of a command of the action.
import type { InputName } from "./inputs.ts";
import { logOptionNames, logOptions } from "./log-request.ts";
import { shellWord } from "./shell-words.ts";

export const terminalCommands = { console: "node", doctor: "deploy" } as const;
export type TerminalCommand = keyof typeof terminalCommands;

export function isTerminalCommand(word: string | undefined): word is TerminalCommand {
  return word !== undefined && Object.hasOwn(terminalCommands, word);
}

/** The words of a command line: positionals, options by name, and what follows the management command of `console`. */
export interface CommandWords {
  readonly command: string | undefined;
  readonly roles: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  readonly after: readonly string[];
}

/** The inputs that the words stand for. `options`: what the input of that name is otherwise. */
export function inputsOf(
  { command = "", roles, options, after }: CommandWords,
  given: string | undefined,
): ReadonlyMap<InputName, string> {
  // `console production dbshell --database replica`: one role, then a management command with all its words.
  if (command === "console") {
    const [role, managementCommand = "shell"] = roles;
    return new Map([
      ["command", terminalCommands[command]],
      ...(role === undefined ? [] : ([["role", role]] as const)),
      ["management-command", managementCommand],
      ["options", after.map(shellWord).join(" ")],
    ]);
  }
  return new Map<InputName, string>([
    ["command", isTerminalCommand(command) ? terminalCommands[command] : command],
    ...(roles.length > 0 ? ([["role", roles.join("\n")]] as const) : []),
    ...(command === "logs" ? ([["options", [given ?? "", ...logWords(options)].join(" ")]] as const) : []),
  ]);
}

/** The options of logs, as words of its `options` input. */
function logWords(options: ReadonlyMap<string, string>): readonly string[] {
  return logOptionNames.flatMap((name) => {
    const value = options.get(name);
    if (value === undefined) return [];
    return logOptions[name] === "none" ? `--${name}` : shellWord(`--${name}=${value}`);
  });
}
