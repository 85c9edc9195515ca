// Writes ../resources/deploy/compose-spec.json: the JSON Schema of the Compose Specification, as the npm package dclint
// carries it.
//
//   npm ci && npm run compose-schema
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const dclint = path.join(here, 'node_modules/dclint');
const { version } = JSON.parse(fs.readFileSync(path.join(dclint, 'package.json'), 'utf8'));
const { $schema, $id, ...schema } = JSON.parse(fs.readFileSync(path.join(dclint, 'schemas/compose.schema.json'), 'utf8'));
const withoutDescriptions = (key, value) => ((key === 'description' && typeof value === 'string') || key === 'deprecated' ? undefined : value);
const target = path.join(here, '../resources/deploy/compose-spec.json');
const $comment = `The Compose Specification's schema (Apache-2.0, https://github.com/compose-spec/compose-spec), from dclint ${version}`;
fs.writeFileSync(target, `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', $comment, ...schema }, withoutDescriptions, 1)}\n`);
console.log(target);
