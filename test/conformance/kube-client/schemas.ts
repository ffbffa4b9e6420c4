import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import { isInvalid } from '../../../kube/kube-error.ts';
import type { Harness } from '../kube-client.suite.ts';
import { freshName, imagePullJob } from './objects.ts';

/** Objects that break the schema of their kind. */
export function schemaSuite(harness: Harness): void {
  it('refuses an object that breaks its schema and names the field', async () => {
    const { client, namespace } = harness();
    const job = imagePullJob(namespace, freshName('bad'));
    const bad = { ...job, spec: { ...job.spec, image: 7 as unknown as string } };
    await assert.rejects(
      client.create(IMAGE_PULL_JOBS, bad),
      (error: Error) => isInvalid(error) && error.message.includes('spec.image'),
    );
  });
}
