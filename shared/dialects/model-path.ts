import { GatewayError } from '../errors.ts';

/** A model's id as one segment of a path. Throws `model_not_found` for one that would lead elsewhere. */
export const pathSegment = (model: string): string => segmentOf(model, model);

/** A model's id as the segments of a path that it has of its own: `tunedModels/ours`. Throws as `pathSegment` does. */
export const pathSegments = (model: string): string =>
  model
    .split('/')
    .map((segment) => segmentOf(segment, model))
    .join('/');

/**
 * HTTP clients and servers take `.` and `..` as steps, however they are encoded, and some servers skip an empty segment. The key
 * would then go to another place of the provider than the model's.
 */
function segmentOf(segment: string, model: string): string {
  checkModelName(model);
  if (segment === '' || segment === '.' || segment === '..') throw unknownModel(model);
  return encodeURIComponent(segment);
}

/** Throws `invalid_request` where a name ends within a character: no address, header or body can hold it. */
export function checkModelName(model: string): void {
  if (model.isWellFormed()) return;
  throw new GatewayError('invalid_request', "Invalid 'model': it holds half a character.", { param: 'model' });
}

/** Clients look for these words. */
export function unknownModel(model: string): GatewayError {
  const message = `The model \`${model.slice(0, 200)}\` does not exist or you do not have access to it.`;
  return new GatewayError('model_not_found', message, { code: 'model_not_found' });
}
