// setup.cfg as setuptools reads it (Python's configparser): sections, `key = value` or `key: value`, indented lines continue the value.

export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section = "";
  let key = "";
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const entries = sections.get(section) ?? new Map<string, string>();
    const [, heading] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, name, value = ""] = /^([^\s=:[][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (heading !== undefined) section = heading;
    // setuptools reads python-requires as python_requires.
    if (name !== undefined) key = name.toLowerCase().replaceAll("-", "_");
    if (name !== undefined) entries.set(key, value);
    else if (/^\s/.test(line) && key !== "") entries.set(key, `${entries.get(key) ?? ""}\n${line.trim()}`.trim());
    if (heading === undefined) sections.set(section, entries);
    else key = "";
  }
  return sections;
}
