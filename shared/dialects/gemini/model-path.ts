import { pathSegment, pathSegments } from '../model-path.ts';

/** Where a model is, under the base URL. Ids may say their kind: `models/gemini-2.5-flash`, `tunedModels/ours`. */
export const pathOf = (model: string): string =>
  `/${model.includes('/') ? pathSegments(model) : `models/${pathSegment(model)}`}`;
