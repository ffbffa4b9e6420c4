/** Builds the page into `folder`; throws after esbuild has printed what is wrong. */
export function buildDashboard(folder: string): Promise<void>;
