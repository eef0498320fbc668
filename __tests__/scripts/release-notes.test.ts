import { expect, test } from "vitest";
import { sectionOf } from "../../scripts/release-notes.ts";

const changelog =
  "# Changelog\n\n## [Unreleased]\n\n## [1.10.0] - 2026-12-01\n\n### Added\n\n- ten\n\n## [1.1.0]\n\n- one\n";

test.each([
  ["1.10.0", "### Added\n\n- ten"],
  ["1.1.0", "- one"],
  ["1.2.0", undefined],
  ["Unreleased", ""],
])("the section of %s", (version, text) => expect(sectionOf(changelog, version)).toBe(text));
