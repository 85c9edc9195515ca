// Writes ../resources/deploy/google-provider-schema.json: the schema of every resource and data source that terraform/
// uses, in the format of `terraform providers schema -json`, taken from the npm package @cdktf/provider-google, which is
// generated from the provider's own schema. Only facts are kept: names, types, required or not, and listed values.
//
//   npm ci && npm run provider-schema
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const library = path.join(here, 'node_modules/@cdktf/provider-google');
const terraform = path.join(here, '../../../terraform');
const target = path.join(here, '../resources/deploy/google-provider-schema.json');

/** The TypeScript source of a module, which its source map holds: it says which attributes are computed. */
function source(module) {
  const js = fs.readFileSync(path.join(library, 'lib', module, 'index.js'), 'utf8');
  const map = js.match(/sourceMappingURL=data:application\/json;base64,(\S+)/)[1];
  return JSON.parse(Buffer.from(map, 'base64').toString()).sourcesContent[0];
}

const lowerFirst = (text) => text[0].toLowerCase() + text.slice(1);

const PRIMITIVE = { string: 'string', number: 'number', boolean: 'bool' };

/** A type as Terraform writes it, from the name cdktf has for it: stringList, numberMap, boolean, ... */
function typeOf(storage, kind) {
  const match = storage.match(/^(string|number|boolean)(List|Map)?$/);
  if (!match) throw new Error(`unknown type ${storage}`);
  const element = PRIMITIVE[match[1]];
  return match[2] ? [kind === 'map' ? 'map' : kind, element] : element;
}

function parse(ts) {
  // Arguments: name, type, and the function that writes a nested block.
  const writers = {};
  for (const [body, name] of ts.matchAll(/^export function (\w+)ToHclTerraform\(struct[^]*?\n\}/gm)) {
    writers[name] = argumentsIn(body);
  }
  const root = argumentsIn(ts.match(/synthesizeHclAttributes\(\)[^]*?\n  \}/)[0]);
  // What each class says of its attributes.
  const classes = {};
  for (const match of ts.matchAll(/^export class (\w+) extends cdktf\.(\w+) \{[^]*?^\}/gm)) {
    classes[match[1]] = { kind: match[2], attributes: attributesIn(match[0]) };
  }
  // Values that the documentation lists, by interface and argument.
  const documented = {};
  for (const face of ts.matchAll(/^export interface (\w+) [^]*?^\}/gm)) {
    for (const argument of face[0].matchAll(/\/\*\*([^]*?)\*\/\s*readonly \w+\??:/g)) {
      const name = argument[1].match(/#(\w+) \w+#\w+\}/)?.[1];
      const listed = argument[1].match(/Possible values: (\["[^\]]*"\])/)?.[1];
      if (name && listed) (documented[lowerFirst(face[1])] ??= {})[name] = JSON.parse(listed);
    }
  }
  return { writers, root, classes, documented };
}

function argumentsIn(body) {
  const result = {};
  const entry = /(\w+): \{\s*value: ([^\n]*),\s*isBlock: (true|false),\s*type: "(\w+)",\s*storageClassType: "(\w+)"/g;
  for (const [, name, value, block, kind, storage] of body.matchAll(entry)) {
    const writer = value.match(/\b(\w+)ToHclTerraform\b/g)?.map((w) => w.replace('ToHclTerraform', ''))
      .filter((w) => !/^(cdktf|string|number|boolean|any)$/.test(w)).pop();
    result[name] = { block: block === 'true', kind, storage, writer, many: value.includes('listMapper') };
  }
  return result;
}

function attributesIn(body) {
  const result = {};
  const entry = /\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\s+(?:private \w+[^\n]*?= new ([\w.]+)\(this, "\w+"(?:, (true|false))?\)|private|public get \w+\(\)[^{]*\{\s*return ([^\n]*);)/g;
  for (const [, name, computed, optional, required, complex, isSet, getter] of body.matchAll(entry)) {
    result[name] = { computed: computed === 'true', optional: optional === 'true', required: required === 'true', complex, isSet: isSet === 'true', getter };
  }
  return result;
}

/** The type of an attribute that only the provider sets. */
function computedType(attribute, classes) {
  const { complex, getter, isSet } = attribute;
  if (complex === 'cdktf.StringMap') return ['map', 'string'];
  if (complex === 'cdktf.NumberMap') return ['map', 'number'];
  if (complex === 'cdktf.BooleanMap') return ['map', 'bool'];
  if (complex) {
    const element = classes[complex.replace(/List$/, 'OutputReference')];
    const fields = Object.entries(element.attributes).map(([name, field]) => [name, computedType(field, classes)]);
    return [isSet ? 'set' : 'list', ['object', Object.fromEntries(fields)]];
  }
  if (/getString(Attribute)\(/.test(getter)) return 'string';
  if (/getNumberAttribute\(/.test(getter)) return 'number';
  if (/getBooleanAttribute\(/.test(getter)) return 'bool';
  if (/getStringMapAttribute\(/.test(getter)) return ['map', 'string'];
  if (/getNumberListAttribute\(/.test(getter)) return ['list', 'number'];
  if (/Fn\.tolist\(this\.getListAttribute\(/.test(getter)) return ['set', 'string'];
  if (/getListAttribute\(/.test(getter)) return ['list', 'string'];
  throw new Error(`cannot tell the type of ${JSON.stringify(attribute)}`);
}

function block(className, args, parsed, configInterface) {
  // Blocks of the provider itself have no class: all of their arguments are optional.
  const said = parsed.classes[className]?.attributes ?? Object.fromEntries(Object.keys(args).map((name) => [name, { optional: true }]));
  const listed = parsed.documented[configInterface] ?? {};
  const attributes = {};
  const blockTypes = {};
  for (const [name, argument] of Object.entries(args)) {
    const { computed, optional, required } = said[name] ?? fail(`${className} does not say what ${name} is`);
    if (argument.block) {
      const nested = argument.writer[0].toUpperCase() + argument.writer.slice(1);
      blockTypes[name] = {
        nesting_mode: argument.kind === 'struct' ? 'single' : argument.kind,
        ...(required ? { min_items: 1 } : {}),
        ...(argument.many || argument.kind === 'struct' ? {} : { max_items: 1 }),
        block: block(`${nested}OutputReference`, parsed.writers[argument.writer], parsed, argument.writer),
      };
    } else {
      attributes[name] = {
        type: typeOf(argument.storage, argument.kind),
        ...(required ? { required } : {}), ...(optional ? { optional } : {}), ...(computed ? { computed } : {}),
        ...(listed[name] ? { values: listed[name] } : {}),
      };
    }
  }
  for (const [name, attribute] of Object.entries(said)) {
    if (!(name in args) && attribute.computed && !attribute.optional) {
      attributes[name] = { type: computedType(attribute, parsed.classes), computed: true };
    }
  }
  return { attributes: sorted(attributes), ...(Object.keys(blockTypes).length ? { block_types: sorted(blockTypes) } : {}) };
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

function fail(message) {
  throw new Error(message);
}

function schema(module, isProvider) {
  const parsed = parse(source(module));
  const [name] = Object.entries(parsed.classes)
    .find(([, c]) => c.kind === (isProvider ? 'TerraformProvider' : module.startsWith('data-') ? 'TerraformDataSource' : 'TerraformResource'));
  return { version: 0, block: block(name, parsed.root, parsed, `${lowerFirst(name)}Config`) };
}

const types = { resource: new Set(), data: new Set() };
for (const file of fs.readdirSync(terraform).filter((f) => f.endsWith('.tf'))) {
  for (const [, kind, type] of fs.readFileSync(path.join(terraform, file), 'utf8').matchAll(/^(resource|data) "(google_\w+)"/gm)) {
    types[kind].add(type);
  }
}
const kebab = (type) => type.replace('google_', '').replaceAll('_', '-');
const all = (kind, prefix) => Object.fromEntries([...types[kind]].sort().map((t) => [t, schema(prefix + kebab(t), false)]));
const { version, cdktf } = JSON.parse(fs.readFileSync(path.join(library, 'package.json'), 'utf8'));
const facts = {
  format_version: '1.0',
  source: `@cdktf/provider-google ${version} (MPL-2.0), generated from hashicorp/google ${cdktf.provider.version}`,
  provider_version: cdktf.provider.version,
  provider_schemas: {
    'registry.terraform.io/hashicorp/google': {
      provider: schema('provider', true),
      resource_schemas: all('resource', ''),
      data_source_schemas: all('data', 'data-google-'),
    },
  },
};
// One line per attribute keeps the file small and its changes readable.
const text = JSON.stringify(facts, null, 1).replace(/\{\n\s+"type": [^{}]*?\}/g, (m) => m.replace(/\n\s+/g, ' ').replace(/\s+\}/, '}'));
fs.mkdirSync(path.dirname(target), { recursive: true });
fs.writeFileSync(target, `${text}\n`);
console.log(`${target}: ${types.resource.size} resources, ${types.data.size} data sources, ${text.length} bytes`);
