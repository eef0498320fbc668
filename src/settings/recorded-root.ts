// In place of a deployment root, for whoever lacks the settings of the distribution: a preview of it, and a run without a checkout. The node
// finds where its releases are.

export const recordedRoot = "recorded";
