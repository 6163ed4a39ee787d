import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { GatewayConfig } from '../../shared/catalog/schema.ts';
import { LIVE, LiveFunction } from './live-function.ts';

interface GatewayProps {
  /** Holds `index.mjs` and all that it reads. */
  folder: string;
  settings: GatewayConfig['aws'];
}

/** The data plane: every path callers use. */
export class Gateway extends LiveFunction {
  constructor(scope: Construct, id: string, { folder, settings }: GatewayProps) {
    const { memoryMb, timeoutSeconds, reservedConcurrency } = settings;
    const description = 'Sluice: every path callers use';
    super(scope, id, { description, folder, settings, memoryMb, timeoutSeconds, reservedConcurrency });
  }

  /** Takes effect at once, and until a deployment makes another version. */
  get rollBackCommand(): string {
    const where = `--region ${Stack.of(this).region} --function-name ${this.function.functionName}`;
    return `aws lambda update-alias ${where} --name ${LIVE} --function-version VERSION`;
  }
}
