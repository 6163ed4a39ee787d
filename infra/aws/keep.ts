import { RemovalPolicy } from 'aws-cdk-lib';

/** State outlives its stack. Only what a failed first deployment made, and was never used, is removed with it. */
export const keep = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
