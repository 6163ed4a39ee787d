import type { Endpoint } from '../../endpoint.ts';
import { passedEndpoint } from './operation.ts';

/** Texts spoken, and speech written down. @see https://platform.openai.com/docs/api-reference/audio */
export const audio: readonly Endpoint[] = [
  passedEndpoint({ operation: 'speech', purpose: 'speech', paths: ['/v1/audio/speech', '/audio/speech'] }),
  passedEndpoint({
    operation: 'transcriptions',
    purpose: 'transcription',
    paths: ['/v1/audio/transcriptions', '/audio/transcriptions'],
    body: 'form',
  }),
  passedEndpoint({
    operation: 'translations',
    purpose: 'transcription',
    paths: ['/v1/audio/translations', '/audio/translations'],
    body: 'form',
  }),
];
