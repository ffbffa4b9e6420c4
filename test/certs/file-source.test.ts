import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleOf, type CertificateSet } from '../../certs/certificate-set.ts';
import { FileSource } from '../../certs/file-source.ts';
import { hasCode } from '../../runtime/errors.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { DAY_MS, makeSet } from './certificate-fixtures.ts';

describe('FileSource', () => {
  let first: CertificateSet;
  let second: CertificateSet;
  let temp: TempFolder;
  let folder: string;

  before(async () => {
    const period = { notBefore: Date.now() - DAY_MS, notAfter: Date.now() + DAY_MS };
    [first, second] = await Promise.all([makeSet(period), makeSet(period)]);
  });

  beforeEach(async () => {
    temp = await makeTempFolder();
    folder = temp.path;
  });
  afterEach(() => temp[Symbol.asyncDispose]());

  const write = (files: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  const pair = ({ serving }: CertificateSet) => ({
    'tls.crt': serving.certPem,
    'tls.key': serving.keyPem,
  });

  it('serves what is in the folder and has ca.crt trusted', async () => {
    const ca = bundleOf(first.trusted);
    await write({ ...pair(first), 'ca.crt': ca });
    const source = new FileSource(folder, { log: new RecordingLogger() });
    assert.deepEqual((await source.refresh()).material, { ...first.serving, caPem: ca });
    assert.equal(await source.trustedBundle(), ca);
  });

  it('leaves the trust to somebody else when there is no ca.crt', async () => {
    await write(pair(first));
    const source = new FileSource(folder, { log: new RecordingLogger() });
    assert.equal((await source.refresh()).material?.certPem, first.serving.certPem);
    assert.equal(await source.trustedBundle(), undefined);
  });

  it('takes new files over, but not while they do not fit together', async () => {
    const log = new RecordingLogger();
    await write(pair(first));
    const source = new FileSource(folder, { log });
    await source.refresh();
    await write({ 'tls.crt': second.serving.certPem });
    assert.equal((await source.refresh()).material?.certPem, first.serving.certPem);
    assert.equal(log.at('warn').length, 1);
    await write(pair(second));
    assert.equal((await source.refresh()).material?.certPem, second.serving.certPem);
    await rm(join(folder, 'tls.key'));
    assert.equal((await source.refresh()).material?.certPem, second.serving.certPem);
    assert.doesNotMatch(JSON.stringify(log.lines), /BEGIN/);
  });

  it('says what is missing before there is anything to serve', async () => {
    const source = new FileSource(folder, { log: new RecordingLogger() });
    await assert.rejects(
      source.refresh(),
      error =>
        hasCode(error, 'CERT_INVALID') &&
        (error as Error).message === `tls.crt and tls.key in ${folder} cannot be read: ENOENT`,
    );
  });
});
