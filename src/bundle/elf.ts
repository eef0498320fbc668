// Reads from a compiled extension what it needs from its machine: https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html
import { glibcMinor } from "./wheel-tags.ts";

export interface ElfNeeds {
  /** `x86_64`, `aarch64`, or `machine 40` for one without a name here. */
  readonly machine: string;
  /** The newest `GLIBC_2.x` symbol version that it needs: `2.34`. Undefined if it needs none. */
  readonly glibc?: string;
  /** Shared libraries it is linked against: `libpq.so.5`. */
  readonly libraries: readonly string[];
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
}

const machines: Readonly<Record<number, string>> = {
  3: "i686",
  40: "armv7l",
  62: "x86_64",
  183: "aarch64",
  243: "riscv64",
};
const SHT_DYNAMIC = 6;
const SHT_GNU_VERNEED = 0x6ffffffe;
const DT_NEEDED = 1n;

/** What an ELF file needs. Undefined if the bytes are not a 64-bit little-endian ELF file. */
export function readElf(bytes: Buffer): ElfNeeds | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const machineCode = bytes.readUInt16LE(18);
  const machine = machines[machineCode] ?? `machine ${machineCode}`;
  const sections = readSections(bytes);
  const versions = sections
    .filter((section) => section.type === SHT_GNU_VERNEED)
    .flatMap((section) => neededVersions(bytes, section, sections[section.link]));
  const libraries = sections
    .filter((section) => section.type === SHT_DYNAMIC)
    .flatMap((section) => neededLibraries(bytes, section, sections[section.link]));
  const newest = newestGlibc(versions);
  return { machine, libraries, ...(newest === undefined ? {} : { glibc: newest }) };
}

/** The newest of `GLIBC_2.17`, `GLIBC_2.34`, … as `2.34`. Ignores the versions of other libraries. */
export function newestGlibc(versions: readonly string[]): string | undefined {
  const found = versions.flatMap((version) => /^GLIBC_(2\.\d+)/.exec(version)?.[1] ?? []);
  return found.toSorted((a, b) => glibcMinor(b) - glibcMinor(a))[0];
}

function readSections(bytes: Buffer): Section[] {
  const start = Number(bytes.readBigUInt64LE(40));
  const size = bytes.readUInt16LE(58);
  const count = bytes.readUInt16LE(60);
  if (start === 0 || start + size * count > bytes.length) return [];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
      info: bytes.readUInt32LE(at + 44),
    };
  });
}

function neededVersions(bytes: Buffer, section: Section, strings: Section | undefined): string[] {
  if (!strings) return [];
  const names: string[] = [];
  let need = section.offset;
  for (let index = 0; index < section.info; index += 1) {
    let version = need + bytes.readUInt32LE(need + 8);
    for (let left = bytes.readUInt16LE(need + 2); left > 0; left -= 1) {
      names.push(stringAt(bytes, strings.offset + bytes.readUInt32LE(version + 8)));
      version += bytes.readUInt32LE(version + 12);
    }
    need += bytes.readUInt32LE(need + 12);
  }
  return names;
}

function neededLibraries(bytes: Buffer, section: Section, strings: Section | undefined): string[] {
  if (!strings) return [];
  const names: string[] = [];
  for (let at = section.offset; at + 16 <= section.offset + section.size; at += 16) {
    if (bytes.readBigUInt64LE(at) === DT_NEEDED)
      names.push(stringAt(bytes, strings.offset + Number(bytes.readBigUInt64LE(at + 8))));
  }
  return names;
}

function stringAt(bytes: Buffer, offset: number): string {
  return bytes.toString("utf8", offset, bytes.indexOf(0, offset));
}
