import { CREDENTIAL_PROPERTIES } from '../daemon/fuzz/credential-properties.ts';
import { testProperties } from '../daemon/fuzz/fuzz-property.ts';
import { NODE_IMAGE_PROPERTIES } from '../daemon/fuzz/node-image-properties.ts';

describe('daemon, fed at length with inputs that nothing has checked', () => {
  testProperties([...CREDENTIAL_PROPERTIES, ...NODE_IMAGE_PROPERTIES], 100);
});
