import { tmpdir } from 'node:os';
import { binary } from './binaries.ts';
import { mustRun } from './process.ts';

/** The folder of a Go module, such as `example.org/module@v1.2.3`, downloaded once; Go checks its sum. */
export async function goModule(module: string): Promise<string> {
  // Outside of any module, so that none is changed.
  const command = [binary('go'), '-C', tmpdir(), 'mod', 'download', '-json', module];
  const answer = JSON.parse(await mustRun(command)) as { readonly Dir: string };
  return answer.Dir;
}
