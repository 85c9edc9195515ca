// Writes ../resources/deploy/kubernetes-schema.json: a JSON Schema of the kinds of manifests in deploy/kubernetes, from the
// types of the npm packages kubernetes-models and @kubernetes-models/keda, which are generated from Kubernetes' and
// KEDA's own schemas. Only facts are kept: names, types, required or not.
//
//   npm ci && npm run kubernetes-schema
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, '../resources/deploy/kubernetes-schema.json');
const kinds = {
  'kubernetes-models/v1': ['Namespace', 'ServiceAccount', 'ConfigMap', 'Secret', 'Service'],
  'kubernetes-models/apps/v1': ['Deployment'],
  'kubernetes-models/networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
  'kubernetes-models/policy/v1': ['PodDisruptionBudget'],
  'kubernetes-models/autoscaling/v2': ['HorizontalPodAutoscaler'],
  '@kubernetes-models/keda/keda.sh/v1alpha1': ['ScaledObject', 'TriggerAuthentication'],
};

const entry = path.join(here, 'manifest.ts');
const imports = Object.entries(kinds).flatMap(([module, names]) => names.map((name) => `import { I${name} } from "${module}/${name}";`));
const union = Object.values(kinds).flat().map((name) => `Omit<I${name}, "status">`).join(' | ');
fs.writeFileSync(entry, `${imports.join('\n')}\nexport type Manifest = ${union};\n`);
const tsconfig = path.join(here, 'tsconfig.json');
fs.writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict: true }, files: ['manifest.ts'] }));
try {
  const schema = createGenerator({
    path: entry, tsconfig, type: 'Manifest', jsDoc: 'none', additionalProperties: false, skipTypeCheck: true, sortProps: true,
  }).createSchema('Manifest');
  const version = (name) => JSON.parse(fs.readFileSync(path.join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
  const $comment = `From kubernetes-models ${version('kubernetes-models')} and @kubernetes-models/keda ${version('@kubernetes-models/keda')} (MIT), generated from Kubernetes' and KEDA's schemas (Apache-2.0)`;
  // Long generated names and the status of things, which no manifest sets, only take room.
  const text = JSON.stringify({ $comment, ...schema })
    .replaceAll('IIoK8sApimachineryPkgApisMetaV1', 'meta.').replaceAll('IIoK8sApi', '').replaceAll('IComGithubKedacoreKedaV2Apis', '');
  fs.writeFileSync(target, `${text.replaceAll('"additionalProperties":false', '"additionalProperties":false\n')}\n`);
  console.log(`${target}: ${Object.keys(schema.definitions).length} definitions, ${text.length} bytes`);
} finally {
  fs.rmSync(entry);
  fs.rmSync(tsconfig);
}
