import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { VERSION } from '../../cli/version.ts';

describe('VERSION', () => {
  it('is that of the package', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(text) as { readonly version: string };
    assert.equal(VERSION, version);
  });
});
