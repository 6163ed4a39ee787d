import type { Endpoint } from '../../endpoint.ts';
import { passedEndpoint } from './operation.ts';

/** Images made from texts and from other images. @see https://platform.openai.com/docs/api-reference/images */
export const images: readonly Endpoint[] = [
  passedEndpoint({
    operation: 'imageGenerations',
    purpose: 'image',
    paths: ['/v1/images/generations', '/images/generations'],
  }),
  passedEndpoint({
    operation: 'imageEdits',
    purpose: 'image',
    paths: ['/v1/images/edits', '/images/edits'],
    body: 'form',
  }),
  passedEndpoint({
    operation: 'imageVariations',
    purpose: 'image',
    paths: ['/v1/images/variations', '/images/variations'],
    body: 'form',
  }),
];
