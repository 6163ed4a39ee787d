import path from 'node:path';
import { createApp } from './aws/create-app.ts';

/** What `cdk` runs: the gateway as `npm run build` left it. */
createApp(path.join(import.meta.dirname, '../dist/gateway')).synth();
