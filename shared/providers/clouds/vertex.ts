import { gemini as dialect } from '../../dialects/gemini/provider/dialect.ts';
import type { Provider } from '../provider.ts';

/** Gemini on Vertex AI in one region; the secret is the JSON key file of a service account. */
export const vertex: Provider = {
  dialect,
  baseUrl: 'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/google',
  auth: 'google-oauth',
  secret: 'GOOGLE_SERVICE_ACCOUNT',
  traits: { countBody: 'fields' },
  parameters: { project: '', location: 'us-central1' },
  docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
};

/** Gemini on Vertex AI wherever there is room, which is where the newest models are first; its host has no region in its name. */
export const vertexGlobal: Provider = {
  ...vertex,
  baseUrl: 'https://aiplatform.googleapis.com/v1/projects/{project}/locations/global/publishers/google',
  parameters: { project: '' },
};
