import { CREDENTIAL_PROPERTIES } from './credential-properties.ts';
import { testProperties } from './fuzz-property.ts';
import { NODE_IMAGE_PROPERTIES } from './node-image-properties.ts';

describe('daemon, fed with inputs that nothing has checked', () => {
  testProperties([...CREDENTIAL_PROPERTIES, ...NODE_IMAGE_PROPERTIES], 1);
});
