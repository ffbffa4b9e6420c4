// Writes docs/reference/fields.md, or the file that is named: node --import tsx scripts/generate-fields.ts [FILE].
import { writeFileSync } from 'node:fs';
import { fieldsPage } from './fields-page.ts';

const [file = new URL('../docs/reference/fields.md', import.meta.url)] = process.argv.slice(2);
writeFileSync(file, fieldsPage());
