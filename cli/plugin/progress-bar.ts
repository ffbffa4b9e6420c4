const CELLS = 12;

/** A bar of twelve cells and the counts: `██████░░░░░░ 5/10`. Full only when everything is done. */
export function progressBar(done: number, total: number): string {
  const share = total <= 0 ? 0 : Math.min(1, Math.max(0, done / total));
  const filled = Math.floor(share * CELLS);
  return `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)} ${done}/${total}`;
}
