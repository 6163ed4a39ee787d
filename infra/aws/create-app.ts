import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, type AppProps, type Environment, Validations } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { SluiceStack, stackName } from './stack.ts';

/** Where a build leaves the two functions. */
export interface BuiltFolders {
  gateway: string;
  admin: string;
}

/**
 * The CDK app around built functions. What is deployed is what the configuration in that folder says, the very one that the
 * function reads. A finding of cdk-nag that is not acknowledged with a reason ends the synthesis.
 */
export function createApp({ gateway, admin }: BuiltFolders, props: AppProps = {}, env?: Environment): App {
  const app = new App({ context: flags, analyticsReporting: false, ...props });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const catalog = loadCatalog(readConfiguration(gateway));
  const folders = { gatewayFolder: gateway, adminFolder: admin };
  new SluiceStack(app, stackName(catalog.config.aws.stage), { ...folders, catalog, ...(env ? { env } : {}) });
  return app;
}

function readConfiguration(folder: string): unknown {
  const file = path.join(folder, 'gateway.config.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} cannot be read; \`npm run build\` writes it.`, { cause });
  }
}
