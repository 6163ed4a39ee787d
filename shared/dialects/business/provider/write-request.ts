import type { ChatRequest } from '../../../chat/request.ts';
import { type JsonObject, wellFormedJson } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import type { DialectTarget, ProviderRequest } from '../../dialect.ts';
import { fieldsOf } from '../names.ts';
import { writeModelInfo } from './model-info.ts';
import { put } from './paths.ts';
import { lastAsked, turnsOf, writeQuery } from './query.ts';

/**
 * Writes the one question such an API takes. Where its configuration names a field for the conversation, the query is the
 * user's last text and the turns go there whole, as a list of `{role, content}`; else the query holds them all.
 */
export function writeRequest(request: ChatRequest, { model, traits }: DialectTarget): ProviderRequest {
  const { info, dropped } = writeModelInfo(request, model, traits);
  const fields = fieldsOf(traits);
  const turns = turnsOf(request.messages);
  const body: JsonObject = {};
  put(body, fields.query, fields.conversation ? lastAsked(turns) : writeQuery(turns));
  if (fields.conversation) put(body, fields.conversation, turns);
  put(body, fields.modelInfo, info);
  const sentBytes = turns.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  // It answers in one piece, whatever the caller asked for.
  const headers = { accept: 'application/json' };
  return { headers, body: encodeText(wellFormedJson(JSON.stringify(body))), dropped, memo: { traits, sentBytes } };
}
