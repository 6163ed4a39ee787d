import path from 'node:path';
import { createApp } from './aws/create-app.ts';

/** What `cdk` runs: the gateway as `npm run build` left it. */
const dist = path.join(import.meta.dirname, '../dist');
createApp({ gateway: path.join(dist, 'gateway'), admin: path.join(dist, 'admin') }).synth();
