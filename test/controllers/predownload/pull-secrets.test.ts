import assert from 'node:assert/strict';
import { SERVICE_ACCOUNTS } from '../../../api/resources.ts';
import { pullSecretNames } from '../../../controllers/predownload/pull-secrets.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { cloneSet, template } from './objects.ts';

type References = readonly { readonly name?: string }[];

const cases: readonly {
  readonly name: string;
  readonly template?: References;
  readonly account?: References;
  readonly expected: readonly string[];
}[] = [
  { name: 'none when neither names one', expected: [] },
  {
    name: 'those of the template first, then those of the ServiceAccount, each once (W50)',
    template: [{ name: 'a' }, { name: 'b' }],
    account: [{ name: 'b' }, { name: 'c' }],
    expected: ['a', 'b', 'c'],
  },
  {
    name: 'no empty names and no references without one, which Kubernetes accepts',
    template: [{ name: '' }, {}],
    account: [{ name: '' }, { name: 'c' }],
    expected: ['c'],
  },
];

describe('pullSecretNames', () => {
  for (const { name, template: references = [], account, expected } of cases) {
    it(`gives ${name}`, async () => {
      const kube = new FakeKube();
      if (account !== undefined) {
        kube.seed(SERVICE_ACCOUNTS, {
          metadata: { name: 'default', namespace: 'default' },
          imagePullSecrets: account,
        });
      }
      const workload = cloneSet();
      const pod = template('app:v1');
      const spec = { ...pod.spec, imagePullSecrets: references };
      const withSecrets = { ...workload, spec: { ...workload.spec, template: { ...pod, spec } } };
      const { signal } = new AbortController();
      assert.deepEqual(await pullSecretNames(kube, withSecrets, signal), expected);
    });
  }
});
