import { testProperties } from '../daemon/fuzz/fuzz-property.ts';
import { REVIEW_PROPERTIES } from '../webhook/fuzz/review-properties.ts';
import { STABILITY_PROPERTIES } from '../webhook/fuzz/stability-properties.ts';

describe('webhooks, fed at length with reviews and objects that nothing has checked', () => {
  testProperties([...REVIEW_PROPERTIES, ...STABILITY_PROPERTIES], 100);
});
