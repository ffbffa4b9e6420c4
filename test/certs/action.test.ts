import assert from 'node:assert/strict';
import { type CertificateFacts, certificateAction, renewalTime } from '../../certs/action.ts';
import type { CertificateState, Inspection } from '../../certs/inspect.ts';

const usable = (notBefore: number, notAfter: number): Inspection => ({
  usable: true,
  pair: { certPem: `cert ${notAfter}`, keyPem: `key ${notAfter}` },
  notBefore,
  notAfter,
});
const unusable = (reason: string): Inspection => ({ usable: false, reason });

const state = (changes: Partial<CertificateState> = {}): CertificateState => ({
  authority: usable(0, 3000),
  trusted: ['cert 3000'],
  serving: usable(0, 300),
  servedByAuthority: true,
  ...changes,
});

const at = (now: number, changes: Partial<CertificateFacts> = {}): CertificateFacts => ({
  now,
  known: undefined,
  authorityIsTrusted: true,
  ...changes,
});

describe('certificateAction', () => {
  const cases: Record<
    string,
    { state: CertificateState; now: number; type: string; reason?: RegExp }
  > = {
    'keeps what is young': { state: state(), now: 100, type: 'keep' },
    'keeps a leaf to just before two thirds of its life': {
      state: state(),
      now: 199,
      type: 'keep',
    },
    'renews a leaf at two thirds of its life': {
      state: state(),
      now: 200,
      type: 'issue-serving',
      reason: /^two thirds of the life of the serving certificate are over$/,
    },
    'renews a leaf that has expired': {
      state: state(),
      now: 300,
      type: 'issue-serving',
      reason: /^the serving certificate has expired$/,
    },
    'renews a leaf that is not valid yet': {
      state: state({ serving: usable(50, 300) }),
      now: 49,
      type: 'issue-serving',
      reason: /^the serving certificate is not valid yet$/,
    },
    'replaces a leaf that cannot be used': {
      state: state({ serving: unusable('tls.crt is missing') }),
      now: 1,
      type: 'issue-serving',
      reason: /^tls\.crt is missing$/,
    },
    'renews an authority at two thirds of its life, also under a young leaf': {
      state: state({ serving: usable(1900, 2500) }),
      now: 2000,
      type: 'issue-authority',
      reason: /^two thirds of the life of the authority are over$/,
    },
    'replaces an authority that cannot be used': {
      state: state({ authority: unusable('ca.key is missing'), trusted: [] }),
      now: 1,
      type: 'issue-authority',
      reason: /^ca\.key is missing$/,
    },
    'replaces an authority that has expired': {
      state: state(),
      now: 3000,
      type: 'issue-authority',
      reason: /^the authority has expired$/,
    },
  };
  for (const [name, { state: given, now, type, reason }] of Object.entries(cases)) {
    it(name, () => {
      const action = certificateAction(given, at(now));
      assert.equal(action.type, type);
      if (action.type !== 'keep') assert.match(action.reason, reason ?? /^$/);
    });
  }

  it('hands on what is kept, what signs and what stays trusted', () => {
    const { authority, serving } = state();
    assert.ok(authority.usable && serving.usable);
    const trusted = ['cert 3000'];
    const set = { authority: authority.pair, trusted, serving: serving.pair };
    assert.deepEqual(certificateAction(state(), at(1)), { type: 'keep', set });
    const leaf = certificateAction(state(), at(250));
    assert.ok(leaf.type === 'issue-serving');
    assert.deepEqual([leaf.authority, leaf.trusted], [authority.pair, trusted]);
    const young = usable(2400, 2700);
    const both = certificateAction(state({ serving: young }), at(2500));
    assert.ok(both.type === 'issue-authority' && young.usable);
    assert.deepEqual([both.trusted, both.serving], [trusted, young.pair]);
  });

  it('leaves the leaf alone while the new authority is not trusted everywhere', () => {
    const rotating = state({ servedByAuthority: false });
    const untrusted = { authorityIsTrusted: false };
    assert.equal(certificateAction(rotating, at(1, untrusted)).type, 'keep');
    assert.equal(certificateAction(rotating, at(250, untrusted)).type, 'keep');
    assert.equal(certificateAction(rotating, at(300, untrusted)).type, 'issue-serving');
    assert.equal(certificateAction(rotating, at(1)).type, 'issue-serving');
  });

  it('puts back what is known and still good when the Secret lost its authority', () => {
    const { authority, serving, trusted } = state();
    assert.ok(authority.usable && serving.usable);
    const set = { authority: authority.pair, trusted, serving: serving.pair };
    const known = { set, state: state() };
    const lost = state({ authority: unusable('ca.key is missing'), trusted: [] });
    assert.deepEqual(certificateAction(lost, at(1, { known })), {
      type: 'restore',
      reason: 'ca.key is missing',
      set,
    });
    assert.equal(certificateAction(lost, at(300, { known })).type, 'issue-authority');
  });

  it('counts two thirds from the first day', () => {
    assert.equal(renewalTime({ notBefore: 1000, notAfter: 4000 }), 3000);
  });
});
