import type { JsonObject } from '../../../http/json.ts';
import { checkedInPlace } from '../../kit/checked.ts';
import { plainForm } from './plain-form.ts';
import { type WireRequest, wireRequest } from './wire.ts';

/** The request in its plain form, as the schema types it. Throws `invalid_request` naming the field. */
export const checkedRequest = (body: JsonObject): WireRequest => checkedInPlace(wireRequest, plainForm(body));
