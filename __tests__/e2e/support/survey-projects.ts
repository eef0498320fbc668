// The projects of the survey. The first one needs the most of the server.
import { lockedShapes } from "./survey-locked.ts";
import { metadataShapes } from "./survey-metadata.ts";
import type { SurveyProject } from "./survey-project.ts";
import { serverShapes } from "./survey-server.ts";
import { settingsShapes } from "./survey-settings.ts";

export const projects: readonly SurveyProject[] = [
  ...serverShapes,
  ...settingsShapes,
  ...lockedShapes,
  ...metadataShapes,
];
