import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readPluginConfigs } from '../../../daemon/credentials/plugin-config.ts';
import { matchesRegistry, splitAddress } from '../../../daemon/credentials/registry-pattern.ts';
import { type Provider, provider } from './plugin-world.ts';

const config = (providers: unknown, fields: Provider = {}): Provider => ({
  kind: 'CredentialProviderConfig',
  apiVersion: 'kubelet.config.k8s.io/v1',
  providers,
  ...fields,
});

describe('readPluginConfigs', () => {
  for (const version of ['v1', 'v1beta1', 'v1alpha1']) {
    it(`reads kubelet.config.k8s.io/${version}`, () => {
      const apiVersion = `kubelet.config.k8s.io/${version}`;
      const { plugins, problems } = readPluginConfigs(config([provider('p')], { apiVersion }));
      assert.deepEqual(problems, []);
      assert.deepEqual(
        plugins.map(({ name, defaultCacheDurationMs }) => [name, defaultCacheDurationMs]),
        [['p', 3_600_000]],
      );
    });
  }

  const whole: { name: string; value: unknown; problem: RegExp }[] = [
    { name: 'a list', value: [], problem: /^is no object$/ },
    { name: 'another kind', value: config([provider('p')], { kind: 'Secret' }), problem: /kind/ },
    {
      name: 'another group',
      value: config([provider('p')], { apiVersion: 'kubelet.k8s.io/v1' }),
      problem: /apiVersion than kubelet.config.k8s.io\/v1, /,
    },
    {
      name: 'an unknown field',
      value: config([provider('p')], { plugins: [] }),
      problem: /^has the unknown field "plugins"$/,
    },
    { name: 'no provider', value: config([]), problem: /^has no providers$/ },
  ];
  for (const { name, value, problem } of whole) {
    it(`refuses ${name}`, () => {
      const { readable, problems } = readPluginConfigs(value);
      assert.ok(!readable);
      assert.match(problems.join(), problem);
    });
  }

  const single: { name: string; fields: Provider; problem: RegExp }[] = [
    { name: 'a name with a slash', fields: { name: '../sh' }, problem: /"..\/sh": needs a name/ },
    { name: 'a name with a space', fields: { name: 'a b' }, problem: /needs a name without/ },
    { name: 'the name of the folder', fields: { name: '..' }, problem: /needs a name/ },
    { name: 'no name', fields: { name: undefined }, problem: /^providers\[0\]: needs a name/ },
    { name: 'another protocol', fields: { apiVersion: 'v1' }, problem: /apiVersion must be one/ },
    { name: 'no patterns', fields: { matchImages: [] }, problem: /matchImages must be a list/ },
    {
      name: 'a pattern with a scheme',
      fields: { matchImages: ['https://reg.test'] },
      problem: /malformed pattern "https:\/\/reg.test"/,
    },
    {
      name: 'a malformed pattern',
      fields: { matchImages: ['reg[.test'] },
      problem: /malformed pattern "reg\[.test"/,
    },
    {
      name: 'no duration',
      fields: { defaultCacheDuration: undefined },
      problem: /defaultCacheDuration must be like 12h/,
    },
    {
      name: 'a negative duration',
      fields: { defaultCacheDuration: '-1s' },
      problem: /defaultCacheDuration/,
    },
    { name: 'args that are no strings', fields: { args: [1] }, problem: /args must be a list/ },
    {
      name: 'a variable without name',
      fields: { env: [{ value: 'hunter2' }] },
      problem: /env must be a list of name and value$/,
    },
    {
      name: 'a variable that no process can have',
      fields: { env: [{ name: 'A', value: 'hunter2\0' }] },
      problem: /env must be/,
    },
    { name: 'an unknown field', fields: { command: 'x' }, problem: /unknown field "command"/ },
    {
      name: 'the wish for the token of a pod',
      fields: { tokenAttributes: { requireServiceAccount: true } },
      problem: /needs the token of a pod, which only kubelet has/,
    },
  ];
  for (const { name, fields, problem } of single) {
    it(`refuses a provider with ${name} and keeps the others`, () => {
      const read = readPluginConfigs(config([provider('bad', fields), provider('good')]));
      assert.deepEqual(
        read.plugins.map(plugin => plugin.name),
        ['good'],
      );
      assert.match(read.problems.join(), problem);
      assert.doesNotMatch(read.problems.join(), /hunter2/);
    });
  }

  it('runs a plugin without a token when it does not need one', () => {
    const tokenAttributes = { requireServiceAccount: false };
    const { problems } = readPluginConfigs(config([provider('p', { tokenAttributes })]));
    assert.deepEqual(problems, []);
  });

  describe('with the configuration of our first documents for AWS', () => {
    const file = new URL('fixtures/CredentialProviderPlugin.yaml', import.meta.url);
    const { plugins, problems } = readPluginConfigs(parse(readFileSync(file, 'utf8')));
    const [plugin] = plugins;

    it('has one plugin', () => {
      assert.deepEqual(problems, []);
      assert.equal(plugins.length, 1);
      assert.equal(plugin?.name, 'ecr-credential-provider');
      assert.equal(plugin.defaultCacheDurationMs, 43_200_000);
      assert.deepEqual(plugin.env, { AWS_PROFILE: 'temp' });
    });

    const images: [image: string, isFor: boolean][] = [
      ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/app', true],
      ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app', true],
      ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app', true],
      ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov/app', true],
      ['123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov/app', true],
      ['public.ecr.aws/app', false],
      ['docker.io/library/nginx', false],
      ['dkr.ecr.eu-central-1.amazonaws.com/app', false],
    ];
    for (const [image, isFor] of images) {
      it(`${isFor ? 'is' : 'is not'} for ${image}`, () => {
        const address = splitAddress(image);
        const found = plugin?.matchImages.some(pattern => matchesRegistry(pattern, address));
        assert.equal(found, isFor);
      });
    }
  });
});
