import { testProperties } from '../../daemon/fuzz/fuzz-property.ts';
import { REVIEW_PROPERTIES } from './review-properties.ts';
import { STABILITY_PROPERTIES } from './stability-properties.ts';

describe('webhooks, fed with reviews and objects that nothing has checked', () => {
  testProperties([...REVIEW_PROPERTIES, ...STABILITY_PROPERTIES], 1);
});
