import { Stack, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { give } from './give.ts';
import { keep } from './keep.ts';

// Of both secrets: Secrets Manager makes the first value, and makes a new one as soon as `generateSecretString` reads
// differently, over whatever is there by then. So neither is ever edited; a test holds them.

/** The owner's key to the gateway: the secret is the key. */
export class MasterKey extends Secret {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'Sluice: the master key',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: keep,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new master key locks out every back end that has the old one: its owner chooses the hour.',
    });
  }

  bind(target: LambdaFunction): void {
    give(target, { name: 'SLUICE_MASTER_KEY_SECRET', value: this.secretArn, actions: readSecret, arn: this.secretArn });
  }

  get readCommand(): string {
    return `aws secretsmanager get-secret-value ${where(this)} --query SecretString --output text`;
  }
}

/** The keys of the providers: a JSON object, name → key, that the owner writes and no deployment touches. */
export class ProviderKeys extends Secret {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'Sluice: keys of the providers, a JSON object of name and key',
      // An object from the start. No provider's key can have this name: those begin with a letter.
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: '_placeholder' },
      removalPolicy: keep,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The keys are issued by the providers, who offer no rotation that Secrets Manager could drive.',
    });
  }

  bind(target: LambdaFunction): void {
    give(target, {
      name: 'SLUICE_PROVIDER_KEYS_SECRET',
      value: this.secretArn,
      actions: readSecret,
      arn: this.secretArn,
    });
  }

  get writeCommand(): string {
    return `aws secretsmanager put-secret-value ${where(this)} --secret-string file://provider-keys.json`;
  }
}

const readSecret = ['secretsmanager:GetSecretValue'];

const where = (secret: Secret): string => `--region ${Stack.of(secret).region} --secret-id ${secret.secretName}`;
